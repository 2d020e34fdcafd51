"""One message that breaks the connection keeps none of the others away, and makes no storm."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.rig import RigMaker, account_on
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.sync.handed_out import delivered, spoilt
from tests.sync.letters_in import letter
from tui.model.command import FetchBody
from tui.model.error import Garbled, MailError

pytestmark = pytest.mark.dovecot

LETTERS = 12


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sync.backoff.FIRST_DELAY", 0.02)


@pytest.mark.parametrize("what", [b"BODY[]", b"BODY[HEADER.FIELDS"])
@pytest.mark.parametrize("uids", [(5,), (1,), (12,), (3, 4, 9)])
def test_all_others_arrive(
    make_rig: RigMaker, dovecot: Dovecot, user: str, what: bytes, uids: tuple[int, ...]
) -> None:
    sent = delivered(dovecot, user, LETTERS)
    good: Counter[bytes | None] = Counter(raw for uid, raw in enumerate(sent, 1) if uid not in uids)
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=spoilt(*uids, what=what))
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        summary = rig.fetch()
        assert summary.exit_code == 75
        assert any("cannot be fetched" in problem for problem in summary.problems)
        assert Counter(rig.raw(row.id) for row in rig.all_rows() if rig.raw(row.id)) == good
        assert proxy.connections <= 2 * (2 + len(uids))
        before = proxy.connections
        for _ in range(3):
            assert rig.fetch().exit_code == 75
        assert proxy.connections <= before + 3  # one for bodies each time, none broken
        if what == b"BODY[]":
            (row, *_) = [row for row in rig.rows() if rig.raw(row.id) is None]
            with pytest.raises(MailError):
                rig.ask(FetchBody(row.id))
        rig.engine.close()
        proxy.fault = Fault()
        rig = make_rig(rig.account)
        assert rig.fetch().problems == ()
        assert Counter(rig.raw(row.id) for row in rig.all_rows()) == Counter(sent)


def test_a_server_that_garbles_everything_is_left_alone_soon(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for number in range(LETTERS):
        dovecot.deliver(user, letter(number))
    with Proxy(dovecot.imap) as proxy:
        proxy.fault = Fault(rewrite=spoilt(*range(1, LETTERS + 1), what=b"BODY[HEADER.FIELDS"))
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), ca_file=""))
        summary = rig.fetch()
        assert summary.exit_code == Garbled.exit_code
        assert proxy.connections <= 6
