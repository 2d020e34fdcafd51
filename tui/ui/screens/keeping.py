"""Before and after a sign-in: whom to ask, and what to do when the keyring does not keep what was granted."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui.model.account import Account
from tui.model.command import SaveAccount, SignIn
from tui.model.error import Cancelled, MailError
from tui.model.issuer import Identity, identity_of
from tui.ui.desk import Desk
from tui.ui.screens.dialog import Ask, Notice

_NOT_KEPT = "Nothing is lost: it is held in memory until you leave the program."


async def identified(app: App[Any], desk: Desk, account: Account) -> Identity | None:
    """What an account's sign-in asks for; None after saying why nobody can be asked."""
    try:
        identity = identity_of(account, desk.settings.client_ids())
    except MailError as error:
        await app.push_screen_wait(Notice(error))
        return None
    if identity is None:
        what = f"Nobody is known who signs {account.address} in."
        hint = "Name an authority, or use a command that prints an access token."
        await app.push_screen_wait(Notice(MailError(what, hint)))
    return identity


async def kept(app: App[Any], desk: Desk, save: SaveAccount, sentence: str) -> bool:
    """Let the person choose where `sentence` says that the keyring did not keep a sign-in ("" when it did).

    False when a command shall give the secret instead.
    """
    choices = [("keep", "Keep for this session"), ("again", "Try again"), ("command", "Use a command")]
    while sentence:
        taken = await app.push_screen_wait(
            Ask("Not kept in a keyring", f"{sentence}\n\n{_NOT_KEPT}", choices)
        )
        if taken != "again":
            return taken != "command"
        _, sentence = await attempt(app, desk, save)
    return True


async def attempt(app: App[Any], desk: Desk, command: SaveAccount | SignIn) -> tuple[bool, str]:
    """Whether a command succeeded, and the sentence it answers; a failure is shown."""
    try:
        return True, str(await desk.ask(command) or "")
    except Cancelled:
        return False, ""
    except MailError as error:
        await app.push_screen_wait(Notice(error))
        return False, ""
