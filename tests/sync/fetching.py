"""A process that brings an account up to date, to be killed by the tests:
`fetching.py HOME PASSWORD [MOMENT [PROTOCOL]]`.

At that MOMENT of its work, counted from 1, it kills itself: before or after one of its commits to the store
or one of its words to the server that changes something there. With a PROTOCOL it is by that from now on.
"""

from __future__ import annotations

import itertools
import sys

from tests.sync.sending import mortal
from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.account import Protocol
from tui.model.command import Fetch, SwitchProtocol
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.pop3 import Pop3Connection
from tui.store.writer import Writer
from tui.sync.engine import Engine

ACTS: tuple[tuple[type, str], ...] = (
    (Writer, "_do"),
    *((ImapConnection, name) for name in ("store_flags", "copy", "move", "expunge", "append")),
    *((ImapConnection, name) for name in ("create", "rename", "delete")),
    *((Pop3Connection, name) for name in ("delete", "quit")),
)


def main(home: str, password: str, moment: str = "0", protocol: str = "") -> int:
    """Switch if asked to, and fetch once; the exit code is the summary's."""
    moments = itertools.count(1)
    for kind, name in ACTS if int(moment) else ():
        setattr(kind, name, mortal(getattr(kind, name), moments, int(moment)))
    paths = find(home)
    settings = load(paths.config_file)
    secrets = Secrets()
    secrets.remember(settings.accounts[0].address, "incoming", Secret(password))
    with Engine(paths, settings, secrets) as engine:
        engine.start()
        print("started", flush=True)
        if protocol:
            engine.post(SwitchProtocol(settings.accounts[0].address, Protocol(protocol))).result()
        (summary,) = engine.post(Fetch()).result()
        return int(summary.exit_code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
