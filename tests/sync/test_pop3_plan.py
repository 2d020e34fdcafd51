"""The state table of a maildrop: one test a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.account import Keep
from tui.sync.pop3_plan import DAY, Held, may_delete, plan_maildrop

NOW = 1_800_000_000
WHOLE = Held(NOW - 3 * DAY, whole=True)
HALF = Held(NOW - 3 * DAY, whole=False)
GONE_HERE = Held(NOW - 3 * DAY, whole=False, deleted=True)


def test_unknown_messages_are_new_and_left_ones_noted() -> None:
    plan = plan_maildrop([(1, "a"), (2, "b")], {"b": WHOLE, "c": WHOLE}, Keep(), NOW)
    assert (plan.new, plan.delete, plan.vanished) == (((1, "a"),), (), ("c",))


@pytest.mark.parametrize(
    ("keep", "held", "goes"),
    [
        ("leave", WHOLE, False),
        ("leave", GONE_HERE, False),
        ("delete", WHOLE, True),
        ("delete", HALF, False),
        ("delete", GONE_HERE, True),
        ("until-deleted", WHOLE, False),
        ("until-deleted", GONE_HERE, True),
        ("2d", WHOLE, True),
        ("2d", HALF, False),
        ("2d", GONE_HERE, True),
        ("4d", WHOLE, False),
        ("4d", GONE_HERE, False),
    ],
)
def test_what_the_policy_lets_go(keep: str, held: Held, goes: bool) -> None:
    assert may_delete(held, Keep(keep), NOW) is goes


def test_repeated_uidls_are_never_deleted() -> None:
    plan = plan_maildrop([(1, "x"), (2, "x")], {"x": WHOLE}, Keep("delete"), NOW)
    assert plan.delete == () and plan.new == () and plan.repeated == ((1, "x"), (2, "x"))


@given(st.lists(st.text("abc", max_size=2), max_size=12), st.sampled_from(["leave", "delete", "1d"]))
def test_only_known_whole_messages_are_deleted(uidls: list[str], keep: str) -> None:
    known = {"a": WHOLE, "b": HALF, "ab": GONE_HERE}
    plan = plan_maildrop(list(enumerate(uidls, 1)), known, Keep(keep), NOW)
    for _, uidl in plan.delete:
        assert uidls.count(uidl) == 1
        assert known[uidl].whole or known[uidl].deleted
    numbers = [number for number, _ in (*plan.new, *plan.delete, *plan.repeated)]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("held", "doubted"),
    [
        (Held(NOW, whole=True, size=10), False),
        (Held(NOW, whole=True, size=11), True),
        (Held(NOW, whole=True, size=10, left=True), True),
        (Held(NOW, whole=True), False),
    ],
)
def test_what_may_be_another_message_is_compared(held: Held, doubted: bool) -> None:
    plan = plan_maildrop([(1, "a")], {"a": held}, Keep("leave"), NOW, {1: 10})
    assert plan.doubtful == (((1, "a"),) if doubted else ())


def test_what_has_left_leaves_once() -> None:
    assert plan_maildrop([], {"a": WHOLE, "b": Held(NOW, whole=True, left=True)}, Keep(), NOW).vanished == (
        "a",
    )


@pytest.mark.parametrize(
    ("held", "limit", "fetched"),
    [(HALF, 0, True), (HALF, 10, True), (HALF, 9, False), (WHOLE, 0, False), (GONE_HERE, 0, False)],
)
def test_what_is_here_by_its_header_is_fetched_where_it_fits(held: Held, limit: int, fetched: bool) -> None:
    plan = plan_maildrop([(1, "a")], {"a": held}, Keep("leave"), NOW, {1: 10}, limit)
    assert plan.partial == (((1, "a"),) if fetched else ())


def test_a_clock_that_jumps_back_deletes_nothing() -> None:
    for back in (2 * DAY, 10_000 * DAY):
        assert not may_delete(WHOLE, Keep("2d"), NOW - back)
