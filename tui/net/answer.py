"""What an IMAP server answers, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tui.model.message import Flag

Flags = tuple[Flag, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Selected:
    """A mailbox's state (RFC 3501 6.3.1, RFC 7162 3.1.2.1). 0 stands for what the server did not say.

    `permanent` are the flags that can be stored for good, in lower case; `keywords` says that any other
    keyword can be, too. Both are empty and False after STATUS.
    """

    uidvalidity: int
    uidnext: int
    exists: int
    modseq: int = 0
    readonly: bool = False
    permanent: frozenset[str] = frozenset()
    keywords: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Flags by UID. `complete` means that the server listed as many messages as it has and ended with OK:
    only then is a message that is missing here really gone."""

    flags: dict[int, Flags] = field(default_factory=dict)
    complete: bool = False


class FetchedHeader(NamedTuple):
    """A message as it is first heard of: `received` is INTERNALDATE in Unix seconds, `size` the server's
    octet count (approximate on Exchange), `header` the fields of `bulk.FIELDS` with CRLF line ends. Where the
    whole message was asked for, `raw` has its octets and `header` the same."""

    uid: int
    flags: Flag
    tags: frozenset[str]
    received: int
    size: int
    header: bytes
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """Something the server said by itself: EXISTS, EXPUNGE, FETCH or VANISHED, and the number before it."""

    kind: str
    number: int
