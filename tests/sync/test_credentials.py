"""Access tokens through their lives, against a real identity service: each row of the table, its edges."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.config import stores
from tests.rig import until
from tests.servers.dovecot import free_port
from tests.servers.identity import Failure, IdentityServer
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
from tui.config.secrets import Secrets
from tui.model.account import Account, Auth, Login, Protocol, SecretSource, Server
from tui.model.error import Busy, Cancelled, MailError, Offline, SignInNeeded, Untrusted
from tui.model.issuer import Identity, identity_of
from tui.model.secret import Secret
from tui.net import oauth
from tui.sync.credentials import Credentials
from tui.sync.keeping import OAUTH
from tui.sync.tokens import Record

pytestmark = pytest.mark.usefixtures("narrow_keyring")

LIFE = 3600


@pytest.fixture
def account(identity: IdentityServer, user: str) -> Account:
    """An account that was never signed in."""
    identity.user = f"{user}@example.org"
    return by_token(identity, identity.user)


def _signed_in(
    credentials: Credentials, identity: IdentityServer, account: Account, asked: Identity
) -> Secret:
    """Sign in, and take the access token that came with it."""
    grant = oauth.refresh(replace(asked, authority=identity.authority), identity.grant())
    credentials.hold(account.address, grant, asked)
    assert credentials.kept.keep(account) == ""
    identity.asked.clear()
    return grant.access_token


def _asked(account: Account, **changes: str) -> Identity:
    found = identity_of(account)
    assert found is not None
    return replace(found, **changes)  # type: ignore[arg-type]


# token: how old it is, or what a server said of it; answer: what the identity service says to a renewal;
# outcome: "same" token, "new" one, or the error; renewals: how often the service was asked.
ROWS = [
    ("fresh", "granted", "same", 0),
    ("fresh", "revoked", "same", 0),
    ("fresh", "no way", "same", 0),
    ("near", "granted", "new", 1),
    ("near", "no way", "same", 0),
    ("near", "busy", "same", 1),
    ("near", "untrusted", "same", 0),
    ("near", "revoked", SignInNeeded, 1),
    ("over", "granted", "new", 1),
    ("over", "no way", Offline, 0),
    ("over", "busy", Busy, 1),
    ("over", "untrusted", Untrusted, 0),
    ("over", "revoked", SignInNeeded, 1),
    ("none", "granted", "new", 1),
    ("none", "no way", Offline, 0),
    ("none", "busy", Busy, 1),
    ("none", "untrusted", Untrusted, 0),
    ("none", "revoked", SignInNeeded, 1),
    ("refused", "granted", "new", 1),
    ("refused", "no way", Offline, 0),
    ("refused", "busy", Busy, 1),
    ("refused", "untrusted", Untrusted, 0),
    ("refused", "revoked", SignInNeeded, 1),
]


@pytest.mark.parametrize(("token", "answer", "outcome", "renewals"), ROWS)
def test_every_row_of_the_table(
    identity: IdentityServer,
    account: Account,
    token: str,
    answer: str,
    outcome: str | type[MailError],
    renewals: int,
) -> None:
    hands = Hands()
    credentials = fresh_start(hands)
    nowhere = f"https://localhost:{free_port()}/common"
    asked = _asked(account, authority=nowhere if answer == "no way" else identity.authority)
    first = _signed_in(credentials, identity, account, asked)
    if token == "none":
        credentials = fresh_start(hands)
    hands.pass_by({"near": LIFE - 100, "over": LIFE + 1}.get(token, 10))
    if answer == "revoked":
        identity.revoke()
    elif answer == "busy":
        identity.failures.append(Failure(503))
    elif answer == "untrusted":
        account = replace(account, ca_file="")

    def get() -> Secret | None:
        if token == "refused":
            return credentials.renewed(account, login_of(account), first)
        return secret_of(credentials, account)

    if isinstance(outcome, str):
        got = get()
        assert got is not None and (got == first) is (outcome == "same")
    else:
        with pytest.raises(MailError) as raised:
            get()
        assert type(raised.value) is outcome
    assert identity.asked[REFRESHES] == renewals
    assert kept_token(account), "the sign-in stays where it was, whatever the answer"


def test_a_sign_in_lasts_over_the_end_of_the_program(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    old = kept_token(account)
    first = secret_of(fresh_start(), account)
    assert kept_token(account) not in ("", old), "the newest refresh token is the one that is kept"
    assert secret_of(fresh_start(), account) != first
    assert all(identity.is_good(kept_token(account)) for _ in range(2))


def test_the_new_refresh_token_is_kept_before_the_access_token_is_used(
    identity: IdentityServer, account: Account, narrow_keyring: stores.Memory
) -> None:
    identity.strict = True
    signed_in_before(identity, account)
    credentials = fresh_start()
    seen: list[bool] = []
    write = narrow_keyring.set_password

    def watched(service: str, username: str, password: str) -> None:
        write(service, username, password)
        if service.endswith("/oauth/0"):  # the header, which comes last
            seen.append(credentials.kept.facts(account.address) is None or not _expires(credentials, account))

    narrow_keyring.set_password = watched  # type: ignore[method-assign]
    secret_of(credentials, account)
    assert seen == [True]
    assert identity.is_good(kept_token(account))


def _expires(credentials: Credentials, account: Account) -> float:
    facts = credentials.kept.facts(account.address)
    return facts.expires if facts else 0.0


def test_a_service_that_does_not_rotate_costs_no_writing(
    identity: IdentityServer, account: Account, narrow_keyring: stores.Memory
) -> None:
    signed_in_before(identity, account)
    identity.rotate = False
    hands = Hands()
    credentials = fresh_start(hands)
    first, writes = secret_of(credentials, account), narrow_keyring.writes
    hands.pass_by(LIFE)
    assert secret_of(credentials, account) != first
    assert narrow_keyring.writes == writes


@pytest.mark.parametrize(
    ("wall", "steady", "renewed"),
    [
        (LIFE + 60, 0, True),  # the computer slept; its steady clock stood still
        (-7200, LIFE + 60, True),  # somebody set the clock back
        (-7200, 60, False),
        (7200, 60, True),  # set forward: one renewal too many, and no more
        (0, LIFE + 60, True),
        (LIFE - 301, LIFE - 301, False),
        (LIFE - 299, LIFE - 299, True),
    ],
)
def test_clocks_that_jump(
    identity: IdentityServer, account: Account, wall: float, steady: float, renewed: bool
) -> None:
    signed_in_before(identity, account)
    hands = Hands()
    credentials = fresh_start(hands)
    first = secret_of(credentials, account)
    hands.wall, hands.steady = wall, steady
    second = secret_of(credentials, account)
    assert (second != first) is renewed


def test_all_who_ask_at_once_wait_for_one_renewal(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    identity.delay = 0.3
    credentials = fresh_start()
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: secret_of(credentials, account), range(8)))
    assert len(set(got)) == 1
    assert identity.asked[REFRESHES] == 1


def test_accounts_are_renewed_side_by_side(identity: IdentityServer, account: Account) -> None:
    others = [account, replace(account, address="other-" + account.address)]
    for one in others:
        signed_in_before(identity, one)
    identity.delay = 0.3
    credentials = fresh_start()
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda n: secret_of(credentials, others[n % 2]), range(6)))
    assert len(set(got)) == 2
    assert identity.asked[REFRESHES] == 2


def test_what_was_refused_is_renewed_once_for_all_connections(
    identity: IdentityServer, account: Account
) -> None:
    signed_in_before(identity, account)
    credentials = fresh_start()
    first = secret_of(credentials, account)
    identity.delay = 0.2

    def renewed(_: int) -> Secret | None:
        return credentials.renewed(account, login_of(account), first)

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(renewed, range(4)))
    assert len(set(got)) == 1 and not {first, None} & set(got)
    assert identity.asked[REFRESHES] == 2
    second = got[0]
    assert second is not None
    assert credentials.renewed(account, login_of(account), second) is None, "twice is of no use"


def test_who_is_stopped_waits_no_longer_but_the_renewal_is_kept(
    identity: IdentityServer, account: Account
) -> None:
    signed_in_before(identity, account)
    old = kept_token(account)
    identity.strict, identity.delay = True, 0.5
    credentials = fresh_start()
    stop = threading.Event()

    def check() -> None:
        if stop.is_set():
            raise Cancelled("Stopped.")

    stop.set()
    with pytest.raises(Cancelled):
        credentials.secret(account, login_of(account), "incoming", check)
    until(lambda: kept_token(account) not in ("", old))
    assert identity.is_good(kept_token(account))
    assert secret_of(credentials, account)
    assert identity.asked[REFRESHES] == 1


def test_sending_signs_in_with_the_same_token(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    credentials = fresh_start()
    first = secret_of(credentials, account)
    assert credentials.secret(account, login_of(account), "smtp") == first
    own = replace(account, smtp_login=Login("relay@example.org", Auth.OAUTH2))
    assert own.smtp_login is not None
    assert credentials.secret(own, own.smtp_login, "smtp") == first
    assert identity.asked[REFRESHES] == 1


def test_sending_with_a_password_of_its_own(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    Secrets().set(account.address, "smtp", Secret("relay-password"))
    own = replace(account, smtp_login=Login("api"))
    assert own.smtp_login is not None
    assert fresh_start().secret(own, own.smtp_login, "smtp") == Secret("relay-password")
    assert identity.asked[REFRESHES] == 0


def test_other_uses_need_another_token(identity: IdentityServer, account: Account) -> None:
    signed_in_before(identity, account)
    credentials = fresh_start()
    first = secret_of(credentials, account)
    by_pop = replace(account, incoming=Protocol.POP3, pop3=Server("localhost", 995))
    assert secret_of(credentials, by_pop) != first
    assert "POP.AccessAsUser.All" in identity.forms[-1]["scope"]
    assert "IMAP" not in identity.forms[-1]["scope"]


def test_the_program_that_signed_in_is_the_one_that_renews(
    identity: IdentityServer, account: Account
) -> None:
    signed_in_before(identity, account)
    changed = replace(account, client_id="99990000-aaaa-2222-bbbb-3333cccc4444")
    assert secret_of(fresh_start(), changed)
    assert identity.forms[-1]["client_id"] == account.client_id


def test_a_token_entered_by_hand_serves_as_before(account: Account) -> None:
    Secrets().set(account.address, "incoming", Secret("by-hand"))
    credentials = fresh_start()
    assert secret_of(credentials, account) == Secret("by-hand")
    assert credentials.renewed(account, login_of(account), Secret("by-hand")) is None
    assert credentials.kept.facts(account.address) is None


def test_a_command_is_asked_again_for_a_refused_token(account: Account, tmp_path: object) -> None:
    counting = f"sh -c 'echo x >> {tmp_path}/n; wc -l < {tmp_path}/n'"
    account = replace(
        account, login=replace(login_of(account), source=SecretSource.COMMAND, command=counting)
    )
    credentials = fresh_start()
    first = secret_of(credentials, account)
    second = credentials.renewed(account, login_of(account), first)
    assert second is not None and second.reveal().strip() == "2"
    always = replace(account, login=replace(login_of(account), command="echo same"))
    assert credentials.renewed(always, login_of(always), Secret("same")) is None


@pytest.mark.parametrize(
    "text", ["", "{}", "nonsense", '{"v": 2, "refresh_token": "x"}', "[]", '{"v": 1, "refresh_token": ""}']
)
def test_a_record_of_another_kind_is_as_none(account: Account, text: str) -> None:
    if text:
        Secrets().set(account.address, OAUTH, Secret(text))
    with pytest.raises(SignInNeeded, match="no password or token"):
        secret_of(fresh_start(), account)


def test_facts(identity: IdentityServer, account: Account) -> None:
    record = signed_in_before(identity, account)
    credentials = fresh_start()
    before = credentials.kept.facts(account.address)
    assert before is not None and (before.obtained, before.expires) == (record.obtained, 0.0)
    secret_of(credentials, account)
    after = credentials.kept.facts(account.address.upper())
    assert after is not None and after.expires > record.obtained + 86_400 and after.username


def test_nothing_secret_is_shown(identity: IdentityServer, account: Account) -> None:
    record = signed_in_before(identity, account)
    credentials = fresh_start()
    token = secret_of(credentials, account).reveal()
    kept = credentials.kept
    shown = f"{record!r} {kept.facts(account.address)!r} {vars(credentials)!r} {vars(kept)!r}"
    assert token not in shown and record.refresh_token.reveal() not in shown
    assert Record.from_json(record.to_json()) == record
