"""Venues through ccxt, one small profile each."""
