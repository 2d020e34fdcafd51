"""Records as the keyring has them, and the age of a token by two clocks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.secret import Secret
from tui.sync.tokens import AHEAD, Age, Clock, Kept, Record, Token

SCOPES = ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")
RECORD = Record(
    Secret("refresh"), "client", "https://login.example.org/common", SCOPES, "you@example.org", 5.0
)


def _kept(life: float) -> Kept:
    return Kept(RECORD, Token(Secret("access"), SCOPES, life, expires=1000.0 + life, began=50.0))


def _age(life: float, wall: float, steady: float, scopes: tuple[str, ...] = SCOPES) -> Age:
    """The age after so many seconds by each clock."""
    return _kept(life).age(scopes, Clock(lambda: 1000.0 + wall, lambda: 50.0 + steady))


@pytest.mark.parametrize(
    ("life", "wall", "steady", "age"),
    [
        (3600, 0, 0, Age.FRESH),
        (3600, 3299, 3299, Age.FRESH),
        (3600, 3301, 0, Age.NEAR),
        (3600, 0, 3301, Age.NEAR),
        (3600, 3601, 0, Age.OVER),
        (3600, 0, 3601, Age.OVER),
        (3600, -100_000, 3301, Age.NEAR),
        (600, 440, 440, Age.FRESH),
        (600, 460, 460, Age.NEAR),
        (0, 0, 0, Age.OVER),
    ],
)
def test_the_older_clock_counts(life: float, wall: float, steady: float, age: Age) -> None:
    assert _age(life, wall, steady) is age


@given(
    life=st.floats(0, 100_000), wall=st.floats(-1e6, 1e6), steady=st.floats(0, 1e6), more=st.floats(0, 1e6)
)
def test_a_token_never_gets_younger(life: float, wall: float, steady: float, more: float) -> None:
    order = [Age.FRESH, Age.NEAR, Age.OVER]
    assert order.index(_age(life, wall, steady)) <= order.index(_age(life, wall, steady + more))
    assert order.index(_age(life, wall, steady)) <= order.index(_age(life, wall + more, steady))


def test_a_token_for_other_uses_is_none() -> None:
    assert _age(3600, 0, 0, (*SCOPES, "more")) is Age.OVER
    assert Kept(RECORD).age(SCOPES, Clock()) is Age.OVER
    assert AHEAD == 300


_TEXT = st.text(min_size=1, max_size=50)


@given(st.builds(Record, st.builds(Secret, _TEXT), _TEXT, _TEXT, st.tuples(_TEXT), _TEXT, st.floats(0, 1e10)))
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    text = record.to_json()
    assert Record.from_json(text) == record
    assert text.reveal().isascii()


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_FIELDS = ("refresh_token", "client_id", "authority", "scopes", "username", "obtained")


@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON).map(lambda fields: json.dumps({"v": 1, **fields})))
def test_fields_of_wrong_kinds_are_no_fault(text: str) -> None:
    found = Record.from_json(Secret(text))
    assert found is None or found.refresh_token


@given(st.text(max_size=40) | _JSON.map(json.dumps))
def test_any_other_text_is_no_record(text: str) -> None:
    assert Record.from_json(Secret(text)) is None
