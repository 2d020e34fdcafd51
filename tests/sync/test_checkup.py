"""Checking everything: this computer, and accounts on real servers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.config import stores
from tests.rig import Rig, RigMaker
from tests.servers import scripted
from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tests.servers.scripted import Act, Scripted
from tests.sync.signing_in import by_token, on_dovecot, signed_in_before
from tui.config.settings import save_account
from tui.model.account import Account, Auth, Login, Protocol, SecretSource
from tui.model.command import Check, Diagnose, GoOffline, ReloadSettings
from tui.model.error import NotFound
from tui.model.event import Checked
from tui.model.report import report
from tui.model.secret import Secret
from tui.sync.checkup import skew

COMPUTER = ["versions", "folders", "configuration", "store", "clock", "terminal", "keyring"]
RECEIVING = [f"imap {step}" for step in ("name", "port", "encryption", "capabilities", "sign-in", "folders")]
SENDING = [f"smtp {step}" for step in ("name", "port", "encryption", "capabilities", "sign-in")]


@pytest.fixture(autouse=True)
def store() -> Iterator[stores.Memory]:
    """A password store that works."""
    with stores.keyring_of(stores.Memory()) as made:
        yield made


def checked(rig: Rig, account: str = "") -> list[Checked]:
    """What was told; it must be what was answered."""
    answered = rig.ask(Diagnose(account), 60)
    told = [event for event in rig.events if isinstance(event, Checked)]
    assert sorted(id(one.check) for one in told) == sorted(id(check) for check in answered)
    return told


def of(told: list[Checked], account: str, half: str = "") -> list[Check]:
    return [one.check for one in told if one.account == account and one.check.check.startswith(half)]


@pytest.mark.dovecot
def test_everything_is_well(make_rig: RigMaker, account: Account) -> None:
    told = checked(make_rig(account))
    assert [check.check for check in of(told, "")] == COMPUTER
    assert [check.check for check in of(told, account.address, "imap")] == RECEIVING
    assert [check.check for check in of(told, account.address, "smtp")] == SENDING
    assert all(one.check.ok for one in told)
    assert any(check.seconds > 0 for check in of(told, account.address))


@pytest.mark.dovecot
def test_pop3_counts_by_its_list(make_rig: RigMaker, account: Account, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, b"Subject: x\r\n\r\nx\r\n")
    told = checked(make_rig(replace(account, incoming=Protocol.POP3)))
    assert of(told, account.address, "pop3 mail")[0].detail == "1 messages"


@pytest.mark.dovecot
def test_a_wrong_password_is_named_in_both_halves(make_rig: RigMaker, account: Account) -> None:
    told = checked(make_rig(account, secret=Secret("canary-password")))
    failed = [one.check for one in told if not one.check.ok]
    assert sorted(check.check for check in failed) == ["imap sign-in", "smtp sign-in"]
    assert all(check.fix and check.exit_code == 77 for check in failed)
    text = report(told, (account,))
    assert "canary" not in repr(told) + text
    assert account.address not in text


def test_halves_and_accounts_do_not_wait_for_each_other(make_rig: RigMaker) -> None:
    """Two servers that say nothing, and a third that is none the slower for it."""
    slow = (Act.STALL,)
    with (
        Scripted(slow, []) as one,
        Scripted(slow, []) as two,
        Scripted(scripted.IMAP_GREETING, scripted.imap()) as good,
    ):
        login = Login("a", source=SecretSource.SESSION)
        first = Account("a@example.org", imap=one.server(), smtp=two.server(), login=login)
        second = Account("b@example.org", imap=good.server(), login=login)
        rig = make_rig(first)
        save_account(rig.paths.config_file, second)
        rig.ask(ReloadSettings())
        rig.engine._context.secrets.remember(second.address, "incoming", Secret("long-enough"))
        answer = rig.engine.post(Diagnose())
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            told = [event for event in rig.events if isinstance(event, Checked)]
            if len(of(told, second.address)) == 6 and len(of(told, first.address)) == 6:
                break
            time.sleep(0.02)
        assert [check.check for check in of(told, second.address)] == RECEIVING
        assert len(of(told, first.address, "imap")) == len(of(told, first.address, "smtp")) == 3
        assert not answer.done()
    answer.result(30)


def test_offline_only_this_computer_is_looked_at(make_rig: RigMaker) -> None:
    with Scripted(scripted.IMAP_GREETING, scripted.imap()) as server:
        account = Account(
            "a@example.org", imap=server.server(), login=Login("a", source=SecretSource.SESSION)
        )
        rig = make_rig(account)
        rig.ask(GoOffline(True))
        told = checked(rig)
        assert server.lines == []
    assert [check.check for check in of(told, "")] == [*COMPUTER, "network"]
    assert of(told, account.address) == []


def test_one_account_of_several(make_rig: RigMaker) -> None:
    login = Login("a", source=SecretSource.SESSION)
    with Scripted(scripted.IMAP_GREETING, scripted.imap()) as server:
        rig = make_rig(Account("a@example.org", imap=server.server(), login=login))
        save_account(rig.paths.config_file, Account("b@example.org", imap=server.server(), login=login))
        rig.ask(ReloadSettings())
        told = checked(rig, "A@example.org")
    assert {one.account for one in told} == {"", "a@example.org"}
    with pytest.raises(NotFound):
        rig.ask(Diagnose("nobody@example.org"))


@pytest.mark.dovecot
def test_a_sign_in_by_token(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, user: str
) -> None:
    account = on_dovecot(identity, oauth_dovecot, f"{user}@localhost.example")
    identity.user = account.address
    signed_in_before(identity, account)
    told = checked(make_rig(account))
    assert [one for one in told if not one.check.ok] == []
    (token,) = of(told, account.address, "token")
    assert (
        f"signed in as {account.address}; last renewed less than a minute ago; the access token"
        in token.detail
    )
    assert "SMTP.Send" in token.detail
    assert of(told, "", "clock compared")[0].detail == "right to half a minute"
    text = report(told, (account,))
    assert account.address not in text
    assert user not in text
    assert "SMTP.Send" in text


def test_nobody_is_signed_in_and_the_clock_is_wrong(make_rig: RigMaker, identity: IdentityServer) -> None:
    identity.clock_ahead = 900
    with Scripted(scripted.IMAP_GREETING, scripted.imap(capability=b"IMAP4rev1 AUTH=XOAUTH2")) as server:
        account = by_token(identity, "you@example.org", imap=server.server())
        rig = make_rig(account)
        rig.engine._context.secrets.delete(account.address, "incoming")
        told = checked(rig)
    failed = {one.check.check: one.check for one in told if not one.check.ok}
    assert set(failed) == {"imap sign-in", "clock compared"}
    assert "behind the sign-in service's" in failed["clock compared"].detail
    (token,) = of(told, account.address, "token")
    assert token.detail == "no sign-in is kept"
    assert "account login you@example.org" in token.fix


def test_a_token_of_ones_own_command_asks_no_service(make_rig: RigMaker, identity: IdentityServer) -> None:
    login = Login("you", Auth.OAUTH2, SecretSource.COMMAND, "echo long-enough")
    with Scripted(scripted.IMAP_GREETING, scripted.imap(capability=b"IMAP4rev1 AUTH=XOAUTH2")) as server:
        account = by_token(identity, "you@example.org", imap=server.server(), login=login)
        told = checked(make_rig(account))
    assert of(told, account.address, "token")[0].detail == "printed by your own command"
    assert of(told, "", "clock compared") == []
    assert not identity.asked


@pytest.mark.parametrize(
    ("ahead", "ok", "words"),
    [
        (0.0, True, "right to half a minute"),
        (-29.0, True, "right to half a minute"),
        (60.0, True, "60 seconds ahead of"),
        (-299.0, True, "299 seconds behind"),
        (301.0, False, "301 seconds ahead of"),
        (-4000.0, False, "4000 seconds behind"),
    ],
)
def test_a_clock_beside_another(ahead: float, ok: bool, words: str) -> None:
    check = skew(ahead)
    assert check.ok is ok
    assert words in check.detail
    assert bool(check.exit_code) is not ok
