"""The names of runs."""

import secrets

from sigma_engine.clock import system_ms


def new_run_id() -> str:
    """An id no other run has; it sorts by the time it was made."""
    return f"{system_ms():013x}{secrets.token_hex(4)}"
