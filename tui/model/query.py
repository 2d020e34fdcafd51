"""The search language: words, `field:value`, `-` to exclude, quotes for phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui.model.message import Flag


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `field` is "" (anywhere), from, to, cc, subject, body, in, is, has, before, after,
    larger, smaller or tag; `value` is the text as typed, `prefix` whether further letters may follow."""

    field: str
    value: str
    exclude: bool = False
    prefix: bool = False
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must hold. No term matches everything."""

    terms: tuple[Term, ...] = ()


TEXT_FIELDS = ("from", "to", "cc", "subject", "body")
FIELDS = (*TEXT_FIELDS, "in", "is", "has", "before", "after", "larger", "smaller", "tag")

STATES: dict[str, tuple[Flag, bool]] = {
    "unread": (Flag.SEEN, False),
    "read": (Flag.SEEN, True),
    "seen": (Flag.SEEN, True),
    "flagged": (Flag.FLAGGED, True),
    "starred": (Flag.FLAGGED, True),
    "answered": (Flag.ANSWERED, True),
    "forwarded": (Flag.FORWARDED, True),
    "draft": (Flag.DRAFT, True),
    "deleted": (Flag.DELETED, True),
    "junk": (Flag.JUNK, True),
}
"""What `is:` understands: a flag, and whether it is set."""

ATTACHMENT_WORDS = ("attachment", "attachments", "file", "files")
"""What `has:` understands."""

_TOKEN = re.compile(r'(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|(\S+))')
_BEGUN = frozenset(f"{field}:" for field in FIELDS)
_SIZE = re.compile(r"(\d{1,9})([kmg]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_AGO = re.compile(r"(\d{1,5})([dwmy])", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m", "%Y")


def octets(text: str) -> int | None:
    """A size such as 200k, 5M or 1GB in octets (units of 1024); None when it is none."""
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _UNITS[match[2].lower()] if match else None


def moment(text: str, now: datetime) -> datetime | None:
    """The beginning of a day: 2024-03-01, 2024-03, 2024, 01.03.2024, today, yesterday, or 7d, 2w, 3m, 1y ago.

    In the time zone of `now`; None when the text names no day.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    word = text.lower()
    if word in ("today", "yesterday"):
        return today - timedelta(days=int(word == "yesterday"))
    if match := _AGO.fullmatch(word):
        try:
            return today - timedelta(days=int(match[1]) * _DAYS[match[2]])
        except OverflowError:
            return None
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=now.tzinfo)
        except ValueError:
            continue
    return None


def _understood(field: str, value: str) -> bool:
    """Whether `field:value` is a condition; else it is a word like any other."""
    match field:
        case "is":
            return value.lower() in STATES
        case "has":
            return value.lower() in ATTACHMENT_WORDS
        case "before" | "after":
            return moment(value, datetime(2000, 1, 1)) is not None
        case "larger" | "smaller":
            return octets(value) is not None
        case _:
            return field in (*TEXT_FIELDS, "in", "tag")


def parse(text: str) -> Query:
    """What was typed as a query; never fails.

    An unknown field, or a value that its field does not understand, is a word as typed. A `*` after a word
    lets further letters follow; so does being the last one while no space follows: it may still be growing.
    A quote that is not closed reaches to the end.
    """
    terms: list[Term] = []
    for match in _TOKEN.finditer(text):
        term = _term(match, last=match.end() == len(text))
        if term.value:
            terms.append(term)
    return Query(tuple(terms))


def _term(match: re.Match[str], last: bool) -> Term:
    exclude, field, quoted, bare = match.groups()
    field, phrase = (field or "").lower(), quoted is not None
    value = quoted if phrase else bare
    if value.lower() in _BEGUN:
        return Term("", "")
    if field and not _understood(field, value):
        value, field = f"{match[2]}:{value}", ""
    starred = not phrase and value.endswith("*")
    if starred:
        value = value.rstrip("*")
    grows = last and not phrase and (not field or field in TEXT_FIELDS)
    return Term(field, value.strip(), bool(exclude), starred or grows, phrase)
