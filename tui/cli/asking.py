"""Questions on the terminal, and secrets from wherever the command line says. Never from arguments."""

from __future__ import annotations

import os
import select
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from tui.model.account import Account, Auth, Login, SecretSource
from tui.model.error import BadInput, SignInNeeded
from tui.model.secret import Secret

_END = b"\x04"  # Ctrl+D, where the terminal does not make an end of input of it


def secrets_for(account: Account, options: Namespace) -> tuple[Secret | None, Secret | None]:
    """The secrets for receiving and for sending that are to be kept; None where a command prints them, or
    where somebody signs in for them.

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
        return None
    return _typed(
        f"The {what} of {login.username}: ",
        f"{what} for {account.address}",
        "Give it by --password-stdin, or a command that prints it by --password-command CMD.",
    )


def client_secret(given: bool) -> Secret:
    """The client secret: from standard input when that was said (`given`), else asked for.

    Raises SignInNeeded when there is nobody to ask.
    """
    if given or not sys.stdin.isatty():
        return _from_stdin("client secret")
    return _asked("The client secret: ")


def _typed(question: str, what: str, otherwise: str) -> Secret:
    if not sys.stdin.isatty():
        raise SignInNeeded(f"There is no {what}, and nobody here to ask for it.", otherwise)
    return _asked(question)


def printed_by_commands(account: Account) -> None:
    """Run the commands that print an account's secrets, once. Raises SignInNeeded naming what went wrong."""
    from tui.config.secrets import from_command

    for login in (account.login, account.smtp_login):
        if login is not None and login.source is SecretSource.COMMAND:
            from_command(login.command)


def _from_stdin(what: str) -> Secret:
    """The next line of standard input; with both secrets from there, receiving comes first."""
    line = _line()
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
    if not somebody_there():
        return True
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return _line().strip().lower() in ("y", "yes")


def chosen(question: str, letters: str) -> str:
    """Which of `letters` the person answers with; the last for anything else, or where nobody is there."""
    if not somebody_there():
        return letters[-1]
    print(
        f"{question} [{'/'.join(letters[:-1])}/{letters[-1].upper()}] ", end="", file=sys.stderr, flush=True
    )
    answer = _line().strip().lower()[:1]
    return answer if answer and answer in letters else letters[-1]


def somebody_there() -> bool:
    """Whether a person can be asked: the question goes to standard error."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def unseen() -> Iterator[None]:
    """Show nothing of what is typed or pasted, and take lines of any length; nothing where there is no
    terminal.

    A terminal that edits lines itself cuts them off at 4,096 characters (termios(3), canonical mode).
    """
    if not sys.stdin.isatty():
        yield
        return
    import termios

    before = termios.tcgetattr(sys.stdin)
    quiet = [*before[:3], before[3] & ~(termios.ECHO | termios.ICANON), *before[4:]]
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def line_waits(within: float) -> bool:
    """Whether standard input has something within so many seconds; True where it cannot be asked."""
    try:
        return bool(select.select([sys.stdin], [], [], within)[0])
    except (OSError, ValueError):
        return True


def pasted() -> Secret | None:
    """The next line of standard input without the white space around it, None at its end."""
    line = _line()
    return Secret(line.strip()) if line else None


def _line() -> str:
    """The next line of standard input, "" at its end.

    Octet by octet: what is read ahead would be lost to whoever waits for it by `select`.
    """
    try:
        handle = sys.stdin.fileno()
    except (OSError, ValueError):  # a stream in memory
        return sys.stdin.readline()
    line = bytearray()
    while not line.endswith(b"\n") and (octet := os.read(handle, 1)):
        line += octet
    return "" if line.startswith(_END) else line.decode("utf-8", "replace")
