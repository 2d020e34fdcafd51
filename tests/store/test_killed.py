"""`kill -9` at the steps of every change and of a repair; the whole: python -m tests.store.killed"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("the calls that are replaced are those of Unix", allow_module_level=True)

from tests.store.changes import CHANGES

_EVERY = 1 if "OUTLOOK_TUI_TEST_ALL" in os.environ else 25


@pytest.mark.slow
def test_whatever_it_is_killed_at_the_store_is_as_before_or_as_after() -> None:
    """In a process of its own, since it forks."""
    command = [sys.executable, "-m", "tests.store.killed", "--every", str(_EVERY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last = re.search(r"^(\d+) kills: (\d+) as before, (\d+) as after, 0 wrong$", done.stdout, re.MULTILINE)
    assert last
    kills, before, after = map(int, last.groups())
    assert kills > len(CHANGES)
    assert before and after
