"""The rows of the schema are complete and agree with what is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields

import pytest

from tui.config.checking import checked
from tui.config.schema import ACCOUNT, GENERAL, Setting
from tui.config.settings import SCHEMA, General


def test_general_settings_and_schema_agree() -> None:
    assert SCHEMA is GENERAL
    assert {row.key: row.default for row in GENERAL} == asdict(General())
    assert [row.key for row in GENERAL] == [field.name for field in fields(General)]


@pytest.mark.parametrize("rows", [GENERAL, ACCOUNT])
def test_each_row_explains_itself(rows: tuple[Setting, ...]) -> None:
    assert max(Counter(row.key for row in rows).values()) == 1
    for row in rows:
        assert row.sentence.endswith("."), row.key
        assert row.title and row.group and not row.title.endswith("."), row.key
        assert type(row.default) is row.type, row.key


def test_defaults_are_allowed() -> None:
    assert checked(GENERAL, {row.key: row.default for row in GENERAL}, "test")
    for row in ACCOUNT:
        assert not row.choices or row.default in row.choices, row.key
