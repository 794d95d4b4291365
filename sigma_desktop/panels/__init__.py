"""The panels: each shows one side of the session and asks only through commands."""
