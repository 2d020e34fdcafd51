"""The line cut at random octets: nothing lost, doubled or sent twice. `interrupt.py` has the long run."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.dovecot import PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.sync import cuts

pytestmark = pytest.mark.slow


@pytest.mark.dovecot
def test_pop3_with_deletion(dovecot: Dovecot, tmp_path: Path) -> None:
    assert cuts.pop3(dovecot, tmp_path, 20, random.Random(7)).messages > 10


@pytest.mark.dovecot
@pytest.mark.parametrize("capability", ["", WITHOUT_MOVE, PLAIN_IMAP])
def test_imap_with_changes_on_both_sides(
    dovecot_with: Callable[[str], Dovecot], tmp_path: Path, capability: str
) -> None:
    assert cuts.imap(dovecot_with(capability), tmp_path, 10, random.Random(8)).messages > 5


def test_sending(plain_sink: SmtpSink, tmp_path: Path) -> None:
    sent, unsure = cuts.smtp(plain_sink, tmp_path, 30, random.Random(9))
    assert sent + unsure == 30 and sent > 5
