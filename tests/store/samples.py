"""Made-up mail for the tests of the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tui.model.folder import Folder, Role, ServerFolder, SyncMark
from tui.model.message import Address, Envelope, Flag, NewMessage, Row, Scan
from tui.store.reader import Reader
from tui.store.writer import Writer

ACCOUNT = "you@example.org"
START = 1_700_000_000
BILLING = Address("Billing", "billing@contoso.example")
YOU = Address("You", ACCOUNT)
FOLDERS = [
    ServerFolder("INBOX", "INBOX", Role.INBOX),
    ServerFolder("Drafts", "Drafts", Role.DRAFTS),
    ServerFolder("Sent", "Sent Items", Role.SENT),
    ServerFolder("Archive", "Archive", Role.ARCHIVE),
    ServerFolder("Deleted", "Deleted Items", Role.TRASH),
]


@dataclass(frozen=True, slots=True)
class Store:
    """Both doors of one store."""

    path: Path
    writer: Writer
    reader: Reader

    def folder(self, name: str) -> Folder:
        """A folder that is there."""
        found = self.reader.folder_named(ACCOUNT, name)
        assert found is not None
        return found

    def row(self, message: int) -> Row:
        """A row that is there."""
        found = self.reader.row(message)
        assert found is not None
        return found

    def fill(self, name: str = "INBOX", count: int = 3, first: int = 1, **changes: Any) -> list[int]:
        """Messages with the uids from `first` on, in a folder of UIDVALIDITY 1."""
        messages = [message(number, **changes) for number in range(first, first + count)]
        return self.writer.added(self.folder(name).id, messages, SyncMark(1, first + count, 0))


def message(number: int, **changes: Any) -> NewMessage:
    """A header-only message with uid and fingerprint `number`, received that many seconds after START."""
    envelope = Envelope(
        message_id=f"{number}@contoso.example",
        date=START + number,
        date_offset=60,
        subject=f"Invoice {number}",
        sender=(BILLING,),
        to=(YOU,),
    )
    return replace(NewMessage(envelope, START + number, 1_000, fingerprint=number, uid=number), **changes)


def whole(number: int, text: str = "The sum is due.", **changes: Any) -> NewMessage:
    """A message with its bytes."""
    raw = f"Subject: Invoice {number}\r\n\r\n{text}\r\n".encode()
    return replace(
        message(number), **{"raw": raw, "scan": Scan(0, text[:80], text), "size": len(raw), **changes}
    )


def local(number: int, **changes: Any) -> NewMessage:
    """A whole message without a place on a server."""
    return whole(number, **{"uid": 0, **changes})


SEEN, FLAGGED, ANSWERED = Flag.SEEN, Flag.FLAGGED, Flag.ANSWERED
NONE = Flag(0)
