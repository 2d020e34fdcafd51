"""What belongs to an opened message: its source, its links, its attachments."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ui import attacks
from tests.ui.conftest import AppOf
from tests.ui.eyes import shown, until
from tests.ui.memory import row
from tui.ui.screens.dialog import Ask
from tui.ui.screens.pick import Pick
from tui.ui.screens.source import SourceScreen

SIZE = (120, 36)


def opens(into: list[str]) -> Callable[[str], bool]:
    """In place of the desktop: only keeps what it was asked to open."""

    def keep(address: str) -> bool:
        into.append(address)
        return True

    return keep


async def test_source_and_headers(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.reader.raws[1] = b"X-Odd: \x1b]0;x\x07\r\nSubject: x\r\n\r\nBody.\r\n"
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Body." in shown(app))
        await pilot.press("h")
        await until(pilot, lambda: "X-Odd: " in shown(app))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, SourceScreen))
        await pilot.pause()
        assert "X-Odd: ␛]0;x␇" in shown(app)
        assert attacks.is_clean(shown(app))
        await pilot.press("j", "end", "q")
        await until(pilot, lambda: app.screen is app.mail)


async def test_a_link_is_opened_only_after_asking(app_of: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tui.ui.screens.mail_parts.open_url", opens(opened))
    app = app_of([row(1)])
    app.engine.reader.raws[1] = (
        b"Content-Type: text/html\r\n\r\n<a href='https://real.example/x'>https://bank.example</a>"
    )
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "https://bank.example[1]" in shown(app))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        assert "https://real.example/x" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.pause()
        assert "https://real.example/x" in shown(app)
        assert opened == []
        await pilot.press("o")
        await until(pilot, lambda: opened == ["https://real.example/x"])


async def test_attachments_are_saved_and_programs_never_opened(
    app_of: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of([row(1)])
    folder = app.desk.paths.data / "downloads"
    monkeypatch.setattr("tui.ui.screens.mail_parts.downloads", lambda: folder)
    app.engine.reader.raws[1] = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello.\r\n--b\r\n"
        b'Content-Disposition: attachment; filename="../x.pdf.exe"\r\n\r\nMZ\r\n--b--\r\n'
    )
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Hello." in shown(app))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.pause()
        assert "only saved" in " ".join(shown(app).split())
        await pilot.press("o")
        assert isinstance(app.screen, Ask)
        await pilot.press("s")
        await until(pilot, lambda: "Saved" in app.mail.status.text)
    assert [path.parent == folder for path in folder.iterdir()] == [True]


PICTURES = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    b'<p>Hello.</p><img src="https://pixel.example/1.gif">\r\n--b\r\n'
    b'Content-Type: image/png\r\nContent-Disposition: inline; filename="logo.png"\r\n\r\nP\r\n--b\r\n'
    b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nT\r\n--b--\r\n'
)


async def test_the_pictures_are_listed_and_those_elsewhere_counted(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.reader.raws[1] = PICTURES
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Hello." in shown(app))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        assert "logo.png  image/png" in shown(app)
        assert "a.txt" not in shown(app).split("Pictures")[1]
        assert "And 1 picture elsewhere, never loaded" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert "logo.png" in shown(app)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (b'<img src="https://pixel.example/1.gif">', "Only 1 picture elsewhere, never loaded"),
        (b"", "There is no picture in this message."),
    ],
)
async def test_where_no_picture_came_along_that_is_said(app_of: AppOf, html: bytes, words: str) -> None:
    app = app_of([row(1)])
    app.engine.reader.raws[1] = b"Content-Type: text/html\r\n\r\n<p>Hello.</p>" + html
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Hello." in shown(app))
        await pilot.press("i")
        await until(pilot, lambda: words in app.mail.status.text)
