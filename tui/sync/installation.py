"""Checks of this computer, without any network: versions, folders, configuration, store, keyring, terminal,
clock. The shell uses them also where no engine can be started."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.config.settings import load
from tui.model.account import Account, SecretSource
from tui.model.command import Check
from tui.model.error import BadConfig, CannotCreate, MailError, SignInNeeded, StoreBroken
from tui.model.terminal import terminal
from tui.store.faults import REPAIR
from tui.store.reader import Reader

LIBRARIES = (
    "textual", "imapclient", "keyring", "msal", "requests", "urllib3", "cryptography", "dnspython",
    "platformdirs", "tomlkit", "filelock", "markdown-it-py", "idna",
)  # fmt: skip
"""What is needed with every Python; the servers of the demo are left out."""
_ADD_ONE = "Add one in the settings of the screen, or run: outlook-tui account add ADDRESS"
_OLDEST_NOW = 1_767_225_600  # 2026-01-01: no clock of this program can rightly show less
_FARTHEST_NOW = 4_102_444_800  # 2100-01-01


def of_this_computer(paths: Callable[[], Paths], secrets: Secrets) -> Iterator[Check]:
    """Every check of the installation, each as soon as it is made. `paths` may raise CannotCreate."""
    yield _versions()
    try:
        found = paths()
    except MailError as error:
        yield failed("folders", error)
        accounts: tuple[Account, ...] = ()
    else:
        yield _folders(found)
        configuration, accounts = _configuration(found)
        yield configuration
        yield _store(found)
    yield clock(time.time())
    yield _terminal()
    yield _keyring(accounts, secrets)


def failed(name: str, error: MailError) -> Check:
    """The check that an error has ended."""
    return Check(name, ok=False, detail=error.what, fix=error.hint, exit_code=error.exit_code)


def clock(now: float) -> Check:
    """Whether the clock (Unix seconds) can be right: certificates and sign-ins depend on it."""
    shown = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    if _OLDEST_NOW <= now < _FARTHEST_NOW:
        return Check("clock", ok=True, detail=shown)
    fix = "Set date and time of this computer: no certificate and no sign-in is valid at that time."
    detail = f"{shown} cannot be right"
    return Check("clock", ok=False, detail=detail, fix=fix, exit_code=BadConfig.exit_code)


def _versions() -> Check:
    import platform
    from importlib.metadata import PackageNotFoundError, version

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


def _folders(paths: Paths) -> Check:
    folders = (paths.config_file.parent, paths.data, paths.state, paths.cache, paths.logs)
    for folder in folders:
        if not os.access(folder, os.W_OK | os.X_OK):
            return Check(
                "folders",
                ok=False,
                detail=f"{folder} cannot be written",
                fix=f"chmod u+rwx {folder}",
                exit_code=CannotCreate.exit_code,
            )
    if loose := [path for path in _kept(folders) if os.name == "posix" and _is_open(path)]:
        detail, fix = f"others can read {loose[0]}", f"chmod go= {loose[0]}"
        return Check("folders", ok=False, detail=detail, fix=fix, exit_code=SignInNeeded.exit_code)
    return Check("folders", ok=True, detail=f"private and writable: {paths.data}")


def _kept(folders: tuple[Path, ...]) -> Iterator[Path]:
    yield from folders
    for folder in folders:
        yield from (path for path in folder.iterdir() if path.is_file())


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:  # a file of the store that came and went
        return False


def _configuration(paths: Paths) -> tuple[Check, tuple[Account, ...]]:
    try:
        accounts = load(paths.config_file).accounts
    except MailError as error:
        return failed("configuration", error), ()
    if not accounts:
        return Check("configuration", ok=True, detail="no account yet", fix=_ADD_ONE), ()
    number = f"{len(accounts)} account{'s' if len(accounts) > 1 else ''}"
    return Check("configuration", ok=True, detail=f"{number} in {paths.config_file}"), accounts


def _store(paths: Paths) -> Check:
    try:
        with Reader(paths.database) as reader:
            problems = reader.check()
            total = sum(folder.total for folder in reader.folders())
    except MailError as error:
        return failed("store", error)
    if problems:
        fix = f"{REPAIR}. What is damaged is kept."
        return Check("store", ok=False, detail=" ".join(problems), fix=fix, exit_code=StoreBroken.exit_code)
    return Check("store", ok=True, detail=f"sound: {total} messages in {paths.database}")


def _keyring(accounts: tuple[Account, ...], secrets: Secrets) -> Check:
    """The keyring counts only where an account needs it."""
    found = secrets.probe()
    logins = [login for one in accounts for login in (one.login, one.smtp_login) if login]
    if found.ok or any(login.source is SecretSource.KEYRING for login in logins):
        return found
    fix = found.fix or "Use --password-command, or install a keyring."
    return Check("keyring", ok=True, detail=f"none, and no account needs it: {found.detail}", fix=fix)


def _terminal() -> Check:
    """Of the stream the program was started with: a screen puts its own in the place of `sys.stdout`."""
    stream = sys.__stdout__
    if stream is None or stream.closed or not stream.isatty():
        return terminal(os.environ, None, "")
    size = os.get_terminal_size(stream.fileno())
    return terminal(os.environ, (size.columns, size.lines), stream.encoding)
