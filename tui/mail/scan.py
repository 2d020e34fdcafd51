"""The quick look at a whole message that fills the list and the search index."""

from __future__ import annotations

import re

from tui.mail import bodies, charset, html_tokens, structure, transfer
from tui.mail.structure import Part
from tui.model.message import Scan

_LONGEST = 1_000_000
_INDEXED = 400_000
_SNIPPET = 160
_TAG = re.compile(r"<[^<>]*+>")
_UNSEEN = ("head", "style", "script", "title")
_QUOTED = re.compile(r"^[ \t]*>.*$|^-- ?$.*", re.MULTILINE)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)


def scan(raw: bytes) -> Scan:
    """Number of attachments, first words, and the text to index of a whole message. Never raises.

    Pictures that an HTML text shows inside itself do not count as attachments.
    """
    found = structure.read(raw)
    divided = bodies.divide(found.root)
    pieces: list[str] = []
    left = _INDEXED
    for part in divided.text:
        if left <= 0:
            break
        if bodies.shown_as(part) in ("text/plain", "text/html"):
            text = _words(part)[:left]
            left -= len(text)
            pieces.append(text)
    text = "\n".join(pieces)
    return Scan(attachments=sum(map(_counts, divided.attachments)), snippet=snippet(text), text=text)


def snippet(text: str) -> str:
    """The first words of a text, quotations left out unless there is nothing else."""
    head = text[:4000]
    own = " ".join(_QUOTED.sub(" ", head).split()) or " ".join(head.split())
    return own[:_SNIPPET]


def _counts(part: Part) -> bool:
    return not (part.content_id and part.disposition != "attachment" and part.type.startswith("image/"))


def _words(part: Part) -> str:
    data = part.source[part.start : min(part.end, part.start + _LONGEST)]
    decoded = transfer.decode(data, part.encoding)
    text = charset.decode(decoded, part.charset)
    if bodies.shown_as(part) == "text/html":
        text = strip_tags(text)
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return text


def strip_tags(source: str) -> str:
    """HTML as words for the index: tags, comments and unseen elements out, a few entities read.
    Linear time.
    """
    text = _drop(source, "<!--", "-->")
    for name in _UNSEEN:
        text = _drop(text, f"<{name}", f"</{name}", name_end=True)
    return " ".join(html_tokens.unescape(_TAG.sub(" ", text)).split())


def _drop(text: str, opening: str, closing: str, name_end: bool = False) -> str:
    """`text` without what stands between the two, letters in either case; an unclosed one stays."""
    lower = text.lower()
    if opening not in lower or len(lower) != len(text):
        return text
    out: list[str] = []
    position = 0
    while (start := lower.find(opening, position)) >= 0:
        stop = lower.find(closing, start)
        if stop < 0:
            break
        out.append(text[position:start])
        position = stop + len(closing)
        if name_end:
            position = (lower.find(">", position) + 1) or len(text)
    return "".join(out) + text[position:]
