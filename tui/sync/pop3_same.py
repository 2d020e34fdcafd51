"""Whether what a POP3 server lists under a UIDL is the message that the store has for it.

A UIDL proves it only while the message stays on the server; afterwards it may be used again (RFC 1939 7). So
before anything is deleted that was not downloaded in the same session, its header and size are looked at, and
where these do not prove it, its bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from tui.mail.header import envelope, fingerprint
from tui.model.error import Busy, Refused
from tui.store.reader import Reader
from tui.store.records import UidlRow

_PLACEHOLDER = re.compile(
    r"Retrieval using the \w+ protocol failed for the following message: \d+", re.IGNORECASE
)
Asked = Callable[[Sequence[int]], Iterator[tuple[int, bytes]]]


def answers(ask: Asked, numbers: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
    """What the server hands out of `numbers` by `ask` (TOP or RETR), None for what it withholds.

    Some servers are "unavailable" for ever when asked for one spoilt message: only a second such answer in a
    row is taken at its word. Raises Busy then, and what else ends the connection.
    """
    todo = deque(numbers)
    withheld = False
    while todo:
        try:
            for number, octets in ask(list(todo)):
                todo.popleft()
                withheld = False
                yield number, octets
        except (Refused, Busy) as error:
            if isinstance(error, Busy) and withheld:
                raise
            withheld = True
            yield todo.popleft(), None


def is_known(
    reader: Reader, held: UidlRow, shown: bytes | None, size: int, whole: Callable[[], bytes | None]
) -> bool | None:
    """Whether a message of `size` octets by the server's count is the one of `held`; None: nobody can tell.

    `shown` is its header, None where the server has no TOP; `whole` fetches its bytes, or None. What was
    removed here is known by header and size alone, and so is what is here by its header only. Of the rest a
    header without a Message-ID, which many messages of one sender may share, proves nothing.
    """
    if held.message is not None and not held.whole:
        header = shown if shown is not None else whole()
        return None if header is None else _is_headed(reader, held, header, size)
    if shown is not None and _alike(reader, held, shown, size):
        return True
    octets = whole()
    if octets is None:
        return None
    if held.message is None:
        return _alike(reader, held, octets, size)
    return same_octets(reader, held.message, octets)


def _is_headed(reader: Reader, held: UidlRow, header: bytes, size: int) -> bool:
    if fingerprint(header) != held.fingerprint:
        return False
    return bool(envelope(header).message_id) or size in _sizes(reader, held)


def _alike(reader: Reader, held: UidlRow, header: bytes, size: int) -> bool:
    if fingerprint(header) != held.fingerprint or size not in _sizes(reader, held):
        return False
    return held.message is None or bool(envelope(header).message_id)


def is_here(reader: Reader, account: str, shown: bytes | None, whole: Callable[[], bytes | None]) -> bool:
    """Whether a message that has no UIDL of its own is in the store; arguments as of `is_known`."""
    octets = whole() if shown is None else None
    header = shown or octets
    if header is None:
        return False
    alike = reader.by_fingerprint(account, fingerprint(header))
    if not alike or envelope(header).message_id:
        return bool(alike)
    octets = octets or whole()
    return octets is not None and any(same_octets(reader, row, octets) for row in alike)


def is_placeholder(subject: str) -> bool:
    """Whether Exchange made this up in place of a message that it could not put into words of mail. To delete
    it there would delete the message itself, which Outlook can show."""
    return _PLACEHOLDER.match(subject.strip()) is not None


def same_octets(reader: Reader, message: int, octets: bytes) -> bool:
    """Whether these are the bytes of a message of the store."""
    return reader.digest(message) == hashlib.sha256(octets).digest()


def _sizes(reader: Reader, held: UidlRow) -> set[int]:
    """What the message may measure: as the server said before, or as it is here."""
    row = reader.row(held.message) if held.message else None
    return {held.size, row.size if row else 0} - {0}
