"""Texts that try to do something to the screen, and subjects that try to move its columns."""

from __future__ import annotations

MARKUP = (
    "[@click=app.pwn]Invoice[/]",
    "[@click=app.simulate_key('d')]x[/]",
    "[/oops] x",
    "[@click]",
    "[link=https://evil.example]x[/link]",
    ":smile: [b]bold[/b]",
    "[red]x",
    "$accent {0} %s \\[",
)

ESCAPES = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]0;owned\x07 title",
    "\x1b[2J\x1b[31mred",
    "\x9b31m and \x9d0;x\x9c",
    "bell\x07 back\x08 nul\x00 del\x7f",
    "line\r\nBcc: x\nfeed\x0b\x0c",
    "\u202egnp.exe \u2066x\u2069 \u200b\u200f\ufeff",
    "\u2028next\u2029\x85",
    "\ud800 lone",
    "tag\U000e0041\U000e0042",
)

WIDE = (
    "日本語の件名です、とても長い件名ですからきっと切られます",
    "👩‍👩‍👧‍👦 family 👍🏽 thumbs 🇩🇪🇫🇷 flags ❤️ heart 1️⃣ key",
    "e\u0301" * 40,
    "a" + "\u0300" * 500 + "b",
    "שלום עולם זה נושא ארוך מאוד שייחתך בסופו",
    "مرحبا بالعالم هذا موضوع طويل جدا",
    "한국어 제목 \u1112\u1161\u11ab 한",
    "ก็ไม่ได้ ไทยยาว ๆ ๆ ๆ ๆ ๆ",
    "देवनागरी क्षत्रिय लिपि में विषय",
    "ﷺ﷽ 𒐫 ⸻",
    "ＦＵＬＬ　ｗｉｄｔｈ",
    "\u00adsoft\u00adhyphen\u2060joiner",
)

ALL = MARKUP + ESCAPES + WIDE


def is_clean(text: str) -> bool:
    """Whether a terminal may be given this text: no controls, no direction changes but our own isolates."""
    return not any(
        ord(char) < 32 or 127 <= ord(char) < 160
        or char in "\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u200b\ufeff" or 0xD800 <= ord(char) < 0xE000
        for char in text.replace("\n", "")
    )  # fmt: skip
