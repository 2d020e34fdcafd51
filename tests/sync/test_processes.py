"""Two programs on one store, and the end of a program whose servers hang."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rig import Rig, RigMaker, until
from tests.servers.dovecot import Dovecot
from tests.servers.scripted import IMAP_GREETING, POP3_GREETING, Act, Scripted, imap, pop3, rule
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.command import Fetch, FetchBody, GoOffline, SetFlags, StartDraft
from tui.model.error import NotFound, Offline
from tui.model.event import Phase
from tui.model.folder_command import CreateFolder
from tui.model.message import Flag
from tui.store.reader import Reader


@pytest.mark.dovecot
def test_the_second_program_asks_the_first(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    for number in range(3):
        dovecot.deliver(user, letter(number))
    first = make_rig(account)
    second = make_rig(account)
    assert first.engine.leading and not second.engine.leading
    assert second.fetch().new == 3
    assert len(second.rows()) == 3
    with pytest.raises(NotFound):
        second.ask(FetchBody(999))


@pytest.mark.dovecot
def test_a_change_of_the_second_program_is_pushed_by_the_first(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1))
    make_rig(account)
    second = make_rig(account)
    second.fetch()
    row = second.rows()[0]
    second.ask(SetFlags((row.id,), add=Flag.FLAGGED))
    maildir = dovecot.folder(user)
    until(lambda: any("F" in path.name.partition(":2,")[2] for path in (maildir / "cur").iterdir()))


@pytest.mark.dovecot
def test_the_second_program_takes_the_lead_when_the_first_ends(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1))
    first = make_rig(account)
    second = make_rig(account)
    first.engine.close()
    until(lambda: second.engine.leading)
    assert second.fetch().new == 1


def test_the_second_program_goes_offline_and_online_again(make_rig: RigMaker) -> None:
    with Scripted(IMAP_GREETING, imap()) as server:
        account = silent_account(server, Protocol.IMAP)
        make_rig(account)
        second = make_rig(account)
        second.ask(GoOffline(True))
        assert second.engine.offline
        second.ask(GoOffline(False))
        assert not second.engine.offline


def test_only_the_first_program_files_mail_anew(make_rig: RigMaker) -> None:
    """The second one may see the configuration of before with the store of after a switch."""
    with Scripted(IMAP_GREETING, imap()) as server:
        make_rig(silent_account(server, Protocol.POP3))
        second = make_rig(silent_account(server, Protocol.IMAP))
        assert [one.incoming for one in second.engine.settings.accounts] == [Protocol.POP3]
        with Reader(second.paths.database) as reader:
            assert reader.accounts() == [("you@localhost.example", Protocol.POP3)]


def test_a_folder_being_made_keeps_nothing_else_waiting(make_rig: RigMaker) -> None:
    with Scripted(IMAP_GREETING, imap(rule(rb" CREATE ", Act.STALL))) as server:
        rig = make_rig(silent_account(server, Protocol.IMAP))
        assert rig.engine.post(CreateFolder("you@localhost.example", "Plans")).result(1.0)
        until(lambda: any(b" CREATE " in line for line in server.lines))
        assert rig.engine.post(StartDraft("you@localhost.example")).result(1.0)
        rig.engine.close()
        with Reader(rig.paths.database) as reader:
            assert [(one.kind, one.wire, one.error) for one in reader.pending()] == [("create", "Plans", "")]


HOLDER = """
import sys, time
from pathlib import Path
from tui.store.lock import EngineLock
lock = EngineLock(Path(sys.argv[1]))
assert lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_killed_leader_leaves_no_lock(make_rig: RigMaker) -> None:
    account = Account("you@localhost.example", incoming=Protocol.NONE)
    rig = make_rig(account, start=False)
    command = [sys.executable, "-c", HOLDER, str(rig.paths.engine_lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        rig.engine.start()
        assert not rig.engine.leading
        process.kill()
    until(lambda: rig.engine.leading, 5.0)


HUNG = [
    pytest.param(Protocol.IMAP, b"", [], id="imap-greeting"),
    pytest.param(Protocol.IMAP, IMAP_GREETING, imap(rule(rb" LIST ", Act.STALL)), id="imap-list"),
    pytest.param(
        Protocol.IMAP, IMAP_GREETING, imap(rule(rb" (SELECT|EXAMINE) ", Act.STALL)), id="imap-select"
    ),
    pytest.param(Protocol.POP3, b"", [], id="pop3-greeting"),
    pytest.param(Protocol.POP3, POP3_GREETING, pop3(rule(rb"^UIDL", Act.STALL)), id="pop3-uidl"),
    pytest.param(Protocol.POP3, POP3_GREETING, pop3(rule(rb"^RETR", Act.STALL)), id="pop3-retr"),
]


def silent_account(server: Scripted, protocol: Protocol) -> Account:
    return Account(
        "you@localhost.example",
        incoming=protocol,
        imap=server.server(),
        pop3=server.server(),
        login=Login("you", source=SecretSource.SESSION),
    )


@pytest.mark.parametrize(("protocol", "greeting", "rules"), HUNG)
def test_quitting_takes_less_than_two_seconds_when_every_server_hangs(
    make_rig: RigMaker, protocol: Protocol, greeting: bytes, rules: list[object]
) -> None:
    with Scripted(greeting or Act.STALL, rules) as server:  # type: ignore[arg-type]
        rig = make_rig(silent_account(server, protocol), watch=True)
        future = rig.engine.post(Fetch())
        time.sleep(0.4)
        began = time.monotonic()
        assert rig.engine.close(2.0)
        assert time.monotonic() - began < 2.0
        future.exception(2.0)


def test_cancelling_breaks_a_stuck_read(make_rig: RigMaker) -> None:
    from tui.model.command import Stop

    with Scripted(IMAP_GREETING, imap(rule(rb" LIST ", Act.STALL))) as server:
        rig = make_rig(silent_account(server, Protocol.IMAP))
        future = rig.engine.post(Fetch())
        until(lambda: any(b" LIST " in line for line in server.lines))
        began = time.monotonic()
        rig.ask(Stop())
        (summary,) = future.result(5.0)
        assert time.monotonic() - began < 1.0
        assert summary.exit_code == 130
        assert rig.engine.status("you@localhost.example").phase is Phase.STOPPED


def test_working_offline_touches_no_network(make_rig: RigMaker) -> None:
    with Scripted(IMAP_GREETING, imap()) as server:
        rig = make_rig(silent_account(server, Protocol.IMAP))
        rig.ask(GoOffline(True))
        (summary,) = rig.ask(Fetch())
        assert summary.exit_code == Offline.exit_code
        assert server.lines == []


def test_a_refused_port_is_one_clear_sentence(make_rig: RigMaker, tmp_path: Path) -> None:
    with Scripted(IMAP_GREETING, imap()) as server:
        account = silent_account(server, Protocol.IMAP)
    rig: Rig = make_rig(account)
    (summary,) = rig.ask(Fetch())
    assert summary.exit_code == 69
    assert len(summary.problems) == 1 and "\n" not in summary.problems[0]
    assert rig.engine.status(account.address).until > time.time() - 1
