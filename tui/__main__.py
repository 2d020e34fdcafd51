"""The program's door: `outlook-tui` and `python -m tui`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (the process's own when None) and answer its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words == ["--version"]:
            return _version()
        from tui.cli.run import run

        return run(words)
    except KeyboardInterrupt:
        return INTERRUPTED


def _version() -> int:
    from tui import __version__

    sys.stdout.write(f"outlook-tui {__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
