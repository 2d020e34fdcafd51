from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import links

SAFE = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&data=05%7C01"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("here", "https://a.example/"),
        ("a.example", "https://a.example/x"),
        ("www.a.example", "https://a.example/"),
        ("https://a.example/long/path", "http://news.a.example/y"),
        ("write to b@a.example", "mailto:b@a.example"),
        ("call", "tel:+1555"),
        ("version 1.2.3", "https://a.example/"),
        ("bbc.co.uk", "https://www.bbc.co.uk/"),
        ("ein.txt", "mailto:b@a.example"),
    ],
)
def test_ordinary_links_have_no_warning(text: str, url: str) -> None:
    assert links.warning(text, url) == ""


@pytest.mark.parametrize(
    ("text", "url", "word"),
    [
        ("https://bank.example/", "https://evil.example/", "evil.example"),
        ("bank.co.uk", "https://evil.co.uk/", "evil.co.uk"),
        ("x", "https://bank.example@evil.example/", "bait"),
        ("x", "https://bank.example\\@evil.example/", ""),
        ("x", "javascript:alert(1)", "script"),
        ("x", "JaVaScRiPt:alert(1)", "script"),
        ("x", "data:text/html,x", "inside"),
        ("x", "file:///etc/passwd", "file"),
        ("x", "ms-word:ofe|u|x", "program"),
        ("x", "https://аpple.example/", "alphabets"),
        ("x", "https://xn--pple-43d.example/", "alphabets"),
        ("x", "https://bücher.example/", "letters beyond"),
        ("x", "http://192.0.2.1/login", "bare"),
        ("x", "http://[2001:db8::1]/", "bare"),
        ("x", "https://", "broken"),
        ("x", "relative/path", "where it leads"),
    ],
)
def test_odd_links_say_why(text: str, url: str, word: str) -> None:
    assert word in links.warning(text, url)


def test_a_script_hidden_by_blanks_is_found() -> None:
    link = links.make("x", " java\nscript:alert(1)")
    assert link is not None
    assert "script" in link.warning


def test_safe_links_are_unwrapped_and_judged_by_their_target() -> None:
    link = links.make("https://a.example/x", SAFE)
    assert link is not None
    assert (link.url, link.warning) == ("https://a.example/x?y=1", "")
    assert links.mentions_safe_links(SAFE)
    assert (
        links.unwrapped("https://evil.example/?url=https://a.example")
        == "https://evil.example/?url=https://a.example"
    )


def test_anchors_are_no_links() -> None:
    assert links.make("x", "#top") is None
    assert links.make("x", "  ") is None


def test_controls_in_links_are_shown() -> None:
    link = links.make("a\x1b[2Jb", "https://a.example/\u202ex")
    assert link is not None
    assert "\x1b" not in link.text
    assert "\u202e" not in link.url


@given(st.text(), st.text())
def test_never_raises(text: str, url: str) -> None:
    for address in (url, f"http://{url}", f"https://a.safelinks.protection.outlook.com/?url={url}"):
        links.make(text, address)
