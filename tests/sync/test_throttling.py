"""A sign-in refused right after a good one, and what waits for another network."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rig import RigMaker, until
from tests.servers import scripted
from tests.servers.certificates import Certificates
from tests.servers.scripted import IMAP_GREETING, SMTP_GREETING, Act, Scripted, rule, smtp
from tests.sync.outboxes import FIRST, QUEUED, SENT, account_at, queued, row, senders, sending, state
from tui.model.account import Account, Login, Protocol, SecretSource, Security, Server
from tui.model.command import SendNow, SignIn
from tui.model.event import Phase
from tui.model.secret import Secret
from tui.sync.surroundings import Surroundings

WORD = rb"^[A-Za-z0-9+/=]{8,}\r\n$"


def test_sending_waits_when_a_password_is_refused_that_was_just_taken(tmp_path: Path) -> None:
    rules = rule(WORD, b"235 in\r\n", b"535 5.7.8 Authentication failed\r\n")
    with (
        Scripted(SMTP_GREETING, smtp(rules)) as server,
        sending(tmp_path, account_at(server.server(), username="you"), watch=False) as rig,
    ):
        first, second = queued(rig, 1), queued(rig, 2)
        rig.ask(SendNow((first,)))
        assert state(rig, first) is SENT
        until(lambda: not senders())
        rig.ask(SendNow((second,)))
        found = row(rig, second)
    assert found.state is QUEUED and found.attempts == 1
    assert 50 <= found.due - time.time() <= 70
    assert "no more sign-ins" in found.explanation
    assert rig.engine.status(FIRST).phase is not Phase.SIGN_IN
    assert server.connections == 2


def test_receiving_waits_too_and_asks_for_a_password_only_when_it_lasts(
    make_rig: RigMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.connecting.WAITS", (0.1, 0.2, 0.4))
    monkeypatch.setattr("tui.sync.connecting.PASSWORD_LATELY", 1.0)
    no = b"{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"
    empty = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 3] ok\r\n{tag} OK [READ-WRITE] ok\r\n"
    rules = scripted.imap(
        rule(WORD, b"{tag} OK in\r\n", no),
        rule(rb" (SELECT|EXAMINE) ", empty),
        rule(rb" IDLE", (b"+ idling\r\n", Act.CLOSE)),
    )
    with Scripted(IMAP_GREETING, rules) as server:
        account = Account(
            "you@localhost.example",
            incoming=Protocol.IMAP,
            imap=server.server(),
            login=Login("you", source=SecretSource.SESSION),
        )
        rig = make_rig(account, watch=True)
        until(lambda: rig.engine.status(account.address).phase is Phase.BUSY)
        assert "no more sign-ins" in rig.engine.status(account.address).what
        until(lambda: rig.engine.status(account.address).phase is Phase.SIGN_IN)
        assert 3 <= server.connections <= 6
        made = server.connections
        time.sleep(0.5)
        assert server.connections == made, "the person is waited for"
        rig.ask(SignIn(account.address, Secret("another"), remember=False))
        until(lambda: server.connections > made)
        rig.engine.close()


def test_mail_that_found_no_way_leaves_as_soon_as_there_is_another_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [False]
    monkeypatch.setattr(Surroundings, "changed", lambda _: changed[0])
    with Scripted(SMTP_GREETING, smtp()) as server:
        port = server.port
    with sending(tmp_path, account_at(Server("127.0.0.1", port, Security.PLAIN))) as rig:
        numbers = [queued(rig, one) for one in range(3)]
        until(lambda: all(row(rig, one).last_error for one in numbers))
        assert all(row(rig, one).due > time.time() + 50 for one in numbers)
        with Scripted(SMTP_GREETING, smtp(), port=port):
            time.sleep(0.3)
            assert state(rig, numbers[0]) is QUEUED
            changed[0] = True
            until(lambda: all(state(rig, one) is SENT for one in numbers), 3.0)


def test_mail_that_met_a_portal_leaves_from_another_network(
    tmp_path: Path, certs: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [False]
    monkeypatch.setattr(Surroundings, "changed", lambda _: changed[0])
    with Scripted(b"", [], context=certs.server_context(certs.wrong_host)) as portal:
        port = portal.port
        account = account_at(portal.server(Security.TLS, "localhost"))
        with sending(tmp_path, replace(account, ca_file=str(certs.ca))) as rig:
            number = queued(rig, 1)
            until(lambda: row(rig, number).last_error)
            portal.__exit__(None, None, None)
            with Scripted(SMTP_GREETING, smtp(), context=certs.server_context(), port=port):
                time.sleep(0.3)
                assert state(rig, number) is QUEUED
                changed[0] = True
                until(lambda: state(rig, number) is SENT, 3.0)
