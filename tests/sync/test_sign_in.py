"""Signing in through the engine at a real identity service: each way, its steps, its end and its errors."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from tests.config import stores
from tests.rig import Rig, RigMaker, until
from tests.servers.dovecot import Dovecot, free_port
from tests.servers.identity import Failure, IdentityServer
from tests.servers.scripted import Act, Scripted
from tests.sync.signing_in import by_token, kept_token, on_dovecot, signed_in_before
from tui.config import desktop
from tui.model.account import Account, Auth, Login, Protocol, SecretSource
from tui.model.command import (
    BeginSignIn,
    CancelSignIn,
    Check,
    PasteAnswer,
    RemoveAccount,
    SaveAccount,
    SignIn,
    TestAccount,
)
from tui.model.error import BadConfig, BadInput, Cancelled, MailError, Offline, Refused, SignInNeeded
from tui.model.event import Phase, SigningIn
from tui.model.secret import Secret
from tui.model.sign_in import SignedIn, SignInStep, Way

pytestmark = pytest.mark.usefixtures("narrow_keyring")


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "open_url", lambda url: False)


@pytest.fixture
def account(identity: IdentityServer, user: str) -> Account:
    """An account that is not saved yet and has no mail server."""
    identity.user = f"{user}@example.org"
    return by_token(identity, identity.user, incoming=Protocol.NONE)


@pytest.fixture
def rig(make_rig: RigMaker, account: Account) -> Rig:
    """An engine at work for another account; nobody has signed in."""
    return make_rig(Account("someone@localhost.example", incoming=Protocol.NONE), known=False)


def _step(rig: Rig, number: int = 0) -> SignInStep:
    """The n-th step that the person was told of."""

    def steps() -> list[SignInStep]:
        return [event.step for event in rig.events if isinstance(event, SigningIn)]

    until(lambda: len(steps()) > number)
    return steps()[number]


def _begin(rig: Rig, account: Account, way: Way | None, **more: bool) -> Future[Any]:
    return rig.engine.post(BeginSignIn(account, way, **more))


def test_by_a_code(rig: Rig, identity: IdentityServer, account: Account) -> None:
    identity.pending = ["authorization_pending"]
    waiting = _begin(rig, account, Way.DEVICE)
    step = _step(rig)
    assert (step.way, step.user_code) == (Way.DEVICE, "ABCD1234")
    assert step.url.startswith("https://") and 800 < step.until - time.time() <= 900
    assert waiting.result(30) == SignedIn(account.address, account.address, True)
    assert kept_token(account) == "", "held, not kept"


def test_by_the_browser(rig: Rig, identity: IdentityServer, account: Account) -> None:
    waiting = _begin(rig, account, Way.BROWSER)
    step = _step(rig)
    assert (step.way, step.opened) == (Way.BROWSER, False)
    status, _ = identity.approve(step.url)
    assert status == 200
    assert waiting.result(10) == SignedIn(account.address, account.address, True)


def test_by_a_pasted_address(rig: Rig, identity: IdentityServer, account: Account) -> None:
    waiting = _begin(rig, account, Way.PASTE)
    step = _step(rig)
    assert step.way is Way.PASTE
    for wrong in ("https://example.org/", step.url, "http://localhost/?code=x&state=another"):
        with pytest.raises(BadInput):
            rig.ask(PasteAnswer(account.address, Secret(wrong)))
    assert not waiting.done(), "a wrong address ends nothing"
    assert rig.ask(PasteAnswer(account.address, Secret(identity.where_it_ends(step.url)))) is None
    assert waiting.result(10) == SignedIn(account.address, account.address, True)
    with pytest.raises(BadInput, match="No sign-in waits"):
        rig.ask(PasteAnswer(account.address, Secret("http://localhost/?code=x")))


def test_the_way_that_suits_this_computer(
    rig: Rig, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "commands", lambda environ, platform: iter(()))
    waiting = _begin(rig, account, None)
    assert _step(rig).way is Way.DEVICE
    rig.ask(CancelSignIn(account.address))
    with pytest.raises(Cancelled):
        waiting.result(5)


def test_saving_keeps_what_is_held(rig: Rig, identity: IdentityServer, account: Account) -> None:
    _begin(rig, account, Way.DEVICE).result(20)
    assert rig.ask(SaveAccount(account)) == ""
    assert identity.is_good(kept_token(account))


def test_kept_at_once(rig: Rig, identity: IdentityServer, account: Account) -> None:
    rig.ask(SaveAccount(account))
    _begin(rig, account, Way.DEVICE, keep=True).result(20)
    assert identity.is_good(kept_token(account))
    assert rig.engine.status(account.address).token_until > time.time()


def test_kept_for_the_session_only_is_said(rig: Rig, account: Account) -> None:
    rig.ask(SaveAccount(account))
    with stores.keyring_of(stores.WriteRefused()):
        signed_in = _begin(rig, account, Way.DEVICE, keep=True).result(20)
    assert "session" in signed_in.words


@pytest.mark.dovecot
def test_a_test_of_the_account_uses_what_is_held(
    rig: Rig, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    account = on_dovecot(identity, oauth_dovecot, account.address)
    _begin(rig, account, Way.DEVICE).result(20)
    checks: list[Check] = rig.ask(TestAccount(account))
    assert all(one.ok for one in checks), [one for one in checks if not one.ok]
    assert {"imap sign-in", "smtp sign-in"} <= {one.check for one in checks}
    assert kept_token(account) == ""


def test_removing_forgets_the_sign_in(rig: Rig, account: Account, narrow_keyring: stores.Memory) -> None:
    _begin(rig, account, Way.DEVICE).result(20)
    rig.ask(SaveAccount(account))
    assert narrow_keyring.values
    rig.ask(RemoveAccount(account.address))
    assert narrow_keyring.values == {}


def test_a_token_entered_by_hand_takes_the_place_of_a_sign_in(rig: Rig, account: Account) -> None:
    _begin(rig, account, Way.DEVICE).result(20)
    rig.ask(SaveAccount(account))
    rig.ask(SignIn(account.address, Secret("by-hand")))
    assert kept_token(account) == ""
    _begin(rig, account, Way.DEVICE, keep=True).result(20)
    assert kept_token(account)
    rig.ask(SaveAccount(account, Secret("by-hand")))
    assert kept_token(account) == ""


def test_a_password_takes_the_place_of_a_sign_in(
    rig: Rig, account: Account, narrow_keyring: stores.Memory
) -> None:
    _begin(rig, account, Way.DEVICE).result(20)
    rig.ask(SaveAccount(account))
    _begin(rig, account, Way.DEVICE).result(20)
    login = Login(account.address, source=SecretSource.SESSION)
    rig.ask(SaveAccount(replace(account, login=login), Secret("password")))
    assert narrow_keyring.values == {}


@pytest.mark.parametrize("way", list(Way))
def test_cancelling_ends_it_at_once(rig: Rig, identity: IdentityServer, account: Account, way: Way) -> None:
    identity.pending = ["authorization_pending"] * 100
    identity.interval = 5
    waiting = _begin(rig, account, way)
    _step(rig)
    begun = time.monotonic()
    rig.ask(CancelSignIn(account.address))
    with pytest.raises(Cancelled):
        waiting.result(5)
    assert time.monotonic() - begun < 0.5
    rig.ask(SaveAccount(account))
    assert kept_token(account) == ""


def test_cancelling_when_the_service_hangs(rig: Rig, account: Account) -> None:
    with Scripted(Act.STALL, []) as silent:
        waiting = _begin(
            rig, replace(account, authority=f"https://localhost:{silent.port}/common"), Way.DEVICE
        )
        until(lambda: silent.connections)
        begun = time.monotonic()
        rig.ask(CancelSignIn(account.address))
        with pytest.raises(Cancelled):
            waiting.result(5)
        assert time.monotonic() - begun < 0.6
    again = _begin(rig, account, Way.DEVICE)
    assert again.result(20).same, "another one can begin"


def test_cancelling_afterwards_drops_what_is_held(rig: Rig, account: Account) -> None:
    _begin(rig, account, Way.DEVICE).result(20)
    rig.ask(CancelSignIn(account.address))
    rig.ask(SaveAccount(account))
    assert kept_token(account) == ""


def test_closing_ends_a_sign_in(rig: Rig, identity: IdentityServer, account: Account) -> None:
    identity.pending = ["authorization_pending"] * 100
    waiting = _begin(rig, account, Way.BROWSER)
    _step(rig)
    begun = time.monotonic()
    assert rig.engine.close(2.0)
    with pytest.raises(Cancelled):
        waiting.result(2)
    assert time.monotonic() - begun < 2


def test_at_most_one_an_account(rig: Rig, identity: IdentityServer, account: Account) -> None:
    identity.pending = ["authorization_pending"] * 100
    first = _begin(rig, account, Way.DEVICE)
    _step(rig)
    with pytest.raises(Refused, match="under way"):
        _begin(rig, account, Way.DEVICE).result(5)
    other = by_token(identity, "other-" + account.address)
    second = _begin(rig, other, Way.PASTE)
    assert _step(rig, 1).way is Way.PASTE
    for address, waiting in ((account.address.upper(), first), (other.address, second)):
        rig.ask(CancelSignIn(address))
        with pytest.raises(Cancelled):
            waiting.result(5)


@pytest.mark.parametrize(
    ("typed", "username", "same"),
    [
        ("You@Example.org", "you@example.org", True),
        ("you@example.org", "someone@example.org", False),
        ("you@example.org", "", True),
    ],
)
def test_who_signed_in_is_compared(
    rig: Rig, identity: IdentityServer, typed: str, username: str, same: bool
) -> None:
    identity.user = username
    signed_in = _begin(rig, by_token(identity, typed), Way.DEVICE).result(20)
    assert (signed_in.username, signed_in.same) == (username, same)


def test_an_alias_that_signs_in_under_its_main_name(rig: Rig, identity: IdentityServer) -> None:
    identity.user = "main@example.org"
    alias = by_token(identity, "alias@example.org", login=Login("main@example.org", Auth.OAUTH2))
    assert _begin(rig, alias, Way.DEVICE).result(20).same


def test_a_declined_sign_in(rig: Rig, identity: IdentityServer, account: Account) -> None:
    identity.decline = True
    waiting = _begin(rig, account, Way.BROWSER)
    identity.approve(_step(rig).url)
    with pytest.raises(SignInNeeded):
        waiting.result(10)


def test_a_policy_against_codes_names_the_other_ways(
    rig: Rig, identity: IdentityServer, account: Account
) -> None:
    identity.page_failures = [Failure(400, "invalid_grant", (53003,))]
    with pytest.raises(SignInNeeded) as raised:
        _begin(rig, account, Way.DEVICE).result(10)
    assert "browser" in raised.value.hint.lower()


def test_a_running_sign_in_is_not_spoilt_by_one_that_fails(
    rig: Rig, identity: IdentityServer, account: Account
) -> None:
    signed_in_before(identity, account)
    rig.ask(SaveAccount(account))
    before = kept_token(account)
    identity.decline = True
    waiting = _begin(rig, account, Way.BROWSER, keep=True)
    identity.approve(_step(rig).url)
    with pytest.raises(SignInNeeded):
        waiting.result(10)
    assert kept_token(account) == before and identity.is_good(before)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"client_id": ""}, SignInNeeded, "client-id="),
        ({"authority": "https://"}, BadConfig, "tenant"),
        ({"authority": ""}, SignInNeeded, "provider"),
    ],
)
def test_what_must_be_known_first(
    rig: Rig, account: Account, changes: dict[str, str], error: type[MailError], words: str
) -> None:
    with pytest.raises(error) as raised:
        _begin(rig, replace(account, **changes), Way.DEVICE).result(5)  # type: ignore[arg-type]
    assert words in raised.value.hint


def test_the_client_id_of_the_environment(
    rig: Rig, identity: IdentityServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTLOOK_TUI_CLIENT_ID", identity.client_id)
    assert _begin(rig, replace(account, client_id=""), Way.DEVICE).result(20).same


def test_no_way_to_the_service(rig: Rig, account: Account) -> None:
    with pytest.raises(Offline):
        _begin(rig, replace(account, authority=f"https://localhost:{free_port()}/x"), Way.DEVICE).result(10)


@pytest.mark.dovecot
def test_another_process_signs_in_and_the_one_that_leads_goes_on(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, account: Account
) -> None:
    account = on_dovecot(identity, oauth_dovecot, account.address)
    leader = make_rig(account, known=False, watch=True)
    until(lambda: leader.engine.status(account.address).phase is Phase.SIGN_IN)
    other = make_rig(account, known=False)
    assert leader.engine.leading and not other.engine.leading
    other.ask(BeginSignIn(account, Way.DEVICE, keep=True))
    until(lambda: leader.engine.status(account.address).phase is Phase.UP_TO_DATE)


def test_nothing_secret_in_events_logs_and_errors(
    rig: Rig, identity: IdentityServer, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    waiting = _begin(rig, account, Way.PASTE)
    ends = identity.where_it_ends(_step(rig).url)
    rig.ask(PasteAnswer(account.address, Secret(ends)))
    waiting.result(10)
    rig.ask(SaveAccount(account))
    shown = (
        f"{rig.events!r} {caplog.text} {waiting.result()!r} {PasteAnswer(account.address, Secret(ends))!r}"
    )
    assert "CODE-" not in shown and "REFRESH-" not in shown and "ACCESS-" not in shown
