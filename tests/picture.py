"""A screen as SVG that looks the same in every viewer, and as PNG.

Rich's own SVG relies on the advance of a web font, squeezes wide characters and differs from run to run in
its ids. Here each piece of text stands at its own place, so that columns stay straight whatever the font.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.color import blend_rgb
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

CELL_WIDTH = 12
CELL_HEIGHT = 25
_FONT_SIZE = 19.5
"""Fira Code's advance is 1200 of 1950 units, so that a cell is exactly 12 wide."""
_BASELINE = 19
_MARGIN = 14
_FONTS = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, Symbola, monospace"

# What may stand together in one <text>: ASCII with single blanks between, or lines of a box. The rest may
# come from another font with another width, so each character is placed by itself.
_PIECES = re.compile(r"[!-~]+(?: [!-~]+)*|[─━│┃]+|\S[\u0300-\u036f\u200d\ufe0f]*")


def svg(lines: Iterable[Iterable[Segment]], columns: int) -> str:
    """The screen's lines of styled segments as an SVG document."""
    rows = [list(_cells(line)) for line in lines]
    page = rows[0][0][2]
    width, height = columns * CELL_WIDTH + 2 * _MARGIN, len(rows) * CELL_HEIGHT + 2 * _MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="{_FONTS}" font-size="{_FONT_SIZE}">',
        f'<rect width="{width}" height="{height}" rx="10" fill="{page.hex}"/>',
    ]
    for number, row in enumerate(rows):
        top = _MARGIN + number * CELL_HEIGHT
        out += _backgrounds(row, top, page)
        out += _texts(row, top)
    return "\n".join([*out, "</svg>", ""])


_Run = tuple[int, str, ColorTriplet, ColorTriplet, Style]


def _cells(line: Iterable[Segment]) -> Iterator[_Run]:
    """Each segment as its column, text, background, foreground and style."""
    column = 0
    for text, style, control in line:
        if control:
            continue
        style = style or Style()
        back = _triplet(style, "bgcolor", foreground=False)
        fore = _triplet(style, "color", foreground=True)
        if style.reverse:
            back, fore = fore, back
        if style.dim:
            fore = blend_rgb(fore, back, 0.4)
        yield column, text, back, fore, style
        column += cell_len(text)


def _triplet(style: Style, name: str, *, foreground: bool) -> ColorTriplet:
    color = getattr(style, name)
    theme = DEFAULT_TERMINAL_THEME
    if color is None or color.is_default:
        return theme.foreground_color if foreground else theme.background_color
    triplet: ColorTriplet = color.get_truecolor(theme, foreground=foreground)
    return triplet


def _backgrounds(row: Sequence[_Run], top: int, page: ColorTriplet) -> Iterator[str]:
    """Rectangles behind neighbouring runs of one colour, where it is not the page's."""
    start, end, shown = 0, 0, page
    for column, text, back, _, _ in (*row, (-1, "", page, page, Style())):
        if back != shown or column < 0:
            if shown != page and end > start:
                yield (
                    f'<rect x="{_MARGIN + start * CELL_WIDTH}" y="{top}" '
                    f'width="{(end - start) * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{shown.hex}" '
                    'shape-rendering="crispEdges"/>'
                )
            start, shown = column, back
        end = column + cell_len(text)


def _texts(row: Sequence[_Run], top: int) -> Iterator[str]:
    for column, text, _, fore, style in row:
        for piece in _PIECES.finditer(text):
            word = piece[0]
            at = column + cell_len(text[: piece.start()])
            length = cell_len(word) * CELL_WIDTH
            fixed = f' textLength="{length}"' if len(word) > 1 and word.isascii() else ""
            yield (
                f'<text x="{_MARGIN + at * CELL_WIDTH}" y="{top + _BASELINE}" fill="{fore.hex}"'
                f"{_look(style)}{fixed}>{escape(word, quote=False)}</text>"
            )


def _look(style: Style) -> str:
    parts = []
    if style.bold:
        parts.append(' font-weight="bold"')
    if style.italic:
        parts.append(' font-style="italic"')
    lines = [name for name, on in (("underline", style.underline), ("line-through", style.strike)) if on]
    if lines:
        parts.append(f' text-decoration="{" ".join(lines)}"')
    return "".join(parts)


def png(source: Path, target: Path) -> None:
    """Draw an SVG file as PNG with rsvg-convert (Debian: librsvg2-bin, fonts-firacode). Raises OSError."""
    subprocess.run(["rsvg-convert", "--output", str(target), str(source)], check=True)
