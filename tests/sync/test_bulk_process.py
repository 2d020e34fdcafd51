"""The process that downloads, where it cannot be had, and as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.rig import RigMaker, account_on, until
from tests.servers.dovecot import Dovecot, free_port
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Protocol, Security, Server
from tui.model.error import Offline
from tui.model.secret import Secret
from tui.store.database import Database
from tui.sync.arrivals import CROWD
from tui.sync.errand import Ended, Errand, errand_line, said_of


@pytest.mark.dovecot
@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_where_no_process_can_be_had_it_does_without(
    make_rig: RigMaker, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    sent = [letter(number) for number in range(CROWD + 10)]
    for raw in sent:
        dovecot.deliver(user, raw)
    monkeypatch.setattr("tui.sync.backoff.FIRST_DELAY", 0.02)
    monkeypatch.setattr("tui.sync.backoff.THROTTLED_DELAY", 0.02)
    monkeypatch.setattr(sys, "executable", python)
    rig = make_rig(account_on(dovecot, user), watch=True)
    until(lambda: Counter(rig.raw(row.id) for row in rig.rows()) == Counter(sent), 30)


def test_it_says_what_went_wrong_and_ends_well(tmp_path: Path) -> None:
    database = tmp_path / "mail.db"
    Database.open(database)
    account = Account(
        "you@localhost.example",
        incoming=Protocol.IMAP,
        imap=Server("127.0.0.1", free_port(), Security.PLAIN),
        login=Login("you"),
    )
    line = errand_line(Errand(account, (1,), None), Secret("word"))
    command = [sys.executable, "-P", "-m", "tui.sync.bulk_process", str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        process.stdin.write(line)
        process.stdin.flush()
        said = said_of(process.stdout.readline())
        assert process.wait(20) == 0
    assert isinstance(said, Ended) and isinstance(said.error, Offline)
