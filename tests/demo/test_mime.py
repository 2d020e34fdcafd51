from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.demo import mime

# The text a message can carry: no lone surrogates, and line ends as LF only.
_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
)


def _parsed(part: mime.Part) -> EmailMessage:
    return email.message_from_bytes(mime.message([("Subject", "x")], part), policy=default)


@given(_TEXT, st.sampled_from(["", "base64", "quoted-printable"]))
def test_text_comes_back(text: str, encoding: str) -> None:
    found = _parsed(mime.text(text, encoding=encoding)).get_payload(decode=True)
    assert isinstance(found, bytes)
    assert found.replace(b"\r\n", b"\n") == text.encode()


@pytest.mark.parametrize(
    ("text", "charset", "encoding"),
    [
        ("plain\n", "", "7bit"),
        ("x" * 999, "", "quoted-printable"),
        ("a few umlauts: äöü, and enough that is not\n", "", "quoted-printable"),
        ("только кириллица\n", "koi8-r", "base64"),
        ("日本語\n", "iso-2022-jp", "7bit"),
    ],
)
def test_the_encoding_suits_the_text(text: str, charset: str, encoding: str) -> None:
    part = mime.text(text, charset=charset)
    assert dict(part.fields)["Content-Transfer-Encoding"] == encoding
    assert _parsed(part).get_content().rstrip("\r\n") == text.rstrip("\n")


def test_a_charset_that_cannot_write_the_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        mime.text("日本語", charset="iso-8859-1")


@pytest.mark.parametrize("name", ["figures.csv", "Größe & Länge.csv"])
def test_file_names_come_back(name: str) -> None:
    part = _parsed(mime.attachment(name, "text/csv", b"a,b\r\n"))
    assert part.get_filename() == name
    assert part.get_content_disposition() == "attachment"
    assert part.get_payload(decode=True) == b"a,b\r\n"


def test_inline_pictures_have_a_content_id() -> None:
    part = _parsed(mime.attachment("logo.png", "image/png", b"\x89PNG", content_id="logo@x"))
    assert part["Content-ID"] == "<logo@x>"
    assert part.get_content_disposition() == "inline"


def test_messages_are_attached_as_they_are() -> None:
    inner = mime.message([("Subject", "inner")], mime.text("hello\n"))
    part = _parsed(mime.attachment("inner.eml", "message/rfc822", inner))
    assert part.get_content()["Subject"] == "inner"


def test_multiparts_nest_without_mixing_their_boundaries() -> None:
    both = mime.multipart("alternative", [mime.text("one\n"), mime.text("<p>one", "html")])
    found = _parsed(mime.multipart("mixed", [both, mime.text("two\n")]))
    types = [part.get_content_type() for part in found.walk()]
    assert types == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (("Subject", "Größe"), "Größe"),
        (("Subject", "日" * 100), "日" * 100),
        (("From", "Grüße <a@b.example>, Plain <c@d.example>"), "Grüße <a@b.example>, Plain <c@d.example>"),
        (("To", '"One, two" <a@b.example>'), '"One, two" <a@b.example>'),
    ],
)
def test_fields_come_back(field: tuple[str, str], expected: str) -> None:
    raw = mime.message([field], mime.text(""))
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) < 100
    assert email.message_from_bytes(raw, policy=default)[field[0]] == expected
