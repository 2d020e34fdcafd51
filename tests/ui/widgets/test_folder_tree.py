from __future__ import annotations

import pytest

from tests.ui import attacks
from tests.ui.widgets.host import Host
from tui.ui.places import Node, Place
from tui.ui.widgets.folder_tree import FolderTree

NODES = [
    Node("account", "account:a", "you@example.org", mark="●", tone="good", folded=False),
    Node("folder", "folder:1", "Inbox", 1, 12, True, place=Place(1)),
    Node("folder", "folder:2", "Work", 1, folded=False, place=Place(2)),
    Node("folder", "folder:3", "Harbour", 2, 1, place=Place(3)),
    Node("folder", "folder:4", "Shared", 1),
]


def host() -> tuple[Host, FolderTree]:
    tree = FolderTree()
    return Host(tree, FolderTree.Chosen, FolderTree.Folded), tree


async def test_it_shows_names_and_counts() -> None:
    app, tree = host()
    async with app.run_test(size=(24, 10)) as pilot:
        tree.show(NODES, "folder:1")
        await pilot.pause()
        lines = [line.rstrip() for line in app.shown()[1:6]]
    assert lines == [
        " ● you@example.org",
        "   Inbox             12",
        " ▾ Work",
        "     Harbour          1",
        "   Shared",
    ]


async def test_keys() -> None:
    app, tree = host()
    async with app.run_test(size=(24, 10)) as pilot:
        tree.show(NODES, "folder:1")
        await pilot.press("home", "enter", "j", "enter", "j", "space", "end", "enter")
    heard = [(type(one).__name__, one.node.label) for one in app.heard]
    assert heard == [("Folded", "you@example.org"), ("Chosen", "Inbox"), ("Folded", "Work")]


async def test_the_mouse_opens_and_folds() -> None:
    app, tree = host()
    async with app.run_test(size=(24, 10)) as pilot:
        tree.show(NODES, "folder:1")
        await pilot.click(tree, offset=(6, 4))
        await pilot.click(tree, offset=(1, 3))
    assert [(type(one).__name__, one.node.label) for one in app.heard] == [
        ("Chosen", "Harbour"),
        ("Folded", "Work"),
    ]


async def test_the_cursor_stays_on_its_folder() -> None:
    app, tree = host()
    async with app.run_test(size=(24, 10)):
        tree.show(NODES, "folder:1")
        tree.point_at("folder:3")
        tree.show([NODES[0], *NODES[2:]], "folder:3")
        assert tree.nodes[tree.cursor].key == "folder:3"


async def test_digits_count_what_can_be_opened() -> None:
    app, tree = host()
    async with app.run_test(size=(24, 10)):
        tree.show(NODES, "folder:1")
        assert [node.label for number in (1, 2, 3, 4) if (node := tree.numbered(number))] == [
            "Inbox",
            "Work",
            "Harbour",
        ]


@pytest.mark.parametrize("string", attacks.ALL)
async def test_names_cannot_do_anything_to_the_screen(string: str) -> None:
    from tui.model.safe_text import safe_line

    app, tree = host()
    async with app.run_test(size=(24, 10)) as pilot:
        tree.show([Node("folder", "folder:1", safe_line(string), 1, 7, place=Place(1))], "folder:1")
        await pilot.click(tree, offset=(4, 1))
        line = app.shown()[1]
        assert attacks.is_clean(line)
        assert "7" in line
