"""Header fields for mail we write: folded, encoded, and never more than one field (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

from tui.mail import addresses
from tui.model.message import Address

# Everything that any mail program or server has been seen to take for the end of a line.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'+^_`{|}~.-]+")
_ID = re.compile(r"[!-;=?-~]{1,900}")
_WIDTH = 76
_WORD_OCTETS = 45  # base64 of 45 octets and its frame stay within the 75 letters of an encoded word


def one_line(text: str) -> str:
    """`text` without anything that could end a header field, and encodable as UTF-8."""
    return _SURROGATES.sub("�", _BREAKS.sub(" ", text)).strip()


def unstructured(name: str, value: str) -> bytes:
    """A field of free text such as Subject."""
    text = one_line(value)
    plain = text.isascii() and "=?" not in text and all(len(word) < 900 for word in text.split(" "))
    return _folded(name, text.split(" ") if plain else encoded_words(text))


def encoded_words(text: str) -> list[str]:
    """`text` as encoded words in UTF-8, no character split between two of them (RFC 2047 5)."""
    words: list[str] = []
    chunk = bytearray()
    for char in text:
        octets = char.encode("utf-8")
        if len(chunk) + len(octets) > _WORD_OCTETS:
            words.append(_word(bytes(chunk)))
            chunk.clear()
        chunk += octets
    if chunk:
        words.append(_word(bytes(chunk)))
    return words


def _word(octets: bytes) -> str:
    return f"=?utf-8?B?{b64encode(octets).decode('ascii')}?="


def mailbox_list(name: str, people: Iterable[Address]) -> bytes:
    """An address field; domains stand as A-labels. Addresses that are not usable are left out."""
    words: list[str] = []
    for person in people:
        wire = addresses.wire(person.address)
        if wire is None:
            continue
        if words:
            words[-1] += ","
        words += [*_phrase(one_line(person.name or "")), f"<{wire}>" if person.name else wire]
    return _folded(name, words)


def _phrase(name: str) -> list[str]:
    if not name:
        return []
    if not name.isascii() or "=?" in name or len(name) > 800:
        return encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name.split()
    return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']


def ids(name: str, message_ids: Iterable[str]) -> bytes:
    """A field of message identifiers; those that cannot be written as one are left out."""
    return _folded(name, [f"<{text}>" for text in message_ids if _ID.fullmatch(text)])


def with_parameters(name: str, value: str, parameters: Iterable[tuple[str, str]]) -> bytes:
    """A field such as Content-Disposition; values beyond ASCII or too long for a line as RFC 2231 says."""
    words = [value]
    for key, raw in parameters:
        text = one_line(raw)
        words[-1] += ";"
        if text.isascii() and len(text) < 60:
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            words.append(f"{key}={text}" if _TOKEN.fullmatch(text) else f'{key}="{escaped}"')
        else:
            words += _extended(key, text)
    return _folded(name, words)


def _extended(key: str, text: str) -> list[str]:
    """`key*0*=utf-8''…` and so on: percent-encoded pieces of a length that fits a line (RFC 2231 3, 4)."""
    octets = [quote(char, safe="") for char in text]
    pieces = [""]
    for octet in octets:
        if len(pieces[-1]) + len(octet) > 50:
            pieces.append("")
        pieces[-1] += octet
    if len(pieces) == 1:
        return [f"{key}*=utf-8''{pieces[0]}"]
    first = f"{key}*0*=utf-8''{pieces[0]}"
    words = [first, *(f"{key}*{number}*={piece}" for number, piece in enumerate(pieces[1:], start=1))]
    return [word + ";" for word in words[:-1]] + words[-1:]


def _folded(name: str, words: list[str]) -> bytes:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1].strip() not in ("", f"{name}:"):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode("utf-8") + b"\r\n"
