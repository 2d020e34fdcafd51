"""Text cut and padded to exact screen cells, on the borders of what people see as one character.

Columns must not move whatever a subject holds. Rich measures what Textual draws; where terminals are known
to disagree with it (emoji joined or coloured by following characters), the text is first made plain.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len, split_graphemes

from tui.model.safe_text import isolated

# Variation selectors, joiner, keycap mark and skin tones: each terminal counts them its own way.
_UNSTABLE = re.compile("[\ufe00-\ufe0f\u200d\u20e3]|(?<=[\u2600-\U0001faff])[\U0001f3fb-\U0001f3ff]")

# A flag is a pair of letters that terminals draw as one picture, two, or none: the letters say the same.
_FLAG_LETTERS = {0x1F1E6 + letter: chr(ord("A") + letter) for letter in range(26)}


def stable(text: str) -> str:
    """The text without what terminals disagree on how wide it is; flags become their letters."""
    return text if text.isascii() else _UNSTABLE.sub("", text).translate(_FLAG_LETTERS)


def cut(text: str, width: int) -> str:
    """The text cut to at most `width` cells, with "…" as its last cell where something is missing."""
    if len(text) <= width and text.isascii():
        return text
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    room, end = width - 1, 0
    for start, stop, cells in split_graphemes(text[: width * 12])[0]:
        if cells > room:
            end = start
            break
        room -= cells
        end = stop
    return text[:end].rstrip(" ") + "…"


@lru_cache(maxsize=4096)
def fit(text: str, width: int, right: bool = False) -> str:
    """The text in exactly `width` cells: stable, cut with "…", padded (on the left if `right`)."""
    text = cut(stable(text), width)
    pad = " " * max(0, width - cell_len(text))
    return pad + text if right else text + pad


def column(text: str, width: int, right: bool = False) -> str:
    """A table cell: `fit`, and right-to-left text kept from reordering its neighbours."""
    return isolated(fit(text, width, right))
