"""Filling a new store from a damaged one: mail.

- Bytes count, and only with their digest; lists, conversations and index are made from them anew. A message
  that was here by its header only stays so where that can be read.
- Flags are taken for those last agreed on, so that the server's win; places on servers (UID, UIDVALIDITY,
  marks) and changes that waited are forgotten. The next sync knows messages by their fingerprints again, and
  takes none for removed because its row was lost here.
- A UIDL is kept where its message is here whole. It counts as one that had left the server, which is compared
  before it is believed, and its days there count from now. That of a message which the person has removed
  keeps it from being fetched again, without what would prove it to be that message: so it deletes nothing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from tui.model.account import Protocol
from tui.model.error import BadInput
from tui.model.message import Address, Flag, NewMessage
from tui.store import insert
from tui.store.codec import DAMAGED, SEQUENCE_BITS, checked_tags, envelope_of, integers, storable, tags_of
from tui.store.folders import RECOVERED_FOLDER, REMOVED_FOLDER
from tui.store.refill_writing import Found, Home, Lost
from tui.store.salvage import Salvage
from tui.store.salvage_tables import BODIES, HEADERS, MESSAGES, UIDLS, MessageRow

Describe = Callable[[bytes], NewMessage]
"""A message made of its bytes: envelope, fingerprint, size, time of receipt."""

_BATCH_MESSAGES, _BATCH_OCTETS = 200, 8_000_000
_DAY = 86_400
_ALL_FLAGS = sum(Flag)


class Mail:
    """Copies the messages of `old` into `db`, where accounts and folders stand already (by their ids).

    `progress` is told after each batch how many have been written. `ids` says what has become of a message's
    former id.
    """

    def __init__(
        self,
        old: Salvage,
        db: sqlite3.Connection,
        describe: Describe,
        protocols: Mapping[int, Protocol],
        homes: dict[int, Home],
        found: Found,
        progress: Callable[[int], None],
    ) -> None:
        self._old, self._db, self._describe = old, db, describe
        self._protocols, self._homes, self._found, self._progress = protocols, homes, found, progress
        self._addresses = {
            address.lower(): number for number, address in db.execute("SELECT id, address FROM account")
        }
        self._now = int(time.time())
        self._noted = old.keyed(UIDLS)
        self._uidls = {message: storable(uidl) for _, uidl, message, _ in self._noted if message}
        self._recovered: dict[int, Home] = {}
        self._waiting: list[tuple[int, Home, NewMessage]] = []
        self._octets = 0
        self._digests: set[bytes] = set()
        self.ids: dict[int, int] = {}

    def copy(self) -> None:
        """Take over everything that can be read."""
        bare: dict[int, MessageRow] = {}
        seen: set[int] = set()
        for row in map(MessageRow._make, self._old.rows(MESSAGES)):
            seen.add(row.id)
            body = self._old.one(BODIES, row.id)
            raw = self._old.whole(body) if body else None
            message = self._describe(raw) if raw is not None else None
            if body and message and _belong(row, message):
                self._digests.add(body[3])
                self._add(row.id, row, message)
            else:
                bare[row.id] = row
        self._strays(bare, seen)
        self._headers(bare)
        self._write()
        self._keep_uidls()
        totals = self._old.count("SELECT sum(max(total, 0)) FROM folder")
        self._found.missed = max(0, totals - len(seen))

    def recover(self, raw: bytes) -> None:
        """Keep bytes that no row stands for any more."""
        self._add(0, None, self._describe(raw))

    def _strays(self, bare: dict[int, MessageRow], seen: set[int]) -> None:
        """Bodies that SQLite found no way to, or under another number than theirs; then those that have lost
        their rows."""
        incomplete = any(row.whole for row in bare.values())
        by_look = {row.fingerprint: number for number, row in bare.items()}
        for body in self._old.strays(BODIES, () if incomplete else frozenset(seen)):
            former, *_, digest = body
            if digest in self._digests and former not in bare:
                continue
            raw = self._old.whole(body)
            message = self._describe(raw) if raw is not None else None
            if message is None:
                continue
            number = former if former in bare else by_look.get(message.fingerprint, 0)
            if number in bare and _belong(bare[number], message):
                self._digests.add(digest)
                self._add(number, bare.pop(number), message)
            elif digest not in self._digests:
                self._digests.add(digest)
                seen.add(former)
                self._add(former, None, message)

    def _headers(self, bare: Mapping[int, MessageRow]) -> None:
        """Messages whose bytes are not here, or not any more."""
        headers = {number: self._old.one(HEADERS, number) for number in bare}
        if lost := {number for number, header in headers.items() if header is None}:
            headers |= {row[0]: row for row in self._old.strays(HEADERS, ()) if row[0] in lost}
        for number, row in bare.items():
            header = headers[number]
            envelope = envelope_of(header[1]) if header else None
            if envelope is None or envelope.subject == DAMAGED:
                self._found.lost.append(Lost("message", row.subject))
                continue
            if row.whole:
                self._found.lost.append(Lost("text", envelope.subject))
            message = NewMessage(envelope, 0, max(row.size, 0), fingerprint=row.fingerprint)
            self._add(number, row, message)

    def _add(self, number: int, row: MessageRow | None, message: NewMessage) -> None:
        """Put a message to those to be written, with what its row says of it; `number` is its former id, 0
        for none."""
        home = self._homes.get(row.folder) if row else None
        if home is None:
            home = self._stray_home(message)
            self._found.recovered += 1
        if row:
            received = row.position >> SEQUENCE_BITS
            message = replace(
                message,
                received=received if 0 < received < self._now + _DAY else message.received,
                size=row.size if row.size > 0 else message.size,
                flags=Flag(row.flags & _ALL_FLAGS),
                tags=_tags(row.tags),
                uidl=self._uidls.get(row.id, "") if message.raw is not None else "",
            )
        if message.raw is None:
            self._found.headers += 1
        else:
            self._found.messages += 1
        self._waiting.append((number, home, message))
        self._octets += len(message.raw or b"")
        if len(self._waiting) >= _BATCH_MESSAGES or self._octets >= _BATCH_OCTETS:
            self._write()

    def _stray_home(self, message: NewMessage) -> Home:
        """The folder for what has lost its place, in the account that the message was sent to or from."""
        envelope = message.envelope
        named = (*envelope.to, *envelope.cc, *envelope.bcc, *envelope.sender)
        account = next(filter(None, map(self._account_of, named)), min(self._protocols))
        if account not in self._recovered:
            self._recovered[account] = self._recovered_folder(account)
        return self._recovered[account]

    def _recovered_folder(self, account: int) -> Home:
        """That of an earlier repair, else a new one; never a server's."""
        there = {home.name: home for home in self._homes.values() if home.account == account}
        name = RECOVERED_FOLDER
        while name in there and there[name].on_server:
            name = f"{name} (2)"
        if name in there:
            return there[name]
        row = self._db.execute(
            "INSERT INTO folder (account, name, local) VALUES (?, ?, 1) RETURNING id", (account, name)
        ).fetchone()
        return Home(row[0], account, name, on_server=False)

    def _account_of(self, address: Address) -> int | None:
        return self._addresses.get(address.address.lower())

    def _write(self) -> None:
        """Write those that wait, in one transaction."""
        by_folder: dict[int, list[tuple[int, Home, NewMessage]]] = {}
        for one in self._waiting:
            by_folder.setdefault(one[1].id, []).append(one)
        self._db.execute("BEGIN IMMEDIATE")
        for folder, batch in by_folder.items():
            messages = [message for _, _, message in batch]
            ids = insert.add(self._db, folder, messages, on_server=False, index_later=True)
            self.ids |= {number: new for (number, _, _), new in zip(batch, ids, strict=True) if number}
            self._settle(batch[0][1], ids)
        self._db.execute("COMMIT")
        self._waiting, self._octets = [], 0
        self._progress(self._found.messages + self._found.headers)

    def _settle(self, home: Home, ids: Iterable[int]) -> None:
        """What is to be known of messages that stand in a server's folder, or wait to be removed for good.

        What has lost its place is looked for on the server as well."""
        imap = self._protocols[home.account] is Protocol.IMAP
        if imap and (home.on_server or home in self._recovered.values()):
            self._mark("sought = 1", ids)
        if home.name == REMOVED_FOLDER:
            self._mark(f"removed = {self._now}", ids)

    def _mark(self, assignment: str, ids: Iterable[int]) -> None:
        self._db.execute(
            f"UPDATE message SET {assignment} WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
            (integers(ids),),
        )

    def _keep_uidls(self) -> None:
        sizes = self._old.sizes()
        self._db.execute("BEGIN IMMEDIATE")
        for account, uidl, message, _ in self._noted:
            size = sizes.get((account, uidl), 0)
            if account not in self._protocols:
                continue
            if message is None:
                self._db.execute(
                    "INSERT OR IGNORE INTO uidl (account, uidl, downloaded, size) VALUES (?, ?, ?, ?)",
                    (account, storable(uidl), self._now, size),
                )
            elif message in self.ids:
                self._db.execute(
                    "INSERT OR IGNORE INTO uidl (account, uidl, message, downloaded, fingerprint, size, left)"
                    " SELECT ?1, uidl, id, ?2, fingerprint, ?3, ?2 FROM message"
                    " WHERE id = ?4 AND whole AND uidl <> ''",
                    (account, self._now, size, self.ids[message]),
                )
        self._db.execute("COMMIT")


def _belong(row: MessageRow, message: NewMessage) -> bool:
    """Whether bytes are those of a row: the number of either may have changed, and lead to another's."""
    return row.fingerprint == message.fingerprint or row.size == message.size


def _tags(text: str) -> frozenset[str]:
    try:
        return checked_tags(tags_of(text))
    except BadInput:
        return frozenset()
