"""Dialogs; all open without a nested event loop."""
