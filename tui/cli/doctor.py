"""`doctor`: this installation and every account, step by step, each with what to do next."""

from __future__ import annotations

import os
import platform
import sys
from argparse import Namespace
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui.cli import records
from tui.cli.accounts import check_text, code_of, report_test
from tui.cli.codes import worst
from tui.cli.shell import NO_ACCOUNT_HINT, Shell
from tui.model.account import Account, SecretSource
from tui.model.command import Check
from tui.model.error import MailError

LIBRARIES = ("textual", "imapclient", "keyring", "platformdirs", "tomlkit", "markdown-it-py", "idna")
BROKEN_STORE = 74
SIGN_IN = 77


def doctor(shell: Shell, options: Namespace) -> int:
    """Check everything; the exit code is that of the worst finding."""
    found: list[Check] = []
    for check in _of_this_computer(shell):
        found.append(check)
        shell.output.record(records.check(check), check_text(check))
    code = code_of(found)
    if shell.offline:
        return code
    return worst((code, *_of_accounts(shell, bool(code))))


def _of_accounts(shell: Shell, broken: bool) -> Iterator[int]:
    try:
        accounts = shell.accounts()
    except MailError as error:
        yield error.exit_code  # told among the checks already, unless an unknown account was asked for
        if not broken:
            shell.output.error(error)
        return
    if not accounts or broken:
        return
    with shell.engine() as engine:
        for account in accounts:
            yield report_test(shell, engine, account)


def _of_this_computer(shell: Shell) -> Iterator[Check]:
    yield _versions()
    yield _folders(shell)
    accounts: tuple[Account, ...] = ()
    try:
        accounts = shell.settings.accounts
    except MailError as error:
        yield _failed("configuration", error)
    else:
        detail = f"{len(accounts)} in {shell.paths.config_file}" if accounts else "no account yet"
        yield Check("configuration", ok=True, detail=detail, fix="" if accounts else NO_ACCOUNT_HINT)
    yield _store(shell)
    yield _keyring(accounts)
    yield _terminal()


def _failed(name: str, error: MailError) -> Check:
    return Check(name, ok=False, detail=error.what, fix=error.hint, exit_code=error.exit_code)


def _versions() -> Check:
    from tui import __version__

    parts = [
        f"outlook-tui {__version__}",
        f"Python {platform.python_version()}",
        platform.platform(terse=True),
    ]
    for library in LIBRARIES:
        try:
            parts.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            fix = f"Install it: {sys.executable} -m pip install {library}"
            return Check("versions", ok=False, detail=f"{library} is missing", fix=fix, exit_code=1)
    return Check("versions", ok=True, detail=", ".join(parts))


def _folders(shell: Shell) -> Check:
    try:
        paths = shell.paths
    except MailError as error:
        return _failed("folders", error)
    folders = (paths.config_file.parent, paths.data, paths.state, paths.cache, paths.logs)
    for folder in folders:
        if not os.access(folder, os.W_OK | os.X_OK):
            return Check(
                "folders",
                ok=False,
                detail=f"{folder} cannot be written",
                fix=f"chmod u+rwx {folder}",
                exit_code=73,
            )
    if loose := [folder for folder in _kept(folders) if folder.exists() and folder.stat().st_mode & 0o077]:
        fix = f"chmod go= {loose[0]}"
        return Check("folders", ok=False, detail=f"others can read {loose[0]}", fix=fix, exit_code=SIGN_IN)
    return Check("folders", ok=True, detail=f"private and writable: {paths.data}")


def _kept(folders: tuple[Path, ...]) -> Iterator[Path]:
    yield from folders
    for folder in folders:
        yield from (path for path in folder.iterdir() if path.is_file())


def _store(shell: Shell) -> Check:
    try:
        with shell.reader() as reader:
            problems = reader.check()
            total = sum(folder.total for folder in reader.folders())
    except MailError as error:
        return _failed("store", error)
    if problems:
        fix = "Close every outlook-tui, copy the data folder away, then start again."
        return Check("store", ok=False, detail=" ".join(problems), fix=fix, exit_code=BROKEN_STORE)
    return Check("store", ok=True, detail=f"sound: {total} messages in {shell.paths.database}")


def _keyring(accounts: tuple[Account, ...]) -> Check:
    """The keyring counts only where an account needs it."""
    from tui.config.secrets import Secrets

    found = Secrets().probe()
    logins = [login for one in accounts for login in (one.login, one.smtp_login) if login]
    needed = any(login.source is SecretSource.KEYRING for login in logins)
    if found.ok or needed:
        return Check(
            "keyring", ok=found.ok, detail=found.detail, fix=found.fix, exit_code=0 if found.ok else SIGN_IN
        )
    fix = found.fix or "Use --password-command, or install a keyring."
    return Check("keyring", ok=True, detail=f"none, and no account needs it: {found.detail}", fix=fix)


def _terminal() -> Check:
    term = os.environ.get("TERM", "")
    if not sys.stdout.isatty():
        return Check("terminal", ok=True, detail=f"standard output is none (TERM={term or 'not set'})")
    size = os.get_terminal_size()
    detail = f"{term or 'TERM not set'}, {size.columns}×{size.lines}, {sys.stdout.encoding}"
    if "utf" not in sys.stdout.encoding.lower():
        return Check(
            "terminal",
            ok=False,
            detail=detail,
            fix="Choose a UTF-8 locale, such as LANG=C.UTF-8",
            exit_code=78,
        )
    if size.columns < 60 or size.lines < 15:
        return Check("terminal", ok=True, detail=detail, fix="Make it at least 60×15 to read comfortably.")
    return Check("terminal", ok=True, detail=detail)
