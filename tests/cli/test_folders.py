"""`folder create|rename|delete` and `changes`, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.sync.letters_in import letter
from tui.demo.demo import Demo
from tui.store.reader import Reader
from tui.store.writer import Writer


def names(program: Program) -> set[str]:
    return {record["name"] for record in program.json("folders").records}


@pytest.fixture
def local(program: Program) -> Program:
    """A program with a POP3 account, whose folders are all local."""
    program(
        "account", "add", "you@example.org", "--incoming", "pop3", "--pop3-host", "localhost", "--smtp-host",
        "localhost", "--password-command", "echo x", "--no-test",
    )  # fmt: skip
    return program


def test_on_this_computer(local: Program, tmp_path: Path) -> None:
    made = local.json("folder", "create", "Projects/2026").record
    assert (made["name"], made["local"], made["total"]) == ("Projects/2026", True, 0)
    (tmp_path / "a.eml").write_bytes(letter(1))
    local("--offline", "import", tmp_path / "a.eml", "--folder", "Projects/2026")
    assert local.json("folder", "rename", "Projects/2026", "Work").record["name"] == "Work"
    assert local.json("folder", "delete", "Work").record == {"deleted": "Work", "messages": 1, "folders": 1}
    assert "Work" not in names(local)
    assert len(local.json("list", "--folder", "Deleted").records) == 1


def test_what_is_kept_of_one_folder(filled: Program) -> None:
    name = next(name for name in names(filled) if "/" in name)

    def kept() -> str:
        return str(filled.json("account", "show").record["offline"])

    record = {"name": name, "offline": "headers"}
    assert filled.json("folder", "set", name, "offline=headers").record == record
    assert kept() == f"all; {name}=headers"
    filled("folder", "set", "INBOX", "offline=90d")
    assert kept() == f"all; {name}=headers; INBOX=90d"
    assert filled.json("folder", "set", name, "offline=default").record["offline"] == "all"
    assert kept() == "all; INBOX=90d"
    wrong = {("INBOX", "offline=soon"): 2, ("INBOX", "colour=red"): 2, ("Nowhere", "offline=all"): 66}
    for words, code in wrong.items():
        filled("folder", "set", *words, code=code)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("create", "two\nlines"), 65),
        (("create", "x" * 5_000), 65),
        (("create", ".."), 65),
        (("create", "inbox"), 76),
        (("rename", "Nowhere", "Elsewhere"), 66),
        (("rename", "INBOX", "Elsewhere"), 76),
        (("delete", "Nowhere"), 66),
        (("delete", "inbox"), 76),
    ],
)
def test_what_cannot_be(local: Program, tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    (tmp_path / "a.eml").write_bytes(letter(1))
    local("--offline", "import", tmp_path / "a.eml")
    result = local("folder", *words, code=code)
    assert "Traceback" not in result.err and result.raw == b""
    assert len(local.json("list").records) == 1


def test_on_a_server(filled: Program, demo: Demo, tmp_path: Path) -> None:
    filled("folder", "create", "Plans")
    assert filled.json("folder", "create", "Plans/2026").record["local"] is False
    row = filled.json("list").records[0]["id"]
    filled("move", row, "Plans/2026")
    filled("folder", "rename", "Plans", "Work")
    filled("sync")
    other = Program(tmp_path / "other")
    other.add(demo)
    other("sync")
    assert {"Work/2026"} <= names(other) and "Plans/2026" not in names(other)
    assert len(other.json("list", "--folder", "Work/2026").records) == 1
    assert filled.json("folder", "delete", "Work").record["messages"] == 1
    filled("sync")
    other("sync")
    assert not any(name.startswith("Work") for name in names(other) | names(filled))
    assert len(other.json("list", "--folder", "Deleted Items").records) >= 1


def test_refused_changes_are_listed_tried_again_and_given_up(filled: Program) -> None:
    assert filled.json("changes").records == []
    filled("changes", "retry", code=66)
    filled("changes", "drop", 1, code=66)
    row = filled.json("list").records[0]
    filled("--offline", "archive", row["id"])
    (waiting,) = filled.json("changes").records
    assert (waiting["change"], waiting["message"], waiting["error"]) == ("move", row["id"], None)
    store = filled.home / "data" / "mail.db"
    with Reader(store) as reader, Writer(store) as writer:
        writer.pending_failed([one.id for one in reader.pending()], "no, \x1b[31msaid the server")
    (refused,) = filled.json("changes", "list").records
    assert refused["error"] == "no, \x1b[31msaid the server"
    assert "\x1b" not in filled("changes").out
    assert filled.json("changes", "drop", refused["id"]).record == {"dropped": 1}
    assert row["id"] in {one["id"] for one in filled.json("list").records}
    filled("--offline", "archive", row["id"])
    with Reader(store) as reader, Writer(store) as writer:
        writer.pending_failed([one.id for one in reader.pending()], "no")
    assert filled.json("changes", "retry").record == {"retried": 1}
    filled("sync")
    assert filled.json("changes").records == []
