"""Signing in by OAuth 2.0: what is asked for, the approval in a browser or by a code, and what went wrong."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Button, ContentSwitcher, Input

from tui.config.desktop import open_url
from tui.model.account import Account
from tui.model.command import BeginSignIn, CancelSignIn, PasteAnswer
from tui.model.consent import ConsentRequest, consent_request, request_ahead
from tui.model.error import BadInput, Cancelled, MailError
from tui.model.event import SigningIn
from tui.model.issuer import Identity
from tui.model.preset import by_address, by_name
from tui.model.secret import Secret
from tui.model.sign_in import SignedIn, Way
from tui.ui import keys
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.screens.dialog import Ask
from tui.ui.screens.sheet import Sheet
from tui.ui.sign_in_words import WAYS, other_user
from tui.ui.widgets.client_id_page import ClientIdPage
from tui.ui.widgets.sign_in_views import ApprovePage, ExplainPage, FailedPage


@dataclass(frozen=True, slots=True)
class Approved:
    """A sign-in that was approved: the account with what it takes to use it (user name, client id), and ""
    or a sentence on a sign-in that is held for this session only."""

    account: Account
    words: str


class SignInScreen(Sheet["Approved | None"]):
    """Leads through one sign-in; dismisses with what was approved, None when the person went back.

    What was granted is held by the engine until the account is saved. `identity` is what will be asked for,
    `summary` the settings of an account that is being added, in one line, `aside` where in that one is.
    """

    SCOPE: ClassVar[str] = "sign_in"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("sign_in")]

    def __init__(
        self, desk: Desk, account: Account, identity: Identity, summary: str = "", aside: str = ""
    ) -> None:
        super().__init__(desk, f"Sign in at {identity.issuer.title}")
        self._account = account
        self._issuer = identity.issuer
        self._identity = identity
        self._summary = summary
        self._place = aside
        preset = by_name(account.provider) or by_address(account.address)
        self._explain = ExplainPage(self._issuer, preset.note if preset else "")
        self._client_id = ClientIdPage(self._issuer)
        self._approve = ApprovePage(self._issuer, account.address)
        self._failed = FailedPage()
        self._page = ""
        self._way: Way | None = None
        self._turn = 0
        self._under_way = False
        self._one = asyncio.Lock()  # a sign-in that was stopped takes a moment to end
        self._request: ConsentRequest | None = None

    def inside(self) -> ComposeResult:
        """One page at a time, the ways on below."""
        with ContentSwitcher(id="pages"):
            yield self._explain
            yield self._client_id
            yield self._approve
            yield self._failed
        with Horizontal(id="ways"):
            yield Button("Back", id="back", compact=True, action="screen.back")
            for way, label in WAYS.items():
                yield Button(label, id=f"way-{way}", compact=True, action=f"screen.way('{way}')")
            yield Button("Sign in", id="go", compact=True, action="screen.go")

    def on_mount(self) -> None:
        """Explain first; where no client id is known, that."""
        self.aside(self._place)
        self._explain.show(self._account, self._summary)
        self._show("explain" if self._identity.client_id else "client-id")
        self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        """An approval that is still waited for is not waited for any more."""
        if self._under_way:
            self.desk.engine.post(CancelSignIn(self._account.address))

    def _show(self, page: str) -> None:
        self._page = page
        self.query_one("#pages", ContentSwitcher).current = f"page-{page}"
        go = self.query_one("#go", Button)
        go.label = {"client-id": "Go on", "failed": "Try again"}.get(page, "Sign in")
        go.display = page != "approve"
        go.refresh(layout=True)  # a new label alone leaves the old width
        for way in Way:
            self.query_one(f"#way-{way}").display = page in ("approve", "failed") and self._offered(way)
        self.refresh_bindings()
        if page == "client-id":
            self.call_after_refresh(self._client_id.begin)
        elif page == "approve":
            self.set_focus(None)  # Enter shall not end the waiting
        else:
            go.focus()

    def _offered(self, way: Way) -> bool:
        """Whether a way is another one than that in use, and possible at all."""
        return way is not self._way and (way is not Way.DEVICE or self._issuer.device_code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the keys that mean something on this page are in force."""
        step = self._approve.step if self._page == "approve" else None
        match action:
            case "way":
                return self._page not in ("", "client-id") and self._offered(Way(str(parameters[0])))
            case "copy" | "open":
                return step is not None
            case "copy_code":
                return step is not None and bool(step.user_code)
            case "copy_message" | "copy_link" | "write_message":
                return self._page in ("approve", "failed") and self._request is not None
        return True

    def _tick(self) -> None:
        if self._page == "approve":
            self._approve.tick(time.time())

    # The way

    def action_back(self) -> None:
        """From waiting back to the explanation, from there leave."""
        if self._page in ("approve", "failed"):
            self._stop()
            self._way = None
            self._show("explain")
        else:
            self.dismiss(None)

    def action_go(self) -> None:
        """Sign in, or take the client id first."""
        if self._page != "client-id":
            self._begin(self._way)
            return
        try:
            client_id, secret = self._client_id.value()
        except BadInput:
            return
        self._account = replace(self._account, client_id=client_id, client_secret=secret)
        self._identity = replace(
            self._identity, client_id=client_id, client_secret=Secret(secret) if secret else None
        )
        self._show("explain")

    def action_way(self, way: str) -> None:
        """Sign in by another way."""
        self._begin(Way(way))

    def _stop(self) -> None:
        """Give up what is waited for; what it still tells is not listened to."""
        self._turn += 1
        if self._under_way:
            self._under_way = False
            self.desk.engine.post(CancelSignIn(self._account.address))

    @work(group="sign-in")
    async def _begin(self, way: Way | None, again: bool = False) -> None:
        """Ask for approval and wait for it; `again` asks as whom even where the browser knows somebody."""
        self._stop()
        turn, self._way = self._turn, way
        self._request = request_ahead(self._identity, self._account.address)
        self._approve.prepare(time.time(), organised=self._request is not None)
        self._show("approve")
        async with self._one:
            if turn != self._turn:
                return
            self._under_way = True
            try:
                signed: SignedIn = await self.ask(BeginSignIn(self._account, way, again=again))
            except MailError as error:
                if turn == self._turn:
                    self._under_way = False
                    self._fail(error)
                return
        if turn == self._turn:
            self._under_way = False
            await self._compare(signed)

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """The person has something to do."""
        spoken = event.event
        if isinstance(spoken, SigningIn) and self._under_way and spoken.account == self._account.address:
            self._way = spoken.step.way
            self._approve.show(spoken.step, time.time())
            self._show("approve")

    def _fail(self, error: MailError) -> None:
        if isinstance(error, Cancelled):
            self._show("explain")
            return
        self._request = consent_request(error, self._identity, self._account.address)
        self._failed.show(error, self._request.link if self._request else "")
        self._show("failed")

    async def _compare(self, signed: SignedIn) -> None:
        """Somebody has signed in: is it whom the account is of?"""
        account = self._account
        if not signed.same:
            choices = [
                ("use", "Use it: both are one mailbox"),
                ("shared", "Use it: the account's mailbox is shared"),
                ("again", "Sign in as somebody else"),
            ]
            taken = await self.app.push_screen_wait(
                Ask("Signed in as somebody else", other_user(signed, account), choices)
            )
            if taken == "again":
                self._begin(self._way, again=True)
                return
            if not taken:
                self.desk.engine.post(CancelSignIn(account.address))
                self._show("explain")
                return
            if taken == "use" and account.login is not None:
                # The mailbox is opened by its first name only (XOAUTH2's user=), never by another one.
                account = replace(account, login=replace(account.login, username=signed.username))
        self.dismiss(Approved(account, signed.words))

    # What is copied, opened and pasted

    def action_copy(self) -> None:
        """Copy the address to open."""
        if step := self._approve.step:
            self.app.copy_to_clipboard(step.url)
            self.say("The address is copied.")

    @work(thread=True, exclusive=True, group="browser")
    def action_open(self) -> None:
        """Open the address here."""
        step = self._approve.step
        if step is not None and not open_url(step.url):
            self.say("No browser can be opened here. y copies the address.")

    def action_copy_code(self) -> None:
        """Copy the code to type."""
        if step := self._approve.step:
            self.app.copy_to_clipboard(step.user_code)
            self.say("The code is copied.")

    def action_copy_message(self) -> None:
        """Copy the message to the administrator, link and all."""
        if self._request:
            self.app.copy_to_clipboard(self._request.message)
            self.say("The message to your administrator is copied.")

    def action_copy_link(self) -> None:
        """Copy the link alone."""
        if self._request:
            self.app.copy_to_clipboard(self._request.link)
            self.say("The link is copied.")

    @work(thread=True, exclusive=True, group="write-message")
    def action_write_message(self) -> None:
        """Write the message into a file among the downloads."""
        from tui.config.paths import downloads
        from tui.mail.saving import save

        if self._request is None:
            return
        try:
            path = save(downloads(), "approve-outlook-tui.txt", self._request.message.encode())
        except MailError as error:
            self.app.call_from_thread(self.tell, error)
        else:
            self.say(f"The message is in {path}.")

    def on_paste(self, event: events.Paste) -> None:
        """An address that is pasted anywhere on the page is the answer."""
        if self._page == "approve" and self._way is Way.PASTE:
            event.stop()
            self._approve.answer.value = event.text.strip()
            self._answer()

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Enter in a field goes on."""
        event.stop()
        if self._page == "client-id":
            self.action_go()
        else:
            self._answer()

    @work(exclusive=True, group="answer")
    async def _answer(self) -> None:
        """Hand over the address that the browser ended on."""
        field, answer = self._approve.answer_field, self._approve.answer
        if not answer.value.strip():
            field.complain("Paste the whole address of the page that could not be loaded.")
            return
        given = Secret(answer.value.strip())
        answer.value = ""
        field.complain("")
        try:
            await self.ask(PasteAnswer(self._account.address, given))
        except BadInput as error:
            field.complain(f"{error.what} {error.hint}".strip())
        except MailError as error:
            self.tell(error)
