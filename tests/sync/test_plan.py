"""The state table of a folder: one test a row, and the properties that hold for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.folder import Role
from tui.model.message import Flag
from tui.sync.plan import Flags, FlagStep, Known, merge, merge_tags, plan_folder, should_ask

SEEN, FLAGGED, NONE = Flag.SEEN, Flag.FLAGGED, Flag(0)
NO_TAGS: frozenset[str] = frozenset()


def listed(flags: Flag = NONE) -> Flags:
    return flags, NO_TAGS


def test_unknown_uids_are_fetched_newest_first() -> None:
    plan = plan_folder({1: listed(), 7: listed(), 3: listed()}, [])
    assert plan.new == (7, 3, 1)


def test_a_row_that_left_from_here_is_not_fetched_again() -> None:
    assert plan_folder({1: listed(), 2: listed()}, [], leaving=[2]).new == (1,)


def test_same_flags_need_no_step() -> None:
    plan = plan_folder({1: listed(SEEN)}, [Known(10, 1, SEEN, SEEN)])
    assert plan.flags == () and plan.new == () and plan.gone == ()


def test_the_servers_flags_are_taken_when_nothing_waits() -> None:
    plan = plan_folder({1: listed(SEEN)}, [Known(10, 1, NONE, NONE)])
    assert plan.flags == (FlagStep(10, SEEN, NO_TAGS, SEEN, NO_TAGS),)


def test_both_sides_changed_are_merged_and_ours_wins_its_own_bit() -> None:
    plan = plan_folder({1: listed(SEEN)}, [Known(10, 1, FLAGGED, NONE)])
    assert plan.flags == (FlagStep(10, SEEN | FLAGGED, NO_TAGS, SEEN, NO_TAGS),)


def test_removal_here_survives_the_servers_old_flag() -> None:
    plan = plan_folder({1: listed(SEEN | FLAGGED)}, [Known(10, 1, NONE, SEEN)])
    assert plan.flags == (FlagStep(10, FLAGGED, NO_TAGS, SEEN | FLAGGED, NO_TAGS),)


def test_a_uid_missing_from_the_list_is_gone() -> None:
    plan = plan_folder({}, [Known(10, 1, NONE, NONE)])
    assert plan.gone == (10,)


def test_a_leaving_uid_that_is_gone_has_left() -> None:
    assert plan_folder({}, [], leaving=[4, 5]).left == (4, 5)


@pytest.mark.parametrize(
    ("lost", "known", "role", "emptied", "ask"),
    [
        (20, 20, Role.INBOX, False, False),
        (21, 100, Role.INBOX, False, True),
        (200, 1000, Role.NONE, False, False),
        (201, 1000, Role.NONE, False, True),
        (500, 500, Role.TRASH, True, False),
        (500, 500, Role.JUNK, True, False),
        (1, 1, Role.INBOX, True, True),
        (0, 3, Role.INBOX, True, False),
        (1, 1, Role.DRAFTS, True, False),
        (21, 21, Role.DRAFTS, True, True),
    ],
)
def test_when_a_person_is_asked(lost: int, known: int, role: Role, emptied: bool, ask: bool) -> None:
    assert should_ask(lost, known, role, emptied=emptied) is ask


flags = st.integers(0, 127).map(Flag)


@given(flags, flags, flags)
def test_merge_keeps_our_changes_and_takes_the_rest(local: Flag, agreed: Flag, server: Flag) -> None:
    merged = merge(local, agreed, server)
    ours = local ^ agreed
    assert merged & ours == local & ours
    assert merged & ~ours == server & ~ours


tags = st.frozensets(st.sampled_from(["work", "later", "home"]))


@given(tags, tags, tags)
def test_tags_merge_like_flags(local: frozenset[str], agreed: frozenset[str], server: frozenset[str]) -> None:
    merged = merge_tags(local, agreed, server)
    for tag in local | agreed | server:
        changed_here = (tag in local) != (tag in agreed)
        assert (tag in merged) == ((tag in local) if changed_here else (tag in server))


@given(
    st.dictionaries(st.integers(1, 60), flags, max_size=30),
    st.sets(st.integers(1, 60), max_size=30),
    st.sets(st.integers(61, 80), max_size=5),
)
def test_a_second_plan_has_nothing_to_do(server: dict[int, Flag], here: set[int], left: set[int]) -> None:
    listing = {uid: listed(flag) for uid, flag in server.items()}
    rows = {uid: Known(uid, uid, NONE, NONE) for uid in here}
    plan = plan_folder(listing, rows.values(), left)
    for uid in plan.gone:
        del rows[uid]
    for step in plan.flags:
        rows[step.id] = Known(step.id, step.id, step.flags, step.agreed)
    for uid in plan.new:
        rows[uid] = Known(uid, uid, listing[uid][0], listing[uid][0])
    again = plan_folder(listing, rows.values())
    assert (again.new, again.flags, again.gone) == ((), (), ())
    assert rows.keys() == server.keys()
