"""The second page of an account's form: the service that was found, IMAP or POP3, and the servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Select, Static

from tui.model.account import Account, Protocol, Server
from tui.model.error import BadInput
from tui.model.finding import Finding, Source
from tui.model.preset import PRESETS, Preset, by_name
from tui.model.safe_text import safe_line
from tui.ui.sign_in_words import found_how
from tui.ui.widgets.account_fields import ServerField
from tui.ui.widgets.account_more import MoreFields
from tui.ui.widgets.account_step import Step
from tui.ui.widgets.form import CleanInput, Field, OneOf, Tick

_PROTOCOLS = (
    (
        Protocol.IMAP,
        "IMAP",
        "Mail stays on the server; every device shows the same. Mostly the best.",
    ),
    (Protocol.POP3, "POP3", "Mail is fetched to this computer; you say what the server keeps."),
    (Protocol.NONE, "Only send", "Nothing is fetched: this account only sends."),
)
_CA_WORDS = (
    "Only for a server of your own: the file (PEM) of the authority that signed its certificate. Empty: "
    "those this computer trusts."
)
_SAME = "same"
_FOUND = "found "


class ServersStep(Step):
    """What was found, and how mail comes and goes; of an account that exists also what is kept.

    The servers are folded into one line where somebody has named them.
    """

    def __init__(self, account: Account | None) -> None:
        super().__init__(id="step-servers")
        self._account = account
        self._findings: tuple[Finding, ...] = ()
        self._service: Select[str] = Select([(Content(""), "")], value="", allow_blank=False, compact=True)
        self._how = Static(classes="advice")
        self._incoming = OneOf(_PROTOCOLS, account.incoming if account else Protocol.IMAP, id="incoming")
        self._folded = Static(classes="advice muted", id="folded")
        self._unfold = Tick("Look at the servers, or change them", account is not None, id="unfold")
        self._servers = Vertical(id="servers")
        self._imap = ServerField("IMAP server", "imap", account.imap if account else None, id="imap")
        self._pop3 = ServerField("POP3 server", "pop3", account.pop3 if account else None, id="pop3")
        self._smtp = ServerField("SMTP server", "smtp", account.smtp if account else None, id="smtp")
        senders = [("The same service", _SAME)]
        senders += [(preset.title, preset.name) for preset in PRESETS if preset.sends_only]
        self._sender = Select(
            [(Content(title), name) for title, name in senders], value=_SAME, allow_blank=False, compact=True
        )
        self._own_smtp: Server | None = account.smtp if account else None
        self._ca_file = CleanInput(
            account.ca_file if account else "", placeholder="usually empty", compact=True
        )
        self._more = MoreFields(account) if account else None

    def compose(self) -> ComposeResult:
        """What was found, the protocol, then the servers."""
        yield Static(Content("How does mail come and go?"), classes="question")
        if self._account is None:
            yield Field("Mail service", self._service)
            yield self._how
            yield self._incoming
            yield self._folded
            yield self._unfold
        else:
            yield Static(Content(_switch_hint(self._account)), classes="advice muted")
        with self._servers:
            yield self._imap
            yield self._pop3
            if self._account is None:
                yield Field("Send through", self._sender)
            yield self._smtp
            yield Field("CA file", self._ca_file)
            yield Static(Content(_CA_WORDS), classes="sentence")
        if self._more:
            yield self._more

    def on_mount(self) -> None:
        """Show the server of the chosen protocol."""
        self._suit()

    @on(OneOf.Changed)
    @on(Tick.Changed)
    def _suit(self) -> None:
        """Show the server of the chosen protocol; of an account that exists, both."""
        both = self._account is not None and self._account.incoming is not Protocol.NONE
        self._imap.display = both or self._incoming.value == Protocol.IMAP
        self._pop3.display = both or self._incoming.value == Protocol.POP3
        self._servers.display = self._unfold.value
        self._folded.display = not self._unfold.value
        self._folded.update(Content(self._in_short()))

    def _in_short(self) -> str:
        """The servers in one line each, in the columns of the fields."""
        receiving = {Protocol.IMAP: self._imap, Protocol.POP3: self._pop3, Protocol.NONE: None}[self.incoming]
        lines = []
        if receiving is not None:
            lines.append(("Receives from", receiving.shown or "no server is known for this"))
        if self._smtp.shown:
            lines.append(("Sends through", self._smtp.shown))
        return "\n".join(f"{label:>15} {server}" for label, server in lines)

    def begin(self) -> None:
        """Enter goes on from here where nothing has to be changed."""
        if self._account is None:
            self.scroll_home(animate=False)
            self._incoming.focus(scroll_visible=False)
        else:
            super().begin()

    # What was found

    def offer(self, findings: Sequence[Finding]) -> None:
        """Show what was found for an address, the best of it chosen; any known service can be taken, too."""
        self._findings = tuple(findings)
        found = [(Content(_title(one)), f"{_FOUND}{at}") for at, one in enumerate(findings)]
        names = {one.preset.name for one in findings}
        others = [(Content(one.title), one.name) for one in PRESETS if one.name not in names]
        with self.prevent(Select.Changed):
            self._service.set_options([*found, *others])
            self._service.value = f"{_FOUND}0"
        self.fill()

    @property
    def finding(self) -> Finding:
        """What is chosen: something found, or a service as the person chose it."""
        chosen = self._service.selection or ""
        if chosen.startswith(_FOUND):
            return self._findings[int(chosen.removeprefix(_FOUND))]
        return Finding(by_name(chosen) or PRESETS[-1], Source.KNOWN, "as you chose")

    def fill(self) -> None:
        """Take over what the chosen finding says."""
        finding = self.finding
        preset = finding.preset
        self._imap.fill(preset.imap)
        self._pop3.fill(preset.pop3)
        self._own_smtp = preset.smtp
        self._smtp.fill(preset.smtp)
        self._sender.value = _SAME
        self._how.update(Content(found_how(finding)))
        # Whoever only has POP3 is not asked for a server that does not exist.
        only = Protocol.NONE if preset.sends_only else Protocol.POP3 if preset.pop3 else Protocol.IMAP
        self._incoming.value = Protocol.IMAP if preset.imap else only
        self._unfold.value = finding.guessed or preset.smtp is None
        self._suit()

    @on(Select.Changed)
    def selected(self, event: Select.Changed) -> None:
        """Another service was chosen, or another one to send through."""
        if event.select is self._service:
            self.fill()
        elif event.select is self._sender:
            preset = self.sender
            self._smtp.fill(preset.smtp if preset else self._own_smtp)
            self._suit()

    @property
    def sender(self) -> Preset | None:
        """The other service that sends, None when it is the same."""
        return by_name(self._sender.selection or _SAME)

    @property
    def incoming(self) -> Protocol:
        """How mail is received."""
        return self._account.incoming if self._account else Protocol(self._incoming.value)

    # What is in the fields

    def value(self) -> tuple[Server | None, Server | None, Server | None]:
        """IMAP, POP3 and SMTP server. Raises BadInput after complaining."""
        try:
            return self._read()
        except BadInput:
            self._unfold.value = True
            raise

    def _read(self) -> tuple[Server | None, Server | None, Server | None]:
        imap = self._receiving(self._imap, Protocol.IMAP)
        pop3 = self._receiving(self._pop3, Protocol.POP3)
        return imap, pop3, self._smtp.value(required=self.incoming is Protocol.NONE)

    def _receiving(self, field: ServerField, protocol: Protocol) -> Server | None:
        """The server of a protocol; of one that is not used only where somebody has named it."""
        if self.incoming is protocol:
            return field.value(required=True)
        named = self._account is not None or not self.finding.guessed
        return field.value(required=False) if named and self.incoming is not Protocol.NONE else None

    def more(self, account: Account) -> Account:
        """The account with its certificates, and for one that exists with what is kept and its signature."""
        account = replace(account, ca_file=self._ca_file.value.strip())
        return self._more.value(account) if self._more else account


def _title(finding: Finding) -> str:
    title = safe_line(finding.preset.title, 60)
    server = finding.preset.imap or finding.preset.pop3 or finding.preset.smtp
    host = safe_line(server.host, 60) if server and by_name(finding.preset.name) != finding.preset else ""
    return f"{title} ({host})" if host else title


def _switch_hint(account: Account) -> str:
    if account.incoming is Protocol.NONE:
        return "This account only sends."
    return f"Received by {account.incoming.value.upper()}. To change that, press p in the list of accounts."
