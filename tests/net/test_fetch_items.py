"""FETCH responses in every order and shape."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.net import fetch_items
from tui.net.conversation import Response
from tui.net.fetch_items import internal_date, number, parse

LITERAL = st.binary(max_size=40)
ITEMS = st.dictionaries(
    st.sampled_from([b"UID", b"FLAGS", b"RFC822.SIZE", b"BODY", b"MODSEQ", b"INTERNALDATE", b"X-OTHER"]),
    st.one_of(
        LITERAL.map(lambda raw: ("literal", raw)),
        st.from_regex(rb"[A-Za-z0-9\\$]{1,12}", fullmatch=True).map(lambda raw: ("atom", raw)),
        st.from_regex(rb'[^"\\\r\n]{0,20}', fullmatch=True).map(lambda raw: ("quoted", raw)),
        st.from_regex(rb"[A-Za-z0-9\\$ ]{0,20}", fullmatch=True).map(lambda raw: ("list", raw)),
    ),
)


@given(ITEMS)
def test_any_items_in_any_order(items: dict[bytes, tuple[str, bytes]]) -> None:
    words, literals, expected = [], [], {}
    for name, (kind, raw) in items.items():
        if kind == "atom" and raw.upper() == b"NIL":
            words.append(name + b" NIL")
            continue
        expected[name] = raw
        spelled = b"BODY[HEADER.FIELDS (TO CC)]" if name == b"BODY" else name
        if kind == "literal":
            words.append(b"%s {%d}\r\n" % (spelled, len(raw)))
            literals.append(raw)
        else:
            words.append(spelled + {"atom": b" %s", "quoted": b' "%s"', "list": b" (%s)"}[kind] % raw)
    text = b"* 12 FETCH (" + b" ".join(words) + b")\r\n"
    assert parse(Response(text, tuple(literals))) == expected


@given(st.binary(max_size=80), st.lists(LITERAL, max_size=3))
def test_rubbish_is_a_value_error_or_nothing(rubbish: bytes, literals: list[bytes]) -> None:
    for text in (rubbish, b"* 1 FETCH (" + rubbish, b"* 1 FETCH (UID " + rubbish + b")\r\n"):
        try:
            items = parse(Response(text, tuple(literals)))
        except ValueError:
            continue
        assert all(isinstance(value, bytes) for value in items.values())


def test_a_long_line_without_end_takes_no_time() -> None:
    for text in (b"(" * 200_000, b'"' + b"\\" * 200_000, b"{" * 200_000, b"x" * 200_000, b" " * 200_000):
        with pytest.raises(ValueError, match=r"FETCH|list|octet"):
            parse(Response(b"* 1 FETCH (X " + text))


def test_nested_lists_with_strings_and_literals() -> None:
    text = b'* 1 FETCH (BODYSTRUCTURE (("a)" (NIL {3}\r\n)) "b\\"(") FLAGS (\\Seen) UID 7)\r\n'
    items = parse(Response(text, (b")))",)))
    assert items[b"UID"] == b"7"
    assert items[b"FLAGS"] == b"\\Seen"


@given(st.datetimes(datetime.datetime(1970, 1, 2), datetime.datetime(2099, 1, 1)), st.integers(-720, 840))
def test_internal_date(moment: datetime.datetime, minutes: int) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    aware = moment.replace(microsecond=0, tzinfo=zone)
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    text = f"{aware.day:2d}-{months[aware.month - 1]}-{aware:%Y %H:%M:%S} {offset}"
    assert internal_date(text.encode()) == int(aware.timestamp())


@pytest.mark.parametrize(
    "text", [b"", b"yesterday", b"99-Foo-2020 00:00:00 +0000", b"01-Jan-0000 00:00:00 +0000"]
)
def test_dates_that_are_none(text: bytes) -> None:
    assert internal_date(text) == 0


def test_numbers() -> None:
    assert number({b"UID": b"7"}, b"UID", 10) == 7
    assert number({}, b"UID", 10) == 0
    for odd in (b"11", b"-1", b"x", b"", b"1" * 30, "１".encode()):
        with pytest.raises(ValueError, match="odd number"):
            number({b"UID": odd}, b"UID", 10)
    assert fetch_items.is_fetch(b"* 3 fetch (UID 1)\r\n")
    assert not fetch_items.is_fetch(b"* 3 EXISTS\r\n")


@pytest.mark.parametrize("ends", [b")\r\n", b" X-MORE NIL)\r\n"])
def test_the_usual_answers_to_our_own_commands(ends: bytes) -> None:
    """The short way and the long way read the same."""
    header = (
        b'* 7 FETCH (UID 42 FLAGS (\\Seen $Label1) INTERNALDATE " 3-Oct-2026 20:05:27 +0000"'
        b" RFC822.SIZE 2587 BODY[HEADER.FIELDS (FROM TO)] {4}\r\n"
    )
    assert parse(Response(header + ends, (b"a\r\n)",))) == {
        b"UID": b"42",
        b"FLAGS": b"\\Seen $Label1",
        b"INTERNALDATE": b" 3-Oct-2026 20:05:27 +0000",
        b"RFC822.SIZE": b"2587",
        b"BODY": b"a\r\n)",
    }
    body = b"* 7 FETCH (UID 42 BODY[] {3}\r\n"
    assert parse(Response(body + ends, (b"abc",))) == {b"UID": b"42", b"BODY": b"abc"}
