"""Header fields: taken apart, unfolded, decoded; the envelope and the fingerprint of a message."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from tui.mail import charset, dates, mailboxes, parameters, words
from tui.model.message import Address, Envelope

_NAME = rb"[!-9;-~]+[ \t]*:"
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+){0,120000})", re.MULTILINE)
_STRANGE = re.compile(rb"^(?!" + _NAME + rb"|[ \t]|>?From |$)", re.MULTILINE)
# Lines that need no second look: a match to the end says the same as a search for a strange one, sooner.
# Each turn of a repeated group takes memory: a header of more lines than any honest one is searched.
_REGULAR = re.compile(rb"(?:(?:" + _NAME + rb"|[ \t]|>?From )[^\n]*+(?:\n|\Z)|\n){0,5000}")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]*")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ID = re.compile(r"<([^<>]*+)>")
_SINGLE_ID = re.compile(r"<([^<>\s]++)>")
_USUAL = re.compile(
    rb"^(?:From|To|Cc|Bcc|Subject|Date|Received|Message-ID|MIME-Version|Content-[A-Za-z-]+|X-[!-9;-~]+"
    rb"|Reply-To|Sender|Return-Path|In-Reply-To|References|List-[A-Za-z-]+|Delivered-To|DKIM-Signature"
    rb"|Authentication-Results)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_REFERENCES = 200
_SHORT = 200
MOST_FIELDS = 120_000
"""Some 60 are usual; each takes more memory than octets, and a header may be as long as a message."""
_PRINTED = ("message-id", "date", "from", "subject")


def line_ends(raw: bytes) -> bytes:
    """`raw` with line ends that a scan by LF can work on: lone CR and CR CR LF, of old and broken senders,
    mended.
    """
    first = raw.find(b"\n", 0, 2000)
    if first >= 0 and raw[max(0, first - 2) : first] != b"\r\r":
        return raw
    head = raw[:2000]
    if b"\r\r\n" in head and b"\n" not in head.replace(b"\r\r\n", b""):
        return raw.replace(b"\r\r\n", b"\r\n")
    if b"\r" in head and b"\n" not in head:
        return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def find_end(raw: bytes, start: int = 0, limit: int | None = None) -> tuple[int, int]:
    """Where the header that begins at `start` ends, and where the body begins, both at most `limit`.

    A line that can't be part of a header ends it without a blank line, unless more of the usual fields
    follow.
    """
    stop = len(raw) if limit is None else limit
    if raw.startswith(b"\n", start) or raw.startswith(b"\r\n", start):
        return start, min(raw.index(b"\n", start) + 1, stop)
    blank = _BLANK_LINE.search(raw, start, stop)
    end, body = (blank.start() + 1, blank.end()) if blank else (stop, stop)
    regular = _REGULAR.match(raw, start, end)
    if regular is not None and regular.end() == end:
        return end, body
    strange = _STRANGE.search(raw, start, end)
    if strange is None:
        return end, body
    last_usual = max((match.start() for match in _USUAL.finditer(raw, start, end)), default=-1)
    while strange is not None and strange.start() < last_usual:
        after = raw.find(b"\n", strange.start(), end) + 1
        strange = _STRANGE.search(raw, after, end)
    if strange is None or strange.start() >= end:
        return end, body
    return strange.start(), strange.start()


def skip_envelope_line(raw: bytes) -> int:
    """Where the header begins: behind the `From ` line that mbox files put on top (RFC 4155)."""
    if raw.startswith((b"From ", b">From ")):
        return raw.find(b"\n") + 1 or len(raw)
    return 0


def split(block: bytes) -> list[tuple[str, bytes]]:
    """Fields of a header block in order: lower-case name, and the value as it stands, still folded."""
    return [(name.decode("ascii").lower(), value) for name, value in _found(block)]


def split_named(block: bytes) -> list[tuple[str, bytes]]:
    """As `split`, with names as they are written."""
    return [(name.decode("ascii"), value) for name, value in _found(block)]


def _found(block: bytes) -> Iterable[tuple[bytes, bytes]]:
    if len(block) <= MOST_FIELDS:  # so there cannot be more
        return _FIELD.findall(block)
    return ((match[1], match[2]) for match in islice(_FIELD.finditer(block), MOST_FIELDS))


def unfold(value: bytes, hint: str = "") -> str:
    """A field's value on one line, as text but not yet decoded (RFC 5322 2.2.3). Raw octets that are no UTF-8
    are read by the charset `hint`."""
    text = value.decode("ascii") if value.isascii() and b"\x1b" not in value else charset.guess(value, hint)
    if "\n" in text:
        text = _FOLD.sub(" ", text)
    return text.strip()


def block(raw: bytes) -> bytes:
    """The header of a message, from whole messages and from headers alone."""
    raw = line_ends(raw)
    start = skip_envelope_line(raw)
    return raw[start : find_end(raw, start)[0]]


def fields(raw: bytes) -> list[tuple[str, str]]:
    """Every header field in order: its name as written, and its value unfolded and decoded."""
    return [(name, words.decode(unfold(value))) for name, value in split_named(block(raw))]


def envelope(raw: bytes) -> Envelope:
    """The envelope of a message or of its header alone. Never raises."""
    return envelope_of(split(block(raw)))


def envelope_of(found: Sequence[tuple[str, bytes]]) -> Envelope:
    """The envelope out of fields from `split`. Of a field that repeats the first counts; recipients
    add up.
    """
    first: dict[str, bytes] = {}
    further: dict[str, list[bytes]] = {}
    for name, value in found:
        if name not in first:
            first[name] = value
        elif name in ("to", "cc", "bcc"):
            further.setdefault(name, [first[name]]).append(value)
    first.update((name, b", ".join(values)) for name, values in further.items())
    hint = "" if all(map(bytes.isascii, first.values())) else _charset(first)
    moment = dates.parse(unfold(first["date"])) if "date" in first else None
    ids = message_ids(unfold(first.get("references", b"")))
    if len(ids) > _MOST_REFERENCES:
        ids = ids[:1] + ids[1 - _MOST_REFERENCES :]
    return Envelope(
        message_id=_one_id(first.get("message-id", b"")),
        in_reply_to=_one_id(first.get("in-reply-to", b"")),
        references=ids,
        date=moment[0] if moment else None,
        date_offset=moment[1] if moment else None,
        subject=words.decode(unfold(first.get("subject", b""), hint)).strip(),
        sender=_addresses(first, "from", hint),
        reply_to=_addresses(first, "reply-to", hint),
        to=_addresses(first, "to", hint),
        cc=_addresses(first, "cc", hint),
        bcc=_addresses(first, "bcc", hint),
    )


def _addresses(first: dict[str, bytes], name: str, hint: str) -> tuple[Address, ...]:
    value = first.get(name)
    if not value:
        return ()
    return _remembered(value, hint) if len(value) <= _SHORT else _mailboxes(value, hint)


def _mailboxes(value: bytes, hint: str) -> tuple[Address, ...]:
    return mailboxes.parse(unfold(value, hint))


_remembered = lru_cache(maxsize=2048)(_mailboxes)  # few people write most of the mail


def _charset(first: dict[str, bytes]) -> str:
    """The charset of the text below, by which senders who put raw octets into their header most
    likely wrote.
    """
    declared = first.get("content-type")
    found = parameters.content_type(declared.decode("latin-1")) if declared else None
    return found[1].get("charset", "") if found else ""


def message_ids(value: str) -> tuple[str, ...]:
    """All message identifiers of a References or In-Reply-To value, without their angle brackets."""
    if single := _SINGLE_ID.fullmatch(value):
        return (single[1],)
    found = tuple(text for match in _ID.findall(value) if (text := "".join(match.split())))
    if found or "<" in value:
        return found
    return tuple(word.strip(",;") for word in value.split() if "@" in word)


def is_one_line(text: str) -> bool:
    """Whether a text may stand in a header field we write: nothing in it is taken for a line break
    anywhere.
    """
    return not _BREAKS.search(text)


def _one_id(value: bytes) -> str:
    text = unfold(value)
    found = message_ids(text)
    return found[0] if found else "".join(text.strip("<> \t").split())


def fingerprint(header: bytes) -> int:
    """A signed 64-bit number from the unfolded Message-ID, Date, From and Subject, for matching a message
    with its copy elsewhere. Not unique: equal fingerprints mean that the bytes are worth comparing."""
    return fingerprint_of(split(block(header)))


def fingerprint_of(found: Sequence[tuple[str, bytes]]) -> int:
    """The fingerprint out of fields from `split`."""
    first: dict[str, bytes] = {}
    for name, value in found:
        if name in _PRINTED and name not in first:
            first[name] = b" ".join(value.split())
    digest = hashlib.sha256(b"\n".join(first.get(name, b"") for name in _PRINTED)).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def received_date(found: Sequence[tuple[str, bytes]]) -> int | None:
    """When the last server on the way took the message (its topmost Received field, RFC 5321 4.4), in Unix
    seconds, out of fields from `split`; None when it does not say."""
    for name, value in found:
        if name == "received":
            moment = dates.parse(unfold(value).rpartition(";")[2])
            return moment[0] if moment else None
    return None
