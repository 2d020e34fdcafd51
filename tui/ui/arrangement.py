"""Which panes stand where for a size of the terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
TWO_PANES, THREE_PANES = 80, 120

_FOLDERS_LEAST, _FOLDERS_MOST = 14, 44
_LIST_LEAST, _READING_LEAST = 28, 40
_ROWS_LEAST = 5


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the person has dragged: cells of the folder tree and the list, lines of a list above the reading
    pane; 0 where nothing was chosen."""

    folders: int = 0
    list: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Cells of each pane, 0 for one that is not shown. `rows` are the list's lines where reading is below it,
    else 0. `fits` is False where the terminal is too small for anything."""

    folders: int = 0
    list: int = 0
    reading: int = 0
    rows: int = 0
    fits: bool = True


def arranged(
    width: int, height: int, *, opened: bool, browsing: bool, setting: str, sizes: Sizes
) -> Arrangement:
    """The panes for a terminal of that size.

    `opened`: a message was opened for reading; `browsing`: the folders were asked for (these matter where not
    everything fits); `setting` is the reading pane's place: auto, right or below.
    """
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return Arrangement(fits=False)
    if width < TWO_PANES:
        return _one_pane(width, opened, browsing)
    folders = _clamp(sizes.folders or max(20, min(30, width // 5)), _FOLDERS_LEAST, _FOLDERS_MOST)
    rest = width - folders - 1
    if setting == "below" and height >= 24:
        rows = _clamp(sizes.rows or height * 2 // 5, _ROWS_LEAST, height - 10)
        return Arrangement(folders, rest, rest, rows)
    if width < THREE_PANES:
        if opened:
            return Arrangement(reading=width) if width < 100 else Arrangement(folders, reading=rest)
        return Arrangement(folders, rest)
    most = rest - 1 - _READING_LEAST
    listed = _clamp(sizes.list or rest * 9 // 20, _LIST_LEAST, most)
    return Arrangement(folders, listed, rest - 1 - listed)


def resized(sizes: Sizes, now: Arrangement, pane: str, by: int) -> Sizes:
    """The sizes after `pane` (folders, list, rows or reading) has grown by so many cells or lines."""
    if pane == "folders":
        return replace(sizes, folders=_clamp(now.folders + by, _FOLDERS_LEAST, _FOLDERS_MOST))
    if now.rows:
        grown = by if pane in {"list", "rows"} else -by
        return replace(sizes, rows=max(_ROWS_LEAST, now.rows + grown))
    return replace(sizes, list=max(_LIST_LEAST, now.list + (by if pane == "list" else -by)))


def _one_pane(width: int, opened: bool, browsing: bool) -> Arrangement:
    if browsing:
        return Arrangement(folders=width)
    return Arrangement(reading=width) if opened else Arrangement(list=width)


def _clamp(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
