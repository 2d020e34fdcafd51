"""What a server refused, looked at on the mail screen."""

from __future__ import annotations

import pytest

from tests.rig import RigMaker, account_on
from tests.servers.dovecot import Dovecot
from tests.sync.letters_in import letter
from tests.ui.eyes import shown, until
from tui.model.command import Archive
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.ui.app import OutlookApp


@pytest.mark.dovecot
@pytest.mark.parametrize(("answer", "words"), [("t", "1 change told again"), ("g", "1 change given up")])
async def test_what_was_refused_is_tried_again_or_given_up(
    make_rig: RigMaker, dovecot: Dovecot, user: str, answer: str, words: str
) -> None:
    dovecot.deliver(user, letter(1))
    rig = make_rig(account_on(dovecot, user))
    rig.fetch()
    rig.engine.close()
    rig = make_rig(rig.account, start=False)
    rig.engine.start(offline=True)
    rig.ask(Archive((rig.rows()[0].id,)))
    with Reader(rig.paths.database) as reader, Writer(rig.paths.database) as writer:
        writer.pending_failed([one.id for one in reader.pending()], "over quota [b]now[/b]")
    rig.engine.close()
    rig = make_rig(rig.account, start=False)
    app = OutlookApp(rig.engine, rig.paths, rig.engine.settings)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "▲ 1 change refused (g x)" in shown(app))
        await pilot.click("#status")
        await until(pilot, lambda: "Move out of INBOX: Letter 1" in shown(app))
        assert "over quota [b]now[/b]" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: "What now?" in shown(app))
        await pilot.press(answer)
        await until(pilot, lambda: words in shown(app))
        with Reader(rig.paths.database) as reader:
            await until(pilot, lambda: not any(one.error for one in reader.pending()))
        await until(pilot, lambda: "change refused" not in shown(app))
        await pilot.press("g", "x")
        await until(pilot, lambda: "The server knows of every change" in shown(app))
