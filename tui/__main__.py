"""The program's door: `outlook-tui` and `python -m tui`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (the process's own when None) and answer its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _stand_in()
    try:
        if words == ["--version"]:
            return _version()
        from tui.cli.run import run

        return run(words)
    except KeyboardInterrupt:
        return INTERRUPTED


def _stand_in() -> None:
    """Put /dev/null where a standard stream was closed, so that no file of ours gets its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _version() -> int:
    from tui import __version__

    sys.stdout.write(f"outlook-tui {__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
