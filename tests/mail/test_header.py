from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import header
from tui.model.message import Address, Envelope

WHOLE = b"""Return-Path: <bounce@news.example>\r
From: Newsletter <news@news.example>\r
To: you@example.org,\r
\tteam@example.org\r
Cc: "Support, Desk" <support@example.org>\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus\r
 Bremen\r
Date: Mon, 02 Mar 2026 10:00:00 +0100\r
Message-ID: <one@news.example>\r
In-Reply-To: <zero@news.example>\r
References: <first@news.example>\r
 <zero@news.example>\r
Reply-To: answers@news.example\r
\r
Subject: not this one\r
"""


def test_the_envelope_of_a_message_and_of_its_header_are_one() -> None:
    expected = Envelope(
        message_id="one@news.example",
        in_reply_to="zero@news.example",
        references=("first@news.example", "zero@news.example"),
        date=1772442000,
        date_offset=60,
        subject="Grüße aus Bremen",
        sender=(Address("Newsletter", "news@news.example"),),
        reply_to=(Address(None, "answers@news.example"),),
        to=(Address(None, "you@example.org"), Address(None, "team@example.org")),
        cc=(Address("Support, Desk", "support@example.org"),),
    )
    head = WHOLE.partition(b"\r\n\r\n")[0]
    for raw in (WHOLE, head, head + b"\r\n", WHOLE.replace(b"\r\n", b"\n"), WHOLE.replace(b"\r\n", b"\r")):
        assert header.envelope(raw) == expected
    assert header.envelope(b"From you@example.org Mon Mar  2 10:00:00 2026\n" + WHOLE) == expected
    assert header.envelope(WHOLE.replace(b"\r\n", b"\r\r\n")) == expected


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject : x\n\n", "x"),
        (b"SUBJECT:x\n\n", "x"),
        (b"Subject: first\nSubject: second\n\n", "first"),
        (b"Subject:\n folded\n\n", "folded"),
        (b"Subject: a\n\tb\n  c\n\n", "a b c"),
        (b"Subject: gr\xc3\xbcn\n\n", "grün"),
        (b"Subject: gr\xfcn\n\n", "grün"),
        ("Subject: Привет\nContent-Type: text/plain; charset=koi8-r\n\n".encode("koi8-r"), "Привет"),
        (b"Subject: \x1b$BF|K\\\x1b(B\n\n", "日本"),
        (b"garbage\nSubject: x\n\n", "x"),
        (b"Received: y\ngarbage without colon\nSubject: x\n\n", "x"),
        (b"Subject: x\nThis text has no blank line above it\n", "x"),
        (b"Just text\nwith lines\n\nSubject: x\n", ""),
        (b"\nSubject: x\n", ""),
        (b"Subject: =?utf-8?q?a=0D=0ABcc:_evil?=\n\n", "a\r\nBcc: evil"),
        (b"", ""),
    ],
)
def test_subjects(raw: bytes, subject: str) -> None:
    assert header.envelope(raw).subject == subject


@pytest.mark.parametrize(
    ("raw", "message_id"),
    [
        (b"Message-ID: <a@b>\n\n", "a@b"),
        (b"Message-Id: a@b\n\n", "a@b"),
        (b"Message-ID: <a@b> (comment)\n\n", "a@b"),
        (b"Message-ID: <a\n @b>\n\n", "a@b"),
        (b"Message-ID: <>\n\n", ""),
        (b"Message-ID: <a@b\n\n", "a@b"),
    ],
)
def test_message_ids(raw: bytes, message_id: str) -> None:
    assert header.envelope(raw).message_id == message_id


def test_references_without_brackets_and_too_many() -> None:
    assert header.envelope(b"References: a@b, c@d\n\n").references == ("a@b", "c@d")
    many = header.envelope(
        b"References: " + b" ".join(b"<%d@x>" % n for n in range(1000)) + b"\n\n"
    ).references
    assert len(many) == 200
    assert (many[0], many[-1]) == ("0@x", "999@x")


def test_repeated_recipient_fields_add_up() -> None:
    found = header.envelope(b"To: a@x.example\nFrom: f@x.example\nFrom: g@x.example\nTo: b@x.example\n\n")
    assert [person.address for person in found.to] == ["a@x.example", "b@x.example"]
    assert [person.address for person in found.sender] == ["f@x.example"]


def test_fields_keep_order_and_spelling() -> None:
    assert header.fields(b"X-One: =?utf-8?q?=C3=A4?=\nx-two:  a\n b\nX-One: c\n\nno: field") == [
        ("X-One", "ä"),
        ("x-two", "a b"),
        ("X-One", "c"),
    ]


def test_the_fingerprint_does_not_depend_on_how_the_header_came() -> None:
    printed = header.fingerprint(WHOLE)
    assert -(2**63) <= printed < 2**63
    lines = [b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus Bremen", b"Message-ID:<one@news.example>"]
    lines += [b"Date: Mon, 02 Mar 2026 10:00:00 +0100", b"From: Newsletter <news@news.example>"]
    assert header.fingerprint(b"\n".join(lines)) == printed
    assert header.fingerprint(WHOLE.replace(b"one@", b"two@")) != printed
    assert header.fingerprint(WHOLE.replace(b"team@", b"crew@")) == printed


@given(st.binary())
def test_never_raises(raw: bytes) -> None:
    header.envelope(raw)
    header.fields(raw)
    header.fingerprint(raw)


def test_the_topmost_received_field_says_when_it_came() -> None:
    raw = b"Received: from a by b; Mon, 2 Mar 2026 10:00:00 +0000\n"
    raw += b"Received: from c by a; Sun, 1 Mar 2026 10:00:00 +0000\n\n"
    assert header.received_date(header.split(header.block(raw))) == 1772445600
    assert header.received_date(header.split(b"Received: from a by b\n")) is None
    assert header.received_date(header.split(b"Subject: x\n")) is None


def test_fields_without_number_take_no_memory_without_limit() -> None:
    found = header.split(b"Subject: first\n" + b"X: y\n" * (header.MOST_FIELDS + 1000))
    assert len(found) == header.MOST_FIELDS
    assert found[0] == ("subject", b" first")
