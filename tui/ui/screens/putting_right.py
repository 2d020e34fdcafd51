"""Putting right what is wrong with an account, from wherever one is: mostly signing in again."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.model.account import Account, SecretSource, by_oauth
from tui.model.command import SaveAccount, SignIn
from tui.model.error import MailError
from tui.model.event import AccountStatus, Phase
from tui.model.preset import by_name
from tui.ui import words
from tui.ui.desk import Desk
from tui.ui.messages import Said
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.dialog import Ask, Notice, PromptSecret
from tui.ui.screens.keeping import attempt, identified, kept
from tui.ui.screens.sign_in import Approved, SignInScreen

_LEFT = (
    "Nothing is lost: what is here stays here, and the next fetch tries it again. On the mail screen g x "
    "lists what a server refused, g h what waits for your word."
)
_STAYS = "Your mail, drafts and outbox stay as they are."


def first_trouble(desk: Desk) -> AccountStatus | None:
    """The first account that needs the person, else the first of which there is more to tell; None when all
    is well."""
    states = [desk.engine.status(account.address) for account in desk.settings.accounts]
    asking = (state for wanted in (words.trouble, words.worth_asking) for state in states if wanted(state))
    return next(asking, None)


async def put_right(app: App[Any], desk: Desk, state: AccountStatus) -> None:
    """Sign in again where that is what is missing; else say what is wrong, and what becomes of it."""
    account = desk.settings.account(state.account)
    if state.phase is Phase.SIGN_IN and account is not None:
        await sign_in_again(app, desk, account, " ".join(filter(None, (state.what, state.hint))))
        return
    if state.what or not state.problems:
        error = MailError(state.what or "Something is wrong.", state.hint, detail=state.detail)
    else:
        error = MailError("\n".join(state.problems), _LEFT)
    await app.push_screen_wait(Notice(error, title=state.account))


async def tell_trouble(app: App[Any], desk: Desk, address: str) -> None:
    """Say why an account stands still. Where it wants its sign-in again, do that if the person likes to; `!`
    does it later."""
    state = desk.engine.status(address)
    account = desk.settings.account(address)
    if account is None:
        return
    if state.phase is not Phase.SIGN_IN:
        await put_right(app, desk, state)
        return
    text = "\n\n".join(part for part in (state.what, state.hint, _STAYS) if part)
    choices = [("now", "Sign in"), ("", "Later (!)")]
    if await app.push_screen_wait(Ask(f"{address} needs you", text, choices)):
        await sign_in_again(app, desk, account)


async def sign_in_again(app: App[Any], desk: Desk, account: Account, why: str = "") -> bool:
    """Take the sign-in of an account once more, in the way it is configured; whether that was done.

    `why` is what the person should know, "" for nothing.
    """
    if by_oauth(account.login):
        return await _approve(app, desk, account)
    if account.login is not None and account.login.source is SecretSource.COMMAND:
        text = why or "A command of yours prints the secret of this account."
        choices = [("change", "Change how to sign in"), ("", "Leave it")]
        if await app.push_screen_wait(Ask(f"Sign in to {account.address}", text, choices)):
            return await _change(app, desk, account)
        return False
    return await _ask_secret(app, desk, account, why)


async def _ask_secret(app: App[Any], desk: Desk, account: Account, why: str) -> bool:
    preset = by_name(account.provider)
    parts = (why or f"The password of {account.address}.", preset.note if preset else "", _STAYS)
    title = f"Sign in to {account.address}"
    given = await app.push_screen_wait(PromptSecret(title, "\n\n".join(filter(None, parts))))
    if given is None:
        return False
    done, sentence = await attempt(app, desk, SignIn(account.address, *given))
    if done:
        app.post_message(Said(sentence or "Signing in…"))
    return done


async def approve(app: App[Any], desk: Desk, account: Account) -> Approved | None:
    """Have an account's sign-in approved; it is held until the account is saved. None when it was not."""
    identity = await identified(app, desk, account)
    if identity is None:
        return None
    return await app.push_screen_wait(SignInScreen(desk, account, identity))


async def save(app: App[Any], desk: Desk, account: Account, sentence: str = "") -> bool:
    """Save an account with the sign-in that is held for it; `sentence` says why it is not in a keyring.

    Whether that was done, or a command was given instead.
    """
    command = SaveAccount(account)
    done, words = await attempt(app, desk, command)
    if not done:
        return False
    if not await kept(app, desk, command, words or sentence):
        return await _change(app, desk, account)
    return True


async def _approve(app: App[Any], desk: Desk, account: Account) -> bool:
    approved = await approve(app, desk, account)
    if approved is None or not await save(app, desk, approved.account, approved.words):
        return False
    app.post_message(Said(f"Signed in to {account.address}."))
    return True


async def _change(app: App[Any], desk: Desk, account: Account) -> bool:
    address = await app.push_screen_wait(AddAccountScreen(desk, account, by_command=True))
    return bool(address)
