"""A large mailbox on the disk, as our store and as a Maildir of the same messages for the peers.

    .venv/bin/python -m tests.bench.stored /tmp/outlook-tui-bench --count 100000

Made once, which takes minutes; `start` and `keys` use it and make it when it is not there.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.servers.mailbox import OWN, Kind, Sample, messages, write_maildir
from tui.config.paths import Paths, find
from tui.config.settings import save_account
from tui.mail.header import envelope, fingerprint
from tui.mail.scan import scan
from tui.model.account import Account, Login, Protocol, SecretSource, Security, Server
from tui.model.folder import Role, ServerFolder, SyncMark
from tui.model.message import NewMessage
from tui.store.database import Database
from tui.store.reader import Reader
from tui.store.writer import Writer

BATCH = 500
FOLDERS = (
    ServerFolder("INBOX", "INBOX", Role.INBOX),
    ServerFolder("Drafts", "Drafts", Role.DRAFTS),
    ServerFolder("Sent Items", "Sent Items", Role.SENT),
    ServerFolder("Archive", "Archive", Role.ARCHIVE),
    ServerFolder("Deleted Items", "Deleted Items", Role.TRASH),
)
NOWHERE = Server("127.0.0.1", 9, Security.PLAIN)


def home(directory: Path, count: int, kind: Kind = "small") -> Paths:
    """The program's home under `directory` with `count` whole messages in its inbox."""
    paths = find(str(directory / f"home-{kind}-{count}"))
    ready = paths.state / "bench-ready"
    if not ready.exists():
        paths.database.unlink(missing_ok=True)
        save_account(paths.config_file, account())
        store(paths, messages(count, kind))
        ready.touch()
    return paths


def account() -> Account:
    """An account whose server never answers: only what is on the disk is measured."""
    login = Login(OWN, source=SecretSource.SESSION)
    return Account(address=OWN, incoming=Protocol.IMAP, imap=NOWHERE, smtp=NOWHERE, login=login)


def maildir(directory: Path, count: int, kind: Kind = "small") -> Path:
    """The same messages as a Maildir under `directory`."""
    mail = directory / f"maildir-{kind}-{count}"
    ready = directory / f"maildir-{kind}-{count}.ready"
    if not ready.exists():
        write_maildir(mail, messages(count, kind))
        ready.touch()
    return mail


def store(paths: Paths, samples: Iterator[Sample]) -> None:
    """Put samples into the inbox as a sync would have done."""
    Database.open(paths.database)
    with Writer(paths.database) as writer:
        writer.account(OWN, Protocol.IMAP)
        writer.folders(OWN, FOLDERS)
        with Reader(paths.database) as reader:
            inbox = reader.folder_role(OWN, Role.INBOX)
        assert inbox is not None
        uid = 0
        while batch := list(islice(samples, BATCH)):
            made = [as_new(sample, uid + number) for number, sample in enumerate(batch, 1)]
            uid += len(batch)
            writer.added(inbox.id, made, SyncMark(1, uid + 1, 0))


def as_new(sample: Sample, uid: int) -> NewMessage:
    """A sample as a sync hands it to the store."""
    return NewMessage(
        envelope=envelope(sample.raw),
        received=sample.received,
        size=len(sample.raw),
        fingerprint=fingerprint(sample.raw),
        flags=sample.flags,
        uid=uid,
        raw=sample.raw,
        scan=scan(sample.raw),
    )


def main() -> None:
    """Make both, and say what making the store cost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--kind", choices=("small", "real"), default="small")
    given = parser.parse_args()
    began, cpu = time.monotonic(), time.process_time()
    paths = home(given.directory, given.count, given.kind)
    print(f"{paths.database}: {time.monotonic() - began:.1f} s, {time.process_time() - cpu:.1f} s CPU")
    print(maildir(given.directory, given.count, given.kind))
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
