"""Sign-ins that come and go: held, kept, replaced, forgotten; keyrings that fail, and processes that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.config import stores
from tests.rig import until
from tests.servers.identity import IdentityServer
from tests.sync.keyring_file import OnDisk
from tests.sync.signing_in import (
    REFRESHES,
    Hands,
    by_token,
    fresh_start,
    kept_token,
    login_of,
    secret_of,
    signed_in_before,
)
from tui.model.account import Account, SecretSource
from tui.model.error import MailError, SignInNeeded
from tui.model.event import Event, Problem
from tui.model.issuer import Identity, identity_of
from tui.net import oauth

pytestmark = pytest.mark.usefixtures("narrow_keyring")

LIFE = 3600


@pytest.fixture
def account(identity: IdentityServer, user: str) -> Account:
    """An account that was never signed in."""
    identity.user = f"{user}@example.org"
    return by_token(identity, identity.user)


def _asked(account: Account) -> Identity:
    found = identity_of(account)
    assert found is not None
    return found


@pytest.mark.parametrize("broken", [stores.WriteRefused, stores.Forgetful, stores.no_store])
def test_a_fresh_token_is_not_lost_when_the_keyring_fails(
    identity: IdentityServer, account: Account, narrow_keyring: stores.Memory, broken: type[stores.Memory]
) -> None:
    signed_in_before(identity, account)
    identity.strict = True
    events: list[Event] = []
    hands = Hands()
    credentials = fresh_start(hands, events)
    first = secret_of(credentials, account)
    with stores.keyring_of(broken()):
        hands.pass_by(LIFE)
        second = secret_of(credentials, account)
        hands.pass_by(LIFE)
        third = secret_of(credentials, account)
    assert len({first, second, third}) == 3
    (problem,) = [event for event in events if isinstance(event, Problem)]
    assert "could not be saved" in problem.what and "session" in problem.hint
    hands.pass_by(LIFE)
    secret_of(credentials, account)
    assert identity.is_good(kept_token(account)), "written as soon as the keyring takes it again"
    assert secret_of(fresh_start(), account)


def test_another_process_signed_in_meanwhile(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    hands = Hands()
    credentials = fresh_start(hands)
    first = secret_of(credentials, account)
    identity.revoke()
    signed_in_before(identity, account)
    hands.pass_by(LIFE)
    identity.asked.clear()
    assert secret_of(credentials, account) != first
    assert identity.asked[REFRESHES] == 2, "the old sign-in was tried, then the one in the keyring"


def test_reading_again_takes_what_another_process_left(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    credentials = fresh_start()
    first = secret_of(credentials, account)
    credentials.kept.read_again([account])
    assert secret_of(credentials, account) == first, "nothing new: nothing is lost"
    signed_in_before(identity, account)
    identity.asked.clear()
    credentials.kept.read_again([account])
    assert secret_of(credentials, account) != first
    assert identity.asked[REFRESHES] == 1


def test_what_was_forgotten_does_not_come_back(
    identity: IdentityServer, account: Account, narrow_keyring: stores.Memory
) -> None:
    signed_in_before(identity, account)
    identity.delay = 0.4
    credentials = fresh_start()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(secret_of, credentials, account)
        until(lambda: identity.asked[REFRESHES])
        credentials.kept.forget(account.address)
        with pytest.raises(MailError):
            asked.result(10)
    assert narrow_keyring.values == {}
    with pytest.raises(SignInNeeded):
        secret_of(credentials, account)


class Slow(stores.Memory):
    """Takes its time to find something."""

    def __init__(self) -> None:
        super().__init__(longest=1280)
        self.asked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        found = super().get_password(service, username)
        self.asked.set()
        time.sleep(0.05)
        return found


def test_what_is_forgotten_while_it_is_read_does_not_come_back(
    identity: IdentityServer, account: Account
) -> None:
    with stores.keyring_of(Slow()) as store, ThreadPoolExecutor(1) as pool:
        assert isinstance(store, Slow)
        signed_in_before(identity, account)
        credentials = fresh_start()
        store.asked.clear()
        asked = pool.submit(secret_of, credentials, account)
        assert store.asked.wait(10)
        credentials.kept.forget(account.address)
        with suppress(MailError):  # it may have got one just before
            asked.result(10)
        assert store.values == {}
        with pytest.raises(SignInNeeded):
            secret_of(credentials, account)


def test_a_sign_in_during_a_renewal_is_the_one_that_counts(
    identity: IdentityServer, account: Account
) -> None:
    signed_in_before(identity, account)
    credentials = fresh_start()
    grant = oauth.refresh(_asked(account), identity.grant())
    identity.asked.clear()
    identity.delay = 0.4
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(secret_of, credentials, account)
        until(lambda: identity.asked[REFRESHES])
        credentials.hold(account.address, grant, _asked(account))
        credentials.kept.keep(account)
        assert asked.result(10) == grant.access_token
    assert grant.refresh_token is not None and kept_token(account) == grant.refresh_token.reveal()


def test_what_is_held_is_for_trying_out_only(identity: IdentityServer, account: Account) -> None:
    hands = Hands()
    credentials = fresh_start(hands)
    signed_in_before(identity, account)
    before = kept_token(account)
    grant = oauth.refresh(_asked(account), identity.grant())
    credentials.hold(account.address, grant, _asked(account))
    assert credentials.held(account, login_of(account)) == grant.access_token
    assert secret_of(credentials, account) != grant.access_token
    hands.pass_by(LIFE)
    later = credentials.held(account, login_of(account))
    assert later not in (None, grant.access_token), "a long stay in the wizard costs nothing"
    credentials.kept.drop(account.address)
    assert credentials.held(account, login_of(account)) is None
    assert credentials.kept.keep(account) == ""
    assert kept_token(account) != "" and identity.is_good(before)


def test_a_grant_that_cannot_be_renewed_is_no_sign_in(identity: IdentityServer, account: Account) -> None:
    grant = replace(oauth.refresh(_asked(account), identity.grant()), refresh_token=None)
    with pytest.raises(SignInNeeded, match="within the hour"):
        fresh_start().hold(account.address, grant, _asked(account))


def test_what_was_not_written_is_written_when_one_tries_again(
    identity: IdentityServer, account: Account, narrow_keyring: stores.Memory
) -> None:
    credentials = fresh_start()
    grant = oauth.refresh(_asked(account), identity.grant(account.address))
    credentials.hold(account.address, grant, _asked(account))
    narrow_keyring.longest = 0

    assert "session" in credentials.kept.keep(account)
    assert credentials.kept.keep(account), "it is still not written"
    narrow_keyring.longest = 1280
    assert credentials.kept.keep(account) == ""
    assert grant.refresh_token is not None
    assert kept_token(account) == grant.refresh_token.reveal()


def test_for_this_session_only(
    identity: IdentityServer, account: Account, narrow_keyring: stores.Memory
) -> None:
    account = replace(account, login=replace(login_of(account), source=SecretSource.SESSION))
    hands = Hands()
    credentials = fresh_start(hands)
    credentials.hold(account.address, oauth.refresh(_asked(account), identity.grant()), _asked(account))
    assert credentials.kept.keep(account) == ""
    first = secret_of(credentials, account)
    hands.pass_by(LIFE)
    assert secret_of(credentials, account) != first
    assert narrow_keyring.values == {}


def _renew_and_die(account: Account, store: Path, die_at: int) -> int:
    """Renew the sign-in in a process of its own that is killed at a write to the keyring; its exit status."""
    words = (str(store), str(die_at), account.address, account.client_id, account.authority, account.ca_file)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.sync.keyring_file", *words],
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode in (0, -signal.SIGKILL), ran.stderr
    return ran.returncode


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("die_at", [1, 2, 3, 0])
def test_killed_between_renewal_and_saving(
    identity: IdentityServer, account: Account, tmp_path: Path, strict: bool, die_at: int
) -> None:
    """Two pieces and a header are written: killed before the header, the keyring has the old sign-in."""
    with stores.keyring_of(OnDisk(tmp_path / "store")):
        signed_in_before(identity, account)
        old = kept_token(account)
        identity.strict = strict
        died = _renew_and_die(account, tmp_path / "store", die_at)
        assert died == (-signal.SIGKILL if die_at else 0)
        assert identity.asked[REFRESHES] == 1
        assert (kept_token(account) == old) is bool(die_at)
        credentials = fresh_start()
        if not (strict and die_at):
            assert secret_of(credentials, account)
            assert identity.is_good(kept_token(account))
            return
        with pytest.raises(SignInNeeded):
            secret_of(credentials, account)
        signed_in_before(identity, account)  # asked once, the person signs in again
        assert secret_of(fresh_start(), account)
