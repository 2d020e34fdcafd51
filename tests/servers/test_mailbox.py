from __future__ import annotations

import email
import mailbox
import subprocess
import sys
from email.policy import default
from itertools import pairwise
from pathlib import Path

import pytest

from tests.servers.mailbox import Kind, messages, write_maildir


@pytest.mark.parametrize(("kind", "count", "mean"), [("small", 1500, 2_600), ("real", 1500, 28_000)])
def test_the_sizes_are_those_promised(kind: Kind, count: int, mean: int) -> None:
    sizes = [len(sample.raw) for sample in messages(count, kind)]
    assert sum(sizes) / count == pytest.approx(mean, rel=0.15)


def test_a_seed_gives_the_same_messages_every_time() -> None:
    assert list(messages(50, "real", 7)) == list(messages(50, "real", 7))
    assert list(messages(50, "real", 7)) != list(messages(50, "real", 8))


@pytest.mark.parametrize("kind", ["small", "real"])
def test_every_message_is_well_formed(kind: Kind) -> None:
    ids = set()
    samples = list(messages(150, kind))
    for sample in samples:
        bare = sample.raw.replace(b"\r\n", b"")
        assert b"\r" not in bare
        assert b"\n" not in bare
        message = email.message_from_bytes(sample.raw, policy=default)
        assert [part.defects for part in message.walk() if part.defects] == []
        for reference in str(message.get("References", "")).split():
            assert reference in ids
        ids.add(message["Message-ID"])
    assert len(ids) == len(samples)
    assert all(first.received < second.received for first, second in pairwise(samples))


def test_the_command_line_writes_a_maildir(tmp_path: Path) -> None:
    target = tmp_path / "mail"
    command = [sys.executable, "-m", "tests.servers.mailbox", "--count", "20", "--maildir", str(target)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == f"20 messages in {target}\n"
    with_flags = mailbox.Maildir(target)
    assert len(with_flags) == 20
    assert any("S" in message.get_flags() for message in with_flags)


def test_maildirs_hold_unix_lines(tmp_path: Path) -> None:
    assert write_maildir(tmp_path, messages(3)) == 3
    for path in (tmp_path / "cur").iterdir():
        assert b"\r" not in path.read_bytes()
