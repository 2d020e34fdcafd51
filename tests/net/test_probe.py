"""Trying an account step by step."""

from __future__ import annotations

import dataclasses
import datetime
import re
import ssl
from pathlib import Path

import pytest
import trustme

from tests.servers import scripted
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import Act, Scripted, rule
from tui.model.account import Account, Auth, Login, Protocol, Security, Server
from tui.model.command import Check
from tui.model.error import SignInNeeded
from tui.model.secret import Secret
from tui.net import probe

IMAP_STEPS = ["name", "port", "encryption", "capabilities", "sign-in", "folders"]


@pytest.fixture
def account(dovecot: Dovecot, user: str) -> Account:
    """An account on the real Dovecot."""
    return Account(
        f"{user}@example.org", imap=dovecot.server("imaps"), pop3=dovecot.server("pop3"),
        smtp=dovecot.server("submission"), login=Login(user), ca_file=dovecot.ca_file,
    )  # fmt: skip


def run(account: Account, password: str | None) -> list[Check]:
    """All checks; those told must be those returned."""
    told: list[Check] = []
    checks = probe.test(account, Secret(password) if password else None, None, told.append)
    assert told == checks
    return checks


@pytest.mark.dovecot
def test_everything_goes_well(account: Account) -> None:
    checks = run(account, PASSWORD)
    assert [each.check for each in checks if each.check.startswith("imap")] == [
        f"imap {s}" for s in IMAP_STEPS
    ]
    assert all(each.ok and not each.exit_code for each in checks)
    assert "TLSv1" in checks[2].detail
    assert "6 folders" in checks[5].detail
    assert [each.check for each in checks if each.check.startswith("smtp")][-1] == "smtp sign-in"
    pop3 = run(dataclasses.replace(account, incoming=Protocol.POP3), PASSWORD)
    assert all(each.ok for each in pop3)
    assert pop3[5].check == "pop3 mail"


@pytest.mark.dovecot
def test_a_wrong_password_names_the_step(account: Account) -> None:
    checks = run(account, "canary-password")
    failed = [each for each in checks if not each.ok]
    assert [each.check for each in failed] == ["imap sign-in", "smtp sign-in"]
    assert all(each.exit_code == 77 and each.fix for each in failed)
    assert "canary" not in repr(checks)


@pytest.mark.dovecot
def test_no_secret_and_no_user_name(account: Account) -> None:
    assert [each.check for each in run(account, None) if not each.ok] == ["imap sign-in", "smtp sign-in"]
    nobody = dataclasses.replace(account, login=None)
    assert [each.check for each in run(nobody, "x") if not each.ok] == ["imap sign-in", "smtp sign-in"]


def test_each_step_can_fail() -> None:
    nowhere = Server("no-such-host.invalid", 993)
    [check] = run(Account("a@example.org", imap=nowhere, login=Login("a")), "x")
    assert (check.check, check.ok, check.exit_code) == ("imap name", False, 69)
    with Scripted(scripted.IMAP_GREETING, scripted.imap(rule(rb" LIST ", b"{tag} NO x\r\n"))) as server:
        account = Account("a@example.org", imap=server.server(), login=Login("a"))
        assert run(account, "x")[-1].check == "imap sign-in"
        tls = dataclasses.replace(account, imap=server.server(Security.TLS))
        assert run(tls, "x")[-1].check == "imap encryption"
    [*_, check] = run(account, "x")  # nobody listens any more
    assert check.check == "imap port"
    assert "refused" in check.detail.lower()


def test_each_half_alone_asks_for_its_secret_only_when_it_signs_in() -> None:
    asked: list[str] = []

    def refuse() -> Secret:
        asked.append("secret")
        raise SignInNeeded("The keyring is locked.", "Unlock it.")

    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        account = Account("a@example.org", smtp=server.server(), login=Login("a"))
        assert probe.receiving(account, refuse, lambda _: None) == []
        checks = probe.sending(account, refuse, lambda check: asked.append(check.check))
    assert asked == [
        "smtp name",
        "smtp port",
        "smtp encryption",
        "smtp capabilities",
        "secret",
        "smtp sign-in",
    ]
    assert (checks[-1].ok, checks[-1].detail, checks[-1].fix) == (
        False,
        "The keyring is locked.",
        "Unlock it.",
    )
    assert "IPv4 127.0.0.1; IPv6 none" in checks[0].detail
    assert checks[3].detail == "auth PLAIN LOGIN, help, size 1000"
    assert re.fullmatch(r"IPv4 127\.0\.0\.1 answers in \d+ ms", checks[1].detail)


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "today"), (0.5, "today"), (1.5, "tomorrow"), (9.5, "in 9 days"), (13.9, "in 13 days"), (14.1, "")],
)
def test_a_certificate_that_ends_soon(days: float, words: str) -> None:
    until = "Nov 23 12:00:00 2026 GMT"
    found = probe.ends_soon(until, ssl.cert_time_to_seconds(until) - days * 86_400)
    assert words in found
    assert bool(words) == bool(found)
    assert probe.ends_soon("unknown", 0) == ""


def test_a_certificate_near_its_end_is_said_and_is_no_failure(tmp_path: Path) -> None:
    authority = trustme.CA()
    now = datetime.datetime.now(datetime.UTC)
    issued = authority.issue_cert("127.0.0.1", not_after=now + datetime.timedelta(days=3, hours=1))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "leaf.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "leaf.pem")
    with Scripted(scripted.SMTP_GREETING, scripted.smtp(), context=context) as server:
        account = Account(
            "a@example.org",
            smtp=server.server(Security.TLS),
            login=Login("a"),
            ca_file=str(tmp_path / "ca.pem"),
        )
        checks = probe.sending(account, lambda: Secret("long-enough"), lambda _: None)
    assert all(check.ok for check in checks)
    assert "ends in 3 days" in checks[2].fix
    assert "TLSv1" in checks[2].detail


def test_a_yes_that_opens_no_mailbox_is_none() -> None:
    """Exchange says OK to a token of another mailbox, and refuses what comes next."""
    refusal = (
        b"{tag} BAD User is authenticated but not connected.\r\n* BYE Connection closed. 14\r\n",
        Act.CLOSE,
    )
    rules = scripted.imap(rule(rb" LIST ", refusal), capability=b"IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2")
    with Scripted(scripted.IMAP_GREETING, rules) as server:
        account = Account("a@example.org", imap=server.server(), login=Login("a", Auth.OAUTH2))
        check = run(account, "token")[-1]
    assert (check.check, check.ok, check.exit_code) == ("imap sign-in", False, 77)
    assert "mailbox did not open" in check.detail
    assert "another mailbox" in check.fix
    assert "switched off" in check.fix


def test_sending_only() -> None:
    with Scripted(scripted.SMTP_GREETING, scripted.smtp()) as server:
        account = Account(
            "a@example.org",
            incoming=Protocol.NONE,
            smtp=server.server(),
            login=Login("a"),
            smtp_login=Login("api"),
        )
        told: list[Check] = []
        checks = probe.test(account, None, Secret("long-enough"), told.append)
        assert checks[-1].check == "smtp sign-in"
        assert checks[-1].ok
        assert b"AGFwaQBsb25nLWVub3VnaA==\r\n" in server.lines
