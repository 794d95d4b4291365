"""Candles, what is drawn over them, and the ways to move through them."""
