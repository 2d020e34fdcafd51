"""IMAP servers that lie: whatever they say, no message here is removed, and none is here twice afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from tests.rig import Rig, RigMaker, account_on
from tests.servers.dovecot import PLAIN_IMAP, Dovecot
from tests.servers.proxy import Fault, Proxy, Rewrite
from tests.sync.letters_in import letter
from tui.store.folders import REMOVED_FOLDER

pytestmark = pytest.mark.dovecot

LETTERS, PROJECTS = 24, 6
_FLAGS_OF = re.compile(rb"\* (\d+) FETCH \(UID \d+ FLAGS \([^)]*\)(?: MODSEQ \(\d+\))?\)\r\n")


def replaced(pattern: bytes, by: Callable[[re.Match[bytes]], bytes]) -> Rewrite:
    return lambda line: re.sub(pattern, by, line)


def half_list(line: bytes) -> bytes:
    found = _FLAGS_OF.fullmatch(line)
    return b"" if found and int(found[1]) % 2 else line


def half_exists(line: bytes) -> bytes:
    return re.sub(rb"^\* (\d+) EXISTS", lambda found: b"* %d EXISTS" % (int(found[1]) // 2), half_list(line))


def without_folders(*names: bytes) -> Rewrite:
    return lambda line: b"" if line.startswith(b"* LIST") and any(name in line for name in names) else line


def odd_folders(line: bytes) -> bytes:
    if not line.startswith(b"* LIST") or b"Projects" not in line:
        return line
    odd = (b"PROJECTS", b"../../etc/passwd", b"/etc/x", b'"a\\"b"', b'"' + b"x" * 5000 + b'"', b'"&AAo-x"')
    return line + b"".join(line.replace(b"Projects", name) for name in odd)


LIES: dict[str, Rewrite] = {
    "new numbering": replaced(rb"UIDVALIDITY (\d+)", lambda found: b"UIDVALIDITY %d" % (int(found[1]) + 7)),
    "empty folders": replaced(rb"^\* \d+ EXISTS", lambda _: b"* 0 EXISTS"),
    "half a list": half_list,
    "half a list and a count that fits": half_exists,
    "the same uid twice": replaced(rb"\(UID 3 ", lambda _: b"(UID 2 "),
    "other uids": replaced(rb"\(UID (\d+) ", lambda found: b"(UID %d " % (int(found[1]) + 100)),
    "one folder less": without_folders(b"Projects"),
    "inbox alone": without_folders(b"Projects", b"Sent", b"Drafts", b"Trash", b"Junk", b"Archive"),
    "no inbox": without_folders(b"INBOX"),
    "no folders": without_folders(b""),
    "NO to SELECT": replaced(rb"^(\w+) OK (\[READ-\w+\] )?Select", lambda found: found[1] + b" NO Select"),
    "BAD to FETCH": replaced(rb"^(\w+) OK Fetch", lambda found: found[1] + b" BAD Fetch"),
    "goodbye": replaced(rb"^\* 7 FETCH", lambda _: b"* BYE"),
    "short literals": replaced(rb"\{(\d+)\}", lambda found: b"{%d}" % (int(found[1]) - 10)),
    "uids that go back": replaced(rb"UIDNEXT \d+", lambda _: b"UIDNEXT 1"),
    "odd folder names": odd_folders,
}
WITH_CONDSTORE = ("new numbering", "half a list", "half a list and a count that fits", "other uids")


def state(rig: Rig) -> tuple[Counter[str], Counter[bytes | None]]:
    rows = rig.all_rows()
    return Counter(row.folder for row in rows), Counter(rig.raw(row.id) for row in rows)


@pytest.mark.parametrize(
    ("capability", "lie"),
    [*((PLAIN_IMAP, lie) for lie in LIES), *(("", lie) for lie in WITH_CONDSTORE)],
)
def test_no_lie_removes_or_doubles_anything(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str, lie: str
) -> None:
    dovecot = dovecot_with(capability)
    for number in range(LETTERS):
        dovecot.deliver(user, letter(number))
    for number in range(LETTERS, LETTERS + PROJECTS):
        dovecot.deliver(user, letter(number), "Projects")
    with Proxy(dovecot.imap) as proxy:
        account = account_on(dovecot, user, imap=proxy.server())
        rig = make_rig(account)
        rig.fetch()
        folders, bytes_before = state(rig)
        assert sum(folders.values()) == LETTERS + PROJECTS
        rig.engine.close()
        dovecot.deliver(user, letter(100))
        proxy.fault = Fault(rewrite=LIES[lie])
        rig = make_rig(account)
        for _ in range(2):
            rig.fetch()
        during = state(rig)
        assert bytes_before <= during[1]
        if lie == "half a list and a count that fits":  # as a real deletion would look
            assert during[0][REMOVED_FOLDER] <= 20
        else:
            assert folders <= during[0]
        rig.engine.close()
        proxy.fault = Fault()
        rig = make_rig(account)
        rig.fetch()
        assert rig.fetch().problems == ()
        assert state(rig)[0] == folders + Counter(INBOX=1)
        assert state(rig)[1] == bytes_before + Counter([letter(100)])
        assert all(row.on_server for row in rig.all_rows())
        rig.engine.close()
