"""Signing in by OAuth from the shell, and `account login`.

What the person has to do is told on standard error, and as JSON Lines for programs. What was granted is held
by the engine, and kept only after it is known for whom it is.
"""

from __future__ import annotations

import contextlib
import math
import queue
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.cli import asking, records
from tui.cli.keeping import require_keyring, save
from tui.cli.shell import Shell
from tui.model.account import Account, Auth, SecretSource, by_oauth
from tui.model.command import BeginSignIn, CancelSignIn, PasteAnswer
from tui.model.error import (
    BadConfig,
    BadInput,
    BadUsage,
    Cancelled,
    MailError,
    NotKept,
    Offline,
    SignInNeeded,
)
from tui.model.event import Event, SigningIn
from tui.model.issuer import Issuer, identity_of
from tui.model.safe_text import safe_line
from tui.model.sign_in import SignedIn, SignInStep, Way

if TYPE_CHECKING:
    from tui.model.consent import ConsentRequest
    from tui.sync.engine import Engine

BY_COMMAND = "Or give a command that prints a token: --token-command CMD"
_LOOK = 0.25
_CANCEL_WITHIN = 1.0

Tell = Callable[[SignInStep], None]


def login(shell: Shell, options: Namespace) -> int:
    """Sign an account in again, in the way that was chosen or the one that suits this computer."""
    account = shell.account(options.address or "")
    output = shell.output
    try:
        signed, kept = _signed_in_and_kept(shell, account, options)
    except MailError as error:
        if output.json:
            output.record(_failure(account, error, _consent_request(shell, account, error)), "")
        raise
    except KeyboardInterrupt:
        if output.json:
            output.record(_failure(account, Cancelled("Stopped."), None), "")
        raise
    record = {"status": "signed-in", "account": account.address, "username": signed.username or None}
    output.record({**record, "kept": kept}, f"{account.address} is signed in.")
    return 0 if kept or _for_session(account) else NotKept.exit_code


def _signed_in_and_kept(shell: Shell, account: Account, options: Namespace) -> tuple[SignedIn, bool]:
    require_possible(shell, account)
    with shell.engine() as engine:
        account, signed = approved(shell, engine, account, options.way, _to_programs(shell))
        kept = save(shell, engine, account) and not _for_session(account)
    if _for_session(account):
        shell.output.note(
            "The account asks to keep it for one session only, which is over with this command: "
            f"outlook-tui account set {account.address} secret_from=keyring"
        )
    return signed, kept


def require_possible(shell: Shell, account: Account) -> None:
    """Raise why an account cannot sign in here, before anybody is troubled to approve anything.

    BadUsage: it takes no token, or takes it from a command; BadConfig: nobody to ask, or no client id, and
    then the steps to one have been printed; Offline; SignInNeeded: nowhere to keep it.
    """
    if not by_oauth(account.login):
        how = "a password" if account.login and account.login.auth is Auth.PASSWORD else "a command's token"
        raise BadUsage(
            f"{account.address} signs in with {how}.",
            f"To sign in at its provider: outlook-tui account set {account.address} auth=oauth2 "
            "secret_from=keyring",
        )
    identity = identity_of(account, shell.settings.client_ids())
    if identity is None:
        raise BadConfig(
            f"It is not known who signs in {account.address}.",
            f"Name a provider, or the address of its sign-in: --authority URL. {BY_COMMAND}",
        )
    if not identity.client_id:
        _explain_registration(shell, identity.issuer)
        raise BadConfig(f"There is no client id for {identity.issuer.title}.", "The steps stand above.")
    if shell.offline:
        raise Offline("Signing in needs the network.", "Try it again without --offline.")
    if not _for_session(account):
        require_keyring(shell, "The sign-in", "Or use a command that prints a token (--token-command).")


def _for_session(account: Account) -> bool:
    return account.login is not None and account.login.source is SecretSource.SESSION


def _explain_registration(shell: Shell, issuer: Issuer) -> None:
    from tui.model import registration

    why, steps, besides = registration.words_for(issuer)
    for line in (*why, *(f"  {number}. {step}" for number, step in enumerate(steps, 1)), besides):
        if line:
            shell.output.note(line)


def approved(
    shell: Shell,
    engine: Engine,
    account: Account,
    way: Way | None,
    also: Tell = lambda step: None,
    *,
    again: bool = False,
) -> tuple[Account, SignedIn]:
    """Have the person approve; the engine then holds what was granted for TestAccount and SaveAccount.

    `also` hears each step; `again` asks for the name also where the browser knows one. Answers the account
    with the user name that goes with the sign-in. Raises SignInNeeded, also when somebody else signed in and
    that is not wanted.
    """
    steps: queue.SimpleQueue[SignInStep] = queue.SimpleQueue()

    def hear(event: Event) -> None:
        if isinstance(event, SigningIn) and event.account == account.address:
            steps.put(event.step)

    unlisten = engine.listen(hear)
    try:
        running: Future[SignedIn] = engine.post(BeginSignIn(account, way, again=again))
        signed = _waited_for(shell, engine, account, running, _told(shell, steps, also))
        account = _whose(account, signed)
    except BaseException as error:
        with contextlib.suppress(TimeoutError):
            engine.post(CancelSignIn(account.address)).exception(_CANCEL_WITHIN)
        if isinstance(error, MailError) and (needed := _consent_request(shell, account, error)):
            shell.output.note("An administrator has to approve first. This message can be sent to yours:")
            shell.output.note("\n".join(f"  {line}" for line in needed.message.splitlines()))
        raise
    finally:
        unlisten()
    return account, signed


def _consent_request(shell: Shell, account: Account, error: MailError) -> ConsentRequest | None:
    """What an administrator is to be asked for, None where a failure needs none."""
    from tui.model.consent import consent_request

    identity = identity_of(account, shell.settings.client_ids())
    return consent_request(error, identity, account.address) if identity else None


def _told(shell: Shell, steps: queue.SimpleQueue[SignInStep], also: Tell) -> Iterator[SignInStep | None]:
    """The newest step, again and again, after it was told once; None before the first."""
    step = None
    while True:
        try:
            step = steps.get(timeout=_LOOK)
        except queue.Empty:
            yield step
        else:
            also(step)
            for line in lines_of(step):
                shell.output.note(line)


def _waited_for(
    shell: Shell,
    engine: Engine,
    account: Account,
    running: Future[SignedIn],
    steps: Iterator[SignInStep | None],
) -> SignedIn:
    answered = False
    with asking.unseen():
        for step in steps:
            if running.done():
                break
            if step is not None and step.way is Way.PASTE:
                answered = answered or _passed_on(shell, engine, account)
            elif step is not None:
                shell.output.progress(countdown(step, time.time()))
    return running.result()


def _passed_on(shell: Shell, engine: Engine, account: Account) -> bool:
    """Whether the next line that was pasted, if there is one, could be handed on; one of no use is told.

    Raises SignInNeeded at the end of the input.
    """
    if not asking.line_waits(_LOOK):
        return False
    answer = asking.pasted()
    if answer is None:
        raise SignInNeeded(
            "No address was pasted that completes the sign-in.",
            "Give the whole address that the browser ended on, as one line of standard input.",
        )
    if not answer:
        return False
    try:
        engine.post(PasteAnswer(account.address, answer)).result()
    except BadInput as error:
        shell.output.error(error)
        return False
    return True


def _whose(account: Account, signed: SignedIn) -> Account:
    """The account for the person who has signed in: where that is another name of its owner, with that name,
    since a mailbox is opened by its first name only; where the mailbox is shared with them, as it is.

    Raises SignInNeeded for somebody else, and where there is nobody to ask.
    """
    if signed.same:
        return account
    other = safe_line(signed.username) or "somebody whose name is not known"
    answer = asking.chosen(
        f"You signed in as {other}, and the account is {account.address}.\n"
        f"y: both are one mailbox; s: the mailbox is shared with {other}; n: that was a mistake.",
        "ysn",
    )
    if answer == "s":
        return account
    if answer == "y" and account.login is not None:
        return replace(account, login=replace(account.login, username=signed.username))
    raise SignInNeeded(
        f"{other} has signed in, and the account is {account.address}.",
        "Sign in as the owner of the account; a private window of the browser asks for the name anew.",
    )


def lines_of(step: SignInStep) -> Iterator[str]:
    """What a person is told of a step; its address and code are made safe, they come from a server.

    A server's own words on a code say no more than these lines.
    """
    url, code = safe_line(step.url), safe_line(step.user_code)
    match step.way:
        case Way.BROWSER:
            yield (
                "Approve in the browser that was opened. If there is none, open this address:"
                if (step.opened)
                else "Open this address in a browser on this computer, and approve:"
            )
            yield url
        case Way.DEVICE:
            yield "Open this address on any device:"
            yield url
            yield f"and type this code there: {code}"
        case Way.PASTE:
            yield "Open this address in any browser, and approve:"
            yield url
            yield "The browser then ends on a page that cannot be shown. Copy the whole address of that page,"
            yield "paste it here and press Enter (it is not shown):"
    if step.words and step.way is not Way.DEVICE:
        yield safe_line(step.words)


def countdown(step: SignInStep, now: float) -> str:
    """That it is waited for, and the minutes that are left (times in Unix seconds), begun ones included."""
    if not step.until:
        return "Waiting for your approval …"
    minutes = max(1, math.ceil((step.until - now) / 60))
    return f"Waiting for your approval … {minutes} min left"


def _to_programs(shell: Shell) -> Tell:
    def tell(step: SignInStep) -> None:
        if shell.output.json:
            shell.output.record(waiting_record(step), "")

    return tell


def waiting_record(step: SignInStep) -> dict[str, Any]:
    """A step as a JSON line; `expires` is ISO 8601 or null."""
    return {
        "status": "waiting",
        "way": step.way.value,
        "url": step.url,
        "user_code": step.user_code or None,
        "expires": records.iso(step.until) if step.until else None,
    }


def _failure(account: Account, error: MailError, needed: ConsentRequest | None) -> dict[str, Any]:
    """A sign-in that failed as a JSON line; `consent_url` is for the administrator who has to approve."""
    return {
        "status": "failed",
        "account": account.address,
        "what": error.what,
        "hint": error.hint or None,
        "detail": error.detail or None,
        "consent_url": needed.link if needed else None,
        "exit_code": error.exit_code,
    }
