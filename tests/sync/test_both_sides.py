"""Two who change one mailbox at random: both sides agree afterwards. `interrupt.py` has the long run."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.dovecot import MICROSOFT, PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.sync import both_sides

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]


@pytest.mark.parametrize("capability", ["", MICROSOFT, WITHOUT_MOVE, PLAIN_IMAP])
def test_both_sides_agree_in_the_end(
    dovecot_with: Callable[[str], Dovecot], tmp_path: Path, capability: str
) -> None:
    chance = random.Random(20261124)
    figures = both_sides.agree(dovecot_with(capability), tmp_path, 12, chance, racing=False)
    assert figures.messages > 10
