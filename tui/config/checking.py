"""Checks of single settings: known key, right type, allowed value. A ValueError says what is wrong.

Values are repeated in an error only where they were to be one of a few words: a person may have put a
password anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tui.config.schema import SECRETS, Setting, Value
from tui.model.account import Offline

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ID = re.compile(r"[\x21-\x7e]{0,400}")
_TYPES = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


def checked(rows: Iterable[Setting], given: Mapping[str, object], where: str) -> dict[str, Value]:
    """The values of `given` after every key and value was found right. `where` names the table in errors."""
    known = {row.key: row for row in rows}
    values: dict[str, Value] = {}
    for key, value in given.items():
        require_known(key, known, where)
        values[key] = _checked_value(known[key], value, where)
    return values


def require_known(key: str, known: Iterable[str], where: str) -> None:
    """Raise ValueError when `key` is not one of `known`, naming the nearest that is."""
    names = list(known)
    if key in names:
        return
    if key.lower().replace("-", "_").removeprefix("smtp_") in SECRETS:
        raise ValueError(
            f"{key} in {where} looks like a secret, and secrets never stand in this file: "
            "they go to the keyring (enter them on the account's page), or a password_command prints them"
        )
    raise ValueError(f"{key} is not a setting of {where}{nearest(key, names)}")


def require_id(text: str) -> None:
    """Raise ValueError when `text` can be no client id: visible ASCII (RFC 6749 A.1), "" for none."""
    if not _ID.fullmatch(text):
        raise ValueError("must be one word of letters, digits and signs, such as Microsoft's portal shows")


def nearest(key: str, names: Iterable[str]) -> str:
    """ "; the nearest is NAME" for the names most like `key`, else a list of all, the nearest first."""
    from difflib import SequenceMatcher, get_close_matches

    word, every = key.lower().replace("-", "_"), sorted(names)
    close = get_close_matches(word, every, 1, 0.75) or get_close_matches(word, every, 3, 0.5)
    if close:
        return f"; the nearest {'is' if len(close) == 1 else 'are'} {', '.join(close)}"
    every.sort(key=lambda name: -SequenceMatcher(None, word, name).ratio())
    return f"; known are, the nearest first, {', '.join(every)}"


def from_text(row: Setting, text: str) -> Value:
    """The value that a person typed for a setting. Raises ValueError."""
    if row.type is int and re.fullmatch(r"-?[0-9]{1,9}", text):
        return int(text)
    if row.type is bool and text.lower() in ("true", "yes", "on", "false", "no", "off"):
        return text.lower() in ("true", "yes", "on")
    if row.type is str:
        return text
    raise ValueError(f"{row.key} must be {_TYPES[row.type]}")


def _require_word(key: str, value: str, where: str) -> None:
    try:
        require_id(value)
    except ValueError as cause:
        raise ValueError(f"{key} in {where} {cause}") from None


def _checked_value(row: Setting, value: object, where: str) -> Value:
    if type(value) is not row.type or not isinstance(value, (str, int)):
        raise ValueError(f"{row.key} in {where} must be {_TYPES[row.type]}")
    if row.choices and value not in row.choices:
        raise ValueError(f"{row.key} in {where} must be {', '.join(row.choices[:-1])} or {row.choices[-1]}")
    if isinstance(value, str):
        if (_CONTROL_BUT_LINES if row.lines else _CONTROL).search(value):
            raise ValueError(f"{row.key} in {where} holds a control character")
        if row.key == "offline":
            Offline(value)
        if row.key in ("client_id", "client_secret"):
            _require_word(row.key, value, where)
    elif row.type is int and not row.least <= value <= row.most:
        raise ValueError(f"{row.key} in {where} must be from {row.least} to {row.most}")
    return value
