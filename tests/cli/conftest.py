"""A home for each test, and the demo's servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from tests.cli.program import Program
from tests.config import stores
from tui.demo.demo import Demo


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The person's own keyring is not for tests, nor one that another test has left."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("OUTLOOK_TUI_HOME", raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(stores.no_store())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program over an empty home."""
    return Program(tmp_path / "home")


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A mail provider with a sample mailbox, answering what is sent after a moment."""
    with Demo(answer_after=0.1) as running:
        yield running


@pytest.fixture
def filled(program: Program, demo: Demo) -> Program:
    """The program with the demo's mail fetched by IMAP."""
    program.add(demo)
    program("sync")
    return program
