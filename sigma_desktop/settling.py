"""What is done once when everything is loaded: no long pauses and no borrowed memory from here on."""

import ctypes
import gc
import sys


def settle() -> None:
    """Leave what opening made out of later garbage collections, and give the memory it only borrowed back.

    A full collection over all that was imported takes some 100 ms, which would be felt in the middle of trading.
    """
    gc.collect()
    gc.freeze()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
