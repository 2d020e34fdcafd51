"""What mailbox files do to the text of a message, and whether two texts are the same message nevertheless.

An mbox file puts `>` before lines that look like its separator (RFC 4155), programs add fields of their own
to the header, and files on Unix end their lines in LF where the wire has CRLF (RFC 5322 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_

from tui.mail.header import find_end
from tui.model.message import NO_FLAGS, Flag

_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_ANY_QUOTED = re.compile(rb"^>+(?=From )", re.MULTILINE)
_ADDED = re.compile(
    rb"^(?:status|x-status|x-keywords|x-uid|x-mozilla-\w+|content-length|lines):[^\n]*+\n"
    rb"(?:[ \t][^\n]*+\n){0,5000}",
    re.MULTILINE | re.IGNORECASE,
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_USUAL = re.compile(
    rb"^(?:from|sender|to|cc|date|subject|received|message-id|return-path|delivered-to|mime-version"
    rb"|content-type)[ \t]*:",
    re.MULTILINE | re.IGNORECASE,
)
_STATUS = re.compile(rb"^(x-)?status:[ \t]*([A-Za-z]*)", re.MULTILINE | re.IGNORECASE)
_MOZILLA = re.compile(rb"^x-mozilla-status:[ \t]*([0-9a-f]{1,8})", re.MULTILINE | re.IGNORECASE)

_LETTERS = {b"R": Flag.SEEN, b"A": Flag.ANSWERED, b"F": Flag.FLAGGED, b"T": Flag.DRAFT, b"D": Flag.DELETED}
_MOZILLA_BITS = (
    (0x0001, Flag.SEEN),
    (0x0002, Flag.ANSWERED),
    (0x0004, Flag.FLAGGED),
    (0x1000, Flag.FORWARDED),
)
MOZILLA_REMOVED = 0x0008
"""Removed by the person, and left in the file until Thunderbird compacts it."""


def unquoted(raw: bytes) -> bytes:
    """A message out of an mbox file: one `>` less where a line is `>From `, `>>From ` and so on (mboxrd).

    In the older mboxo form `>From ` alone is quoted; that comes back as well.
    """
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw


def is_mail(raw: bytes) -> bool:
    """Whether the text begins as a message does: with header fields, a usual one among them."""
    return _FIELD.match(raw) is not None and _USUAL.search(raw, 0, find_end(raw)[0]) is not None


def flags_of(raw: bytes) -> Flag | None:
    """The flags that mail programs note in the header of a message in an mbox file (Status, X-Status,
    X-Mozilla-Status); None where the person has removed it already.

    Without any such field it counts as read: a message that was kept for long has been.
    """
    header = raw[: find_end(raw)[0]]
    if found := _MOZILLA.search(header):
        bits = int(found[1], 16)
        if bits & MOZILLA_REMOVED:
            return None
        return _united(flag for bit, flag in _MOZILLA_BITS if bits & bit)
    said = list(_STATUS.finditer(header))
    if not said:
        return Flag.SEEN
    letters = b"".join(found[2].upper() for found in said)
    return _united(flag for letter, flag in _LETTERS.items() if letter in letters)


def _united(flags: Iterable[Flag]) -> Flag:
    return reduce(or_, flags, NO_FLAGS)


def same(one: bytes, other: bytes) -> bool:
    """Whether two texts are one message, but for line ends, `>From ` and what mail programs note in it."""
    return one == other or _bare(one) == _bare(other)


def _bare(raw: bytes) -> bytes:
    text = raw.replace(b"\r\n", b"\n")
    end = find_end(text)[0]
    text = _ADDED.sub(b"", text[:end]) + text[end:]
    return _ANY_QUOTED.sub(b"", text).strip(b"\n")


def wire_size(raw: bytes) -> int:
    """How many octets the message has with CRLF at the end of each line, as servers count."""
    return len(raw) + raw.count(b"\n") - raw.count(b"\r\n")
