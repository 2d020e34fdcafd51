"""Killed while sending: nothing lost, nothing sent twice. `interrupt.py` has the long run."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.smtp_sink import SmtpSink
from tests.sync import send_kills

pytestmark = pytest.mark.slow


def test_killed_at_each_moment(plain_sink: SmtpSink, tmp_path: Path) -> None:
    moments, sent, unsure = send_kills.each_moment(plain_sink, tmp_path)
    assert moments == send_kills.MOMENTS
    assert sent + unsure == moments + 1
    assert unsure == 6, "from the commit of the dot to that of the answer"


def test_killed_anywhere(plain_sink: SmtpSink, tmp_path: Path) -> None:
    sent, unsure = send_kills.anywhere(plain_sink, tmp_path, 10, random.Random(9))
    assert sent + unsure == 10
    assert unsure >= 2, "each fifth is killed between the server's answer and its being heard"


def test_two_processes_that_send_at_once(plain_sink: SmtpSink, tmp_path: Path) -> None:
    """One of them leads and sends; the other asks it to."""
    sends = send_kills.Sends(plain_sink, tmp_path)
    with sends.proxy:
        for _ in range(12):
            sends.queue(10)
        command = [sys.executable, "-m", "tests.sync.sending", str(tmp_path)]
        pair = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [one.wait(30) for one in pair] == [0, 0]
        assert sends.look() == (12, 0)
    assert max(Counter(mail.raw for mail in plain_sink.received).values()) == 1
