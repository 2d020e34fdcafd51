"""`account show`: the account, and what it has on this disk."""

from __future__ import annotations

from tests.cli.program import Program
from tests.store.samples import FOLDERS, START, local, message, whole
from tui.cli.records import iso
from tui.config import paths
from tui.model.account import Protocol
from tui.store.reader import Reader
from tui.store.writer import Writer

ME = "you@contoso.example"


def account(program: Program) -> None:
    """An account that was never tried."""
    added = program(
        "account", "add", ME, "--provider", "other", "--imap-host", "imap.contoso.example",
        "--smtp-host", "smtp.contoso.example", "--no-test", "--password-command", "printf hunter2",
    )  # fmt: skip
    assert added.code == 0, added.err


def fill(program: Program) -> None:
    """Mail in the inbox, one message by its header only, another kept on this computer."""
    with Writer(paths.find(str(program.home)).database) as writer:
        writer.account(ME, Protocol.IMAP)
        writer.folders(ME, FOLDERS)
        with Reader(paths.find(str(program.home)).database) as reader:
            inbox = reader.folder_named(ME, "INBOX")
        assert inbox is not None
        writer.added(inbox.id, [whole(1, size=2_500_000), message(2, size=4_000)])
        writer.append(writer.local_folder(ME, "Old/mail"), [local(3, size=1_000)])


def test_for_people(program: Program) -> None:
    account(program)
    fill(program)
    shown = program("account", "show").out
    assert "imap-host" in shown
    assert "3 messages, 2 here whole: 2.5 MB. 1 message is here with the header only" in shown
    rows = {line.split("  ")[0]: line.split() for line in shown.splitlines()}
    assert rows["INBOX"][1:6] == ["2", "2", "1", "1", "0"]
    assert rows["Old/mail"][1:6] == ["1", "0", "1", "0", "1"]
    assert "1 message in folders of this computer" in shown
    assert "are free on this disk" in shown


def test_for_programs(program: Program) -> None:
    account(program)
    fill(program)
    record = program.json("account", "show").record
    assert record["address"] == ME
    disk = record["disk"]
    inbox = next(one for one in disk["folders"] if one["name"] == "INBOX")
    assert inbox == {
        "name": "INBOX", "local": False, "messages": 2, "on_server": 2, "whole": 1, "headers_only": 1,
        "only_here": 0, "octets": 2_500_000, "octets_with_attachments": 0, "octets_missing": 4_000,
        "oldest_whole": iso(START + 1), "vanished": 0, "first_goes": None,
    }  # fmt: skip
    assert (disk["changes_waiting"], disk["changes_refused"], disk["outbox"], disk["drafts"]) == (0, 0, 0, 0)
    assert disk["store"] == str(paths.find(str(program.home)).database)
    assert disk["store_octets"] > 0
    assert disk["free_octets"] > 0


def test_before_any_mail_has_come(program: Program) -> None:
    account(program)
    assert "No mail of this account is on this computer yet." in program("account", "show").out
    assert program.json("account", "show").record["disk"]["folders"] == []


def test_the_account_is_shown_all_the_same_where_the_store_cannot_be_read(program: Program) -> None:
    account(program)
    database = paths.find(str(program.home)).database
    for file in database.parent.glob("mail.db*"):
        file.unlink()
    database.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    shown = program.json("account", "show")
    assert (shown.code, shown.record["disk"], shown.record["address"]) == (0, None, ME)
    assert "store" in shown.err
    assert "imap-host" in program("account", "show").out
