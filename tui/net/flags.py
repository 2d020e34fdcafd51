"""IMAP flags and keywords to our bits and tags, and back (RFC 3501 2.3.2, RFC 5788)."""

from __future__ import annotations

import re

from tui.model.error import BadInput
from tui.model.message import Flag
from tui.net.answer import Flags

_BITS = {
    "\\seen": Flag.SEEN,
    "\\answered": Flag.ANSWERED,
    "\\flagged": Flag.FLAGGED,
    "\\draft": Flag.DRAFT,
    "\\deleted": Flag.DELETED,
    "$forwarded": Flag.FORWARDED,
    "forwarded": Flag.FORWARDED,
    "$junk": Flag.JUNK,
    "junk": Flag.JUNK,
}
_NAMES = {
    Flag.SEEN: ("\\Seen",),
    Flag.ANSWERED: ("\\Answered",),
    Flag.FLAGGED: ("\\Flagged",),
    Flag.DRAFT: ("\\Draft",),
    Flag.DELETED: ("\\Deleted",),
    Flag.FORWARDED: ("$Forwarded",),
    Flag.JUNK: ("$Junk",),
}
_OF_OTHER_PROGRAMS = frozenset({"$mdnsent", "$notjunk", "notjunk", "nonjunk", "$submitted", "$submitpending"})
_ATOM = re.compile(r"[!#$&'+\-./0-9:;<=>?@A-Z\[^_`a-z|}~]{1,100}")


def parse(words: bytes) -> Flags:
    """The bits and tags of a flag list's inside, such as rb"\\Seen $Forwarded todo".

    Unknown system flags (\\Recent among them) and keywords that only other programs use are left out.
    """
    bits, tags = Flag(0), set()
    for word in words.decode("ascii", "replace").split():
        known = _BITS.get(word.lower())
        if known is not None:
            bits |= known
        elif not word.startswith("\\") and word.lower() not in _OF_OTHER_PROGRAMS:
            tags.add(word)
    return bits, frozenset(tags)


def is_keyword(tag: str) -> bool:
    """Whether a tag can be said to a server at all."""
    return _ATOM.fullmatch(tag) is not None


def words(flags: Flag, tags: frozenset[str] = frozenset()) -> list[str]:
    """The names to say to a server. Raises BadInput for a tag that is not an IMAP keyword."""
    for tag in tags:
        if not is_keyword(tag):
            raise BadInput(f"“{tag[:50]}” cannot be a tag on a mail server.", "Use letters, digits, - and _.")
    return [name for bit in Flag if bit in flags for name in _NAMES[bit]] + sorted(tags)
