"""What is on this disk, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.cells import cells
from tui.model.folder import Role
from tui.store.reader import Holding, Holdings
from tui.ui import disk_words

NOW = 1_790_000_000.0
DAY = 86_400


def holding(name: str = "INBOX", **changes: Any) -> Holding:
    """A folder whose ten messages are all here whole and on the server."""
    values: dict[str, Any] = {
        "folder": 1, "name": name, "role": Role.NONE, "local": False, "messages": 10, "on_server": 10,
        "bodies": 10, "octets": 2_500_000, "with_files": 0, "missing": 0, "oldest": 0, "left": 0, "held": 0,
        "goes": 0,
    }  # fmt: skip
    return Holding(**(values | changes))


def holdings(*folders: Holding, **changes: Any) -> Holdings:
    """An account with these folders, of which nothing waits."""
    values: dict[str, Any] = {
        "waiting": 0, "refused": 0, "outbox": 0, "drafts": 0, "to_index": 0, "path": Path("/data/mail.db"),
        "store_octets": 3_000_000, "free_octets": 75_000_000_000,
    }  # fmt: skip
    return Holdings("you@example.org", folders, **(values | changes))


BASKET = holding(
    "Removed from server", local=True, messages=2, bodies=2, on_server=0, goes=int(NOW) + 12 * DAY
)


def test_how_much_is_here() -> None:
    assert disk_words.summary(holdings()) == "No mail of this account is on this computer yet."
    assert disk_words.summary(holdings(holding())) == "10 messages, all here whole: 2.5 MB."
    some = holding(bodies=9, missing=4_000_000, with_files=1_000_000)
    assert disk_words.summary(holdings(some)) == (
        "10 messages, 9 here whole: 2.5 MB, 1.0 MB of it in messages with attachments. "
        "1 message is here with the header only (4.0 MB are still on the server)."
    )


def test_a_little_is_not_nothing() -> None:
    assert [disk_words.megabytes(octets) for octets in (0, 1, 49_999, 50_000, 1_240_349_999)] == [
        "0.0", "< 0.1", "< 0.1", "0.1", "1,240.3"
    ]  # fmt: skip


def test_folders_stand_in_the_order_of_the_tree_above_their_sum() -> None:
    found = holdings(
        holding("Projects"),
        BASKET,
        holding("Sent Items", role=Role.SENT, messages=0, on_server=0, bodies=0),
        holding("INBOX", role=Role.INBOX, bodies=7, oldest=int(NOW) - 400 * DAY),
    )
    heading, *rows = disk_words.table(found, 120, NOW)
    assert [row.split("  ")[0] for row in rows] == ["Inbox", "Projects", "Removed from server", "All folders"]
    assert heading.endswith("Header only  Only here         MB  With files  Oldest whole")
    assert rows[0].split()[:6] == ["Inbox", "10", "10", "7", "3", "0"]
    assert rows[-1].split()[2:7] == ["22", "20", "19", "3", "2"]


def test_the_shell_knows_folders_by_their_names() -> None:
    found = holdings(holding("INBOX", role=Role.INBOX), holding("Sent Items", role=Role.SENT))
    rows = disk_words.table(found, 80, NOW, disk_words.full_name)
    assert [row.split("  ")[0] for row in rows[1:]] == ["INBOX", "Sent Items", "All folders"]


def test_a_single_folder_needs_no_sum() -> None:
    assert len(disk_words.table(holdings(holding()), 80, NOW)) == 2
    assert disk_words.table(holdings(holding(messages=0)), 80, NOW) == []


def test_where_there_is_little_room_the_lesser_columns_go() -> None:
    found = holdings(holding("A folder with a name of some length"))
    assert "Header only" in disk_words.table(found, 76, NOW)[0]
    assert "Oldest" not in disk_words.table(found, 76, NOW)[0]
    narrow = disk_words.table(found, 56, NOW)
    assert narrow[0].split() == ["Folder", "Messages", "Whole", "Only", "here", "MB"]
    assert narrow[1].startswith("A folder with")


@given(st.text(max_size=60), st.integers(56, 200), st.integers(0, 10**7), st.integers(0, 10**13))
def test_no_name_or_figure_moves_a_column(name: str, width: int, messages: int, octets: int) -> None:
    found = holdings(holding(name, messages=messages + 1, octets=octets), holding("Other"))
    lines = disk_words.table(found, width, NOW)
    plain = [line.replace("\u2068", "").replace("\u2069", "") for line in lines]
    if octets < 10**12:  # a terabyte of mail may be a cell wider
        assert len({cells(line) for line in plain}) == 1
        assert cells(plain[0]) <= width


def test_what_the_server_has_not_and_why() -> None:
    assert disk_words.only_here(holdings(holding()), NOW) == ["Nothing: all of it is on the server, too."]
    found = holdings(
        BASKET,
        holding("Old mail", local=True, messages=77, on_server=0),
        holding("INBOX", local=True, messages=10, on_server=4, left=5),
        holding("Work", messages=10, on_server=3, held=6),
    )
    assert disk_words.only_here(found, NOW) == [
        "78 messages in folders of this computer: sent, imported or moved there.",
        "5 messages fetched by POP3, and no more on the server.",
        "6 messages that vanished from the server, kept until you decide.",
        "1 message in the server's folders, but not on the server, or not yet.",
        "2 messages in the wastebasket “Removed from server”: the first goes for good in 12 days.",
    ]


@pytest.mark.parametrize(
    ("left", "words"), [(-5, "today"), (DAY // 2, "in 1 day"), (29.5 * DAY, "in 30 days")]
)
def test_when_the_first_goes_for_good(left: float, words: str) -> None:
    (line,) = disk_words.only_here(holdings(holding(on_server=0, goes=int(NOW + left), local=True)), NOW)
    assert line.endswith(f"goes for good {words}.")


def test_what_waits() -> None:
    assert disk_words.waiting(holdings(holding())) == ["Nothing."]
    found = holdings(holding(held=30), waiting=3, refused=1, outbox=2, drafts=1, to_index=1_200)
    assert disk_words.waiting(found) == [
        "3 changes still to be told to the server.",
        "▲ 1 change that the server refused.",
        "▲ 30 messages vanished from INBOX on the server at once; kept here until you decide.",
        "2 mails in the outbox.",
        "1 draft being written.",
        "1,200 messages still to be read by the search.",
    ]


def test_the_store_and_the_room_that_is_left() -> None:
    assert disk_words.store(holdings())[1] == "3.0 MB for all accounts, mail compressed."
    assert disk_words.store(holdings(), "being measured") == [
        "/data/mail.db",
        "3.0 MB for all accounts, mail compressed; search index being measured.",
        "75,000.0 MB are free on this disk.",
    ]
    assert len(disk_words.store(holdings(free_octets=None))) == 2


def test_names_cannot_act_on_the_terminal() -> None:
    found = holdings(holding("a\x1b]52;c;x\x07\u202eb", goes=1, on_server=0, held=1), holding("b"))
    every = [
        *disk_words.table(found, 100, NOW),
        *disk_words.only_here(found, NOW),
        *disk_words.waiting(found),
    ]
    assert not any(char in line for line in every for char in "\x1b\x07\u202e")
