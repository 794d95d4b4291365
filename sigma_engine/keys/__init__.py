"""Where the keys of exchanges are kept: the operating system's keyring, or nowhere."""
