from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.arrangement import Arrangement, Sizes, arranged, resized


def at(
    width: int, height: int = 36, *, opened: bool = False, browsing: bool = False, setting: str = "auto"
) -> Arrangement:
    return arranged(width, height, opened=opened, browsing=browsing, setting=setting, sizes=Sizes())


def test_three_panes_from_120_columns() -> None:
    now = at(120)
    assert all((now.folders, now.list, now.reading))
    assert now.folders + now.list + now.reading + 2 == 120


def test_two_from_80() -> None:
    assert (at(80).folders > 0, at(80).list > 0, at(80).reading) == (True, True, 0)
    assert at(80, opened=True) == Arrangement(reading=80)
    assert at(100, opened=True).folders > 0


def test_one_below() -> None:
    assert at(60, 15) == Arrangement(list=60)
    assert at(60, 15, opened=True) == Arrangement(reading=60)
    assert at(60, 15, browsing=True) == Arrangement(folders=60)


def test_reading_below_the_list() -> None:
    now = at(90, setting="below")
    assert now.rows
    assert now.list == now.reading


@pytest.mark.parametrize(("width", "height"), [(59, 30), (120, 14)])
def test_too_small(width: int, height: int) -> None:
    assert not at(width, height).fits


@given(
    st.integers(60, 400), st.integers(15, 100), st.booleans(), st.booleans(),
    st.sampled_from(["auto", "right", "below"]),
    st.builds(Sizes, st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)),
)  # fmt: skip
def test_panes_always_fit(
    width: int, height: int, opened: bool, browsing: bool, setting: str, sizes: Sizes
) -> None:
    now = arranged(width, height, opened=opened, browsing=browsing, setting=setting, sizes=sizes)
    beside = [now.folders, now.list] if now.rows else [now.folders, now.list, now.reading]
    panes = [cells for cells in beside if cells]
    assert sum(panes) + len(panes) - 1 == width
    assert 0 <= now.rows <= height - 10


def test_resizing_is_bounded_and_remembered() -> None:
    now = at(140)
    wider = resized(Sizes(), now, "folders", 3)
    assert (
        arranged(140, 36, opened=False, browsing=False, setting="auto", sizes=wider).folders
        == now.folders + 3
    )
    assert resized(Sizes(), now, "reading", 4).list == now.list - 4
    assert resized(Sizes(), at(90, setting="below"), "list", 2).rows == at(90, setting="below").rows + 2
    assert resized(Sizes(), now, "folders", -500).folders >= 10
