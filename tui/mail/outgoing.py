"""Finished messages on their way out: Bcc taken off, everything a server asks of the bytes made good.

For messages that others have written (`send FILE.eml`); those of `build` need none of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tui.mail import addresses, build, dates, fieldwriter, header, mailboxes, structure, transfer
from tui.mail.structure import Part
from tui.model.message import Address

_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
_HIDDEN = frozenset({"bcc", "resent-bcc"})
_LONGEST_LINE = 998
_ENCODING_FIELDS = frozenset({"content-transfer-encoding"})
_TOKEN = re.compile(rb"[^\s]+")


def with_crlf(raw: bytes) -> bytes:
    """Every line break as CRLF; a bare CR or LF could end the message early at some server (SMTP
    smuggling).
    """
    return _LINE_BREAK.sub(b"\r\n", raw)


def strip_bcc(raw: bytes) -> bytes:
    """The message without Bcc and Resent-Bcc fields, also without the mbox line on top."""
    start = header.skip_envelope_line(raw)
    end, _ = header.find_end(raw, start)
    return _without(raw[start:end], _HIDDEN) + raw[end:]


def with_bcc(raw: bytes, people: Sequence[Address]) -> bytes:
    """The copy for the Sent folder: the same message with Bcc on top. Never to be sent."""
    return (fieldwriter.mailbox_list("Bcc", people) if people else b"") + raw


def recipients(raw: bytes) -> tuple[str, ...]:
    """The envelope recipients that To, Cc and Bcc name (Resent- ones when there are any), each once."""
    fields = header.split(header.block(raw))
    resent = any(name in ("resent-to", "resent-cc", "resent-bcc") for name, _ in fields)
    names = {f"{'resent-' if resent else ''}{name}" for name in ("to", "cc", "bcc")}
    found: dict[str, str] = {}
    for name, value in fields:
        if name in names:
            for person in mailboxes.parse(header.unfold(value)):
                wire = addresses.wire(person.address)
                if wire:
                    found.setdefault(wire.lower(), wire)
    return tuple(found.values())


def prepare(raw: bytes, sender: str, date: datetime) -> tuple[bytes, str]:
    """The bytes to send, and their Message-ID: Bcc off, CRLF, 7-bit bodies, no line over 998 octets, and
    Date, From and Message-ID where they were missing."""
    text = strip_bcc(_without_bare_cr(raw))
    found = header.envelope(text)
    added = b""
    message_id = found.message_id
    if not message_id:
        message_id = build.new_message_id(sender)
        added += fieldwriter.ids("Message-ID", [message_id])
    if found.date is None and not any(name == "date" for name, _ in header.split(header.block(text))):
        added += f"Date: {dates.write(date)}\r\n".encode("ascii")
    if not found.sender:
        added += fieldwriter.mailbox_list("From", [Address(None, sender)])
    return added + seven_bit(text), message_id


def _without_bare_cr(raw: bytes) -> bytes:
    """The message without bare CRs in its header: as line breaks they would make fields, or end it early."""
    end, _ = header.find_end(raw)
    return _BARE_CR.sub(b"", raw[:end]) + raw[end:]


def seven_bit(raw: bytes) -> bytes:
    """The same message with CRLF, each leaf with 8-bit octets or long lines encoded anew, and long header
    lines folded. Signatures over such parts do not survive, as with every relay that does the same."""
    found = structure.read(raw)
    source = found.root.source
    out: list[bytes] = []
    position = found.root.head
    for part in found.parts:
        if part.source is not source or part.head < position:
            continue
        out.append(_lines(source[position : part.head]))
        is_leaf = not part.children
        body = source[part.start : part.end]
        change = is_leaf and not transfer.is_encoded(part.encoding) and _needs_encoding(body)
        fields = source[part.head : part.tail]
        if change:
            fields, body = _encoded(part, fields, body)
        out.append(_folded(with_crlf(fields)))
        out.append(with_crlf(source[part.tail : part.start]))
        position = part.start
        if is_leaf:
            out.append(with_crlf(body) if change else _lines(body))
            position = part.end
    out.append(_lines(source[position:]))
    return b"".join(out)


def _encoded(part: Part, fields: bytes, body: bytes) -> tuple[bytes, bytes]:
    kept = _without(fields, _ENCODING_FIELDS)
    if kept and not kept.endswith(b"\n"):
        kept += b"\r\n"
    if part.type.startswith("text/") or part.type == "message/delivery-status":
        encoding, text = build.encoded(_LINE_BREAK.sub(b"\n", body))
    else:
        encoding, text = "base64", build.base64_lines(body)
    return kept + f"Content-Transfer-Encoding: {encoding}\r\n".encode("ascii"), text


def _needs_encoding(body: bytes) -> bool:
    return not body.isascii() or b"\0" in body or any(len(line) > _LONGEST_LINE for line in body.splitlines())


def _lines(data: bytes) -> bytes:
    """Text between parts, and bodies that are encoded already: CRLF, and over-long lines cut."""
    clean = with_crlf(data)
    if all(len(line) <= _LONGEST_LINE for line in clean.split(b"\r\n")):
        return clean
    return b"\r\n".join(
        b"\r\n".join(line[at : at + 76] for at in range(0, len(line), 76))
        if len(line) > _LONGEST_LINE
        else line
        for line in clean.split(b"\r\n")
    )


def _folded(fields: bytes) -> bytes:
    """Header lines of at most 998 octets: folded at blanks, cut where there are none."""
    return b"\r\n".join(_fold(line) if len(line) > _LONGEST_LINE else line for line in fields.split(b"\r\n"))


def _fold(line: bytes) -> bytes:
    rows = [b""]
    for word in _TOKEN.findall(line):
        for at in range(0, len(word), 900):
            piece = word[at : at + 900]
            if rows[-1] and len(rows[-1]) + len(piece) + 1 > 900:
                rows.append(b"")
            rows[-1] += (b" " if rows[-1] or len(rows) > 1 else b"") + piece
    return b"\r\n".join(rows)


def _without(fields: bytes, names: frozenset[str]) -> bytes:
    """A header block without the fields of these names, folded lines and all."""
    kept: list[bytes] = []
    dropping = False
    for line in fields.splitlines(keepends=True):
        if not line.startswith((b" ", b"\t")):
            name = line.split(b":", 1)[0].strip().lower().decode("latin-1")
            dropping = name in names
        if not dropping:
            kept.append(line)
    return b"".join(kept)
