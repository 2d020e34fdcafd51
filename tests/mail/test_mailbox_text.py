"""What mailbox files do to messages, and knowing these again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cli.mailbox_file import quoted
from tui.mail.mailbox_text import flags_of, is_mail, same, unquoted, wire_size
from tui.model.message import Flag

RAW = b"From: a@contoso.example\nSubject: One\n\nText\nFrom here on\n>From there\n"

LINES = st.lists(
    st.sampled_from([b"From x", b">From y", b">>From z", b"", b"text", b"From", b">"]), max_size=12
).map(lambda lines: b"Subject: x\n\n" + b"".join(line + b"\n" for line in lines))


@given(LINES)
def test_quoting_is_undone_exactly(raw: bytes) -> None:
    assert unquoted(quoted(raw)) == raw


def test_the_older_form_is_undone_as_well() -> None:
    assert unquoted(b"A: b\n\n>From here\n") == b"A: b\n\nFrom here\n"


@pytest.mark.parametrize(
    "other",
    [
        RAW.replace(b"\n", b"\r\n"),
        RAW + b"\n",
        quoted(RAW),
        b"Status: RO\nX-Status: A\n" + RAW,
        RAW.replace(b"Subject", b"Content-Length: 12\nX-Mozilla-Status: 0001\nSubject"),
    ],
)
def test_the_same_message_in_another_file(other: bytes) -> None:
    assert same(RAW, other)
    assert same(other, RAW)


@pytest.mark.parametrize(
    "other",
    [RAW.replace(b"Text", b"Test"), RAW.replace(b"One", b"Two"), RAW + b"more\n", b"X-Tag: 1\n" + RAW],
)
def test_another_message(other: bytes) -> None:
    assert not same(RAW, other)


@given(LINES, LINES)
def test_sameness_is_that_of_the_text(one: bytes, other: bytes) -> None:
    bare = [text.replace(b">", b"").strip(b"\n") for text in (one, other)]
    assert not same(one, other) or bare[0] == bare[1]


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        (b"", Flag.SEEN),
        (b"Status: O\n", Flag(0)),
        (b"Status: RO\n", Flag.SEEN),
        (b"Status: RO\nX-Status: AF\n", Flag.SEEN | Flag.ANSWERED | Flag.FLAGGED),
        (b"X-Status: DT\n", Flag.DELETED | Flag.DRAFT),
        (b"X-Mozilla-Status: 0000\n", Flag(0)),
        (b"X-Mozilla-Status: 1007\n", Flag.SEEN | Flag.ANSWERED | Flag.FLAGGED | Flag.FORWARDED),
        (b"X-Mozilla-Status: 0009\n", None),
    ],
)
def test_flags_that_programs_note_in_the_header(header: bytes, flags: Flag | None) -> None:
    assert flags_of(b"From: a@contoso.example\n" + header + b"\nX-Status: F\n") == flags


@pytest.mark.parametrize(
    ("raw", "mail"),
    [
        (RAW, True),
        (b"Received: by x\n", True),
        (b"", False),
        (b"\x89PNG\r\n", False),
        (b"{\n", False),
        (b"http://contoso.example/\n\nSubject: x\n", False),
        (b"Just words\nSubject: x\n", False),
    ],
)
def test_what_is_mail(raw: bytes, mail: bool) -> None:
    assert is_mail(raw) is mail


def test_the_size_that_servers_count() -> None:
    assert wire_size(b"a\nb\r\nc\n") == len(b"a\r\nb\r\nc\r\n")
