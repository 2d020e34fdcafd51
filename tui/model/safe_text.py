"""The one sanitiser for text from mails and servers, before it reaches a screen, a log, a terminal or an
argv.

Terminals obey control characters wherever they come from, and neither Textual nor Rich takes them out. What
could act is shown as a symbol or dropped; what is merely foreign is kept. Markup needs no care here: it is
text, and stays text as long as it is never given to a widget as `str`.
"""

from __future__ import annotations

import re
import unicodedata

FSI = "\u2068"
PDI = "\u2069"

_BIDI = {
    0x061C: "ALM", 0x200E: "LRM", 0x200F: "RLM", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO",
    0x202E: "RLO", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip
# Characters that take no room and so hide text or shift columns: default-ignorable code points
# (DerivedCoreProperties), the bidi controls apart. Emoji joiners, variation selectors and skin tones go too,
# and the letters that flags are made of become A to Z: terminals disagree on their width.
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff"
)
_FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_BIDI_CLASS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ODD = re.compile(f"[{_CONTROLS}{_UNSEEN}{_BIDI_CLASS}{_FLAG_LETTERS}\u2028\u2029\ud800-\udfff]+")
_ODD_IN_LINE = re.compile(f"[\t\n{_CONTROLS}{_UNSEEN}{_BIDI_CLASS}{_FLAG_LETTERS}\u2028\u2029\ud800-\udfff]+")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Where combining marks live; a long run in here is then looked at one by one.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u109f\u135d-\u1cff\u1dc0-\u1dff\u20d0-\u20ff\u2cef-\u2cf1\u2d7f\u2de0-\u2dff"
    "\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ua69e\ua69f\ua6f0\ua6f1\ua802-\uabff\ufb1e\ufe20-\ufe2f"
    "\U000101fd-\U00011fff\U00016af0-\U00016f92\U0001bc9d-\U0001bc9e\U0001cf00-\U0001da84\U0001e000-\U0001e94a]{9,}"
)
_MOST_MARKS = 8
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|\Z)", re.IGNORECASE)
_LONGEST_NAME = 200


def safe_line(text: str, limit: int = 1000) -> str:
    """`text` on one line of at most `limit` characters, cut with "…"; nothing in it can act on a terminal.

    Line breaks and tabs become blanks, other controls and every bidi control visible marks, flags their two
    letters; invisible characters go, and more than 8 marks on a letter; lone surrogates become U+FFFD.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    long = len(text) > limit * 4 + 64
    if long:
        text = text[: limit * 4 + 64]
    if _ODD_IN_LINE.search(text):
        text = _ODD_IN_LINE.sub(_mark, text)
    text = _capped(text)
    return text if len(text) <= limit and not long else text[: max(limit - 1, 0)] + "…"


def safe_text(text: str) -> str:
    """Several lines, made safe by the same rules; LF and TAB are kept.

    Here bidi controls are dropped, and each line with right-to-left letters is isolated by a pair of our own,
    so that it cannot reorder what stands beside it.
    """
    cleaned = clean(text)
    if not _RIGHT_TO_LEFT.search(cleaned):
        return cleaned
    return "\n".join(map(isolated, cleaned.split("\n")))


def clean(text: str) -> str:
    """What `safe_text` does without isolating lines: for runs that are put together to lines later."""
    if text.isascii() and text.isprintable():
        return text
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if _ODD.search(text):
        text = _ODD.sub(_mark_in_text, text)
    return _capped(text)


def isolated(line: str) -> str:
    """One clean line, between FSI and PDI when it has right-to-left letters."""
    return f"{FSI}{line}{PDI}" if _RIGHT_TO_LEFT.search(line) else line


def is_right_to_left(text: str) -> bool:
    """Whether `text` has letters that are written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def safe_filename(name: str, fallback: str = "attachment") -> str:
    """A bare file name to save under: no folders, no leading dot or dash, nothing invisible, no name that a
    system keeps for itself, at most 200 octets of UTF-8 with the last extension kept; `fallback` when
    nothing is left.
    """
    text = unicodedata.normalize("NFC", "".join(map(_letter, name[:4000])))
    text = re.split(r"[/\\]", text)[-1]
    text = re.sub(r'[<>:"|?*\s]+', " ", _capped(text)).strip(" .").lstrip("-~. ")
    if _RESERVED.match(text):
        text = f"_{text}"
    return _shortened(text) or fallback


def _letter(char: str) -> str:
    if _ODD_IN_LINE.match(char):
        return " " if char in "\t\n\r\u2028\u2029" else ""
    # Compatibility forms of / and \ and . fold to the real ones on some file systems.
    return "_" if char in "∕⁄／＼⧵﹨" else char


def _shortened(name: str) -> str:
    data = name.encode("utf-8", "replace")
    if len(data) <= _LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    ending = (dot + extension).encode() if stem and len(extension) <= 16 else b""
    room = _LONGEST_NAME - len(ending)
    return data[:room].decode("utf-8", "ignore").rstrip(" .") + ending.decode()


class _Marks:
    """For `str.translate` on runs of odd characters: what stands for each, in one line or in several."""

    def __init__(self, in_line: bool) -> None:
        self._in_line = in_line

    def __getitem__(self, code: int) -> str:
        if code in _BIDI:
            return f"‹{_BIDI[code]}›" if self._in_line else ""
        if code in (0x2028, 0x2029) or (self._in_line and code in (0x09, 0x0A, 0x0D)):
            return " "
        return _symbol(code)


_LINE_MARKS = _Marks(in_line=True)
_TEXT_MARKS = _Marks(in_line=False)


def _mark(match: re.Match[str]) -> str:
    return match[0].translate(_LINE_MARKS)


def _mark_in_text(match: re.Match[str]) -> str:
    return match[0].translate(_TEXT_MARKS)


def _symbol(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0:
        return f"‹{code:02X}›"
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(code - 0x1F1E6 + ord("A"))
    return "�" if 0xD800 <= code <= 0xDFFF else ""


def _capped(text: str) -> str:
    return text if text.isascii() else _MARKS.sub(_cap_marks, text)


def _cap_marks(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in match[0]:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me", "Mc") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)
