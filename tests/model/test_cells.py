"""Widths on a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.cells import cells, fit

WIDTHS = [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("ﾊﾝ", 2), ("Ａ", 2)]


@pytest.mark.parametrize(("text", "width"), WIDTHS)
def test_cells_are_counted(text: str, width: int) -> None:
    assert cells(text) == width


@given(st.text(max_size=60), st.integers(min_value=2, max_value=40))
def test_fitted_text_fits(text: str, width: int) -> None:
    assert cells(fit(text, width)) <= max(width, 1)
    if cells(text) <= width:
        assert fit(text, width) == text
