"""The assistant that works without any account."""
