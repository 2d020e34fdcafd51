"""A home for each test, and the demo's servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program
from tui.demo.demo import Demo


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's own keyring is not for tests."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("OUTLOOK_TUI_HOME", raising=False)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program over an empty home."""
    return Program(tmp_path / "home")


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A mail provider with a sample mailbox, answering what is sent after a moment."""
    with Demo(answer_after=0.1) as running:
        yield running
