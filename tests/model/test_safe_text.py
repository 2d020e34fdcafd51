from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.safe_text import FSI, PDI, safe_filename, safe_line, safe_text

CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
BIDI = list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = [
    *"\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\u2064\ufe0f\ufeff\ufff9",
    "\U000e0041",
    "\U000e007f",
]
ESCAPES = [
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]0;title\x07",
    "\x1b[2J",
    "\x1b[31mred",
    "\x9b31m",
    "\x90q\x9c",
    "\x1bPq\x1b\\",
    "a\rb",
    "a\x08\x08b",
]
NASTY = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            CONTROLS + BIDI + INVISIBLE + ["\u0301", "\u05d0", "\u0627", "\u2028", "\u2029", "\ud800"]
        ),
    )
)


def is_clean(text: str, kept: str = "") -> bool:
    return all(
        char in kept
        or (unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char not in BIDI + INVISIBLE)
        for char in text
    )


@pytest.mark.parametrize("char", [c for c in CONTROLS if c not in "\t\n\r"], ids=lambda c: f"{ord(c):02x}")
def test_each_control_is_shown_not_dropped(char: str) -> None:
    line = safe_line(f"a{char}b")
    assert is_clean(line)
    assert len(line) > 2
    assert is_clean(safe_text(f"a{char}b"))
    assert len(safe_text(f"a{char}b")) > 2


@pytest.mark.parametrize("char", BIDI, ids=lambda c: f"{ord(c):04x}")
def test_bidi_controls_are_marks_in_a_line_and_gone_in_text(char: str) -> None:
    assert safe_line(f"a{char}b").startswith("a‹")
    assert safe_text(f"a{char}b") == "ab"


@pytest.mark.parametrize("char", INVISIBLE, ids=lambda c: f"{ord(c):04x}")
def test_invisible_characters_go(char: str) -> None:
    assert safe_line(f"a{char}b") == safe_text(f"a{char}b") == "ab"


@pytest.mark.parametrize("escape", ESCAPES)
def test_escape_sequences_lose_their_power(escape: str) -> None:
    assert is_clean(safe_line(escape))
    assert is_clean(safe_text(escape))


def test_symbols_say_what_was_there() -> None:
    assert safe_line("\x1b[2J\x7f\x9b") == "␛[2J␡‹9B›"


def test_breaks_become_blanks_in_a_line() -> None:
    assert safe_line("a\r\nb\tc\u2028d\u0085e") == "a  b c d‹85›e"


def test_text_keeps_lines_and_tabs_but_no_carriage_return() -> None:
    assert safe_text("a\r\nb\tc\rd") == "a\nb\tc␍d"


@pytest.mark.parametrize(
    "markup", ["[@click=app.quit]x[/]", "[/oops]", "[link=http://x]y[/link]", ":smile:", "[b]"]
)
def test_markup_is_text(markup: str) -> None:
    assert safe_line(markup) == safe_text(markup) == markup


def test_right_to_left_lines_are_isolated_each_on_its_own() -> None:
    assert safe_text("plain\nשלום") == f"plain\n{FSI}שלום{PDI}"


def test_an_override_in_a_file_name_is_shown() -> None:
    assert safe_line("invoice\u202efdp.exe") == "invoice‹RLO›fdp.exe"


def test_marks_on_one_letter_are_capped() -> None:
    assert safe_line("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * 8 + "b"


def test_ordinary_foreign_text_is_kept() -> None:
    text = "Grüße, Ελλάδα, Привет, 日本語, 한국어, हिन्दी, ภาษาไทย, 🎉"
    assert safe_text(text) == safe_line(text) == text


def test_emoji_take_the_same_room_everywhere() -> None:
    assert safe_line("\U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469 \u2764\ufe0f") == (
        "DE \U0001f44d \U0001f468\U0001f469 \u2764"
    )


def test_a_long_line_is_cut_with_an_ellipsis() -> None:
    assert safe_line("x" * 2000) == "x" * 999 + "…"
    assert len(safe_line("\u200b" * 10_000_000 + "x" * 20, 10)) <= 10


def test_lone_surrogates_are_replaced() -> None:
    assert safe_line("a\ud800b") == "a\ufffdb"


@given(NASTY)
def test_a_line_is_clean_and_stays_as_it_is(text: str) -> None:
    line = safe_line(text)
    assert is_clean(line)
    assert safe_line(line) == line
    line.encode("utf-8")


@given(NASTY)
def test_text_is_clean_balanced_and_stays_as_it_is(text: str) -> None:
    safe = safe_text(text)
    assert is_clean(safe, kept=f"\n\t{FSI}{PDI}")
    for line in safe.split("\n"):
        assert line.count(FSI) == line.count(PDI) <= 1
        assert line.startswith(FSI) == line.endswith(PDI) == (FSI in line)
    assert safe_text(safe) == safe


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("...", "attachment"),
        ("", "attachment"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("a\x00b\x1b.txt", "ab.txt"),
        ("x\u202efdp.exe", "xfdp.exe"),
        ("a:b|c?.txt", "a b c .txt"),
        ("name. . ", "name"),
        ("a\u2044b", "a_b"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_file_names_are_bare_and_harmless(name: str, saved: str) -> None:
    assert safe_filename(name) == saved


def test_long_names_keep_their_extension() -> None:
    name = safe_filename("ä" * 500 + ".pdf")
    assert len(name.encode()) <= 200
    assert name.endswith(".pdf")


@given(NASTY)
def test_any_name_can_be_saved(name: str) -> None:
    saved = safe_filename(name)
    assert saved
    assert not set(saved) & set('/\\:\0<>"|?*')
    assert saved[0] not in ".-"
    assert len(saved.encode()) <= 200
    assert is_clean(saved)
    assert safe_filename(saved) == saved
