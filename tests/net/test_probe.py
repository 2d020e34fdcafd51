"""Trying an account step by step."""

from __future__ import annotations

import dataclasses

import pytest

from tests.servers import scripted
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.scripted import Scripted, rule
from tui.model.account import Account, Login, Protocol, Security, Server
from tui.model.command import Check
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
