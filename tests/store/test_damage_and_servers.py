"""A damaged store and a real server: nothing is lost there, and after a repair everything is here, once.

With OUTLOOK_TUI_TEST_ALL many more damages are tried.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.rig import Rig, RigMaker, account_on
from tests.servers.dovecot import Dovecot
from tests.store.damage import described, harm
from tests.sync.letters_in import letter
from tests.sync.maildrops import account_at, fetched, maildrop
from tui.config.paths import find
from tui.model.account import Account, Keep, Protocol
from tui.model.command import Delete, SetFlags
from tui.model.error import MailError, StoreBroken
from tui.model.message import Flag
from tui.store.rebuild import rebuild

_SEEDS = range(200 if "OUTLOOK_TUI_TEST_ALL" in os.environ else 5)
_LETTERS = [letter(number, body=f"Letter {number}. " * (1 + 97 * (number % 9))) for number in range(60)]
_WAYS = {"imap": Keep("leave"), **{text: Keep(text) for text in ("leave", "14d", "until-deleted", "delete")}}


def there(dovecot: Dovecot, user: str) -> Counter[bytes]:
    """How often each message is on the server, in whatever folder; also those marked as deleted."""
    home = dovecot.folder(user)
    return Counter(
        one.read_bytes().replace(b"\n", b"\r\n")
        for part in ("cur", "new")
        for folder in (home, *home.glob(".*"))
        for one in (folder / part).glob("*")
    )


def visit(make_rig: RigMaker, account: Account) -> Rig | None:
    """Start the program and fetch; None where the store does not let it. Nothing but MailErrors may come."""
    try:
        rig = make_rig(account)
    except MailError:
        return None
    try:
        rig.fetch()
    except MailError:
        return None
    finally:
        rig.engine.close(5.0)
    return rig


def whole(rig: Rig | None) -> Counter[bytes]:
    """The messages that can be read with their bytes; b"" for what is here by its header."""
    found: Counter[bytes] = Counter()
    with suppress(StoreBroken):
        for row in rig.all_rows() if rig else ():
            with suppress(StoreBroken):
                assert rig is not None
                found[rig.raw(row.id) or b""] += 1
    return found


def unexpected(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Faults of the program that only its log tells of."""
    return [
        record
        for record in caplog.records
        if record.exc_info and record.exc_info[1] and not isinstance(record.exc_info[1], MailError)
    ]


@pytest.mark.slow
@pytest.mark.dovecot
@pytest.mark.parametrize("way", _WAYS)
def test_nothing_is_lost_by_a_damaged_store(
    make_rig: RigMaker,
    dovecot: Dovecot,
    user: str,
    tmp_path: Path,
    way: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number, one in enumerate(_LETTERS):
        dovecot.deliver(user, one, "INBOX" if number % 3 or way != "imap" else "Archive")
    protocol = Protocol.IMAP if way == "imap" else Protocol.POP3
    account = account_on(dovecot, user, incoming=protocol, keep=_WAYS[way])
    rig = make_rig(account)
    rig.fetch()
    rig.ask(SetFlags((rig.rows()[3].id,), add=Flag.FLAGGED))
    data, sound = find(str(tmp_path / "home")).data, tmp_path / "sound"
    shutil.copytree(data, sound)  # while it is open: its log has the last changes
    rig.engine.close(5.0)
    deleting = way == "delete"
    again = _LETTERS[:20] if deleting else []  # what comes anew, and may leave when it is here
    for seed in _SEEDS:
        shutil.rmtree(data)
        shutil.copytree(sound, data)
        for one in again:
            dovecot.deliver(user, one)
        what = f"{way} {seed}: {harm(data / 'mail.db', random.Random(f'{way} {seed}'))}"
        kept = there(dovecot, user)
        assert kept == Counter(again or _LETTERS)
        visited = visit(make_rig, account)
        assert not kept - there(dovecot, user) - (whole(visited) if deleting else Counter()), what
        rebuild(data / "mail.db", described, [(account.address, protocol)])
        repaired = visit(make_rig, account)
        assert repaired is not None, what
        assert deleting or there(dovecot, user) == kept, what
        found = whole(repaired)
        assert not found.pop(b"", 0) or deleting, what
        assert not kept - found, what
        assert found.total() == len(found) <= len(_LETTERS), f"something is here twice: {what}"
        assert not unexpected(caplog), what


@pytest.mark.parametrize("harmed", [False, True])
def test_a_deletion_is_not_made_there_while_the_bytes_here_are_damaged(
    make_rig: RigMaker, harmed: bool
) -> None:
    """It lies in Deleted, from where it could be taken back: the server's copy is the last good one."""
    with maildrop(*_LETTERS[:3]) as server:
        rig = make_rig(account_at(server, "until-deleted"))
        fetched(rig, server)
        gone = rig.rows()[0]
        rig.ask(Delete((gone.id,)))
        if harmed:
            with closing(sqlite3.connect(rig.paths.database)) as db:
                db.execute("UPDATE body SET data = x'00' WHERE message = ?", (gone.id,))
                db.commit()
        fetched(rig, server)
        assert len(server.box) == (3 if harmed else 2)
