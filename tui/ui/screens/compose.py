"""Writing a mail: whom to, what about, the text, the files. What is typed is in the store seconds later."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Select, TextArea

from tui.mail.addresses import parse_list
from tui.mail.checks import Facts, before_sending
from tui.mail.signature import exchanged
from tui.model.account import Account
from tui.model.command import Attach, Detach, DropDraft, QueueDraft, SaveDraft
from tui.model.draft import Draft
from tui.model.error import BadInput, MailError
from tui.model.message import Address
from tui.model.safe_text import clean, safe_line
from tui.ui import external_editor, keys
from tui.ui.desk import Desk
from tui.ui.screens.attach import AttachDialog
from tui.ui.screens.dialog import Ask
from tui.ui.screens.send_later import SendLater, departure
from tui.ui.screens.sheet import Sheet
from tui.ui.widgets.attachment_bar import AttachmentBar
from tui.ui.widgets.body import Body
from tui.ui.widgets.form import CleanInput, Field
from tui.ui.widgets.recipient_input import RecipientInput
from tui.ui.words import size

AUTOSAVE_SECONDS = 3.0
_CORRESPONDENTS = 1000


class ComposeScreen(Sheet[int]):
    """A draft on its way. Dismisses with the id of the outbox's new mail, 0 when it was not sent."""

    SCOPE: ClassVar[str] = "compose"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("compose")]

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__(desk, "New message")
        draft = replace(draft, sender=draft.sender or draft.account)
        self._draft = draft
        self._begun = draft
        self._signed_by = draft.account
        self._touched = False
        self._ever_touched = False
        self._ended = False
        self._engine_in_use = asyncio.Lock()
        self._from = Select(
            [(Content(label), value) for label, value in _senders(desk.settings.accounts, draft)],
            value=(draft.account, draft.sender),
            allow_blank=False,
            compact=True,
            id="from",
        )
        self._to = RecipientInput(self._contacts, draft.to, id="to")
        self._cc = RecipientInput(self._contacts, draft.cc, id="cc")
        self._bcc = RecipientInput(self._contacts, draft.bcc, id="bcc")
        self._subject = CleanInput(draft.subject, id="subject", compact=True, select_on_focus=False)
        # Shown clean; the draft's own text goes out unless the person changes it.
        self._shown_body = clean(draft.body)
        self._body = Body(self._shown_body, id="body")
        self._files = AttachmentBar(draft.files, id="files")

    def inside(self) -> ComposeResult:
        """The fields, the attachments, the text."""
        with Vertical(id="envelope"):
            yield Field("From", self._from)
            yield Field("To", self._to)
            yield Field("Cc", self._cc, id="field-cc")
            yield Field("Bcc", self._bcc, id="field-bcc")
            yield Field("Subject", self._subject)
        yield self._files
        yield self._body

    def on_mount(self) -> None:
        """Put the cursor where one goes on: whom to, else above the quoted text."""
        self._show_copies(bool(self._draft.cc or self._draft.bcc))
        self._retitle()
        (self._body if self._draft.to else self._to.line).focus()
        self.set_interval(AUTOSAVE_SECONDS, self._autosave)

    def on_unmount(self) -> None:
        """The program ends while somebody writes: what is new goes to the store, without waiting."""
        if self._touched and not self._ended:
            self.desk.engine.post(SaveDraft(self.written()))

    def written(self) -> Draft:
        """The draft as it stands in the fields now."""
        account, sender = self._from.selection or (self._draft.account, self._draft.sender)
        body = self._body.text
        return replace(
            self._draft,
            account=account,
            sender=sender,
            to=self._kept(self._draft.to, self._to.value),
            cc=self._kept(self._draft.cc, self._cc.value),
            bcc=self._kept(self._draft.bcc, self._bcc.value),
            subject=self._kept(self._draft.subject, self._subject.value),
            body=self._draft.body if body == self._shown_body else body,
        )

    @on(Select.Changed, "#from")
    def sender_changed(self) -> None:
        """Another sender signs with another signature; what somebody wrote there is left alone."""
        account, _ = self._from.selection or (self._draft.account, "")
        before, after = (self._signature(name) for name in (self._signed_by, account))
        self._signed_by = account
        text = exchanged(self._body.text, clean(before), clean(after))
        if text != self._body.text:
            self._body.load_text(text)

    def _signature(self, address: str) -> str:
        account = self.desk.settings.account(address)
        return self.desk.settings.signature_of(account) if account else ""

    @staticmethod
    def _kept(original: str, shown: str) -> str:
        """The original where the field still shows it, made safe; else what was typed."""
        return original if shown == safe_line(original, 100_000) else shown

    # What is typed

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def changed(self) -> None:
        """Remember that there is something to save."""
        self._retitle()
        if not self._touched and self.written() != self._draft:
            self._touched = self._ever_touched = True

    @on(RecipientInput.Checked)
    def checked(self, event: RecipientInput.Checked) -> None:
        """Say below the field which of its entries is no address."""
        field = event.field.parent
        while field is not None and not isinstance(field, Field):
            field = field.parent
        if isinstance(field, Field):
            field.complain(event.words)

    def action_copies(self) -> None:
        """Show or hide Cc and Bcc; with something in them they stay."""
        shown = self.query_one("#field-cc").display
        self._show_copies(not shown or bool(self._cc.value or self._bcc.value))
        (self._cc.line if self.query_one("#field-cc").display else self._to.line).focus()

    def _show_copies(self, shown: bool) -> None:
        for name in ("cc", "bcc"):
            self.query_one(f"#field-{name}").display = shown

    def _retitle(self) -> None:
        self.head(self._subject.value.strip() or "New message")

    def _contacts(self, prefix: str, limit: int) -> list[Address]:
        try:
            return self.desk.reader.contacts(prefix, limit)
        except MailError:
            return []  # the fields work without suggestions, and the mail screen tells of a broken store

    # Saving

    async def _autosave(self) -> None:
        if self._touched and not self._ended and not self._engine_in_use.locked():
            try:
                await self._save()
            except MailError as error:
                self.aside(f"✗ not saved: {error.what}")

    async def _save(self, file: bool = False) -> Draft:
        """Put what is written into the store; into the Drafts folder too when `file`. Raises MailError."""
        async with self._engine_in_use:
            return await self._save_now(file)

    async def _save_now(self, file: bool = False) -> Draft:
        written = self.written()
        self._touched = False
        try:
            saved: Draft = await self.ask(SaveDraft(written, file=file))
        except MailError:
            self._touched = True
            raise
        self._adopt(saved)
        self.aside(f"Draft saved {datetime.now():%H:%M:%S}")
        return saved

    def _adopt(self, saved: Draft) -> None:
        """Take over what the store gave the draft: its number, its copy, its files. The words are ours."""
        self._shown_body = clean(saved.body)
        self._draft = saved

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Save now, and file into Drafts."""
        try:
            await self._save(file=True)
        except MailError as error:
            self.tell(error)

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Go back. What was written is kept in Drafts; what was only opened, or emptied, is not."""
        if self._ended:
            return
        kept = (self._ever_touched or self._unfiled) and not self._empty
        try:
            if kept:
                await self._save(file=True)
            elif self._draft.id and self._empty:
                await self.ask(DropDraft(self._draft.id))
        except MailError as error:
            self.tell(error)
            return
        self._ended = True
        self.dismiss(0)
        if kept:
            self.say("The draft is kept in Drafts.")

    @property
    def _unfiled(self) -> bool:
        """Whether the store has the draft and the Drafts folder has not: it would be seen nowhere."""
        return bool(self._draft.id) and not self._draft.message

    @property
    def _empty(self) -> bool:
        """Whether there is nothing in it that somebody wrote."""
        now = self.written()
        fields = (now.to, now.cc, now.bcc, now.subject, now.files)
        return not any(fields) and not now.original and now.body.strip() in ("", self._begun.body.strip())

    @work(exclusive=True, group="leave")
    async def action_discard(self) -> None:
        """Throw the draft away, after asking."""
        choices = [("d", "Discard it"), ("", "Go on writing")]
        question = Ask("Discard this draft?", "It cannot be brought back.", choices)
        answer = await self.app.push_screen_wait(question)
        if answer:
            async with self._engine_in_use:
                self._ended = True
                if self._draft.id and not (await self.try_to(DropDraft(self._draft.id)))[0]:
                    self._ended = False
                    return
            self.dismiss(0)

    # Attachments

    @work(exclusive=True, group="attach")
    async def action_attach(self) -> None:
        """Ask for files and attach them."""
        await self._attach_files(await self.app.push_screen_wait(AttachDialog()))

    @on(Body.Dropped)
    @work(exclusive=True, group="attach")
    async def dropped(self, event: Body.Dropped) -> None:
        """File names were dropped on the text: attach the files, or write the names."""
        names = "\n".join(event.paths)
        choices = [("a", "Attach"), ("t", "Put in as text"), ("", "Neither")]
        chosen = await self.app.push_screen_wait(Ask("Attach what was dropped?", names, choices))
        if chosen == "a":
            await self._attach_files(event.paths)
        elif chosen == "t":
            self._body.insert(clean(event.text))

    async def _attach_files(self, paths: list[str]) -> None:
        for path in paths:
            try:
                async with self._engine_in_use:
                    if not self._draft.id:
                        await self._save_now()
                    answer: Draft = await self.ask(Attach(self._draft.id, path))
                    self._draft = replace(self._draft, files=answer.files)
            except MailError as error:
                self.tell(error)
                break
            self._touched = self._ever_touched = True
        await self._files.show(self._draft.files)

    @on(AttachmentBar.Removed)
    @work(exclusive=True, group="attach")
    async def detach(self, event: AttachmentBar.Removed) -> None:
        """Take an attachment off."""
        file = event.file
        question = Ask(
            file.filename, f"{file.type}, {size(file.size)}", [("r", "Remove it"), ("", "Keep it attached")]
        )
        answer = "r" if event.sure else await self.app.push_screen_wait(question)
        if answer:
            async with self._engine_in_use:
                done, answer = await self.try_to(Detach(self._draft.id, file.id))
                if done:
                    self._draft = replace(self._draft, files=answer.files)
                    self._touched = self._ever_touched = True
            await self._files.show(self._draft.files)
            self._body.focus()

    # The person's own editor

    def action_editor(self) -> None:
        """Write on in the person's own editor; the screen waits until it ends."""
        try:
            words = external_editor.command(self.desk.settings.general.editor)
            with self.app.suspend():
                text = external_editor.edited(words, self._body.text, self.desk.paths.cache)
        except SuspendNotSupported:
            self.tell(
                BadInput("This terminal cannot be handed to an editor.", "Write here; nothing is missing.")
            )
        except (MailError, OSError) as error:
            self.tell(error if isinstance(error, MailError) else BadInput(f"The editor failed: {error}."))
        else:
            if text != self._body.text:
                self._body.load_text(clean(text))

    # Sending

    @work(exclusive=True, group="leave")
    async def action_send(self) -> None:
        """Check, ask only when something is odd, and hand the mail to the outbox."""
        await self._send(at=0)

    @work(exclusive=True, group="leave")
    async def action_send_later(self) -> None:
        """The same, for a time that the person types."""
        if not self._ended and self._addressed():
            at = await self.app.push_screen_wait(SendLater())
            if at:
                await self._send(at)

    async def _send(self, at: int) -> None:
        """Hand the mail to the outbox, to leave at a Unix time, 0 for after the undo time."""
        if self._ended or not self._addressed():
            return
        odd = before_sending(self.written(), self._facts())
        if odd:
            listed = "\n".join(f"• {sentence}" for sentence in odd)
            choices = [("s", "Send it"), ("", "Go on writing")]
            if not await self.app.push_screen_wait(Ask("Send it like this?", listed, choices)):
                return
        hold = self.desk.settings.general.undo_seconds
        try:
            async with self._engine_in_use:
                draft = await self._save_now()
                queued: int = await self.ask(QueueDraft(draft.id, at, float(hold)))
        except MailError as error:
            self.tell(error)
            return
        self._ended = True
        self.dismiss(queued)
        if at:
            self.say(f"It leaves {departure(at)}; until then it waits in the outbox.")
        elif not hold:
            self.say("Sending")

    def _facts(self) -> Facts:
        """What the checks compare with."""
        known = {one.address.rpartition("@")[2] for one in self._contacts("", _CORRESPONDENTS)}
        return Facts(own=[one.address for one in self.desk.settings.accounts], known=known)

    def _addressed(self) -> bool:
        """Whether every recipient can be used and there is one; else the field at fault has the focus."""
        for field in (self._to, self._cc, self._bcc):
            if field.check():
                field.line.focus()
                return False
        if any(parse_list(field.value)[0] for field in (self._to, self._cc, self._bcc)):
            return True
        self._to.post_message(RecipientInput.Checked(self._to, "Nobody to send it to: type an address"))
        self._to.line.focus()
        return False


def _senders(accounts: tuple[Account, ...], draft: Draft) -> list[tuple[str, tuple[str, str]]]:
    """Who a mail can come from: every account that can send, and whoever the draft says."""
    found = {
        (one.address, one.address): f"{one.name} <{one.address}>" if one.name else one.address
        for one in accounts
        if one.smtp is not None
    }
    own = (draft.account, draft.sender or draft.account)
    found.setdefault(own, own[1] if own[0] == own[1] else f"{own[1]} (by {own[0]})")
    return [(safe_line(label, 200), value) for value, label in found.items()]
