from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from tests.data.mail import samples
from tests.mail.test_message import mutated
from tui.mail import header, message, outgoing
from tui.model.message import Address

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RAW = b"From: you@example.org\nTo: a@x.example\nBcc: s@x.example,\n t@x.example\nSubject: x\n\nBcc: stays\n"


def test_bcc_is_taken_off_with_its_folded_lines() -> None:
    assert outgoing.strip_bcc(RAW) == b"From: you@example.org\nTo: a@x.example\nSubject: x\n\nBcc: stays\n"
    assert b"ent-" not in outgoing.strip_bcc(b"bcc : a@b\nResent-Bcc: c@d\nTo: x@y\n\n")
    assert outgoing.strip_bcc(b"From x\nBCC: a@b\r\nTo: x@y\r\n\r\n") == b"To: x@y\r\n\r\n"


def test_recipients_come_from_all_fields_once() -> None:
    assert outgoing.recipients(RAW) == ("a@x.example", "s@x.example", "t@x.example")
    assert outgoing.recipients(b"To: a@x.example, A@X.example\nResent-To: r@x.example\n\n") == (
        "r@x.example",
    )
    assert outgoing.recipients(b"To: undisclosed-recipients:;\n\n") == ()


def test_the_copy_for_the_sent_folder_has_bcc() -> None:
    sent = outgoing.strip_bcc(RAW)
    copy = outgoing.with_bcc(sent, [Address(None, "s@x.example")])
    assert [person.address for person in header.envelope(copy).bcc] == ["s@x.example"]
    assert outgoing.strip_bcc(copy) == sent


def test_what_is_missing_is_added() -> None:
    raw, message_id = outgoing.prepare(b"To: a@x.example\n\nhi\n", "you@example.org", NOW)
    found = header.envelope(raw)
    assert found.message_id == message_id
    assert found.date == int(NOW.timestamp())
    assert found.sender[0].address == "you@example.org"
    whole = samples.EVERYTHING
    assert outgoing.prepare(whole, "you@example.org", NOW) == (whole, "invoice-1@contoso.example")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Type: text/plain; charset=utf-8\n", "grün\n".encode()),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", "grün\n".encode()),
        (b"", b"x" * 3000 + b"\n"),
        (b"Content-Type: application/octet-stream\n", bytes(range(256))),
    ],
)
def test_bodies_become_seven_bit_and_mean_the_same(head: bytes, body: bytes) -> None:
    raw = outgoing.seven_bit(b"Subject: x\n" + head + b"\n" + body)
    assert_sound(raw)
    kind = head.partition(b"application")[1]
    if kind:
        assert message.part(raw, 1) == body
    else:
        assert message.parse(raw).text == body.decode()


def test_a_bare_cr_makes_no_field_and_ends_no_header() -> None:
    raw, message_id = outgoing.prepare(
        b"\rFrom: you@example.org\r\nSubject: a\rX-Made: b\r\rc\r\nMessage-ID: <1@x.example>\r\n\r\nhi\r\n",
        "you@example.org",
        NOW,
    )
    assert message_id == "1@x.example"
    assert [name for name, _ in header.split(header.block(raw))] == ["date", "from", "subject", "message-id"]


def test_long_header_lines_are_folded() -> None:
    raw = outgoing.seven_bit(b"References: " + b"<a@x> " * 400 + b"\nX-Long: " + b"y" * 3000 + b"\n\nx\n")
    assert_sound(raw)
    assert len(header.envelope(raw).references) == 200


def assert_sound(raw: bytes) -> None:
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\r" not in line
        assert b"\n" not in line


@given(mutated())
def test_whatever_is_sent_is_sound(raw: bytes) -> None:
    out, _ = outgoing.prepare(raw, "you@example.org", NOW)
    assert_sound(out)
    assert not header.envelope(out).bcc
    assert message.parse(out).envelope.message_id
