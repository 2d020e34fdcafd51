from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui.ui.arrangement import Sizes
from tui.ui.remembered import Memory, Remembered


def test_what_was_changed_is_there_the_next_time(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.change(sizes=Sizes(25, 50, 10), folded=("folder:3",), place="folder:1", threads=False)
    again = Memory(tmp_path)
    again.load()
    assert again.now == Remembered(Sizes(25, 50, 10), ("folder:3",), "folder:1", "", False)
    assert stat.S_IMODE((tmp_path / "screen.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"sizes": 3}', '{"sizes": {"folders": "x"}}', '{"sizes": {"odd": 1}}', "\0"]
)
def test_a_damaged_file_counts_as_nothing_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "screen.json").write_text(text)
    memory = Memory(tmp_path)
    memory.load()
    assert memory.now == Remembered()


def test_no_folder_to_write_to_is_no_trouble(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "missing")
    memory.load()
    memory.change(place="all")
    assert memory.now.place == "all"
