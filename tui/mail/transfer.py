"""Content-Transfer-Encoding undone (RFC 2045 6), tolerant of what gateways and senders do to it."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_WHITE = b" \t\r\n\0"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
# The look-behind keeps a long run of blanks from being tried at each of its positions.
_TRAILING = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n)")
_LONE_CR = re.compile(rb"=\r(?!\n)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_DECODED = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue", "uue"})


def canonical(token: str) -> str:
    """An encoding's name as the RFCs write it, for what senders make of it (`quoted/printable`,
    `base-64`).
    """
    squeezed = "".join(filter(str.isalnum, token))
    return {"base64": "base64", "quotedprintable": "quoted-printable"}.get(squeezed, token)


def is_encoded(encoding: str) -> bool:
    """Whether a part in this encoding (lower case) differs from its decoded bytes."""
    return encoding in _DECODED


def decode(data: bytes, encoding: str) -> bytes:
    """The bytes meant by `data`. Unknown encodings leave it as it is; broken encoding is read as far as it
    goes.
    """
    if encoding == "base64":
        return base64(data)
    if encoding == "quoted-printable":
        return quoted_printable(data)
    if encoding in _DECODED:
        return uuencoded(data)
    return data


def base64(data: bytes) -> bytes:
    """Base64 with foreign characters, missing padding, or several padded runs one after the other.

    What has too many foreign characters was never encoded and stays as it is.
    """
    padding = data.find(b"=")
    head, rest = (data, b"") if padding < 0 else (data[:padding], data[padding:].lstrip(b"="))
    letters = head.translate(None, _WHITE)
    clean = letters.translate(None, _NOT_BASE64)
    if (len(letters) - len(clean)) * 20 > len(letters):
        return data
    # A list server's footer may follow the padding: only what is whole base64 again is read on.
    further = rest.translate(None, _WHITE)
    if not further or len(further) % 4 or further.translate(None, _NOT_BASE64) != further:
        return _quanta(clean)
    return _quanta(clean) + b"".join(_quanta(run) for run in further.split(b"=") if run)


def _quanta(run: bytes) -> bytes:
    """Unpadded base64 letters; a single letter left over says nothing and is dropped."""
    left = len(run) % 4
    if left == 1:
        run, left = run[:-1], 0
    return a2b_base64(run + b"=" * (-left % 4))


def base64_word(data: bytes) -> bytes:
    """Base64 of an encoded word, in either alphabet of RFC 4648."""
    return _quanta(data.translate(_URL_SAFE).translate(None, _NOT_BASE64).translate(None, b"="))


def quoted_printable(data: bytes) -> bytes:
    """Quoted-printable; what is no escape stands for itself (RFC 2045 6.7, notes)."""
    if b" \n" in data or b" \r" in data or b"\t\n" in data or b"\t\r" in data:
        data = _TRAILING.sub(b"", data)
    if b"=\r" in data:
        data = _LONE_CR.sub(b"=\n", data)
    return a2b_qp(data)


def uuencoded(data: bytes) -> bytes:
    """The first uuencoded file in `data` (POSIX uuencode); lines that do not fit are read as far as
    they go.
    """
    begin = _UU_BEGIN.search(data)
    if begin is None:
        return data
    body = data[begin.end() :]
    if begin[0].startswith(b"begin-base64"):
        return base64(body.split(b"====", 1)[0])
    out: list[bytes] = []
    for line in body.replace(b"\r\n", b"\n").split(b"\n"):
        if not line or line in (b"`", b"end"):
            break
        try:
            out.append(a2b_uu(line))
        except Error:
            count = ((line[0] - 32) & 63) * 4 // 3 + 3
            try:
                out.append(a2b_uu(line[:count]))
            except Error:
                break
    return b"".join(out)
