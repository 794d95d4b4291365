"""The practice exchange: WEEX's contract API on this machine, with its own accounts and its own truth."""
