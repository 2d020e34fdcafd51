"""A process that sends what is due, to be killed by the tests: `sending.py HOME`."""

from __future__ import annotations

import sys

from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.command import SendNow
from tui.sync.engine import Engine


def main(home: str) -> int:
    """Send once."""
    paths = find(home)
    with Engine(paths, load(paths.config_file), Secrets()) as engine:
        engine.start()
        print("started", flush=True)
        engine.post(SendNow()).result()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
