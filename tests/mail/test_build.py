from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import build, header, message, structure
from tui.model.draft import Draft
from tui.model.error import BadInput

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LINE_BREAKS = ["\r\n", "\n", "\r", "\0", "\x85", "\u2028", "\u2029", "\x0b", "\x1c"]
ODD = st.sampled_from([*LINE_BREAKS, " ", "=?", ";", '"', "\\", "?="])
# Readers take a byte order mark off the beginning of a text, so it cannot come back.
LETTER = st.characters(codec="utf-8", exclude_characters="\ufeff")
LETTERS = st.lists(st.one_of(LETTER, ODD)).map("".join)


FINE = Draft(account="you@example.org", to="a@x.example", subject="Hi", body="text\n")


def draft(**fields: Any) -> Draft:
    return replace(FINE, **fields)


def made(one: Draft, *files: build.File) -> build.Built:
    return build.build(one, "Your Desk", files, NOW, "id-1@example.org")


def sound(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\0" not in raw
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\r" not in line
        assert b"\n" not in line


def test_a_plain_mail() -> None:
    built = made(draft())
    assert built.raw == (
        b"Date: Mon, 2 Mar 2026 10:00:00 +0000\r\nFrom: Your Desk <you@example.org>\r\nTo: a@x.example\r\n"
        b"Subject: Hi\r\nMessage-ID: <id-1@example.org>\r\nUser-Agent: outlook-tui\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\ntext\r\n"
    )
    assert (built.recipients, built.sender, built.smtputf8) == (("a@x.example",), "you@example.org", False)


def test_bcc_is_in_the_envelope_only() -> None:
    built = made(draft(cc="b@x.example, A@x.example", bcc="Secret <s@x.example>"))
    assert built.recipients == ("A@x.example", "b@x.example", "s@x.example")
    assert b"s@x.example" not in built.raw
    assert b"bcc" not in built.raw.lower()
    assert [person.address for person in built.bcc] == ["s@x.example"]
    alone = made(draft(to="", bcc="s@x.example"))
    assert b"To: undisclosed-recipients:;" in alone.raw


def test_what_is_written_is_what_is_read() -> None:
    built = made(
        draft(
            to='"Büro, Süd" <b@bücher.example>, "Quote \\"x\\"" <q@x.example>',
            subject="Grüße aus " + "Köln " * 60,
            body="Schöne Grüße\n-- \nDesk\n",
            in_reply_to="p@x.example",
            sender="Other <me@example.org>",
        )
    )
    sound(built.raw)
    content = message.parse(built.raw)
    assert content.envelope.subject == ("Grüße aus " + "Köln " * 60).strip()
    assert [(person.name, person.address) for person in content.envelope.to] == [
        ("Büro, Süd", "b@xn--bcher-kva.example"),
        ('Quote "x"', "q@x.example"),
    ]
    assert (content.envelope.in_reply_to, content.envelope.date) == ("p@x.example", int(NOW.timestamp()))
    assert content.envelope.sender[0].address == built.sender == "me@example.org"
    assert content.text == "Schöne Grüße\n-- \nDesk\n"


@pytest.mark.parametrize("break_", LINE_BREAKS, ids=lambda text: "-".join(f"{ord(char):x}" for char in text))
def test_no_field_can_be_smuggled_in(break_: str) -> None:
    evil = f"x{break_}Bcc: evil@x.example"
    files = [(f"{evil}.txt", f"text/plain{break_}X: y", b"x")]
    built = build.build(draft(subject=evil, in_reply_to=evil), evil, files, NOW, "id-1@example.org")
    sound(built.raw)
    names = [name.lower() for name, _ in header.fields(built.raw)]
    assert "bcc" not in names
    assert len(names) == len(set(names))
    parts = structure.read(built.raw).parts
    assert [name for name, _ in parts[2].fields()] == [
        "content-type",
        "content-disposition",
        "content-transfer-encoding",
    ]


def test_a_name_beyond_ascii_before_the_at_needs_smtputf8() -> None:
    built = made(draft(to="büro@x.example"))
    assert built.smtputf8
    assert "büro@x.example".encode() in built.raw


@pytest.mark.parametrize("break_", LINE_BREAKS[2:])
def test_an_address_with_a_control_is_refused(break_: str) -> None:
    with pytest.raises(BadInput):
        made(draft(to=f'"x{break_}y" <a@x.example>'))


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "sender"])
def test_what_is_no_address_is_refused(field: str) -> None:
    with pytest.raises(BadInput) as caught:
        made(draft(**{field: "nobody at home"}))
    assert "nobody at home" in caught.value.what


def test_no_recipient_is_refused() -> None:
    with pytest.raises(BadInput):
        made(draft(to=""))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("plain\n", b"7bit"),
        ("", b"7bit"),
        ("x" * 2000, b"quoted-printable"),
        ("From here\n", b"quoted-printable"),
        ("grün\n", b"quoted-printable"),
        ("日本語" * 50, b"base64"),
        ("esc \x1b[2J\n", b"quoted-printable"),
    ],
)
def test_the_lightest_encoding_that_survives(body: str, encoding: bytes) -> None:
    built = made(draft(body=body))
    sound(built.raw)
    assert b"Content-Transfer-Encoding: " + encoding in built.raw
    assert b"\r\nFrom here" not in built.raw
    assert message.parse(built.raw).text.rstrip("\n") == body.rstrip("\n")


def test_markdown_makes_two_forms() -> None:
    built = made(
        draft(body="# Head\n\n*yes* <script>no</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", markdown=True)
    )
    sound(built.raw)
    content = message.parse(built.raw)
    assert content.tree == {"multipart/alternative": ["text/plain", "text/html"]}
    assert content.text.startswith("# Head")
    assert "<em>yes</em> &lt;script&gt;" in content.html
    assert "<table>" in content.html


def test_attachments_come_back_as_they_were() -> None:
    files = [
        ("Bericht März.pdf", "application/pdf", bytes(range(256)) * 9),
        ("a" * 150 + ".txt", "text/plain", b""),
    ]
    files += [('quo"te\\.bin', "no type", b"x"), ("mail.eml", "message/rfc822", b"Subject: x\n\ny")]
    built = made(draft(body="grün", markdown=True), *files)
    sound(built.raw)
    content = message.parse(built.raw)
    assert [attachment.filename for attachment in content.attachments] == [name for name, _, _ in files]
    assert [attachment.type for attachment in content.attachments] == [
        "application/pdf",
        "text/plain",
        "application/octet-stream",
        "application/octet-stream",
    ]
    for attachment, (_, _, data) in zip(content.attachments, files, strict=True):
        assert message.part(built.raw, attachment.part) == data


def test_a_draft_keeps_bcc_and_forgives_half_an_address() -> None:
    raw = build.draft_copy(draft(to="half, a@x.example", bcc="s@x.example"), "", [], NOW, "id-1@example.org")
    content = message.parse(raw)
    assert [person.address for person in content.envelope.to] == ["a@x.example"]
    assert [person.address for person in content.envelope.bcc] == ["s@x.example"]
    build.draft_copy(draft(account="odd", sender="half"), "", [], NOW, "id-1@example.org")


def test_message_ids_are_fresh_and_say_nothing_of_this_computer() -> None:
    one, other = (build.new_message_id("Desk <you@bücher.example>") for _ in range(2))
    assert one != other
    assert one.endswith("@xn--bcher-kva.example")


@given(LETTERS, LETTERS, LETTERS, st.binary())
def test_whatever_is_written_is_sound_and_comes_back(subject: str, body: str, name: str, data: bytes) -> None:
    built = build.build(
        draft(subject=subject, body=body), name, [(name, "text/plain", data)], NOW, "id-1@example.org"
    )
    sound(built.raw)
    content = message.parse(built.raw)
    assert content.envelope.subject == built.subject
    assert content.attachments[0].size == len(data)
    assert message.part(built.raw, content.attachments[0].part) == data
    assert content.text.split() == body.split()
