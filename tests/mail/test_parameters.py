from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import parameters


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        ("text/plain", "text/plain", {}),
        ("Text / HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        ('text/plain; charset="us-ascii" (Plain text)', "text/plain", {"charset": "us-ascii"}),
        ("text/plain; charset =iso-8859-1", "text/plain", {"charset": "iso-8859-1"}),
        ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ("a/b; x=1 y=2", "a/b", {"x": "1", "y": "2"}),
        ("a/b; name=two words.pdf; x=1", "a/b", {"name": "two words.pdf", "x": "1"}),
        ('a/b; name="a;b=c.pdf"', "a/b", {"name": "a;b=c.pdf"}),
        ('a/b; name="say \\"hi\\""', "a/b", {"name": 'say "hi"'}),
        ('a/b; name="open', "a/b", {"name": "open"}),
        ("a/b;;; ; = ;x=1;", "a/b", {"x": "1"}),
        ("a/b; junk; x=1", "a/b", {"x": "1"}),
        ("a/b; x=1; X=2", "a/b", {"x": "1"}),
        (
            "multipart/mixed; boundary=gc0pJq0M:08jU534c0p",
            "multipart/mixed",
            {"boundary": "gc0pJq0M:08jU534c0p"},
        ),
        ("a/b; n*=utf-8'en'%C3%A4.txt", "a/b", {"n": "ä.txt"}),
        ("a/b; n*0*=utf-8''%C3; n*1*=%A4.txt", "a/b", {"n": "ä.txt"}),
        ("a/b; n*1*=%A4; n*0*=utf-8''%C3", "a/b", {"n": "ä"}),
        ("a/b; n*0=one; n*1=two; n*3=lost", "a/b", {"n": "onetwo"}),
        ("a/b; n*0*=us-ascii'en'a%20; n*1*=%2A; n*2=\"isn't\"", "a/b", {"n": "a *isn't"}),
        ("a/b; n=plain; n*=utf-8''better", "a/b", {"n": "better"}),
        ('a/b; n="=?utf-8?q?=C3=A4?=.txt"', "a/b", {"n": "ä.txt"}),
        ("a/b; n==?utf-8?b?w6Q=?=.txt", "a/b", {"n": "ä.txt"}),
        ('a/b; n="gr\xc3\xbcn.txt"', "a/b", {"n": "grün.txt"}),
        ('a/b; n="gr\xfcn.txt"', "a/b", {"n": "grün.txt"}),
    ],
)
def test_content_types(value: str, kind: str, found: dict[str, str]) -> None:
    assert parameters.content_type(value) == (kind, found)


@pytest.mark.parametrize("value", ["", "text", "/", ";", "text/", "/plain", "=", "(only a comment)"])
def test_what_names_no_type(value: str) -> None:
    assert parameters.content_type(value) is None


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        ("attachment; filename=a.pdf", "attachment", {"filename": "a.pdf"}),
        ("INLINE", "inline", {}),
        ("filename=a.pdf", "", {"filename": "a.pdf"}),
        ("", "", {}),
    ],
)
def test_dispositions(value: str, kind: str, found: dict[str, str]) -> None:
    assert parameters.disposition(value) == (kind, found)


@pytest.mark.parametrize("value", ["base64", " Base64 ", '"base64"', "base64 (really)", "base64; x"])
def test_tokens(value: str) -> None:
    assert parameters.token(value) == "base64"


@given(st.text(alphabet=st.one_of(st.characters(max_codepoint=255), st.sampled_from(";=\"\\'*%() 01"))))
def test_never_raises(text: str) -> None:
    parameters.content_type("a/b;" + text)
    parameters.disposition(text)
    parameters.token(text)
