"""`doctor` on its own: what it prints, for whom, and how it ends."""

from __future__ import annotations

import re

import pytest

from tests.cli.program import Program
from tests.servers import scripted
from tests.servers.scripted import Scripted, rule

COMPUTER = ["versions", "folders", "configuration", "store", "clock", "terminal", "keyring"]
REFUSING = rule(
    rb"^(AUTH|AHl|eW9)", b"535 5.7.8 canary-user@canary.example is not welcome at mx.canary.example\r\n"
)


def add(program: Program, server: Scripted, address: str) -> None:
    """Set up an account that only sends, untried."""
    where = ("--smtp-host", "127.0.0.1", "--smtp-port", server.port, "--smtp-security", "plain")
    how = ("--no-test", "--incoming", "none", "--password-command", "echo canary-pw")
    program("account", "add", address, *how, *where)


def test_without_accounts_this_computer_is_checked(program: Program) -> None:
    records = program.json("doctor").records
    assert [record["check"] for record in records] == COMPUTER
    assert all(set(record) == {"check", "ok", "detail", "fix"} for record in records)
    assert "account add" in records[2]["fix"]


def test_each_line_of_an_account_names_it(program: Program) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        add(program, server, "a@example.org")
        add(program, server, "b@example.org")
        records = program.json("doctor").records
        text = program("doctor").out
        one = program.json("--account", "b@example.org", "doctor").records
    accounts = [record.get("account", "") for record in records]
    assert accounts.count("a@example.org") == accounts.count("b@example.org") == 5
    assert [record["check"] for record in records if "account" not in record] == COMPUTER
    assert re.search(r"^ok    a@example\.org: smtp sign-in", text, re.MULTILINE)
    assert {record.get("account", "") for record in one} == {"", "b@example.org"}


def test_the_worst_finding_is_the_exit_code(program: Program) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp(REFUSING)) as server:
        add(program, server, "a@example.org")
        result = program.json("doctor", code=77)
    (failed,) = [record for record in result.records if not record["ok"]]
    assert failed["check"] == "smtp sign-in"
    assert failed["fix"]


def test_offline_no_server_is_asked(program: Program) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        add(program, server, "a@example.org")
        records = program.json("--offline", "doctor").records
        assert server.lines == []
    assert [record["check"] for record in records] == COMPUTER


def test_a_report_has_nothing_personal_in_it(program: Program) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp(REFUSING)) as server:
        add(program, server, "canary-user@canary.example")
        result = program("doctor", "--report", code=77)
        record = program.json("doctor", "--report", code=77).record
    for text in (result.out, record["report"]):
        assert "Account 1: another mail service, only sends, signs in by password, kept in command" in text
        assert "FAIL  smtp sign-in" in text
        assert "535 5.7.8" in text
        assert "canary" not in text.lower()
        assert str(program.home) not in text
    assert "canary" not in result.err


def test_an_account_nobody_set_up(program: Program) -> None:
    assert (
        "no account nobody@example.org" in program("--account", "nobody@example.org", "doctor", code=66).err
    )


@pytest.mark.parametrize(("file", "code"), [("config/config.toml", 78), ("data/mail.db", 74)])
def test_where_nothing_can_be_started_the_checks_say_why(program: Program, file: str, code: int) -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        add(program, server, "a@example.org")
        (program.home / file).write_bytes(b"[broken" * 200)
        records = program.json("doctor", code=code).records
    assert [record["check"] for record in records] == COMPUTER
    assert [record["check"] for record in records if not record["ok"]]
