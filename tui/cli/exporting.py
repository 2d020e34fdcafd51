"""`export`: messages as files, each byte as received. Nothing that is there already is written over."""

from __future__ import annotations

import hashlib
import socket
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tui.cli.files import create, create_beside, make_folder
from tui.cli.mailbox_file import Mbox
from tui.cli.mailbox_names import disk_levels, maildir_name
from tui.cli.moments import short_time
from tui.cli.shell import Shell
from tui.model.error import CannotCreate, MailError, StoreBroken
from tui.model.message import BodyState, Flag, Row
from tui.model.safe_text import safe_filename

UNLIMITED = 2**31
NOT_HERE = 69
INBOX = "INBOX"


class Target(Protocol):
    """Where messages are exported to."""

    def add(self, row: Row, raw: bytes) -> bool:
        """Write one message; False when it is there already. Raises CannotCreate, StoreBroken."""

    def close(self) -> None:
        """All has been written."""


MAILDIR_FLAGS = (
    (Flag.DRAFT, "D"),
    (Flag.FLAGGED, "F"),
    (Flag.FORWARDED, "P"),
    (Flag.ANSWERED, "R"),
    (Flag.SEEN, "S"),
    (Flag.DELETED, "T"),
)
"""The info letters of a Maildir file name, in the ASCII order that the format asks for."""


class Maildir:
    """A Maildir (https://cr.yp.to/proto/maildir.html): written in tmp, linked into cur.

    The unique part of a name is made of the time, the store's id and the content, so that a second export
    finds what the first one wrote.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("tmp", "new", "cur"):
            make_folder(folder / name)
        present = (
            path.name.split(":", 1)[0] for name in ("new", "cur") for path in (folder / name).iterdir()
        )
        self._present = set(present)

    def add(self, row: Row, raw: bytes) -> bool:
        """One message as one file, its flags in the name."""
        digest = hashlib.sha256(raw).hexdigest()[:16]
        host = socket.gethostname().replace("/", "\\057").replace(":", "\\072")
        unique = f"{row.received}.Q{row.id}H{digest}.{host}"
        if unique in self._present:
            return False
        letters = "".join(letter for flag, letter in MAILDIR_FLAGS if flag in row.flags)
        temporary = self._folder / "tmp" / unique
        if not create(temporary, raw):
            raise CannotCreate(f"{temporary} is in the way.", "Remove it: another export was broken off.")
        target = self._folder / "cur" / f"{unique}:2,{letters}"
        temporary.rename(target)
        self._present.add(unique)
        return True

    def close(self) -> None:
        """Nothing is left open."""


class Eml:
    """A folder with one .eml file a message, named by date, id and subject."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def add(self, row: Row, raw: bytes) -> bool:
        """One message as one file."""
        date = short_time(row.received)[:10]
        name = safe_filename(f"{date} {row.id} {row.envelope.subject[:80]}").rstrip(". ")
        return create_beside(self._folder, f"{name}.eml", raw)[1]

    def close(self) -> None:
        """Nothing is left open."""


class Tree:
    """A Maildir or folder of .eml files for each mail folder, the inbox at the top and the others below it:
    Maildir++ (`.Projects.2026`), or folders inside folders. With `by_account` each account has one of these.
    """

    def __init__(self, top: Path, kind: Callable[[Path], Target], *, by_account: bool) -> None:
        self._top = top
        self._kind = kind
        self._by_account = by_account
        self._targets: dict[tuple[str, str], Target] = {}
        if not by_account:
            self._at("", INBOX)

    def add(self, row: Row, raw: bytes) -> bool:
        """One message into the target of its folder."""
        return self._at(row.account if self._by_account else "", row.folder).add(row, raw)

    def close(self) -> None:
        """All has been written."""
        for target in self._targets.values():
            target.close()

    def _at(self, account: str, folder: str) -> Target:
        if (account, folder) not in self._targets:
            self._targets[account, folder] = self._kind(self._path(account, folder))
        return self._targets[account, folder]

    def _path(self, account: str, folder: str) -> Path:
        top = self._top.joinpath(*disk_levels((account,))) if account else self._top
        levels = () if folder == INBOX else tuple(folder.split("/"))
        if self._kind is Maildir:
            return top / maildir_name(levels)
        return top.joinpath(*disk_levels(levels))


FORMATS: dict[str, Callable[[Path], Target]] = {"maildir": Maildir, "mbox": Mbox, "eml": Eml}


@dataclass(slots=True)
class Counts:
    """What an export came to."""

    exported: int = 0
    existing: int = 0
    missing: int = 0
    damaged: int = 0
    bytes: int = 0


def export(shell: Shell, options: Namespace) -> int:
    """Write messages of a folder, of a search, or all, to files."""
    counts = Counts()
    messages = _found(shell, options, counts)
    target = _target(shell, options, counts)
    try:
        for number, (row, raw) in enumerate(messages, 1):
            shell.output.progress(f"{number} messages")
            if raw is None:
                counts.missing += 1
            elif target.add(row, raw):
                counts.exported += 1
                counts.bytes += len(raw)
            else:
                counts.existing += 1
    finally:
        target.close()
    _report(shell, options, counts)
    return StoreBroken.exit_code if counts.damaged else NOT_HERE if counts.missing else 0


def _target(shell: Shell, options: Namespace, counts: Counts) -> Target:
    """Where it goes: with its folders where whole accounts are exported; an mbox has none, nor what was saved
    out of a damaged store."""
    kind, dest = FORMATS[options.format], Path(options.dest)
    if options.folder or options.search is not None or kind is Mbox or counts.damaged:
        return kind(dest)
    with shell.reader() as reader:
        return Tree(dest, kind, by_account=len(shell.addresses(reader)) > 1)


def _found(shell: Shell, options: Namespace, counts: Counts) -> Iterator[tuple[Row, bytes | None]]:
    """The messages to be exported. Of a store whose lists are damaged: all that can be read, one by one."""
    try:
        return _messages(shell, _rows(shell, options), counts)
    except StoreBroken as error:
        if options.folder or options.search is not None:
            raise
        shell.output.error(error)
        counts.damaged = 1
        return _salvaged(shell)


def _salvaged(shell: Shell) -> Iterator[tuple[Row, bytes]]:
    from tui.mail.header import envelope
    from tui.store.salvage import readable

    for number, raw in readable(shell.paths.database):
        shown = envelope(raw)
        row = Row(
            id=number, account="", folder="", folder_id=0, uid=0, uidl="", envelope=shown,
            received=shown.date or 0, flags=Flag(0), tags=frozenset(), size=len(raw), attachments=0,
            snippet="", thread=0, body=BodyState.FULL, on_server=False,
        )  # fmt: skip
        yield row, raw


def _rows(shell: Shell, options: Namespace) -> list[Row]:
    from tui.model.query import parse

    with shell.reader() as reader:
        addresses = shell.addresses(reader)
        folders = [folder for address in addresses for folder in reader.folders(address)]
        if options.folder:
            folders = [
                found for one in addresses if (found := shell.find_folder(reader, options.folder, one))
            ]
            if not folders:
                raise shell.no_folder(reader, options.folder, addresses)
        if options.search is None:
            ids = [number for folder in folders for number in reader.ids(folder.id)]
        else:
            query = parse(options.search)
            scopes = folders if options.folder else [None]
            ids = [
                number
                for address in addresses
                for scope in scopes
                if scope is None or scope.account == address
                for number in reader.search(
                    query, folder=scope.id if scope else None, account=address, limit=UNLIMITED
                )
            ]
        return reader.rows(ids)


def _messages(shell: Shell, rows: list[Row], counts: Counts) -> Iterator[tuple[Row, bytes | None]]:
    """Each message with its bytes; a body that is not here yet is fetched, unless offline."""
    away = []
    with shell.reader() as reader:
        for row in rows:
            try:
                raw = reader.raw(row.id)
            except StoreBroken:
                counts.damaged += 1
                continue
            if raw is None:
                away.append(row)
            else:
                yield row, raw
    if away and not shell.offline:
        _fetch(shell, away)
    with shell.reader() as reader:
        for row in away:
            yield row, reader.raw(row.id)


def _fetch(shell: Shell, rows: list[Row]) -> None:
    from tui.model.command import FetchBody

    with shell.engine() as engine:
        for row in rows:
            try:
                engine.post(FetchBody(row.id)).result()
            except MailError as error:
                shell.output.error(error)
                return


def _report(shell: Shell, options: Namespace, counts: Counts) -> None:
    record = {
        "exported": counts.exported,
        "existing": counts.existing,
        "missing": counts.missing,
        "damaged": counts.damaged,
        "bytes": counts.bytes,
        "format": options.format,
        "path": str(Path(options.dest).absolute()),
    }
    text = f"{counts.exported} messages written to {options.dest}."
    if counts.existing:
        text += f" {counts.existing} were there already."
    if counts.missing:
        text += f" {counts.missing} are not on this computer yet: outlook-tui sync fetches them."
    if counts.damaged:
        text += " The store is damaged: what could not be read was left out."
    shell.output.record(record, text)
