"""What can be done with the parts of an opened message: links, attachments, source."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from textual import on, work
from textual.worker import get_current_worker

from tui.config.desktop import may_open, open_file, open_url
from tui.config.paths import downloads
from tui.model.content import Attachment, Content, Link
from tui.model.error import MailError
from tui.ui import words
from tui.ui.screens.mail_base import MailBase
from tui.ui.screens.pick import Item, Pick
from tui.ui.widgets.reading_drawing import listed
from tui.ui.widgets.reading_pane import ReadingPane

_OPENED = {"http", "https", "mailto"}


class Parts(MailBase):
    """Nothing is opened or saved unless the person says so, with the real target before their eyes."""

    @property
    def content(self) -> Content | None:
        """The message shown, once its body is here."""
        return self.pane.page.content if self.pane.page else None

    @on(ReadingPane.Chosen)
    def _part_chosen(self, message: ReadingPane.Chosen) -> None:
        message.stop()
        content = self.content
        if content is None:
            return
        if message.kind == "link" and 0 < message.number <= len(content.links):
            self._offer_link(content.links[message.number - 1])
        elif message.kind == "file":
            self._offer_files([one for one in content.files if one.part == message.number])

    @work(exclusive=True, group="dialog")
    async def action_links(self) -> None:
        """List the links, each with its real target."""
        content = self.content
        if content is None or not content.links:
            self.flash("There is no link in this message.")
            return
        items = [
            Item(
                str(number),
                f"{number}  {link.text or link.url}",
                link.url if link.text != link.url else "",
                link.warning,
            )
            for number, link in enumerate(content.links, 1)
        ]
        taken = await self.app.push_screen_wait(Pick("Links", items, hint="Enter shows the target and asks"))
        if taken:
            self._offer_link(content.links[int(taken) - 1])

    @work(exclusive=True, group="dialog")
    async def action_attachments(self) -> None:
        """List the attachments."""
        content = self.content
        if content is None or not content.files:
            self.flash("There is no attachment.")
            return
        await self._choose("Attachments", listed(content) or list(content.files))

    @work(exclusive=True, group="dialog")
    async def action_pictures(self) -> None:
        """List the pictures that came with the message; those that stand elsewhere are never fetched."""
        content = self.content
        pictures = [one for one in content.files if one.type.startswith("image/")] if content else []
        remote = content.remote_images if content else 0
        elsewhere = f"{words.count(remote, 'picture')} elsewhere, never loaded: that would tell the sender"
        if pictures:
            await self._choose("Pictures", pictures, f"And {elsewhere}." if remote else "")
        else:
            self.flash(
                f"Only {elsewhere} that you read this." if remote else "There is no picture in this message."
            )

    async def _choose(self, title: str, files: list[Attachment], hint: str = "") -> None:
        items = [
            Item(str(one.part), one.filename or "without a name", f"{one.type} · {words.size(one.size)}")
            for one in files
        ]
        if len(items) > 1:
            items.append(Item("all", "Save all", words.size(sum(one.size for one in files))))
        taken = await self.app.push_screen_wait(Pick(title, items, hint=hint))
        if taken:
            self._offer_files([one for one in files if taken in ("all", str(one.part))])

    def action_source(self) -> None:
        """Show the message as it was received."""
        from tui.ui.screens.source import SourceScreen

        page = self.pane.page
        message = page.row.id if page else self.listing.current
        row = self.listing.row(message) if message else None
        try:
            raw = self.desk.reader.raw(message) if message else None
        except MailError as error:
            self.tell(error)
            return
        if raw is None or row is None:
            self.flash("The text of this message is not on this computer yet.")
            return
        self.app.push_screen(SourceScreen(row.envelope.subject, raw))

    @work(exclusive=True, group="dialog")
    async def _offer_link(self, link: Link) -> None:
        from tui.ui.screens.dialog import Ask

        scheme = urlsplit_scheme(link.url)
        if scheme not in _OPENED:
            warning = link.warning or "It is not a web address."
            await self.app.push_screen_wait(
                Ask("This link is not opened", f"{warning}\n\n{link.url}", [("c", "Copy it"), ("b", "Back")])
            )
            return
        text = f"{link.url}\n\n▲ {link.warning}" if link.warning else link.url
        if scheme == "mailto":
            if await self.app.push_screen_wait(Ask("Write to", text, [("w", "Write"), ("b", "Back")])) == "w":
                self.app.call_later(self.write_to, unquote(urlsplit(link.url).path))
            return
        choices = [("o", "Open"), ("c", "Copy"), ("b", "Back")]
        taken = await self.app.push_screen_wait(Ask("Open this link in the browser?", text, choices))
        if taken == "o":
            self._browse(link.url)
        elif taken == "c":
            self.app.copy_to_clipboard(link.url)
            self.flash("The link is copied.")

    def write_to(self, address: str) -> None:
        """Begin a message to an address; the heir knows how."""
        raise NotImplementedError

    @work(thread=True, group="browser")
    def _browse(self, url: str) -> None:
        if not open_url(url):
            self.app.call_later(self.copy_instead, url)

    def copy_instead(self, url: str) -> None:
        """Where there is no desktop, the link goes to the clipboard."""
        self.app.copy_to_clipboard(url)
        self.flash("There is no desktop to open it with; the link is copied.")

    @work(exclusive=True, group="dialog")
    async def _offer_files(self, files: list[Attachment]) -> None:
        from tui.ui.screens.dialog import Ask

        if not files or self.pane.page is None:
            return
        message = self.pane.page.row.id
        only = files[0] if len(files) == 1 else None
        choices = [("s", "Save to Downloads")]
        if only is not None and may_open(only.filename):
            choices.append(("o", "Open"))
        text = "\n".join(
            f"{one.filename or 'without a name'}  ({one.type}, {words.size(one.size)})" for one in files
        )
        if only is not None and len(choices) == 1:
            text += (
                "\n\nFiles of this kind can run as programs or hide what they are, so they are only saved."
            )
        taken = await self.app.push_screen_wait(
            Ask("Attachment" if only else "Attachments", text, [*choices, ("b", "Back")])
        )
        if taken == "s":
            self._save(message, files, downloads(), False)
        elif taken == "o":
            self._save(message, files, self.desk.paths.cache / "opened", True)

    @work(thread=True, group="saving")
    def _save(self, message: int, files: list[Attachment], folder: Path, and_open: bool) -> None:
        from tui.mail.message import part
        from tui.mail.saving import save

        worker = get_current_worker()
        try:
            with self.desk.open_reader() as reader:
                raw = reader.raw(message)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            saved = [save(folder, one.filename, part(raw, one.part)) for one in files if raw is not None]
        except OSError as error:
            told = MailError(
                "The attachment could not be saved.", f"Look at the folder {folder}.", detail=str(error)
            )
            self.app.call_later(self.tell, told)
            return
        except MailError as error:
            self.app.call_later(self.tell, error)
            return
        if worker.is_cancelled or not saved:
            return
        if not and_open:
            where = str(saved[0]) if len(saved) == 1 else f"{words.count(len(saved), 'file')} to {folder}"
            told_now = f"Saved {where}"
        elif open_file(saved[0]):
            told_now = f"Opened {saved[0].name}."
        else:
            told_now = f"There is no desktop to open it with. Saved {saved[0]}"
        self.app.call_later(self.flash, told_now)


def urlsplit_scheme(url: str) -> str:
    """The scheme of an address in lower case, "" where it has none or cannot be read."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""
