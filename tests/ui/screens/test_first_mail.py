"""The quiet mark on the first mail of a sender, on a real store."""

from __future__ import annotations

import pytest

from tests.store.samples import FOLDERS, whole
from tests.ui.screens.conftest import ME, Opening
from tui.config.paths import Paths
from tui.model.account import Protocol
from tui.model.message import Address, Envelope
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.ui.screens.help import HelpScreen

MARK = "◇ First mail from this address"


@pytest.mark.parametrize(
    ("senders", "marked"),
    [
        (["billing@contoso.example"], True),
        (["billing@contoso.example", "Billing@contoso.example"], False),
        ([ME], False),
        (["nobody"], False),
    ],
)
async def test_it_stands_above_the_text(
    home: Paths, opened: Opening, senders: list[str], marked: bool
) -> None:
    with Writer(home.database) as writer, Reader(home.database) as reader:
        writer.account(ME, Protocol.IMAP)
        writer.folders(ME, FOLDERS)
        inbox = reader.folder_named(ME, "INBOX")
        assert inbox is not None
        for number, sender in enumerate(senders, 1):
            envelope = Envelope(subject="Invoice", sender=(Address("Billing", sender),))
            writer.added(inbox.id, [whole(number, envelope=envelope)])
    async with opened(HelpScreen, size=(120, 36)) as program:
        await program.pilot.press("escape")
        await program.until(lambda: "The sum is due." in program.text())
        assert (MARK in program.text()) is marked
