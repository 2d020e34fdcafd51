"""The process beside the screen that downloads: `python -m tui.sync.bulk_process DATABASE`.

In the screen's own process a download at full speed would make every key wait for its turn. The errand and
the secret come through standard input, so that neither stands in the command line, in the environment or in
a file; what is said goes through standard output (`errand`). It may be killed at any moment: each batch is
one transaction. It ends by itself when the program that began it has gone.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from tui.model.error import Garbled, MailError
from tui.model.event import Event, MessagesChanged
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.store.reader import Reader, Since
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.bodies import Bodies
from tui.sync.errand import Changed, Ended, Errand, Progress, Said, SignedIn, errand_of, said_line
from tui.sync.imap_folder import FolderFetch
from tui.sync.set_aside import SetAside
from tui.sync.visit import Counts

SAY_EVERY = 0.5
"""Seconds between two reports on a folder."""
_LESS_URGENT = 10


class Speaker(Board):
    """A board whose events go through a pipe, not more often than a screen can show without effort."""

    def __init__(self, pipe: BinaryIO) -> None:
        super().__init__()
        self._pipe = pipe
        self._said: dict[int | str, float] = {}
        self._unsaid: set[int] = set()

    def say(self, what: Said) -> None:
        """Write it out. Raises OSError when nobody listens any more."""
        self._pipe.write(said_line(what))
        self._pipe.flush()

    def tell(self, event: Event) -> None:
        """Say which folder has changed; nothing else is told from here."""
        if isinstance(event, MessagesChanged):
            self._unsaid.add(event.folder)
            if self._is_time(event.folder):
                self.say_changes()

    def say_changes(self) -> None:
        """Say what has changed and was not said yet."""
        while self._unsaid:
            self.say(Changed(self._unsaid.pop()))

    def progress(self, account: str, done: int, total: int, folder: str = "") -> None:
        """Say how far the work is."""
        if self._is_time(folder):
            self.say(Progress(done, total, folder))

    def _is_time(self, about: int | str) -> bool:
        now = time.monotonic()
        if now - self._said.get(about, -SAY_EVERY) < SAY_EVERY:
            return False
        self._said[about] = now
        return True


def run(database: Path, errand: Errand, secret: Secret, speaker: Speaker) -> Ended:
    """Do the errand and answer what came of it."""
    account = errand.account
    assert account.imap is not None and account.login is not None
    counts, aside = Counts(), SetAside()
    bodies = Bodies(speaker, aside, account.address, errand.since or Since(), lambda: None)
    error: MailError | None = None
    connection = ImapConnection(account.imap, account.ca_file)
    try:
        connection.connect()
        connection.sign_in(account.login, secret)
        speaker.say(SignedIn())
        with Reader(database) as reader, Writer(database) as writer:
            for number in errand.folders:
                if folder := reader.folder(number):
                    whole = errand.since is not None and errand.since.of(number) == 0
                    fetch = FolderFetch(connection, reader, writer, speaker, folder, counts, aside, whole)
                    for _ in fetch.steps():
                        pass
            if errand.since is not None:
                bodies.fetch(connection, reader, writer)
    except MailError as caught:
        error = caught
        connection.abort()
    except OSError:  # nobody listens any more
        raise
    except Exception as fault:  # noqa: BLE001 - the top of a process: nothing above it could say it
        error = MailError("Fetching failed by a fault of this program.", detail=repr(fault))
        connection.abort()
    finally:
        connection.close()
    speaker.say_changes()
    counts.bytes += bodies.octets
    suspected = frozenset(aside.suspected if isinstance(error, Garbled) else ())
    return Ended(counts, frozenset(bodies.withheld), suspected, error)


def main(database: Path) -> int:
    """Do what standard input asks for; 0 when that could be said."""
    if hasattr(os, "nice"):
        os.nice(_LESS_URGENT)
    errand, secret = errand_of(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    speaker = Speaker(sys.stdout.buffer)
    with contextlib.suppress(OSError):  # nobody listens any more
        speaker.say(run(database, errand, secret, speaker))
    return 0


def _end_with(pipe: BinaryIO) -> None:
    """End this process, whatever it is doing, when the other end of the pipe is closed."""
    pipe.read()
    os._exit(0)


if __name__ == "__main__":
    # At once: the interpreter would break off with a crash, and a dump of its memory, over the thread that
    # waits for standard input.
    os._exit(main(Path(sys.argv[1])))
