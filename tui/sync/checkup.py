"""Checking this installation and its accounts, step by step; what does not depend on each other at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tui.config.paths import Paths
from tui.model.account import Account, Auth, Login, SecretSource
from tui.model.command import Check, Diagnose
from tui.model.error import BadConfig, Busy, MailError, NotFound
from tui.model.event import Checked
from tui.model.issuer import Identity, identity_of
from tui.model.secret import Secret
from tui.model.sign_in import CLOCK_SKEW
from tui.sync.context import Context
from tui.sync.futures import in_thread
from tui.sync.installation import failed, of_this_computer
from tui.sync.token_words import kept_words

_NOTICEABLE = 30.0  # seconds

Tell = Callable[[Check], None]


def diagnose(context: Context, paths: Paths, command: Diagnose) -> tuple[Check, ...]:
    """The answer to Diagnose; each Check is told on the board as soon as it is made.

    This computer first; then the accounts, their receiving and their sending, all at the same time. Raises
    NotFound for an account that is not set up.
    """
    accounts = _chosen(context, command.account)
    made: list[Check] = []

    def tell(account: str, check: Check) -> None:
        made.append(check)
        context.board.tell(Checked(account, check))

    for check in of_this_computer(lambda: paths, context.secrets):
        tell("", check)
    if context.offline.is_set():
        if accounts:
            words = "you work offline: no server was asked"
            tell("", Check("network", ok=True, detail=words, fix="Go online to check the accounts, too."))
        return tuple(made)
    work = [partial(_account, context, account, partial(tell, account.address)) for account in accounts]
    work.append(partial(_clock, context, accounts, partial(tell, "")))
    for running in [in_thread(each, "checks") for each in work]:
        running.result()
    return tuple(made)


def _chosen(context: Context, address: str) -> tuple[Account, ...]:
    if not address:
        return context.settings.accounts
    account = context.account(address)
    if account is None:
        raise NotFound(f"There is no account {address}.", "outlook-tui account list shows them all.")
    return (account,)


def _account(context: Context, account: Account, tell: Tell) -> None:
    """Both halves of an account at once; what is known of its token last, when one has been used."""
    from tui.net import probe

    def ask(login: Login | None, which: str) -> Secret | None:
        return context.credentials.secret(account, login, which) if login else None

    def try_half(
        probing: Callable[[Account, probe.Ask, Tell], object], login: Login | None, which: str
    ) -> None:
        try:
            with context.welcome.seats.held(account, which):
                probing(account, partial(ask, login, which), tell)
        except Busy as error:
            tell(failed(f"{which} connections", error))

    halves = (
        partial(try_half, probe.receiving, account.login, "incoming"),
        partial(try_half, probe.sending, account.sending_login, "smtp"),
    )
    for running in [in_thread(half, "checks") for half in halves]:
        running.result()
    if _tokens(account):
        tell(_token(context, account))


def _tokens(account: Account) -> tuple[Login, ...]:
    """The sign-ins by OAuth that an account has."""
    logins = (account.login, account.smtp_login)
    return tuple(login for login in logins if login and login.auth is Auth.OAUTH2)


def _token(context: Context, account: Account) -> Check:
    """Age, permissions and end of a sign-in by OAuth. Whether it works the steps before have shown."""
    try:
        facts = context.credentials.kept.facts(account.address)
    except MailError as error:
        return failed("token", error)
    if facts is not None:
        return Check("token", ok=True, detail=kept_words(facts, time.time()))
    if any(login.source is SecretSource.COMMAND for login in _tokens(account)):
        return Check("token", ok=True, detail="printed by your own command")
    return Check("token", ok=True, detail="no sign-in is kept", fix="Sign in: press ! in the mail, or run "
                 f"outlook-tui account login {account.address}")  # fmt: skip


def _clock(context: Context, accounts: tuple[Account, ...], tell: Tell) -> None:
    """Compare the clock with that of a sign-in service, where one is used anyway."""
    asked = (
        one for one in accounts if any(login.source is not SecretSource.COMMAND for login in _tokens(one))
    )
    identity = next(filter(None, (_identity(context, one) for one in asked)), None)
    if identity is None:
        return
    from tui.net import clock

    try:
        ahead = clock.ahead(identity)
    except MailError:
        return  # the steps of the sign-in say better what is wrong
    tell(skew(ahead))


def _identity(context: Context, account: Account) -> Identity | None:
    try:
        return identity_of(account, context.client_ids())
    except BadConfig:
        return None


def skew(ahead: float) -> Check:
    """The check of a clock that is `ahead` seconds before a server's, or behind it where that is negative."""
    way = "ahead of" if ahead > 0 else "behind"
    if abs(ahead) < _NOTICEABLE:
        return Check("clock compared", ok=True, detail="right to half a minute")
    detail = f"{round(abs(ahead))} seconds {way} the sign-in service's"
    fix = "Let this computer set its clock by the network (NTP)."
    wrong = abs(ahead) > CLOCK_SKEW
    return Check(
        "clock compared", ok=not wrong, detail=detail, fix=fix, exit_code=BadConfig.exit_code if wrong else 0
    )
