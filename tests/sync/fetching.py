"""A process that brings an account up to date, to be killed by the tests: `fetching.py HOME PASSWORD`."""

from __future__ import annotations

import sys

from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.command import Fetch
from tui.model.secret import Secret
from tui.sync.engine import Engine


def main(home: str, password: str) -> int:
    """Fetch once; the exit code is the summary's."""
    paths = find(home)
    settings = load(paths.config_file)
    secrets = Secrets()
    secrets.remember(settings.accounts[0].address, "incoming", Secret(password))
    with Engine(paths, settings, secrets) as engine:
        engine.start()
        print("started", flush=True)
        (summary,) = engine.post(Fetch()).result()
        return int(summary.exit_code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
