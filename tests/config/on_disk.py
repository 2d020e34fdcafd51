"""A password store in one file, for tests that run the program as a process of its own.

Chosen by PYTHON_KEYRING_BACKEND=tests.config.on_disk.OnDisk; its file is named by TEST_KEYRING. It takes
nothing for services that have the text of TEST_KEYRING_REFUSES in their names, if that is set.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError, PasswordSetError

BACKEND = "tests.config.on_disk.OnDisk"
FILE = "TEST_KEYRING"
REFUSES = "TEST_KEYRING_REFUSES"
LONGEST = 1280


class OnDisk(KeyringBackend):
    """Takes 1,280 characters a value, as Windows does."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        with _values() as values:
            return values.get(f"{service}\n{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > LONGEST or os.environ.get(REFUSES, "\n") in service:
            raise PasswordSetError(f"not taken: {password}")
        with _values() as values:
            values[f"{service}\n{username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        with _values() as values:
            if values.pop(f"{service}\n{username}", None) is None:
                raise PasswordDeleteError("not there")


@contextmanager
def _values() -> Iterator[dict[str, str]]:
    """All values; what is changed in them is written. One process at a time."""
    path = Path(os.environ[FILE])
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        before = file.read() or "{}"
        values: dict[str, str] = json.loads(before)
        yield values
        after = json.dumps(values)
        if after != before:
            file.truncate(0)
            file.write(after)
