"""A secret is never printed, logged, stored or handed to another program."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.cli.program import Program, servers
from tests.config import stores
from tui.demo.demo import Demo


def _holders(folder: Path, secret: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def test_no_command_lets_the_password_out(program: Program, demo: Demo) -> None:
    secret = demo.secret.reveal()
    results = [program.add(demo)]
    lines = ["sync", "list", "account show", "account test", "doctor", "send --to a@contoso.example", "undo"]
    results += [program(*line.split(), code=None) for line in lines]
    wrong = program.home.parent / "wrong"
    wrong.write_text("canary-5f1b")
    words = ("account", "add", "other@contoso.example", *servers(demo), "--password-command", f"cat {wrong}")
    results.append(program(*words, code=77))
    for result in results:
        assert secret not in result.out + result.err
        assert "canary-5f1b" not in result.out + result.err
    assert _holders(program.home, secret) == []
    assert _holders(program.home, "canary-5f1b") == []


def test_a_password_that_cannot_be_kept_is_not_taken(program: Program, demo: Demo) -> None:
    words = ("account", "add", demo.account.address, *servers(demo), "--password-stdin")
    result = program(*words, stdin=b"canary-77aa\n", code=77)
    assert "--password-command" in result.err
    assert _holders(program.home, "canary-77aa") == []
    assert program.json("account", "list").records == []


def test_the_person_is_told_that_the_keyring_is_waited_for(program: Program, demo: Demo) -> None:
    store = stores.Waiting()
    words = ("account", "add", demo.account.address, *servers(demo), "--password-stdin", "--no-test")
    answer = threading.Timer(1.2, store.answered.set)
    with stores.keyring_of(store):
        answer.start()
        result = program(*words, stdin=b"canary-31cc\n")
    answer.join()
    assert result.err.count("Waiting for your keyring; it may be asking for its password.") == 1
    assert store.values


def test_a_command_that_prints_nothing_is_named(program: Program, demo: Demo) -> None:
    words = ("account", "add", demo.account.address, *servers(demo), "--password-command")
    for command in ("false", "true", "no-such-program"):
        assert "command" in program(*words, command, code=77).err


def test_a_client_secret_is_never_taken_from_the_words_nor_shown(program: Program, demo: Demo) -> None:
    program.add(demo, "--no-test")
    refused = program("account", "set", "client_secret=canary-90ab", code=2)
    assert "canary-90ab" not in refused.err
    results = [
        program("account", "set", "client-secret=-", stdin=b"canary-90ab\n"),
        program.json("account", "show"),
        program("account", "show"),
        program.json("account", "list"),
        program("account", "set", "name=You"),
    ]
    for result in results:
        assert "canary-90ab" not in result.out + result.err
    assert results[1].record["client_secret"] == "set"
    assert [path.name for path in _holders(program.home, "canary-90ab")] == ["config.toml"]
    program("account", "set", "client_secret=")
    assert "client_secret" not in program.json("account", "show").record
    assert _holders(program.home, "canary-90ab") == []
