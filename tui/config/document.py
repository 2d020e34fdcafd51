"""Changes to the text of the configuration that keep its comments, its order and its spelling (tomlkit).

Each function takes and gives the whole text. The text must have been found right before; a ValueError means
that tomlkit cannot follow it all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from tui.config.schema import SERVERS, Value

_FIRST_LINES = "Settings of outlook-tui. The settings screen explains each of them and writes them here."

_Node = MutableMapping[str, Any]


def with_value(text: str, table: str, key: str, value: Value | None) -> str:
    """The text with `key` of `[table]` set, or taken out where `value` is None."""

    def change(document: _Node) -> None:
        _drop_dotted(document.get(table, {}), key)
        if value is None:
            document.get(table, {}).pop(key, None)
        elif table in document:
            document[table][key] = value
        else:
            document[table] = _new({key: value})

    return _changed(text, change)


def with_account(text: str, address: str, values: Mapping[str, Value]) -> str:
    """The text with the account's table holding exactly the flat `values`, whatever it held before."""

    def change(document: _Node) -> None:
        if "accounts" not in document:
            document["accounts"] = tomlkit.table(is_super_table=True)
        own, nested = _nested(values)
        account = _filled(document["accounts"], address, own)
        for kind, part in nested.items():
            if part:
                _filled(account, kind, part)
            else:
                account.pop(kind, None)

    return _changed(text, change)


def without_account(text: str, address: str) -> str:
    """The text without the account's table."""

    def change(document: _Node) -> None:
        document.get("accounts", {}).pop(address, None)

    return _changed(text, change)


def _changed(text: str, change: Callable[[_Node], None]) -> str:
    try:
        document = tomlkit.parse(text)
        if not text.strip():
            document.add(tomlkit.comment(_FIRST_LINES))
            document.add(tomlkit.nl())
        change(document)
        return tomlkit.dumps(document).rstrip("\n") + "\n"
    except (TOMLKitError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise ValueError("its form cannot be changed by the program") from cause


def _filled(parent: _Node, name: str, values: Mapping[str, Value]) -> _Node:
    """The table of that name with exactly `values` beside its inner tables; made when it is missing."""
    if name not in parent:
        parent[name] = _new(values)
    table: _Node = parent[name]
    for key in [key for key, value in table.items() if not isinstance(value, Mapping) and key not in values]:
        del table[key]
    for key, value in values.items():
        if table.get(key) != value:
            table[key] = value
    return table


def _new(values: Mapping[str, Value]) -> Table:
    """A table that is followed by an empty line."""
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, value)
    return table.add(tomlkit.nl())


def _nested(values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, dict[str, Value]]]:
    """Flat values as the account's own and those of its servers: `imap_host` is `host` of `imap`."""
    own: dict[str, Value] = {}
    nested: dict[str, dict[str, Value]] = {kind: {} for kind in SERVERS}
    for key, value in values.items():
        kind, _, rest = key.partition("_")
        if rest and kind in nested:
            nested[kind][rest] = value
        else:
            own[key] = value
    return own, nested


def _drop_dotted(table: _Node, key: str) -> None:
    """Take out `mail.reply = …` where `"mail.reply" = …` is to stand: TOML knows them apart, we do not."""
    head, _, rest = key.partition(".")
    if rest and isinstance(inner := table.get(head), MutableMapping):
        inner.pop(rest, None)
        if not inner:
            table.pop(head)
