"""What a refused sign-in comes to: renewed once, waited out, or asked about."""

from __future__ import annotations

import time

import pytest

from tests.config import stores
from tests.rig import RigMaker, until
from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tests.servers.scripted import Act, Scripted
from tests.sync.letters_in import letter
from tests.sync.signing_in import Hands, by_token, fresh_start, on_dovecot, signed_in_before
from tui.config.secrets import Secrets
from tui.model.account import Login
from tui.model.command import QueueMessage
from tui.model.error import Busy, Cancelled, MailError, SignInNeeded
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.sync.connecting import LATELY, PASSWORD_LATELY, WAITS, Welcome, sign_in
from tui.sync.tokens import Token

REFUSAL = SignInNeeded("No.", detail="NO AUTHENTICATE failed.")


def _refusal(retry: Retry | None) -> SignInNeeded:
    error = SignInNeeded("No.", detail="NO AUTHENTICATE failed.")
    error.retry = retry
    return error


class Door:
    """A connection whose server answers each sign-in as it is told; None lets in."""

    def __init__(self, answers: list[MailError | None], said: list[str]) -> None:
        self._answers = answers
        self._said = said
        self.closed = False

    def connect(self) -> None:
        self._said.append("connect")

    def sign_in(self, account: Login, secret: Secret) -> None:
        self._said.append(secret.reveal()[:6])
        if answer := self._answers.pop(0):
            raise answer

    def abort(self) -> None:
        self._said.append("abort")

    def close(self) -> None:
        self.closed = True
        self._said.append("close")


def test_refusals_of_fresh_tokens_are_waited_out_longer_and_longer() -> None:
    hands = Hands()
    welcome = Welcome(hands.clock().steady)
    assert welcome.refused("you@example.org", "incoming", REFUSAL) is REFUSAL, "it was never let in"
    welcome.let_in("you@example.org", "incoming", Secret("token"))
    waits = []
    for _ in range(5):
        found = welcome.refused("you@example.org", "incoming", REFUSAL)
        assert isinstance(found, Busy) and found.detail == REFUSAL.detail
        waits.append(found.wait)
    assert waits == [*WAITS, WAITS[-1]]
    assert welcome.refused("you@example.org", "smtp", REFUSAL) is REFUSAL, "another server"
    assert welcome.refused("other@example.org", "incoming", REFUSAL) is REFUSAL
    hands.pass_by(LATELY + 1)
    assert welcome.refused("you@example.org", "incoming", REFUSAL) is REFUSAL, "it goes on for too long"
    welcome.let_in("you@example.org", "incoming", Secret("token"))
    found = welcome.refused("you@example.org", "incoming", REFUSAL)
    assert isinstance(found, Busy) and found.wait == WAITS[0]


CASES = [
    # the answers of the server, whether it let the account in before; connections made, the end
    ([None], False, 1, None),
    ([_refusal(Retry.REFRESH), None], False, 2, None),
    ([_refusal(None), None], False, 2, None),
    ([_refusal(Retry.NEVER)], True, 1, SignInNeeded),
    ([_refusal(Retry.USER)], True, 1, SignInNeeded),
    ([_refusal(Retry.BACKOFF)], False, 1, SignInNeeded),
    ([_refusal(Retry.BACKOFF)], True, 1, Busy),
    ([_refusal(Retry.REFRESH), _refusal(Retry.REFRESH)], False, 2, SignInNeeded),
    ([_refusal(Retry.REFRESH), _refusal(Retry.REFRESH)], True, 2, Busy),
    ([_refusal(Retry.REFRESH), Busy("Later.")], True, 2, Busy),
]


@pytest.mark.parametrize(("answers", "before", "connections", "end"), CASES)
def test_what_a_refusal_leads_to(
    identity: IdentityServer,
    user: str,
    answers: list[MailError | None],
    before: bool,
    connections: int,
    end: type[MailError] | None,
) -> None:
    account = by_token(identity, f"{user}@example.org")
    said: list[str] = []
    todo = list(answers)
    welcome = Welcome()
    if before:
        welcome.let_in(account.address, "incoming", Secret("token"))
    with stores.keyring_of(stores.Memory()):
        signed_in_before(identity, account)

        def run() -> tuple[Door, Token | None]:
            door = Door(todo, said)
            return sign_in(
                fresh_start(), welcome, account, "incoming", door, lambda: Door(todo, said), lambda: None
            )

        if end is None:
            assert run()[1] is not None
        else:
            with pytest.raises(end):
                run()
    assert todo == [] and said.count("connect") == connections
    assert identity.asked["token refresh_token"] == connections


def test_a_stop_between_the_two_tries(identity: IdentityServer, user: str) -> None:
    account = by_token(identity, f"{user}@example.org")
    said: list[str] = []
    made: list[Door] = []

    def another() -> Door:
        made.append(Door([], said))
        return made[0]

    def stopped() -> None:
        if made:
            raise Cancelled("Stopped.")

    with stores.keyring_of(stores.Memory()):
        signed_in_before(identity, account)
        with pytest.raises(Cancelled):
            sign_in(
                fresh_start(), Welcome(), account, "incoming", Door([_refusal(None)], said), another, stopped
            )
    assert said.count("connect") == 1


@pytest.mark.parametrize(
    ("taken_before", "retry", "end"),
    [
        ("password", None, Busy),
        ("password", Retry.USER, Busy),
        ("password", Retry.NEVER, Busy),
        ("another", Retry.NEVER, SignInNeeded),
        ("", None, SignInNeeded),
    ],
)
def test_a_password_that_was_taken_a_moment_ago_is_right(
    identity: IdentityServer, user: str, taken_before: str, retry: Retry | None, end: type[MailError]
) -> None:
    account = by_token(identity, f"{user}@example.org", login=Login(user))
    hands = Hands()
    welcome = Welcome(hands.clock().steady)
    if taken_before:
        welcome.let_in(account.address, "incoming", Secret(taken_before))
    with stores.keyring_of(stores.Memory()):
        Secrets().set(account.address, "incoming", Secret("password"))

        def refused() -> type[MailError]:
            door = Door([_refusal(retry)], [])
            with pytest.raises(MailError) as raised:
                sign_in(fresh_start(), welcome, account, "incoming", door, lambda: Door([], []), lambda: None)
            return type(raised.value)

        assert refused() is end
        hands.pass_by(PASSWORD_LATELY + 1)
        assert refused() is SignInNeeded, "it may have been changed meanwhile"


@pytest.mark.dovecot
def test_leaving_does_not_wait_for_a_silent_identity_service(
    make_rig: RigMaker, identity: IdentityServer, oauth_dovecot: Dovecot, user: str
) -> None:
    with stores.keyring_of(stores.Memory()), Scripted(Act.STALL, []) as silent:
        authority = f"https://localhost:{silent.port}/common"
        account = on_dovecot(identity, oauth_dovecot, f"{user}@example.org", authority=authority)
        signed_in_before(identity, account)
        rig = make_rig(account, known=False, watch=True)
        rig.ask(QueueMessage(account.address, account.address, ("friend@contoso.example",), letter(1)))
        until(lambda: silent.connections)
        begun = time.monotonic()
        assert rig.engine.close(2.0)
        assert time.monotonic() - begun < 1.0
