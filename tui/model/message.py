"""Messages: the header fields everybody needs, the row of a list, and what a sync hands to the store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag, StrEnum, auto


class Flag(IntFlag):
    """Message flags as bits, so that a whole mailbox's flags fit in an array."""

    SEEN = auto()
    ANSWERED = auto()
    FLAGGED = auto()
    DRAFT = auto()
    DELETED = auto()
    FORWARDED = auto()
    JUNK = auto()

    def names(self) -> list[str]:
        """Lower-case names of the set flags, in a fixed order (the command line's words)."""
        return [flag.name.lower() for flag in Flag if flag in self and flag.name]


NO_FLAGS = Flag(0)


class BodyState(StrEnum):
    """How much of a message is on this computer."""

    HEADERS = "headers"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox (RFC 5322 3.4): display name or None, and addr-spec; both decoded, never sanitised."""

    name: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """The header fields of a message (RFC 5322 3.6), decoded.

    Ids stand without their angle brackets. `date` is Unix seconds or None, `date_offset` minutes east of
    UTC, None when the field is missing or cannot be read. "" and () where the mail has none.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    date: int | None = None
    date_offset: int | None = None
    subject: str = ""
    sender: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What one quick pass over a whole message finds for the list and the search index."""

    attachments: int
    snippet: str
    text: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message on its way into the store.

    `received` is Unix seconds by the server's clock (INTERNALDATE) or the time of download, `size` octets.
    `raw` is None when only the header is here yet; `scan` belongs to `raw`, and is None where it is left for
    later. `uid` is 0 and `uidl` "" where
    the message has no place on a server. `fingerprint` is `mail.header.fingerprint` of the header.
    """

    envelope: Envelope
    received: int
    size: int
    fingerprint: int
    flags: Flag = NO_FLAGS
    tags: frozenset[str] = frozenset()
    uid: int = 0
    uidl: str = ""
    raw: bytes | None = None
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A whole message that was kept outside the store, with the flags it had there; `received` is Unix
    seconds, 0 where that is only known from its header."""

    raw: bytes
    flags: Flag = NO_FLAGS
    received: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One message as a list shows it. `id` is the store's own and never changes.

    `on_server` is False for local mail and for mail that is gone from its server. `thread` groups a
    conversation within an account.
    """

    id: int
    account: str
    folder: str
    folder_id: int
    uid: int
    uidl: str
    envelope: Envelope
    received: int
    flags: Flag
    tags: frozenset[str]
    size: int
    attachments: int
    snippet: str
    thread: int
    body: BodyState
    on_server: bool


class Sort(Enum):
    """Orders of a list; every one newest first within equal keys."""

    DATE = "date"
    SENDER = "sender"
    SUBJECT = "subject"
    SIZE = "size"


class Filter(Enum):
    """Quick filters of a list."""

    ALL = "all"
    UNREAD = "unread"
    FLAGGED = "flagged"
    ATTACHMENT = "attachment"
