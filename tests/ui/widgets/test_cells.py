from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.ui.attacks import WIDE
from tui.model.safe_text import safe_line
from tui.ui.widgets.cells import column, cut, fit, stable


@pytest.mark.parametrize("text", WIDE)
@pytest.mark.parametrize("width", [0, 1, 2, 3, 7, 20, 80])
def test_cells_are_exact(text: str, width: int) -> None:
    safe = safe_line(text)
    assert cell_len(fit(safe, width)) == width
    assert cell_len(column(safe, width)) == width


@given(st.text(max_size=60), st.integers(0, 40))
def test_whatever_is_written_the_cells_are_exact(text: str, width: int) -> None:
    assert cell_len(fit(safe_line(text), width)) == width


def test_a_cut_is_marked_and_never_splits_a_character() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcdef", 6) == "abcdef"
    assert cut("日本語", 4) == "日…"
    assert cut("e\u0301e\u0301e\u0301", 2) == "e\u0301…"
    assert cut("abc", 0) == ""


def test_what_terminals_measure_differently_is_made_plain() -> None:
    assert stable("👍🏽") == "👍"
    assert stable("❤\ufe0f") == "❤"
    assert stable("🇩🇪") == "DE"
    assert stable("plain") == "plain"


def test_padding_goes_to_the_left_when_asked() -> None:
    assert fit("ab", 5, right=True) == "   ab"


def test_right_to_left_text_is_isolated() -> None:
    shown = column("שלום", 8)
    assert (shown[0], shown[-1]) == ("\u2068", "\u2069")
