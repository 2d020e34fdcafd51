"""Messages that a POP3 server lists under UIDLs nobody knows, and which are here all the same: after a switch
from IMAP, after a repair, or where a server gave its messages other UIDLs. By fingerprint, then by bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from tui.mail.header import envelope, fingerprint
from tui.model.message import BodyState, NewMessage
from tui.store.reader import Reader


@dataclass(frozen=True, slots=True)
class Found:
    """A message that is here: its row (None: the person has removed it for good), whether its bytes are here,
    and the UIDL it had, "" for none."""

    row: int | None
    whole: bool
    uidl: str = ""


class Unclaimed:
    """The messages of an account that are none of those `listed` by a known UIDL. Each is found once."""

    def __init__(self, reader: Reader, account: str, listed: Collection[str]) -> None:
        known = reader.uidls(account)
        self._reader, self._account = reader, account
        here = set(listed)
        gone = {uidl: row for uidl, row in known.items() if uidl not in here}
        self._claimed = {row.message for uidl, row in known.items() if uidl in here}
        self._former = {row.message: uidl for uidl, row in gone.items() if row.message is not None}
        self._removed = {
            (row.fingerprint, row.size): uidl
            for uidl, row in gone.items()
            if row.message is None and row.size and row.fingerprint is not None
        }
        self._sizes = {row.size for row in gone.values()} - {0}
        self._unlinked = bool(reader.unlinked(account))
        self._empty = not (known or self._unlinked)

    def is_worth_a_look(self, size: int) -> bool:
        """Whether the header of a message of `size` octets may show that it is here."""
        return self._unlinked or size in self._sizes

    def by_header(self, header: bytes, size: int) -> Found | None:
        """The one message with this header. One without a Message-ID may be another than it seems: only where
        nothing but its header is here, too, its size must do."""
        mark, named = fingerprint(header), bool(envelope(header).message_id)
        rows = self._alike([mark]).get(mark, [])
        if not rows and named and (uidl := self._removed.pop((mark, size), None)):
            return Found(None, whole=False, uidl=uidl)
        row = self._reader.row(rows[0]) if len(rows) == 1 else None
        if row is None or not (named or (row.body is BodyState.HEADERS and row.size == size)):
            return None
        return self._take(row.id, row.body is BodyState.FULL)

    def by_octets(self, fresh: Mapping[int, NewMessage]) -> dict[int, Found]:
        """Which of these, by their numbers, are here: their bytes, or their header where there is no more."""
        found: dict[int, Found] = {}
        if self._empty:
            return found
        alike = self._alike([one.fingerprint for one in fresh.values()])
        for number, one in fresh.items():
            for row in alike.get(one.fingerprint, ()):
                if row not in self._claimed and one.raw is not None and (here := self._same(row, one)):
                    found[number] = here
                    break
        return found

    def claim(self, rows: Iterable[int]) -> None:
        """These have just been stored for messages of this list."""
        self._claimed.update(rows)

    def _same(self, row: int, one: NewMessage) -> Found | None:
        known = self._reader.row(row)
        if known is None or one.raw is None:
            return None
        if known.body is BodyState.FULL:
            same = self._reader.digest(row) == sha256(one.raw).digest()
        else:
            same = bool(one.envelope.message_id) or known.size == one.size
        return self._take(row, known.body is BodyState.FULL) if same else None

    def _take(self, row: int, whole: bool) -> Found:
        self._claimed.add(row)
        return Found(row, whole, self._former.pop(row, ""))

    def _alike(self, marks: Collection[int]) -> dict[int, list[int]]:
        """Rows by fingerprint that no listed UIDL stands for."""
        found = self._reader.alike(self._account, marks)
        return {mark: [row for row in rows if row not in self._claimed] for mark, rows in found.items()}
