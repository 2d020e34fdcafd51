"""The log holds no secrets, acts on no terminal, and is ours alone."""

from __future__ import annotations

import base64
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config import log, paths
from tui.model.error import CannotCreate, Refused

JWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL291dGxvb2sub2Zm.Xx0-9_yZzQqLm3Tt5"
OPAQUE = "M.C512_BAY.0.U.-Ck9xYz" + "aB3*" * 20
PLAIN = base64.b64encode(b"\0me@example.org\0hunter2-canary").decode()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Path]:
    found = paths.find(str(tmp_path / "home"))
    root, ours = logging.getLogger(), logging.getLogger("tui")
    before = root.level, ours.level
    handler = log.start(found, "debug")
    yield found.logs / log.FILE
    log.stop(handler)
    root.setLevel(before[0])
    ours.setLevel(before[1])


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("A1 LOGIN me@example.org hunter2", "A1 LOGIN [secret]"),
        ('> b\'A1 LOGIN "me" "hunter2"\'', "> b'A1 LOGIN [secret]"),
        (f"A2 AUTHENTICATE PLAIN {PLAIN}", "A2 AUTHENTICATE PLAIN [secret]"),
        (f"AUTH XOAUTH2 {PLAIN}", "AUTH XOAUTH2 [secret]"),
        (f"send: 'AUTH PLAIN {PLAIN}\\r\\n'", "send: 'AUTH PLAIN [secret]"),
        (PLAIN, "[secret]"),
        (f"send: '{PLAIN}\\r\\n'", "[secret]"),
        ("PASS hunter2 with spaces", "PASS [secret]"),
        ("*cmd* 'PASS hunter2'", "*cmd* 'PASS [secret]"),
        ("APOP me c4c9334bac560ecc979e58001b3e22fb", "APOP [secret]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
        ("user=me\x01auth=Bearer abc.def\x01\x01", "user=me\x01auth=Bearer [secret]\x01\x01"),
        ("refresh_token=M.C5_x&scope=y", "refresh_token=[secret]&scope=y"),
        ('{"access_token": "abc def", "x": 1}', '{"access_token": [secret], "x": 1}'),
        ("password = 'hun ter2', next", "password = [secret], next"),
        ("imaps://me:hunter2@imap.example.org/", "imaps://me:[secret]@imap.example.org/"),
        (f"got {JWT} and", "got [secret] and"),
        (f"got {OPAQUE} and", "got M.C512_BAY.0.U.[secret] and"),
    ],
)
def test_secrets_are_taken_out(line: str, left: str) -> None:
    assert log.redact(line) == left


@pytest.mark.parametrize(
    "line",
    [
        "fetched 12 of 340 messages in INBOX",
        "a1 NO LOGIN failed.",
        "a1 NO AUTHENTICATE failed.",
        "-ERR Authentication failure: unknown user name or bad password.",
        "AUTH=PLAIN AUTH=XOAUTH2 offered",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "pass 3 of 4 over the folders",
        "<20261123201946.12345@example.org>",
    ],
)
def test_the_rest_is_kept(line: str) -> None:
    assert log.redact(line) == line


def test_written_lines_are_safe(started: Path) -> None:
    logger = logging.getLogger("tui.net.imap")
    logger.warning("server said %s", "\x1b]52;c;ZXZpbA==\x07 two\nlines \u202e")
    try:
        raise Refused("No.", detail="PASS hunter2\r\n\x1b[2Jnext") from ValueError(
            "LOGIN me hunter2\nPASS hunter2"
        )
    except Refused:
        logger.exception("it failed for %s", "password=hunter2")
    logging.getLogger("imapclient").debug("whole conversation")
    logging.getLogger("imapclient").warning("odd answer")

    text = started.read_text()
    lines = text.splitlines()
    assert "hunter2" not in text
    assert not [
        character
        for character in text
        if (character < " " and character != "\n") or character in "\x7f\u202e"
    ]
    assert " WARNING tui.net.imap MainThread: server said " in lines[0] and "two lines" in lines[0]
    assert "it failed for password=[secret]" in lines[1]
    assert lines[2] == "  | Traceback (most recent call last):" or lines[2].startswith("  | ValueError")
    assert any(
        line.startswith('  |   File "') and line.endswith(("test_written_lines_are_safe",)) for line in lines
    )
    assert any(line == "  | detail: PASS [secret]" for line in lines)
    assert "odd answer" in lines[-1] and "whole conversation" not in text
    assert all(line.startswith("  | ") or "MainThread" in line for line in lines)


def test_the_file_is_private_also_after_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_OCTETS", 2000)
    found = paths.find(str(tmp_path / "home"))
    (found.logs / log.FILE).write_text("old\n")
    (found.logs / log.FILE).chmod(0o644)
    before = os.umask(0)
    try:
        handler = log.start(found)
        for number in range(200):
            logging.getLogger("tui").warning("line %d", number)
        log.stop(handler)
    finally:
        os.umask(before)

    files = list(found.logs.iterdir())
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sum(file.stat().st_size for file in files) < 10_000


def test_no_place_for_the_log_is_said(tmp_path: Path) -> None:
    found = paths.find(str(tmp_path / "home"))
    (found.logs / log.FILE).mkdir()

    with pytest.raises(CannotCreate, match="log"):
        log.start(found)


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    record = logging.LogRecord("tui", logging.INFO, __file__, 1, text, None, None)

    line = log.Redacted("%(message)s").format(record)

    assert "\n" not in line and "\x1b" not in line


def test_a_huge_line_takes_no_time() -> None:
    assert len(log.redact("aB3" * 1_000_000)) < 10_000
