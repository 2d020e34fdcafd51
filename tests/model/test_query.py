"""The search language."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.query import FIELDS, Query, Term, moment, octets, parse

NOW = datetime(2024, 3, 15, 13, 45, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("   ", ()),
        ("invoice", (Term("", "invoice", prefix=True),)),
        ("invoice ", (Term("", "invoice"),)),
        ("invoice mar", (Term("", "invoice"), Term("", "mar", prefix=True))),
        ("inv* mar ", (Term("", "inv", prefix=True), Term("", "mar"))),
        ("-spam x ", (Term("", "spam", exclude=True), Term("", "x"))),
        ('"new roof"', (Term("", "new roof", phrase=True),)),
        ('-"new roof"', (Term("", "new roof", exclude=True, phrase=True),)),
        ('"still open', (Term("", "still open", phrase=True),)),
        ('""', ()),
        ("from:bill", (Term("from", "bill", prefix=True),)),
        ("FROM:bill ", (Term("from", "bill"),)),
        ('-subject:"the roof" ', (Term("subject", "the roof", exclude=True, phrase=True),)),
        ("in:Work/Old", (Term("in", "Work/Old"),)),
        ("is:unread", (Term("is", "unread"),)),
        ("is:purple ", (Term("", "is:purple"),)),
        ("has:attachment", (Term("has", "attachment"),)),
        ("has:wings ", (Term("", "has:wings"),)),
        ("before:2024-01-31", (Term("before", "2024-01-31"),)),
        ("after:soon ", (Term("", "after:soon"),)),
        ("larger:5MB", (Term("larger", "5MB"),)),
        ("smaller:tiny ", (Term("", "smaller:tiny"),)),
        ("tag:work", (Term("tag", "work"),)),
        ("x:y ", (Term("", "x:y"),)),
        ("https://contoso.example/a ", (Term("", "https://contoso.example/a"),)),
        ("12:30 ", (Term("", "12:30"),)),
        ("from: is: ", ()),
        ("#1234 ", (Term("", "#1234"),)),
    ],
)
def test_parsing(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text) == Query(terms)


@given(st.text())
def test_anything_can_be_parsed(text: str) -> None:
    query = parse(text)
    assert all(term.value and term.field in ("", *FIELDS) for term in query.terms)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_a_plain_word_is_one_term(word: str) -> None:
    assert parse(f"{word} ").terms == (Term("", word),)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("200", 200),
        ("200k", 204_800),
        ("5M", 5_242_880),
        ("5mb", 5_242_880),
        ("1GiB", 1_073_741_824),
        ("", None),
        ("k", None),
        ("-5", None),
        ("5 M", None),
        ("5t", None),
    ],
)
def test_sizes(text: str, size: int | None) -> None:
    assert octets(text) == size


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", (2024, 2, 29)),
        ("2024/02/29", (2024, 2, 29)),
        ("29.02.2024", (2024, 2, 29)),
        ("2024-02", (2024, 2, 1)),
        ("2023", (2023, 1, 1)),
        ("today", (2024, 3, 15)),
        ("Yesterday", (2024, 3, 14)),
        ("7d", (2024, 3, 8)),
        ("2w", (2024, 3, 1)),
        ("1m", (2024, 2, 14)),
        ("1y", (2023, 3, 16)),
        ("2023-02-29", None),
        ("99999y", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_days(text: str, day: tuple[int, int, int] | None) -> None:
    assert moment(text, NOW) == (datetime(*day, tzinfo=NOW.tzinfo) if day else None)
