"""Saving an account with its secrets, and telling the process that talks to the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.cli.shell import Shell
from tui.model.account import Account
from tui.model.command import ReloadSettings, SaveAccount
from tui.model.error import MailError, SignInNeeded
from tui.model.secret import Secret

if TYPE_CHECKING:
    from tui.sync.engine import Engine


def require_keyring(shell: Shell, what: str, hint: str) -> None:
    """Refuse a secret (`what` names it) that could not be kept: it would be gone with this process.

    Raises SignInNeeded with `hint`.
    """
    from tui.config.secrets import Secrets

    found = Secrets(waiting=shell.keyring_waits).probe()
    if not found.ok:
        raise SignInNeeded(
            f"{what} cannot be kept: {found.detail or 'there is no keyring here'}",
            f"{found.fix} {hint}".strip(),
        )


def save(
    shell: Shell,
    engine: Engine,
    account: Account,
    secret: Secret | None = None,
    smtp_secret: Secret | None = None,
) -> bool:
    """Write the account and keep its secrets; False when one is kept for this process only, which is told."""
    words = engine.post(SaveAccount(account, secret, smtp_secret)).result()
    if words:
        shell.output.note(words)
    tell_leader(shell, engine)
    return not words


def tell_leader(shell: Shell, engine: Engine) -> None:
    """Let the process that talks to the servers know; it reads the configuration at its start anyway."""
    if engine.leading:
        return
    try:
        engine.post(ReloadSettings()).result()
    except MailError as error:
        shell.output.error(error)
