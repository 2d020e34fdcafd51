"""A draft turned into the bytes of a message: CRLF line ends, lines of at most 998 octets, 7-bit throughout
unless an address itself is not ASCII, so that every server takes it unchanged."""

from __future__ import annotations

import hashlib
import re
import secrets
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.mail import addresses, dates, fieldwriter
from tui.model.draft import Draft
from tui.model.error import BadInput
from tui.model.message import Address

_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_BARE_BREAK = re.compile(r"\r\n?")
_LONGEST_LINE = 900
_BASE64_LINE = 57  # octets that make 76 letters

File = tuple[str, str, bytes]
"""An attachment: file name, media type, bytes."""


@dataclass(frozen=True, slots=True)
class Built:
    """A finished message. `recipients` are the envelope's, domains as A-labels, each once; Bcc is only there.

    `smtputf8` says that the server has to offer SMTPUTF8 (RFC 6531). `bcc` is for the copy in Sent.
    """

    raw: bytes
    recipients: tuple[str, ...]
    sender: str
    message_id: str
    subject: str
    smtputf8: bool = False
    bcc: tuple[Address, ...] = ()


def new_message_id(sender: str) -> str:
    """A fresh message identifier without angle brackets; says nothing of this computer (RFC 5322 3.6.4)."""
    domain = addresses.ascii_domain(sender.rpartition("@")[2].strip(" <>")) or "localhost"
    return f"{secrets.token_hex(16)}@{domain}"


def build(draft: Draft, sender_name: str, files: Sequence[File], date: datetime, message_id: str) -> Built:
    """The message of `draft`, ready to be sent. `date` has its zone; `message_id` has no angle brackets.

    Raises BadInput when there is no recipient, or an address cannot be used.
    """
    sender = _sender(draft, sender_name)
    lists = [
        _recipients(name, text) for name, text in (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    ]
    envelope = {
        wire.lower(): wire
        for people in lists
        for person in people
        if (wire := addresses.wire(person.address))
    }
    if not envelope:
        raise BadInput("This mail has no recipient.", "Write an address into To, Cc or Bcc.")
    own = addresses.wire(sender.address)
    assert own is not None  # _sender has looked
    raw = _header(draft, sender, lists[0], lists[1], [], date, message_id) + _body(draft, files, message_id)
    return Built(
        raw=raw,
        recipients=tuple(envelope.values()),
        sender=own,
        message_id=message_id,
        subject=fieldwriter.one_line(draft.subject),
        smtputf8=any(addresses.needs_smtputf8(address) for address in (own, *envelope.values())),
        bcc=tuple(lists[2]),
    )


def draft_copy(
    draft: Draft, sender_name: str, files: Sequence[File], date: datetime, message_id: str
) -> bytes:
    """The bytes for the Drafts folder: Bcc is kept, entries that are no addresses yet are left out. Never
    raises.
    """
    wire = addresses.wire(draft.account)
    try:
        sender = _sender(draft, sender_name)
    except BadInput:
        sender = Address(sender_name or None, wire or "")
    to, cc, bcc = (addresses.parse_list(text)[0] for text in (draft.to, draft.cc, draft.bcc))
    return _header(draft, sender, to, cc, bcc, date, message_id) + _body(draft, files, message_id)


def _sender(draft: Draft, name: str) -> Address:
    found, bad = addresses.parse_list(draft.sender or draft.account)
    if bad or len(found) != 1:
        raise BadInput(
            f"“{fieldwriter.one_line(draft.sender or draft.account)}” cannot be used as the sender.",
            "Choose one address in From, such as you@example.org.",
        )
    return Address(found[0].name or name or None, found[0].address)


def _recipients(field: str, text: str) -> list[Address]:
    found, bad = addresses.parse_list(text)
    if bad:
        raise BadInput(
            f"“{fieldwriter.one_line(bad[0])[:200]}” in {field} is not an address.",
            "An address looks like name@example.org; several are parted by commas.",
        )
    return found


def _header(
    draft: Draft,
    sender: Address,
    to: Sequence[Address],
    cc: Sequence[Address],
    bcc: Sequence[Address],
    date: datetime,
    message_id: str,
) -> bytes:
    fields = [f"Date: {dates.write(date)}\r\n".encode("ascii"), fieldwriter.mailbox_list("From", [sender])]
    fields += [fieldwriter.mailbox_list(name, people) for name, people in (("To", to), ("Cc", cc)) if people]
    if bcc:
        fields.append(fieldwriter.mailbox_list("Bcc", bcc))
    elif not to and not cc:
        fields.append(b"To: undisclosed-recipients:;\r\n")
    fields += [
        fieldwriter.unstructured("Subject", draft.subject),
        fieldwriter.ids("Message-ID", [message_id]),
    ]
    if draft.in_reply_to:
        fields.append(fieldwriter.ids("In-Reply-To", [draft.in_reply_to]))
    if draft.references:
        fields.append(fieldwriter.ids("References", draft.references))
    fields += [b"User-Agent: outlook-tui\r\n", b"MIME-Version: 1.0\r\n"]
    return b"".join(field for field in fields if not field.endswith(b":\r\n") or field.startswith(b"Subject"))


def _body(draft: Draft, files: Sequence[File], message_id: str) -> bytes:
    """The Content fields, a blank line, and the body."""
    main = _text(draft.body, "plain")
    if draft.markdown:
        parts = [main, _text(rendered(draft.body), "html")]
        main = _multipart("alternative", parts, f"{message_id} alternative")
    if files:
        main = _multipart("mixed", [main, *map(_attached, files)], f"{message_id} mixed")
    return main


def rendered(markdown: str) -> str:
    """Markdown (CommonMark, tables, strikethrough) as a whole HTML document; raw HTML in it is shown, not
    used.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return f"<!DOCTYPE html>\n<html>\n<body>\n{parser.render(markdown)}</body>\n</html>\n"


def _text(text: str, subtype: str) -> bytes:
    clean = _BARE_BREAK.sub("\n", text).encode("utf-8", "replace")
    if clean and not clean.endswith(b"\n"):
        clean += b"\n"
    encoding, body = encoded(clean)
    label = "us-ascii" if clean.isascii() else "utf-8"
    return (
        fieldwriter.with_parameters("Content-Type", f"text/{subtype}", [("charset", label)])
        + f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode("ascii")
        + body
    )


def encoded(clean: bytes) -> tuple[str, bytes]:
    """Text with LF line ends in the lightest encoding that survives every server, with CRLF line ends."""
    lines = clean.split(b"\n")
    plain = clean.isascii() and not any(byte in clean for byte in b"\0\r\x1b")
    if plain and all(len(line) <= _LONGEST_LINE and not line.startswith(b"From ") for line in lines):
        return "7bit", clean.replace(b"\n", b"\r\n")
    if sum(byte > 126 for byte in clean) * 3 > len(clean):
        return "base64", base64_lines(clean.replace(b"\n", b"\r\n"))
    quoted = b2a_qp(clean, istext=True).replace(b"\r\n", b"\n")
    guarded = b"\n".join(
        b"=46" + line[1:] if line.startswith(b"From ") else line for line in quoted.split(b"\n")
    )
    return "quoted-printable", guarded.replace(b"\n", b"\r\n")


def base64_lines(data: bytes) -> bytes:
    """Base64 in CRLF lines of 76 letters."""
    chunks = (data[at : at + _BASE64_LINE] for at in range(0, len(data), _BASE64_LINE))
    return b"".join(b2a_base64(chunk, newline=False) + b"\r\n" for chunk in chunks)


def _attached(file: File) -> bytes:
    filename, kind, data = file
    media = kind.lower() if _TYPE.fullmatch(kind.lower()) else "application/octet-stream"
    return (
        fieldwriter.with_parameters("Content-Type", media, [])
        + fieldwriter.with_parameters("Content-Disposition", "attachment", [("filename", filename)])
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64_lines(data)
    )


def _multipart(subtype: str, parts: Sequence[bytes], seed: str) -> bytes:
    # "=_" occurs in neither base64 nor quoted-printable, and the identifier in the seed is random.
    boundary = "=_" + hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:32]
    delimiter = f"--{boundary}\r\n".encode("ascii")
    head = fieldwriter.with_parameters("Content-Type", f"multipart/{subtype}", [("boundary", boundary)])
    return (
        head
        + b"\r\n"
        + b"".join(delimiter + part + b"\r\n" for part in parts)
        + f"--{boundary}--\r\n".encode("ascii")
    )
