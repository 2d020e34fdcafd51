"""The command line over a real Dovecot: TLS, folders of every kind, bytes, flags, both protocols."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from tests.cli.program import Program
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_client import client
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.dovecot

FOLDERS = ["INBOX", "Bills", "Bills/2024 & older", "Reise/Grüße & Pläne", "日本語", "a b"]


def _mail(number: int) -> bytes:
    return (
        f"From: Billing <billing@contoso.example>\r\nTo: you@example.org\r\nSubject: Number {number}\r\n"
        f"Date: {formatdate(1_700_000_000 + number)}\r\nMessage-ID: <{number}@contoso.example>\r\n\r\n"
        f"From the office: {number}\r\n.\r\n\xe9\r\n"
    ).encode("latin-1")


@pytest.fixture
def sample(dovecot: Dovecot, user: str) -> dict[str, list[bytes]]:
    """Two messages in each folder."""
    mails = {name: [_mail(10 * at), _mail(10 * at + 1)] for at, name in enumerate(FOLDERS)}
    for name, found in mails.items():
        for raw in found:
            dovecot.deliver(user, raw, name)
    return mails


def _add(program: Program, dovecot: Dovecot, user: str, *words: object) -> dict[str, Any]:
    """Set up a user's account by TLS, with the password from a command."""
    secret = program.home.parent / "secret"
    secret.write_text(PASSWORD)
    ports = {"imap": dovecot.imaps, "pop3": dovecot.pop3s, "smtp": dovecot.submission}
    named = [(f"--{kind}-host", "localhost", f"--{kind}-port", port) for kind, port in ports.items()]
    servers = [word for words in named for word in words]
    signing_in = ("--username", user, "--password-command", f"cat {secret}", "--ca-file", dovecot.ca_file)
    return program.json(
        "account", "add", f"{user}@example.org", *servers, "--smtp-security", "starttls", *signing_in, *words
    ).record


@pytest.fixture
def filled(program: Program, dovecot: Dovecot, user: str, sample: dict[str, list[bytes]]) -> Program:
    """The program with all of it fetched."""
    _add(program, dovecot, user)
    program("sync")
    return program


def _bytes(program: Program, folder: str) -> list[bytes]:
    rows = program.json("list", "--folder", folder).records
    return sorted(program("read", row["id"], "--raw").raw for row in rows)


def test_every_folder_and_every_byte(filled: Program, sample: dict[str, list[bytes]]) -> None:
    names = {folder["name"] for folder in filled.json("folders").records}
    assert names >= set(FOLDERS)
    for name, mails in sample.items():
        assert _bytes(filled, name) == sorted(mails)


def test_an_unknown_authority_is_never_trusted(program: Program, dovecot: Dovecot, user: str) -> None:
    secret = program.home.parent / "secret"
    secret.write_text(PASSWORD)
    result = program(
        "account", "add", f"{user}@example.org", "--username", user, "--imap-host", "localhost",
        "--imap-port", dovecot.imaps, "--password-command", f"cat {secret}", code=77,
    )  # fmt: skip
    assert "certificate" in result.err.lower()
    assert program.json("account", "list").records == []


def test_flags_go_both_ways(filled: Program, dovecot: Dovecot, user: str) -> None:
    row = filled.json("list").records[0]
    filled("flag", row["id"], "--add", "seen", "--add", "flagged")
    filled("sync")
    letters = [path.name.partition(":2,")[2] for path in (dovecot.folder(user) / "cur").iterdir()]
    assert "FS" in letters
    path = next(path for path in (dovecot.folder(user) / "cur").iterdir() if path.name.endswith(":2,FS"))
    path.rename(path.with_name(path.name.replace(":2,FS", ":2,RS")))
    filled("sync")
    assert filled.json("read", row["id"]).record["id"] == row["id"]
    flags = next(one["flags"] for one in filled.json("list").records if one["id"] == row["id"])
    assert flags == ["seen", "answered"]


def test_switching_both_ways_loses_and_repeats_nothing(
    filled: Program, sample: dict[str, list[bytes]], user: str
) -> None:
    filled("account", "set", f"{user}@example.org", "incoming=pop3")
    assert filled.json("sync").records[-1]["new"] == 0
    for name, mails in sample.items():
        assert _bytes(filled, name) == sorted(mails)
    filled("account", "set", "incoming=imap")
    assert filled.json("sync").records[-1]["new"] == 0
    for name, mails in sample.items():
        assert _bytes(filled, name) == sorted(mails)


@pytest.mark.parametrize("keep", ["leave", "delete"])
def test_pop3_keeps_or_deletes_as_told(
    program: Program, dovecot: Dovecot, user: str, sample: dict[str, list[bytes]], keep: str
) -> None:
    _add(program, dovecot, user, "--incoming", "pop3", "--no-test")
    program("account", "set", f"keep={keep}")
    program("sync")
    left = [path for part in ("new", "cur") for path in (dovecot.folder(user) / part).iterdir()]
    assert len(left) == (2 if keep == "leave" else 0)
    assert _bytes(program, "INBOX") == sorted(sample["INBOX"])
    assert program.json("sync").records[-1]["new"] == 0
    assert len(program.json("list", "--offline").records) == 2


def test_sending_by_submission(filled: Program, sink: SmtpSink, user: str) -> None:
    sent = filled.json(
        "send", "--to", "a@contoso.example", "--bcc", "b@contoso.example", "--subject", "hello"
    ).record
    assert sent["state"] == "sent"
    mail = next(one for one in sink.received if sent["message_id"].encode() in one.raw)
    assert mail.recipients == ("a@contoso.example", "b@contoso.example")
    assert b"b@contoso.example" not in mail.raw
    assert b"\r\nX-" not in mail.raw
    filled("sync")
    role = next(folder["name"] for folder in filled.json("folders").records if folder["role"] == "sent")
    assert [row["message_id"] for row in filled.json("list", "--folder", role).records] == [
        sent["message_id"]
    ]


ANSWERS = [
    ({}, "", "sent", 0),
    ({"a@contoso.example": "550 5.1.1 No such user"}, "", "sent", 76),
    ({"a@contoso.example": "550 5.1.1 No", "b@contoso.example": "550 5.1.1 No"}, "", "failed", 76),
    ({"a@contoso.example": "451 4.3.0 Later", "b@contoso.example": "451 4.3.0 Later"}, "", "queued", 75),
    ({}, "554 5.7.1 Refused", "failed", 76),
    ({}, "451 4.3.0 Later", "queued", 75),
]


@pytest.mark.parametrize(("refuse", "refuse_data", "state", "code"), ANSWERS)
def test_what_the_server_says_is_the_exit_code(
    program: Program,
    plain_sink: SmtpSink,
    refuse: dict[str, str],
    refuse_data: str,
    state: str,
    code: int,
) -> None:
    plain_sink.refuse, plain_sink.refuse_data = refuse, refuse_data
    program(
        "account", "add", "you@example.org", "--incoming", "none", "--smtp-host", "localhost", "--smtp-port",
        plain_sink.port, "--smtp-security", "plain", "--password-command", "echo unused", "--no-test",
    )  # fmt: skip
    words = ("--to", "a@contoso.example", "--cc", "b@contoso.example", "--subject", "x")
    sent = program.json("send", *words, code=code).record
    assert sent["state"] == state
    refused = {one["address"]: one["code"] for one in sent["refused"]}
    assert refused == {address: 550 for address, reply in refuse.items() if reply.startswith("550")}
    assert bool(sent["explanation"]) is bool(code)
    listed = program.json("outbox").records
    assert [row["state"] for row in listed] == ([state] if code else [])
    if state in ("queued", "failed"):
        plain_sink.refuse, plain_sink.refuse_data = {}, ""
        again = program.json("outbox", "retry", sent["id"], code=None)
        assert (again.code, again.record["state"]) in ((0, "sent"), (76, "failed"))


def _remove_there(dovecot: Dovecot, user: str, folder: str, count: int) -> None:
    with client(dovecot, user) as other:
        other.select_folder(folder)
        other.delete_messages(other.search()[:count])
        other.expunge()


def test_a_folder_that_is_empty_all_at_once_waits_for_a_word(
    filled: Program, dovecot: Dovecot, user: str, sample: dict[str, list[bytes]]
) -> None:
    _remove_there(dovecot, user, "Bills", 2)
    for _ in range(2):
        summary = filled("--json", "sync", code=75).records[-1]
        assert summary["event"] == "summary" and summary["gone"] == 0
        assert any("2 messages of Bills vanished" in problem for problem in summary["problems"])
    assert _bytes(filled, "Bills") == sorted(sample["Bills"])


def test_what_was_deleted_elsewhere_rests_here_and_can_be_put_back(
    filled: Program, dovecot: Dovecot, user: str, sample: dict[str, list[bytes]]
) -> None:
    _remove_there(dovecot, user, "Bills", 1)
    filled("sync")
    (row,) = filled.json("list", "--folder", "Removed from server").records
    assert row["on_server"] is False
    filled("move", row["id"], "Bills")
    filled("sync")
    assert _bytes(filled, "Bills") == sorted(sample["Bills"])
    assert all(one["on_server"] for one in filled.json("list", "--folder", "Bills").records)
