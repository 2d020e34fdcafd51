"""The settings: read strictly from config.toml, and written back with the person's comments kept.

Reading needs the standard library only, for the start of the program; tomlkit and the file lock are imported
where something is written.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tui.config import checking
from tui.config.accounts import build, flatten
from tui.config.schema import GENERAL, SERVERS, Setting, Value
from tui.model.account import Account
from tui.model.error import BadConfig, BadInput, CannotCreate

SCHEMA = GENERAL
CLIENT_ID = "OUTLOOK_TUI_CLIENT_ID"
_TABLES = ("general", "keys", "accounts")
_LARGEST = 1_000_000
_LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class General:
    """The settings of the table [general]; `schema.GENERAL` explains each."""

    theme: str = "auto"
    list_layout: str = "auto"
    reading: str = "auto"
    threads: bool = True
    date_style: str = "friendly"
    keys: str = "default"
    confirm_quit: bool = True
    mark_read_after: int = 2
    fold_quotes: bool = True
    undo_seconds: int = 10
    editor: str = ""
    signature: str = ""
    check_minutes: int = 5
    offline: str = "all"
    notifications: str = "bell"
    client_id: str = ""
    log_level: str = "info"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the configuration says. `keys` maps the ids of re-bound keys to their new keys."""

    general: General = General()
    accounts: tuple[Account, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)

    def account(self, address: str) -> Account | None:
        """The account of that address, in whatever case it is written."""
        wanted = address.lower()
        return next((account for account in self.accounts if account.address.lower() == wanted), None)

    def signature_of(self, account: Account) -> str:
        """The account's own signature, else the one for all that have none."""
        return account.signature if account.signature.strip() else self.general.signature

    def client_ids(self) -> tuple[str, str]:
        """The ids to sign in with where an account has none, the first that is not empty counts: from the
        environment, and from [general].

        Raises BadConfig when the one of the environment cannot be an id.
        """
        from_environment = os.environ.get(CLIENT_ID, "").strip()
        try:
            checking.require_id(from_environment)
        except ValueError as cause:
            raise BadConfig(f"{CLIENT_ID} {cause}.", "Correct or unset this environment variable.") from None
        return from_environment, self.general.client_id


def load(path: Path) -> Settings:
    """The settings of the file, all defaults when there is none.

    Raises BadConfig naming the file, the key and the nearest known key; also for a file that others could
    have written.
    """
    return _parse(path, _read(path))


def set_value(path: Path, key: str, value: Value | None) -> Settings:
    """Write one setting: a key of the schema, or `keys.ID` for a re-bound key; None takes it out.

    Answers the settings as they are then. Raises BadInput for a wrong key or value, BadConfig, CannotCreate.
    """
    table, dot, name = key.partition(".")
    try:
        if not dot:
            table, name = "general", key
            checking.checked(SCHEMA, {key: value} if value is not None else {}, "the settings")
            checking.require_known(key, (row.key for row in SCHEMA), "the settings")
        elif table != "keys" or not isinstance(value, str | None):
            raise ValueError(f"{key} is not a setting; keys are set as keys.ID")
    except ValueError as cause:
        raise BadInput(f"This cannot be set: {cause}.", "The settings screen lists everything.") from cause

    def change(text: str, settings: Settings) -> tuple[str, Settings]:
        from tui.config import document

        if table == "keys":
            keys = {id: bound for id, bound in settings.keys.items() if id != name}
            keys |= {} if value is None else {name: str(value)}
            expected = replace(settings, keys=keys)
        else:
            default = next(row.default for row in SCHEMA if row.key == name)
            changed: dict[str, Any] = {name: default if value is None else value}
            expected = replace(settings, general=replace(settings.general, **changed))
        return document.with_value(text, table, name, value), expected

    return _change(path, change)


def save_account(path: Path, account: Account) -> Settings:
    """Write an account, new or changed, at its place in the file. Never a secret.

    Answers the settings as they are then. Raises BadInput for an impossible account, BadConfig, CannotCreate.
    """
    values = flatten(account)
    try:
        written = build(account.address, values)
    except ValueError as cause:
        raise BadInput(f"This account cannot be saved: {cause}.", "Correct it and save again.") from cause

    def change(text: str, settings: Settings) -> tuple[str, Settings]:
        from tui.config import document

        known = settings.account(account.address)
        address = known.address if known else account.address
        renamed = replace(written, address=address)
        if known:
            accounts = tuple(renamed if one is known else one for one in settings.accounts)
        else:
            accounts = (*settings.accounts, renamed)
        return document.with_account(text, address, values), replace(settings, accounts=accounts)

    return _change(path, change)


def remove_account(path: Path, address: str) -> Settings:
    """Take an account out of the file; nothing happens when it is not there.

    Answers the settings as they are then. Raises BadConfig, CannotCreate.
    """

    def change(text: str, settings: Settings) -> tuple[str, Settings]:
        from tui.config import document

        known = settings.account(address)
        if known is None:
            return text, settings
        rest = tuple(one for one in settings.accounts if one is not known)
        return document.without_account(text, known.address), replace(settings, accounts=rest)

    return _change(path, change)


def _change(path: Path, change: Callable[[str, Settings], tuple[str, Settings]]) -> Settings:
    """Read, change, prove that the new text says what was meant, and only then replace the file."""
    from tui.config import atomic

    with _only_one(path):
        text = _read(path)
        try:
            changed, expected = change(text, _parse(path, text))
            result = _parse(path, changed)
        except ValueError as cause:
            raise BadConfig(f"{path}: {cause}.", "Please make this change in the file by hand.") from cause
        if _unordered(result) != _unordered(expected):
            raise BadConfig(
                f"{path} is written in a way that the program cannot change safely.",
                "Please make this change in the file by hand.",
            )
        if changed != text:
            atomic.write(path, changed)
        return result


def _unordered(settings: Settings) -> tuple[General, frozenset[Account], Mapping[str, str]]:
    return settings.general, frozenset(settings.accounts), settings.keys


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold the lock beside the file, so that two programs do not undo each other's changes."""
    import filelock

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_SECONDS, mode=0o600):
            yield
    except filelock.Timeout as cause:
        raise CannotCreate(
            f"{path} is being changed by another program.", "Try again in a moment."
        ) from cause
    except OSError as cause:
        raise CannotCreate(
            f"The folder {path.parent} cannot be written to: {cause.strerror}.", "Check its rights."
        ) from cause


def _read(path: Path) -> str:
    """The text of the file, "" when there is none."""
    try:
        with path.open("rb") as file:
            _require_ours(path, os.fstat(file.fileno()))
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as cause:
        raise BadConfig(
            f"{path} cannot be read: {cause.strerror}.", "Check its rights (chmod 600)."
        ) from cause
    if len(data) > _LARGEST:
        raise BadConfig(f"{path} is larger than {_LARGEST:,} bytes.", "That is not a settings file of ours.")
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as cause:
        raise BadConfig(f"{path} is not UTF-8 text (byte {cause.start}).", "Save it as UTF-8.") from cause


def _require_ours(path: Path, status: os.stat_result) -> None:
    """Refuse a file that somebody else could have written: a command of it would be run in our name."""
    if os.name != "posix":
        return
    folder = path.resolve().parent
    if status.st_uid not in (0, os.geteuid()):
        raise BadConfig(f"{path} belongs to another user.", "Make it yours, or use another --home.")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise BadConfig(f"Other users may write to {path}.", f"Close it to them: chmod 600 {path}")
    mode = folder.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
        raise BadConfig(f"Other users may write to the folder {folder}.", f"Close it: chmod 700 {folder}")


def _parse(path: Path, text: str) -> Settings:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise BadConfig(f"{path} cannot be read: {cause}.", "Correct that line; it is TOML.") from cause
    except RecursionError as cause:
        raise BadConfig(f"{path} is nested too deeply.", "Correct it; it is TOML.") from cause
    try:
        for name, table in tables.items():
            checking.require_known(name, _TABLES, "the file (its tables)")
            _require_table(table, f"[{name}]")
        general: dict[str, Any] = dict(checking.checked(SCHEMA, tables.get("general", {}), "[general]"))
        return Settings(General(**general), _accounts(tables), _keys(tables.get("keys", {})))
    except ValueError as cause:
        raise BadConfig(
            f"{path}: {cause}.", "Correct the file, or take the line out for the default."
        ) from None


def _accounts(tables: Mapping[str, Any]) -> tuple[Account, ...]:
    accounts: dict[str, Account] = {}
    for address, table in tables.get("accounts", {}).items():
        _require_table(table, f'[accounts."{address}"]')
        account = build(address, _flat(address, table))
        if accounts.setdefault(address.lower(), account) is not account:
            raise ValueError(f"{address} is there twice")
    return tuple(accounts.values())


def _flat(address: str, table: Mapping[str, object]) -> dict[str, object]:
    """An account's table with the tables of its servers folded in: `host` of `imap` is `imap_host`."""
    flat: dict[str, object] = {}
    for key, value in table.items():
        if key in SERVERS:
            where = f'[accounts."{address}".{key}]'
            _require_table(value, where)
            assert isinstance(value, dict)
            known = [row.key.removeprefix(f"{key}_") for row in _rows_of(key)]
            for inner, setting in value.items():
                checking.require_known(inner, known, where)
                flat[f"{key}_{inner}"] = setting
        else:
            known = [row.key for row in _rows_of("")] + list(SERVERS)
            checking.require_known(key, known, f'[accounts."{address}"]')
            flat[key] = value
    return flat


def _rows_of(server: str) -> Iterator[Setting]:
    """The account's settings that stand in a server's table, or for "" those that stand in its own."""
    from tui.config.schema import ACCOUNT

    for row in ACCOUNT:
        kind = row.key.partition("_")[0]
        if (kind if kind in SERVERS else "") == server:
            yield row


def _keys(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """The re-bound keys by id, whether the id was written `"mail.reply"` or `mail.reply`."""
    keys: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            inner = _keys(value, f"{prefix}{name}.")
        elif isinstance(value, str):
            inner = {prefix + name: value}
        else:
            raise ValueError(f'{prefix}{name} in [keys] must be a text in quotes, such as "m, ctrl+n"')
        if twice := keys.keys() & inner.keys():
            raise ValueError(f"{min(twice)} is in [keys] twice")
        keys |= inner
    return keys


def _require_table(value: object, where: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be a table")
