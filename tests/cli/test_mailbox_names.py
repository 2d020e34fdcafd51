"""Names of folders in a Maildir++ and on the disk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cli.mailbox_names import disk_levels, maildir_levels, maildir_name

LEVEL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("levels", "name"),
    [
        ((), ""),
        (("Archive",), ".Archive"),
        (("Projects", "2026"), ".Projects.2026"),
        (("Entwürfe",), ".Entw&APw-rfe"),
        (("R&D",), ".R&-D"),
        (("v1.2",), r".v1\2e2"),
        (("..", "x"), r".\2e\2e.x"),
        (("a/b",), r".a\2fb"),
    ],
)
def test_as_servers_write_them(levels: tuple[str, ...], name: str) -> None:
    assert maildir_name(levels) == name
    assert maildir_levels(name) == levels


@given(st.lists(LEVEL, min_size=1, max_size=4).map(tuple))
def test_every_name_comes_back(levels: tuple[str, ...]) -> None:
    name = maildir_name(levels)
    assert name.isascii() and "/" not in name and name not in (".", "..")
    assert maildir_levels(name) == levels


@pytest.mark.parametrize("name", [".Entwürfe", ".a&b", ".a&!-", ".&AP-"])
def test_what_is_no_modified_utf_7_stands_for_itself(name: str) -> None:
    assert maildir_levels(name) == (name[1:],)


def test_no_name_leads_out_of_its_place() -> None:
    for level in disk_levels(("..", "/etc", "a/../b", ".ssh", "\n")):
        assert "/" not in level and level not in ("", ".", "..") and not level.startswith(".")
