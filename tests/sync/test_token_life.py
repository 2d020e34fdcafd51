"""Whole engines, a real Dovecot and a real identity service: tokens that end, are refused and come anew."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from tests.rig import Rig, RigMaker, until
from tests.servers.dovecot import Dovecot, free_port
from tests.servers.identity import IdentityServer
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.letters_in import letter
from tests.sync.signing_in import REFRESHES, kept_token, on_dovecot, signed_in_before
from tui.config import desktop
from tui.model.account import Account, Offline, Protocol
from tui.model.command import BeginSignIn, Fetch, FetchBody, QueueMessage, ReloadSettings, SaveAccount
from tui.model.draft import SendState
from tui.model.event import AccountStatus, Event, Phase, Problem, StatusChanged
from tui.model.sign_in import SignedIn, Way
from tui.store.reader import Reader
from tui.sync import bulk

pytestmark = [pytest.mark.dovecot, pytest.mark.usefixtures("narrow_keyring")]


@pytest.fixture
def account(identity: IdentityServer, oauth_dovecot: Dovecot, user: str) -> Account:
    """An account on Dovecot that was signed in by an earlier run of the program."""
    identity.user = f"{user}@example.org"
    made = on_dovecot(identity, oauth_dovecot, identity.user)
    signed_in_before(identity, made)
    return made


@pytest.fixture
def rig(make_rig: RigMaker, account: Account) -> Rig:
    """An engine that does what it is asked to."""
    return make_rig(account, known=False)


def _phases(rig: Rig) -> list[Phase]:
    """Hear what phases the account goes through from now on."""
    heard: list[Phase] = []

    def listen(event: Event) -> None:
        if isinstance(event, StatusChanged):
            heard.append(rig.engine.status(rig.account.address).phase)

    rig.engine.listen(listen)
    return heard


def _status(rig: Rig) -> AccountStatus:
    return rig.engine.status(rig.account.address)


def _queue(rig: Rig) -> int:
    """Put a mail into the outbox."""
    address = rig.account.address
    number = rig.ask(QueueMessage(address, address, ("friend@contoso.example",), letter(7)))
    assert isinstance(number, int)
    return number


def _state(rig: Rig, number: int) -> SendState:
    with Reader(rig.paths.database) as reader:
        found = reader.outgoing(number)
    assert found is not None
    return found.state


@pytest.mark.parametrize("protocol", [Protocol.IMAP, Protocol.POP3])
def test_a_kept_sign_in_fetches_without_asking(
    make_rig: RigMaker,
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    account: Account,
    protocol: Protocol,
) -> None:
    oauth_dovecot.deliver(account.address, letter(1))
    rig = make_rig(replace(account, incoming=protocol), known=False)
    summary = rig.fetch()
    assert (summary.new, summary.problems) == (1, ())
    assert rig.raw(rig.rows()[0].id) == letter(1)
    assert identity.asked[REFRESHES] == 1, "bodies and headers came by the same token"
    status = rig.engine.status(account.address)
    assert abs(status.fetched - time.time()) < 10
    assert abs(status.token_until - time.time() - identity.lifetime) < 10
    assert not status.pushed, "this engine does not watch"


@pytest.mark.parametrize("protocol", [Protocol.IMAP, Protocol.POP3])
def test_a_token_that_ends_early_is_renewed_without_a_word(
    make_rig: RigMaker,
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    account: Account,
    protocol: Protocol,
) -> None:
    rig = make_rig(replace(account, incoming=protocol), known=False)
    oauth_dovecot.deliver(account.address, letter(1))
    rig.fetch()
    phases = _phases(rig)
    identity.expire_access_tokens()
    rig.ask(SaveAccount(rig.account))  # begins anew, with another connection
    oauth_dovecot.deliver(account.address, letter(2))
    summary = rig.fetch()
    assert (summary.new, summary.problems) == (1, ())
    assert identity.asked[REFRESHES] == 2
    assert not {Phase.SIGN_IN, Phase.OFFLINE, Phase.BUSY} & set(phases)


def test_a_connection_is_replaced_before_its_token_ends(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    identity.lifetime = 4
    logins: list[float] = []

    def count(line: bytes) -> bytes:
        if b"Logged in" in line:
            logins.append(time.time())
        return line

    with Proxy(oauth_dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=count)
        rig = make_rig(replace(account, imap=proxy.server()), known=False, watch=True)
        until(lambda: _status(rig).pushed and _status(rig).phase is Phase.UP_TO_DATE)
        first, phases = _status(rig).token_until, _phases(rig)
        until(lambda: len(logins) == 2)
        assert first - 1.5 < logins[1] < first, "shortly before the first token ends"
        oauth_dovecot.deliver(account.address, letter(1))
        until(rig.rows)
        assert _status(rig).pushed
        rig.engine.close(5.0)
    assert Phase.OFFLINE not in phases and Phase.CONNECTING not in phases, "nobody sees anything of it"
    assert 2 <= identity.asked[REFRESHES] <= 4


def test_a_session_that_the_server_ends_with_its_token(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    """Exchange says so about once an hour, in the middle of anything."""
    armed: list[bool] = []

    def goodbye(line: bytes) -> bytes:
        if armed and re.match(rb"\* \d+ EXISTS", line):
            armed.clear()
            return b"* BYE Session invalidated - AccessTokenExpired\r\n"
        return line

    with Proxy(oauth_dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=goodbye)
        rig = make_rig(replace(account, imap=proxy.server()), known=False, watch=True)
        until(lambda: _status(rig).pushed and _status(rig).phase is Phase.UP_TO_DATE)
        phases = _phases(rig)
        identity.expire_access_tokens()
        armed.append(True)
        oauth_dovecot.deliver(account.address, letter(1))
        until(rig.rows)
        rig.engine.close(5.0)
    assert not armed
    assert not {Phase.SIGN_IN, Phase.OFFLINE, Phase.BUSY, Phase.CONNECTING} & set(phases)
    assert identity.asked[REFRESHES] == 2


@pytest.mark.parametrize(("shortest", "logins"), [(0.0, 3), (60.0, 4)])
def test_a_download_that_the_server_ends_with_its_token_goes_on(
    make_rig: RigMaker,
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    shortest: float,
    logins: int,
) -> None:
    """After an hour the download takes another connection; sooner the whole fetch begins anew, once."""
    monkeypatch.setattr(bulk, "SHORTEST_SESSION", shortest)
    bodies: list[bytes] = []
    let_in: list[bytes] = []

    def goodbye(line: bytes) -> bytes:
        if b"Logged in" in line:
            let_in.append(line)
        if b"BODY[" in line and b"HEADER" not in line:
            bodies.append(line)
            if len(bodies) == 5:
                identity.expire_access_tokens()
                return b"* BYE Session invalidated - AccessTokenExpired\r\n"
        return line

    for number in range(12):
        oauth_dovecot.deliver(account.address, letter(number))
    with Proxy(oauth_dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=goodbye)
        rig = make_rig(replace(account, imap=proxy.server()), known=False)
        summary = rig.fetch()
        rig.engine.close(5.0)
    assert summary.problems == () and len(bodies) >= 12
    assert len(let_in) == logins
    assert {rig.raw(row.id) for row in rig.rows()} == {letter(number) for number in range(12)}


def test_a_revoked_sign_in_is_asked_for_once_and_then_all_goes_on(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account, sink: SmtpSink
) -> None:
    identity.revoke()
    rig = make_rig(account, known=False, watch=True)
    phases = _phases(rig)
    until(lambda: _status(rig).phase is Phase.SIGN_IN)
    number = _queue(rig)
    until(lambda: "expired" in _last_error(rig, number) or "AADSTS" in _last_error(rig, number))
    time.sleep(0.5)
    assert _state(rig, number) is SendState.QUEUED
    assert not [event for event in rig.events if isinstance(event, Problem)], "the status asks already"
    assert identity.asked[REFRESHES] == 2, "the inbox tried once, the outbox once"
    before = len(sink.received)
    signed_in_before(identity, account)  # by another process, which then says so
    rig.ask(ReloadSettings())
    until(lambda: _state(rig, number) is SendState.SENT)
    until(lambda: _status(rig).phase is Phase.UP_TO_DATE)
    assert len(sink.received) == before + 1
    assert phases.count(Phase.SIGN_IN) <= 3


def _last_error(rig: Rig, number: int) -> str:
    with Reader(rig.paths.database) as reader:
        found = reader.outgoing(number)
    return f"{found.last_error} {found.explanation}" if found else ""


@pytest.mark.parametrize("way", [Way.DEVICE, Way.BROWSER])
def test_signing_in_again_on_the_screen_lets_waiting_mail_leave(
    make_rig: RigMaker,
    identity: IdentityServer,
    oauth_dovecot: Dovecot,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    way: Way,
) -> None:
    monkeypatch.setattr(desktop, "open_url", identity.open)
    identity.revoke()
    oauth_dovecot.deliver(account.address, letter(1))
    rig = make_rig(account, known=False, watch=True)
    until(lambda: _status(rig).phase is Phase.SIGN_IN)
    number = _queue(rig)
    signed_in = rig.ask(BeginSignIn(account, way, keep=True))
    assert signed_in == SignedIn(account.address, account.address, True, "")
    until(lambda: _state(rig, number) is SendState.SENT)
    until(lambda: len(rig.rows()) == 1)
    assert identity.is_good(kept_token(account))


def test_two_accounts_renew_side_by_side_and_once_each(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    other = replace(account, address="other-" + account.address, login=None)
    other = replace(
        on_dovecot(identity, oauth_dovecot, other.address), keep=account.keep, sent_copy=account.sent_copy
    )
    signed_in_before(identity, other)
    identity.delay = 0.2
    rig = make_rig(account, known=False)
    rig.ask(SaveAccount(other))
    for one in (account, other):
        for number in range(3):
            oauth_dovecot.deliver(one.address, letter(number))
        rig.ask(QueueMessage(one.address, one.address, ("friend@contoso.example",), letter(9)))
    summaries = rig.ask(Fetch())
    assert [(one.new, one.sent, one.problems) for one in summaries] == [(3, 1, ()), (3, 1, ())]
    assert identity.asked[REFRESHES] == 2, "inbox, bodies and outbox of an account share its renewal"
    identity.expire_access_tokens()
    rig.ask(SaveAccount(account))
    rig.ask(SaveAccount(other))
    assert [one.problems for one in rig.ask(Fetch())] == [(), ()]
    assert identity.asked[REFRESHES] == 4


def test_a_sign_in_as_somebody_else_is_refused_and_asked_about(
    make_rig: RigMaker, identity: IdentityServer, account: Account
) -> None:
    identity.user = "stranger@example.org"
    rig = make_rig(account, known=False)
    signed_in = rig.ask(BeginSignIn(account, Way.DEVICE, keep=True))
    assert (signed_in.username, signed_in.same) == ("stranger@example.org", False)
    summary = rig.fetch()
    assert summary.exit_code == 77
    assert _status(rig).phase is Phase.SIGN_IN


def test_a_server_that_took_us_in_lately_is_given_time(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    refusing: list[bool] = []

    def no(line: bytes) -> bytes:
        return re.sub(rb"^(\w+) OK .*Logged in", rb"\1 NO AUTHENTICATE failed.", line) if refusing else line

    with Proxy(oauth_dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=no)
        rig = make_rig(replace(account, imap=proxy.server()), known=False)
        assert rig.fetch().problems == ()
        refusing.append(True)
        rig.ask(SaveAccount(rig.account))
        assert rig.fetch().exit_code == 75
        status = _status(rig)
        assert status.phase is Phase.BUSY
        assert 50 < status.until - time.time() < 70
        assert rig.fetch().exit_code == 75
        assert 110 < _status(rig).until - time.time() < 130, "longer each time"
        assert identity.asked[REFRESHES] <= 3
        refusing.clear()
        assert rig.fetch().problems == ()
        rig.engine.close(5.0)


def test_a_server_that_never_took_us_in_is_asked_about(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    def no(line: bytes) -> bytes:
        return re.sub(rb"^(\w+) OK .*Logged in", rb"\1 NO AUTHENTICATE failed.", line)

    with Proxy(oauth_dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=no)
        rig = make_rig(replace(account, imap=proxy.server()), known=False)
        assert rig.fetch().exit_code == 77
        assert _status(rig).phase is Phase.SIGN_IN
        rig.engine.close(5.0)
    assert identity.asked[REFRESHES] == 2


def test_an_identity_service_that_cannot_be_reached_is_no_reason_to_ask(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    nowhere = replace(account, authority=f"https://localhost:{free_port()}/common")
    signed_in_before(identity, nowhere)
    rig = make_rig(nowhere, known=False)
    assert rig.fetch().exit_code == 69
    assert _status(rig).phase is Phase.OFFLINE and _status(rig).until > time.time()


def test_an_account_that_only_sends_asks_once_and_goes_on(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    sends = replace(account, incoming=Protocol.NONE)
    identity.revoke()
    rig = make_rig(sends, known=False, watch=True)
    phases = _phases(rig)
    numbers = [_queue(rig), _queue(rig)]
    until(lambda: _status(rig).phase is Phase.SIGN_IN)
    time.sleep(0.3)
    assert [_state(rig, number) for number in numbers] == [SendState.QUEUED] * 2
    assert len([event for event in rig.events if isinstance(event, Problem)]) == 1
    assert phases.count(Phase.SIGN_IN) == 1
    rig.ask(BeginSignIn(sends, Way.DEVICE, keep=True))
    until(lambda: all(_state(rig, number) is SendState.SENT for number in numbers))
    assert _status(rig).phase is Phase.UP_TO_DATE


def test_a_message_asked_for_when_the_token_ends_is_opened_all_the_same(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    armed: list[bool] = []

    def goodbye(line: bytes) -> bytes:
        if armed and b"BODY[" in line:
            armed.clear()
            identity.expire_access_tokens()
            return b"* BYE Session invalidated - AccessTokenExpired\r\n"
        return line

    oauth_dovecot.deliver(account.address, letter(1))
    with Proxy(oauth_dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=goodbye)
        headers = replace(account, imap=proxy.server(), offline=Offline("headers"))
        rig = make_rig(headers, known=False)
        rig.fetch()
        armed.append(True)
        assert rig.ask(FetchBody(rig.rows()[0].id)) is True
        rig.engine.close(5.0)
    assert not armed and rig.raw(rig.rows()[0].id) == letter(1)
