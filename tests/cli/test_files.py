"""Files are new, private and never written over another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.cli.files import create, create_beside, make_folder, read_input
from tui.model.error import CannotCreate, NotFound


def test_a_new_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        assert create(tmp_path / "a", b"data")
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_and_a_planted_link_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert not create(tmp_path / "a", b"new")
    assert not create(tmp_path / "link", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert not (tmp_path / "elsewhere").exists()


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    assert create_beside(tmp_path, "plan.pdf", b"1") == (tmp_path / "plan-1.pdf", True)
    assert create_beside(tmp_path, "plan.pdf", b"2") == (tmp_path / "plan-2.pdf", True)
    assert create_beside(tmp_path, "plan.pdf", b"2") == (tmp_path / "plan-2.pdf", False)
    assert create_beside(tmp_path, "README", b"1") == (tmp_path / "README", True)
    assert create_beside(tmp_path, "README", b"2") == (tmp_path / "README-1", True)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CannotCreate):
        make_folder(tmp_path / "file" / "below")
    with pytest.raises(CannotCreate):
        create(tmp_path / "no" / "folder", b"")


def test_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nothing\.eml"):
        read_input(str(tmp_path / "nothing.eml"))
