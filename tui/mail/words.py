"""Encoded words (RFC 2047) in header fields, also the broken ones that real mail is full of."""

from __future__ import annotations

import re
from binascii import a2b_qp

from tui.mail import charset, transfer

# Splitting first keeps a word without an end from being searched for over the whole field, again and again.
# `=?=` is the end of a word whose text ends in "=", never a beginning.
_BEGIN = re.compile(r"=\?(?!=)")
_WORD = re.compile(r"([^?\s]{1,80})\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_BLANK = re.compile(r"\s*+")


def decode(value: str) -> str:
    """`value` with its encoded words decoded; white space between two words is dropped (RFC 2047 6.2).

    Text that only looks like an encoded word, or names no charset we know in broken form, stays as it is.
    """
    if "=?" not in value:
        return value
    chunks = _BEGIN.split(value)
    out = [chunks[0]]
    run: list[tuple[str, str, str]] = []
    for chunk in chunks[1:]:
        word = _WORD.match(chunk)
        if word is None:
            _flush(run, out)
            out.append("=?" + chunk)
            continue
        run.append((word[1], word[2].lower(), word[3]))
        rest = chunk[word.end() :]
        if rest and (chunk is chunks[-1] or not _BLANK.fullmatch(rest)):
            _flush(run, out)
            out.append(rest)
    _flush(run, out)
    return "".join(out)


def _flush(run: list[tuple[str, str, str]], out: list[str]) -> None:
    """Decode neighbouring words together: a character may be split between two of them."""
    label, data, rest = "", bytearray(), ""
    for charset_label, encoding, text in run:
        if data and charset_label.lower() != label:
            out.append(charset.decode(bytes(data), label))
            data.clear()
        label = charset_label.lower()
        if encoding == "q":
            data += a2b_qp(text.encode("utf-8", "replace"), header=True)
            continue
        # Some senders cut the base64 itself: two words that only together are whole quanta belong together.
        if rest and (len(rest) + len(text)) % 4:
            data += transfer.base64_word(rest.encode("ascii", "ignore"))
            rest = ""
        letters = rest + text
        rest = "" if len(letters) % 4 == 0 or letters.endswith("=") else letters
        if not rest:
            data += transfer.base64_word(letters.encode("ascii", "ignore"))
    if rest:
        data += transfer.base64_word(rest.encode("ascii", "ignore"))
    if data:
        out.append(charset.decode(bytes(data), label))
    run.clear()
