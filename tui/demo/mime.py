"""Writes MIME messages byte by byte, with any charset and encoding, the same bytes for the same input.

The standard library's `email` would do, but it always writes UTF-8 and draws boundaries by chance; sample
mail must also show what other programs send: ISO-2022-JP, KOI8-R, format=flowed, raw control characters.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, getaddresses
from urllib.parse import quote

_PARAGRAPH = 45
ADDRESS_FIELDS = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender"})


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME entity (RFC 2045): its Content-* fields, encoded already, and its body with CRLF line ends."""

    fields: tuple[tuple[str, str], ...]
    body: bytes


def text(
    source: str, subtype: str = "plain", charset: str = "", encoding: str = "", params: str = ""
) -> Part:
    """A text part. `charset` "" picks us-ascii or utf-8, `encoding` "" the shortest that carries it.

    `params` are further parameters of the Content-Type, such as "; format=flowed". Raises
    UnicodeEncodeError when the charset cannot write the text.
    """
    charset = charset or ("us-ascii" if source.isascii() else "utf-8")
    data = source.encode(charset)
    encoding = encoding or _encoding_for(data)
    fields = (
        ("Content-Type", f"text/{subtype}; charset={charset}{params}"),
        ("Content-Transfer-Encoding", encoding),
    )
    return Part(fields, _encoded(data, encoding))


def flowed(source: str) -> Part:
    """A plain text part whose paragraphs fit themselves to the reader's window (RFC 3676).

    A line that fills its paragraph's width and is followed by one that goes on with it ends in a soft break;
    lists, tables, quotes and signatures stay as they are.
    """
    lines = source.split("\n")
    soft = [
        f"{line} " if _goes_on(line, after) else line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return text("\n".join(soft), encoding="quoted-printable", params="; format=flowed")


def _goes_on(line: str, after: str) -> bool:
    full = len(line) > _PARAGRAPH and line[0].isalnum() and "  " not in line
    return full and after[:1].isalnum() and "  " not in after


def _encoding_for(data: bytes) -> str:
    if data.isascii() and all(len(line) <= 998 for line in data.split(b"\n")):
        return "7bit"
    high = sum(byte >= 0x80 for byte in data)
    return "base64" if high * 3 > len(data) else "quoted-printable"


def _encoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(data.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        data = quopri.encodestring(data)
    return data.replace(b"\n", b"\r\n")


def attachment(filename: str, media_type: str, data: bytes, content_id: str = "") -> Part:
    """A file: as an attachment in base64, or inline when it has a `content_id` that HTML can refer to.

    message/* must stand as it is (RFC 2046 5.2.1).
    """
    disposition = "inline" if content_id else "attachment"
    fields = [
        ("Content-Type", f"{media_type}; {_parameter('name', filename)}"),
        ("Content-Disposition", f"{disposition}; {_parameter('filename', filename)}"),
    ]
    if content_id:
        fields.append(("Content-ID", f"<{content_id}>"))
    if media_type.startswith("message/"):
        return Part(tuple(fields), data)
    fields.append(("Content-Transfer-Encoding", "base64"))
    return Part(tuple(fields), base64.encodebytes(data).replace(b"\n", b"\r\n"))


def _parameter(name: str, value: str) -> str:
    """A MIME parameter, by RFC 2231 where the value is not ASCII."""
    if value.isascii():
        return f'{name}="{value}"'
    return f"{name}*=utf-8''{quote(value, safe='')}"


def multipart(subtype: str, parts: Sequence[Part], params: str = "") -> Part:
    """Parts in one; the boundary comes from their bytes. `params` as in `text`."""
    written = [_entity(part) for part in parts]
    boundary = "=_" + hashlib.sha256(b"".join(written)).hexdigest()[:24]
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in written) + mark + b"--\r\n"
    return Part((("Content-Type", f'multipart/{subtype}; boundary="{boundary}"{params}'),), body)


def _entity(part: Part) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in part.fields)
    return head.encode("ascii") + b"\r\n" + part.body


def message(fields: Iterable[tuple[str, str]], content: Part, charset: str = "") -> bytes:
    """A whole message (RFC 5322): `fields` in Unicode, by RFC 2047 in `charset` where need be.

    An address that is not ASCII stays as it is, in UTF-8 (RFC 6532).
    """
    head = "".join(f"{name}: {_field(name, value, charset)}\r\n" for name, value in fields)
    return head.encode() + b"MIME-Version: 1.0\r\n" + _entity(content)


def _field(name: str, value: str, charset: str) -> str:
    if value.isascii():
        return value
    if name.lower() not in ADDRESS_FIELDS:
        return Header(value, charset or "utf-8", header_name=name).encode(linesep="\r\n")
    return ",\r\n ".join(_address(shown, address, charset) for shown, address in getaddresses([value]))


def _address(shown: str, address: str, charset: str) -> str:
    if shown.isascii() and address.isascii():
        return formataddr((shown, address))
    encoded = Header(shown, charset or "utf-8").encode(linesep="\r\n")
    return f"{encoded} <{address}>"
