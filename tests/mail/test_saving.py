from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tui.mail.saving import save
from tui.model.error import CannotCreate


def test_a_file_is_saved_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = save(tmp_path, "report.pdf", b"data")
    finally:
        os.umask(old)
    assert path == tmp_path / "report.pdf"
    assert path.read_bytes() == b"data"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    names = [save(tmp_path, "a.tar.gz", bytes([n])).name for n in range(3)]
    assert names == ["a.tar.gz", "a.tar (2).gz", "a.tar (3).gz"]
    assert save(tmp_path, "plain", b"").name == "plain"
    assert save(tmp_path, "plain", b"").name == "plain (2)"


@pytest.mark.parametrize(
    "name", ["../up.txt", "/etc/passwd", "..\\up.txt", "sub/dir.txt", ".hidden", "-rf", "\0", ".."]
)
def test_nothing_leaves_the_folder(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    assert save(inside, name, b"x").parent == inside
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


def test_no_link_is_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").symlink_to(target)
    assert save(folder, "a.txt", b"x").name == "a (2).txt"
    assert not target.exists()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotCreate) as caught:
        save(tmp_path / "missing", "a.txt", b"x")
    assert caught.value.hint
