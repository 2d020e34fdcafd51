"""Stores with flipped bits, torn pages and missing ends, and everything a reader can be asked of them."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.servers.mailbox import messages
from tests.store.samples import FOLDERS, SEEN
from tui.model.account import Protocol
from tui.model.draft import Draft, SendState
from tui.model.error import MailError, NotFound, StoreBroken
from tui.model.folder import Role, SyncMark
from tui.model.message import Filter, NewMessage, Row, Sort
from tui.model.query import parse
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.pop3_download import as_new_message

IMAP, POP = "you@example.org", "pop@example.org"
LATE = 12
"""So many messages of each account are in the write-ahead log alone."""

WRONG_VALUES = (
    "UPDATE account SET protocol = 'imaq'",
    "UPDATE outbox SET state = 'qveued'",
    "UPDATE outbox SET sent_copy = 'nonf'",
    "UPDATE recipient SET state = 'qending'",
    "UPDATE pending SET kind = 'flaggs'",
    "UPDATE folder SET role = 'inbpx'",
    "UPDATE draft SET refs = '['",
    "UPDATE undo SET data = '['",
    "UPDATE header SET envelope = '[1, 2'",
    "UPDATE message SET position = position + (1 << 62)",
    "UPDATE message SET flags = -1, size = -5, attachments = -1",
    "UPDATE message SET thread = 0, folder = 2 WHERE id % 2",
)
"""Changes that leave a sound file, and values in it that this program never writes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A store in use: its folder, the bytes of each message by its id, and the ids of its outbox."""

    folder: Path
    raws: dict[int, bytes]
    outgoing: tuple[int, ...]

    @property
    def path(self) -> Path:
        """The store's file."""
        return self.folder / "mail.db"

    def copy(self, folder: Path) -> Path:
        """The same store in another folder; answers its file."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return folder / "mail.db"


def described(raw: bytes) -> NewMessage:
    """What a repair makes of a message's bytes."""
    return as_new_message(raw, "", scan_later=True)


def sample(folder: Path, count: int) -> Sample:
    """A store of two accounts with so many messages each, drafts and an outbox; the last changes are in its
    write-ahead log, as after a crash."""
    work = folder / "work"
    path = work / "mail.db"
    raws: dict[int, bytes] = {}
    mail = [one.raw for one in messages(2 * count)]
    with Writer(path) as writer, Reader(path) as reader:
        writer.account(IMAP, Protocol.IMAP)
        writer.folders(IMAP, FOLDERS)
        writer.account(POP, Protocol.POP3)
        box = writer.local_folder(POP, "INBOX", Role.INBOX)
        inbox = reader.folder_role(IMAP, Role.INBOX)
        assert inbox is not None
        for first, last in ((0, count - LATE), (count - LATE, count)):
            if first:
                with closing(sqlite3.connect(path)) as db:
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made = [_made(raw, uid=n + 1) for n, raw in enumerate(mail[first:last], first)]
            ids = writer.added(inbox.id, made, SyncMark(1, last + 1, 0))
            raws |= dict(zip(ids, mail[first:last], strict=True))
            popped = mail[count + first : count + last]
            ids = writer.downloaded(
                box, [_made(raw, uidl=f"{n:08x}") for n, raw in enumerate(popped, first)], {}
            )
            raws |= dict(zip(ids, popped, strict=True))
            writer.set_flags(ids[:3], SEEN)
            outgoing = _written(writer)
        shutil.copytree(work, folder / "store")  # while it is open: the log stays
    return Sample(folder / "store", raws, outgoing)


def _made(raw: bytes, **place: Any) -> NewMessage:
    return replace(as_new_message(raw, ""), **place)


def _written(writer: Writer) -> tuple[int, ...]:
    draft = writer.save_draft(Draft(account=IMAP, subject="To be finished"))
    writer.attach(draft.id, "sum.txt", "text/plain", b"42\n" * 9_000)
    numbers = [
        writer.queue(
            IMAP, IMAP, ["billing@contoso.example"], f"Subject: {state}\r\n\r\n".encode() * 400,
            subject=str(state), message_id=f"{state}@example.org", due=1,
        )
        for state in (SendState.QUEUED, SendState.DOT_SENT)
    ]  # fmt: skip
    writer.outbox_state(numbers[1], {SendState.QUEUED}, SendState.DOT_SENT, durable=True)
    return tuple(numbers)


def harm(path: Path, chance: random.Random) -> str:
    """Damage the store, its beginning, or its log, at one place or several; answers what was done."""
    log = path.with_name("mail.db-wal")
    file = log if chance.random() < 0.3 and log.is_file() and log.stat().st_size else path
    octets = bytearray(file.read_bytes())
    kind = chance.choice(("bit", "bit", "bits", "header", "page", "zeros", "cut"))
    at = chance.randrange(len(octets))
    if kind == "bit":
        octets[at] ^= 1 << chance.randrange(8)
    elif kind == "bits":
        for _ in range(chance.randrange(2, 40)):
            octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
    elif kind == "header":
        at = chance.randrange(110)
        octets[at] ^= 1 << chance.randrange(8)
    elif kind == "page":  # the second half of a page never reached the disk
        at = at // 8192 * 8192 + 4096
        octets[at : at + 4096] = chance.randbytes(len(octets[at : at + 4096]))
    elif kind == "zeros":
        at = at // 4096 * 4096
        octets[at : at + 4096] = bytes(len(octets[at : at + 4096]))
    else:
        del octets[at:]
    file.write_bytes(octets)
    return f"{kind} of {file.name} at {at}"


def questions(reader: Reader, raws: dict[int, bytes]) -> Iterator[Callable[[], object]]:
    """Everything a screen, a command or a sync asks a store."""
    yield from (reader.accounts, reader.folders, reader.outbox, reader.drafts, reader.requests_open)
    for account in (IMAP, POP):
        for ask in (reader.uidls, reader.pending, reader.unlinked, reader.holdings):
            yield partial(ask, account)
        yield partial(reader.missing_bodies, account)
        yield partial(reader.missed, account, [1, 2])
    for folder in range(1, 8):
        for look in (reader.folder, reader.listing, reader.unplaced, reader.mark, reader.held):
            yield partial(look, folder)
        yield partial(reader.known_at, folder, 100)
        for sort in Sort:
            yield partial(_listed, reader, folder, sort)
        yield partial(reader.ids, folder, threads=True, limit=20)
    for number in raws:
        yield partial(reader.rows, [number])
        yield partial(reader.thread, number)
        yield partial(reader.flag_state, number)
    yield partial(reader.thread_counts, list(raws))
    for words in ("meeting", "from:billing has:attachment", "is:unread the"):
        yield partial(reader.search, parse(words))
    yield partial(reader.contacts, "b")
    yield partial(reader.to_index, 100)
    yield partial(reader.due, 1 << 40)
    yield from (partial(reader.outgoing_raw, number) for number in range(1, 5))
    yield from (partial(reader.draft_file, number) for number in range(1, 3))
    yield from (reader.check, partial(reader.check, -1))


def _listed(reader: Reader, folder: int, sort: Sort) -> list[Row]:
    return reader.rows(reader.ids(folder, sort=sort, filter=Filter.ALL))


def asked(path: Path, raws: dict[int, bytes]) -> list[str]:
    """Ask all of it. Only StoreBroken may come of it, and mail as it was stored; answers the complaints."""
    told: list[str] = []
    try:
        reader = Reader(path)
    except StoreBroken as error:
        return [error.hint]
    with reader:
        for question in questions(reader, raws):
            try:
                question()
            except StoreBroken as error:
                told.append(error.hint)
            except NotFound:
                continue
        for number, right in raws.items():
            with suppress(StoreBroken):
                raw = reader.raw(number)
                assert raw is None or raw == right, f"message {number} has the bytes of another"
    return told


def changed(path: Path, raws: dict[int, bytes]) -> None:
    """Change this and that. Only MailErrors may come of it."""
    ids = list(raws)[::40]
    with suppress(MailError), Writer(path) as writer:
        changes: tuple[Callable[[], object], ...] = (
            partial(writer.set_flags, ids, SEEN),
            partial(writer.move, ids[:2], 4),
            partial(writer.delete_forever, ids[2:3]),
            partial(writer.added, 1, [_made(b"Subject: new\r\n\r\nnew\r\n", uid=9_999)]),
            partial(writer.save_draft, Draft(account=IMAP, subject="new")),
            writer.undo,
            writer.expire,
        )
        for change in changes:
            with suppress(MailError):
                change()
