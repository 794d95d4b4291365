"""`sigma`: reads the command line, finds a screen, and opens the window."""

import os
import signal
import sys
from collections.abc import Sequence

from sigma_desktop.display import PLATFORM, choose_platform
from sigma_desktop.options import parse
from sigma_engine import InputError, SigmaError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run SIGMA's window; 0 on a clean end, 2 on bad input, 1 where it cannot open, each with one line on stderr."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the window listens: no traceback for a hasty Ctrl+C
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        platform = choose_platform(os.environ, for_picture=options.screenshot is not None)
    except SigmaError as error:
        sys.stderr.write(f"sigma: {error}\n")
        return 2 if isinstance(error, InputError) else 1
    if platform is not None:
        os.environ[PLATFORM] = platform
    from sigma_desktop.app import start

    return start(options)


if __name__ == "__main__":
    sys.exit(main())
