"""Accounts of exchanges: the dialogs that connect one, test its keys, and open a session on it."""
