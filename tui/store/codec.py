"""How values become columns and come back: compressed bytes, envelopes, tags, text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tui.model.error import BadInput, StoreBroken
from tui.model.message import Address, Envelope

ZSTD = 1
_LEVEL = 1  # half the time of level 3, and mail becomes as small

SEQUENCE_BITS = 20
SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1
_LAST_SECOND = 1 << 42

DAMAGED = "(damaged on this computer: run outlook-tui doctor --repair)"

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def packer() -> Callable[[bytes], tuple[int, bytes]]:
    """A `pack` for many: its working memory is set up once, which takes as long as packing a short mail."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: _LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    compressor = zstd.ZstdCompressor(options=options)
    return lambda data: (ZSTD, compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME))


def pack(data: bytes) -> tuple[int, bytes]:
    """Codec byte and compressed bytes with a checksum, so that a flipped bit is noticed."""
    return packer()(data)


def unpack(codec: int, data: bytes) -> bytes:
    """The bytes that were packed. Raises StoreBroken when they are damaged or of an unknown codec."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    if codec != ZSTD:
        raise StoreBroken(
            "A message was stored by a newer version of this program.",
            "Update outlook-tui.",
            detail=f"codec {codec}",
        )
    try:
        return zstd.decompress(data)
    except zstd.ZstdError as cause:
        raise StoreBroken(
            "The stored bytes of a message are damaged.",
            "Run: outlook-tui doctor --repair. The message may still be on its server.",
            detail=str(cause),
        ) from cause


def unpacked(codec: int, data: bytes) -> bytes | None:
    """The bytes that were packed, None where they cannot be had again."""
    try:
        return unpack(codec, data)
    except StoreBroken:
        return None


def storable(text: str) -> str:
    """The text with lone surrogates replaced: SQLite keeps valid UTF-8 only."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _pairs(addresses: Iterable[Address]) -> list[tuple[str | None, str]]:
    return [(one.name, one.address) for one in addresses]


def _addresses(pairs: Iterable[Sequence[Any]]) -> tuple[Address, ...]:
    return tuple(Address(name, address) for name, address in pairs)


def envelope_text(envelope: Envelope) -> str:
    """An envelope as ASCII JSON, which holds whatever a sender wrote, lone surrogates too."""
    return _encode(
        (
            envelope.message_id,
            envelope.in_reply_to,
            envelope.references,
            envelope.date,
            envelope.date_offset,
            envelope.subject,
            _pairs(envelope.sender),
            _pairs(envelope.reply_to),
            _pairs(envelope.to),
            _pairs(envelope.cc),
            _pairs(envelope.bcc),
        )
    )


def envelope_of(text: str) -> Envelope:
    """The envelope of `envelope_text`; one that says so where the text is damaged, so that one row hides no
    others."""
    try:
        message_id, in_reply_to, references, date, offset, subject, *lists = json.loads(text)
        sender, reply_to, to, cc, bcc = (_addresses(pairs) for pairs in lists)
        return Envelope(
            message_id, in_reply_to, tuple(references), date, offset, subject, sender, reply_to, to, cc, bcc
        )
    except (ValueError, TypeError):
        return Envelope(subject=DAMAGED)


def tags_text(tags: Iterable[str]) -> str:
    """Tags in one column: sorted, a space before and after each, so that ` tag ` finds one; "" for none."""
    ordered = sorted({storable(tag) for tag in tags})
    return f" {' '.join(ordered)} " if ordered else ""


def tags_of(text: str) -> frozenset[str]:
    """The tags of `tags_text`."""
    return frozenset(text.split(" ")) - {""}


def checked_tags(tags: frozenset[str]) -> frozenset[str]:
    """The same tags. Raises BadInput for one that an IMAP server could not keep (RFC 9051, flag-keyword)."""
    for tag in tags:
        if not re.fullmatch(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]{1,100}", tag):
            raise BadInput(
                f"#{tag} cannot be a tag.", "Use one word of plain letters and digits, without spaces."
            )
    return tags


def second(received: int) -> int:
    """A time of receipt (Unix seconds) brought into the range that a position can hold."""
    return min(max(received, 0), _LAST_SECOND)


def integers(values: Iterable[int]) -> str:
    """Ids for `IN (SELECT value FROM json_each(?))`: one parameter however many they are."""
    return _encode(list(values))


_PREFIX = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|vs|odp|res|ynt|fwd?|wg|tr|rv|vb|doorst)(?:\[\d+\])?\s*[:：]\s*)+", re.I
)
_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|vs|odp|res|ynt)(?:\[\d+\])?\s*[:：]", re.I)


def base_subject(subject: str) -> str:
    """A subject without its reply and forward prefixes (after RFC 5256 2.1), folded for comparing."""
    prefix = _PREFIX.match(subject)
    return " ".join(subject[prefix.end() if prefix else 0 :].split()).casefold()


def is_reply(subject: str) -> bool:
    """Whether a subject begins as an answer's does."""
    return _REPLY.match(subject) is not None
