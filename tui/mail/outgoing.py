"""Finished messages on their way out: what must be in them, and what must never be (RFC 5322, 5321)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from tui.mail import dates, fieldwriter, header
from tui.mail.build import new_message_id
from tui.model.message import Address

_HIDDEN = re.compile(rb"^(?:resent-)?bcc[ \t]*:.*(?:\r\n[ \t].*)*\r\n?", re.IGNORECASE | re.MULTILINE)
_BARE_BREAK = re.compile(rb"\r\n|\r|\n")


def prepared(raw: bytes, sender: str) -> bytes:
    """A message from outside, ready for the wire: CRLF line ends, no Bcc; From, Date and Message-ID are added
    where it has none. Everything else stays as it is."""
    start = header.skip_envelope_line(raw)
    head, body = _split(_BARE_BREAK.sub(b"\r\n", raw[start:]))
    head = _HIDDEN.sub(b"", head)
    names = {name for name, _ in header.split(head)}
    added = b""
    if "from" not in names:
        added += fieldwriter.mailbox_list("From", [Address(None, sender)])
    if "date" not in names:
        added += f"Date: {dates.write(datetime.now().astimezone())}\r\n".encode("ascii")
    if "message-id" not in names:
        added += fieldwriter.ids("Message-ID", [new_message_id(sender)])
    return added + head + b"\r\n" + body


def with_bcc(raw: bytes, recipients: Iterable[str]) -> bytes:
    """The copy for the Sent folder: the bytes that were sent, and a Bcc field with those recipients that
    stand in neither To nor Cc."""
    shown = header.envelope(raw)
    seen = {one.address.lower() for one in (*shown.to, *shown.cc)}
    hidden = [Address(None, address) for address in recipients if address.lower() not in seen]
    return (fieldwriter.mailbox_list("Bcc", hidden) if hidden else b"") + raw


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Header with its last line end, and body, without the empty line between them."""
    if raw.startswith(b"\r\n"):
        return b"", raw[2:]
    head, found, body = raw.partition(b"\r\n\r\n")
    return (head + b"\r\n", body) if found else (raw.removesuffix(b"\r\n") + b"\r\n", b"")
