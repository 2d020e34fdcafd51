from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from tui.ui import theme


@pytest.mark.parametrize("one", theme.THEMES, ids=lambda one: one.name)
def test_text_stands_out_from_its_ground(one: Theme) -> None:
    for ground in (one.background, one.surface, one.panel):
        assert contrast(one.foreground or "", ground or "") >= 7
        assert contrast(one.variables["quiet"], ground or "") >= 4.5
        assert contrast(one.accent or "", ground or "") >= 4.4
    cursor = one.variables["block-cursor-background"]
    assert contrast(one.variables["block-cursor-foreground"], cursor) >= 4.5


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(Color.parse(first)), luminance(Color.parse(second))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: Color) -> float:
    parts = [
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("name", "chosen"),
    [("auto", "outlook-dark"), ("light", "outlook-light"), ("nord", "nord"), ("no-such", "outlook-dark")],
)
def test_themes_by_name(name: str, chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    assert theme.chosen(name, {"nord", *(one.name for one in theme.THEMES)}) == chosen


@pytest.mark.parametrize(("says", "chosen"), [("0;15", "outlook-light"), ("15;0", "outlook-dark")])
def test_auto_follows_what_the_terminal_says(says: str, chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", says)
    assert theme.chosen("auto", {one.name for one in theme.THEMES}) == chosen
