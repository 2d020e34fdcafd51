"""Bad input and bad days: one clear sentence, the right code, nothing lost, and the program goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.cli.test_process import PROGRAM
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.sync.letters_in import letter

resource = pytest.importorskip("resource")


def account(
    program: Program, dovecot: Dovecot, user: str, *, password: str = PASSWORD, port: int = 0
) -> None:
    secret = program.home.parent / "secret"
    secret.write_text(password + "\n")
    servers = {"imap": port or dovecot.imaps, "pop3": dovecot.pop3s, "smtp": dovecot.submission}
    words = [f"--{name}-{what}" for name in servers for what in ("host", "port", "security")]
    values = [str(one) for name, at in servers.items() for one in ("localhost", at, SECURITY[name])]
    pairs = [word for pair in zip(words, values, strict=True) for word in pair]
    program(
        "account", "add", f"{user}@localhost.example", "--username", user, "--no-test", "--ca-file",
        dovecot.ca_file, "--password-command", f"cat {secret}", *pairs,
    )  # fmt: skip


SECURITY = {"imap": "tls", "pop3": "tls", "smtp": "starttls"}


def run(
    home: Path, *words: str, environment: dict[str, str] | None = None, octets: int = 0, shell: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """The program as a process; `octets` limits every file it writes, `shell` is put behind the command."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))

    command = [*PROGRAM, "--home", str(home), *words]
    return subprocess.run(
        ["bash", "-c", f'"$@" {shell}', "bash", *command] if shell else command,
        capture_output=True, timeout=60, check=False, env={**os.environ, **(environment or {})},
        preexec_fn=limit if octets else None,
    )  # fmt: skip


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("change", "code", "says"),
    [({"password": "wrong"}, 77, "password"), ({"port": 1}, 69, "did not answer")],
    ids=["wrong password", "refused port"],
)
def test_why_nothing_was_fetched_is_said_on_stderr(
    program: Program, dovecot: Dovecot, user: str, change: dict[str, str], code: int, says: str
) -> None:
    account(program, dovecot, user, **change)  # type: ignore[arg-type]
    result = program("sync", code=code)
    assert says in result.err.lower() and len(result.err.splitlines()) == 1
    assert says not in result.out


def test_a_pipe_is_not_waited_for_as_an_attachment(program: Program, tmp_path: Path) -> None:
    program("account", "add", "you@localhost.example", "--incoming", "none", "--no-test",
            "--smtp-host", "localhost", "--password-command", "echo x")  # fmt: skip
    os.mkfifo(tmp_path / "pipe")
    result = run(program.home, "send", "--to", "a@b.example", "--attach", str(tmp_path / "pipe"))
    assert result.returncode == 66 and b"not a file" in result.stderr


def test_a_number_too_large_to_count_to(program: Program) -> None:
    program("list", "--limit", "9" * 30)


@pytest.mark.parametrize("shell", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams(program: Program, shell: str) -> None:
    for line in ("list", "--json locate", "--version", "doctor --offline"):
        done = run(program.home, *line.split(), shell=shell)
        assert done.returncode == 0 and not done.stderr.count(b"Traceback"), done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux alone has /dev/full")
@pytest.mark.parametrize("line", ["--json locate", "locate", "account list --json", "doctor --offline"])
def test_an_output_that_takes_no_more(program: Program, line: str) -> None:
    program("locate")
    done = run(program.home, *line.split(), shell=">/dev/full")
    if line != "account list --json":  # which has nothing to say
        assert done.returncode == 74
        assert (
            done.stderr.decode().splitlines()[0]
            == "The output could not be written: No space left on device."
        )


@pytest.fixture
def fetched(program: Program, dovecot: Dovecot, user: str) -> Iterator[Program]:
    for number in range(3):
        dovecot.deliver(user, letter(number, subject="Grüße ☃" if number else ""))
    account(program, dovecot, user)
    program("sync")
    yield program


@pytest.mark.dovecot
def test_files_that_cannot_grow(fetched: Program, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, letter(9))
    for line in ("sync", "flag 1 --add flagged", "send --to a@b.example --subject x"):
        done = run(fetched.home, *line.split(), octets=1000)
        assert done.returncode == 74, done.stderr
        assert b"Traceback" not in done.stderr and 1 <= len(done.stderr.splitlines()) <= 2
    assert len(fetched.json("list").records) == 3
    fetched("sync")
    assert len(fetched.json("list").records) == 4


@pytest.mark.dovecot
@pytest.mark.parametrize("coerced", ["0", "1"])
def test_a_locale_without_letters(fetched: Program, coerced: str) -> None:
    plain = {"LANG": "C", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": coerced}
    for words in (["list"], ["--json", "list"], ["search", "Grüße"], ["--json", "search", "subject:Grüße"]):
        done = run(fetched.home, *words, environment=plain)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"Letter 0" in done.stdout or b"Gr" in done.stdout
    assert run(fetched.home, "search", "\udcff\udcfe", environment=plain).returncode == 0


def test_long_commands_end_by_ctrl_c(program: Program, tmp_path: Path) -> None:
    """A server that says nothing: every command that waits for it ends at once."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        program("account", "add", "you@localhost.example", "--no-test", "--password-command", "echo x",
                "--imap-host", "127.0.0.1", "--imap-port", port, "--smtp-host", "127.0.0.1",
                "--smtp-port", port)  # fmt: skip
        for line in ("sync", "sync --watch", "account test", "doctor", "send --to a@b.example --subject x"):
            with subprocess.Popen(
                [*PROGRAM, "--home", str(program.home), *line.split()],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            ) as running:  # fmt: skip
                with pytest.raises(subprocess.TimeoutExpired):
                    running.wait(1.5)
                running.send_signal(signal.SIGINT)
                assert running.wait(2) == 130, line
                assert running.stderr is not None
                assert b"Traceback" not in running.stderr.read()


@pytest.mark.dovecot
def test_what_a_damaged_store_still_has_is_exported(fetched: Program, tmp_path: Path) -> None:
    store = fetched.home / "data" / "mail.db"
    with sqlite3.connect(store) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = int(db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'folder'").fetchone()[0])
        size = int(db.execute("PRAGMA page_size").fetchone()[0])
    db.close()
    with store.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    fetched("list", code=74)
    result = fetched("export", tmp_path / "out", "--format", "eml", code=74)
    assert "damaged" in result.out + result.err
    assert len(list((tmp_path / "out").iterdir())) == 3
