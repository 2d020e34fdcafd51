"""Broken off at each step: the same end. `interrupt.py` has the long run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.dovecot import PLAIN_IMAP, Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.sync import steps

pytestmark = pytest.mark.slow

EVERY = 4


@pytest.mark.dovecot
def test_pop3_with_deletion(dovecot: Dovecot, tmp_path: Path) -> None:
    assert steps.each_step(steps.pop3(dovecot), tmp_path, EVERY) >= 2


@pytest.mark.dovecot
@pytest.mark.parametrize("capability", ["", PLAIN_IMAP])
def test_imap_with_changes_on_both_sides(
    dovecot_with: Callable[[str], Dovecot], tmp_path: Path, capability: str
) -> None:
    assert steps.each_step(steps.imap(dovecot_with(capability)), tmp_path, EVERY * 2) > 5


@pytest.mark.dovecot
def test_pop3_killed_at_its_commits(dovecot: Dovecot, tmp_path: Path) -> None:
    assert steps.each_moment(steps.pop3(dovecot), tmp_path, EVERY) >= 2


@pytest.mark.dovecot
@pytest.mark.parametrize("capability", ["", PLAIN_IMAP])
def test_imap_killed_at_its_commits(
    dovecot_with: Callable[[str], Dovecot], tmp_path: Path, capability: str
) -> None:
    assert steps.each_moment(steps.imap(dovecot_with(capability)), tmp_path, EVERY * 4) >= 3


def test_sending(plain_sink: SmtpSink, tmp_path: Path) -> None:
    assert steps.each_step(steps.smtp(plain_sink), tmp_path) > 8
