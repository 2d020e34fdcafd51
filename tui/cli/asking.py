"""Questions on the terminal, and secrets from wherever the command line says. Never from arguments."""

from __future__ import annotations

import sys
from argparse import Namespace

from tui.model.account import Account, Auth, Login, SecretSource
from tui.model.error import BadInput, SignInNeeded
from tui.model.preset import MICROSOFT_NOTE, by_address, by_name
from tui.model.secret import Secret


def secrets_for(account: Account, options: Namespace) -> tuple[Secret | None, Secret | None]:
    """The secrets for receiving and for sending that are to be kept; None where a command prints them.

    Raises SignInNeeded when there is none and nobody to ask.
    """
    first = _secret(account, account.login, options.password_stdin, "password")
    if account.smtp_login is None or account.smtp_login.source is SecretSource.COMMAND:
        return first, None
    if not (options.smtp_username or options.smtp_password_stdin):
        return first, first
    return first, _secret(account, account.smtp_login, options.smtp_password_stdin, "password for sending")


def _secret(account: Account, login: Login | None, from_stdin: bool, what: str) -> Secret | None:
    if login is None or login.source is SecretSource.COMMAND:
        return None
    if from_stdin:
        return _from_stdin(what)
    if login.auth is Auth.OAUTH2:
        preset = by_name(account.provider) or by_address(account.address)
        microsoft = preset is not None and preset.note == MICROSOFT_NOTE
        raise SignInNeeded(
            MICROSOFT_NOTE if microsoft else f"{account.address} signs in with a token.",
            "Give a command that prints one: --token-command CMD",
        )
    if not sys.stdin.isatty():
        raise SignInNeeded(
            f"There is no {what} for {account.address}, and nobody here to ask for it.",
            "Give it by --password-stdin, or a command that prints it by --password-command CMD.",
        )
    return _asked(f"The {what} of {login.username}: ")


def printed_by_commands(account: Account) -> None:
    """Run the commands that print an account's secrets, once. Raises SignInNeeded naming what went wrong."""
    from tui.config.secrets import from_command

    for login in (account.login, account.smtp_login):
        if login is not None and login.source is SecretSource.COMMAND:
            from_command(login.command)


def _from_stdin(what: str) -> Secret:
    """The next line of standard input; with both secrets from there, receiving comes first."""
    line = sys.stdin.readline()
    secret = Secret(line.rstrip("\r\n"))
    if not secret:
        raise BadInput(f"There is no {what} on standard input.", "Its first line is taken.")
    return secret


def _asked(question: str) -> Secret:
    import getpass

    try:
        secret = Secret(getpass.getpass(question))
    except EOFError as cause:
        raise SignInNeeded("No password was typed.", "Nothing was saved.") from cause
    if not secret:
        raise SignInNeeded("No password was typed.", "Nothing was saved.")
    return secret


def confirmed(question: str) -> bool:
    """Whether the person says yes; True where there is nobody to ask, since the command itself was clear."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
