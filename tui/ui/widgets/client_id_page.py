"""The page that explains why a client id is needed, how to come by one, and takes it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from tui.model.error import BadInput
from tui.model.issuer import Issuer
from tui.model.registration import wrong_client_id
from tui.ui import sign_in_words as words
from tui.ui.widgets.form import CleanInput, Field
from tui.ui.widgets.sign_in_views import Numbered, Page


class ClientIdPage(Page):
    """Four lines, the field, and the steps below it."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(id="page-client-id")
        self._issuer = issuer
        example = "….apps.googleusercontent.com" if issuer.name == "google" else "00000000-0000-0000-…"
        example = "" if issuer.own else example
        self._client_id = CleanInput(placeholder=example, compact=True, id="client-id")
        self._secret = Input(password=True, placeholder="GOCSPX-…", compact=True, id="client-secret")
        self._id_field = Field("Client id", self._client_id)
        self._secret_field = Field("Client secret", self._secret)

    def compose(self) -> ComposeResult:
        """Why, the field, how."""
        yield Static(Content(f"{self._issuer.title} wants a client id"), classes="question")
        yield Static(Content("\n".join(words.why_registered(self._issuer))), classes="text")
        yield self._id_field
        if not self._issuer.public:
            yield self._secret_field
        yield Static(Content("How to register one"), classes="question")
        for number, step in enumerate(words.how_to_register(self._issuer), 1):
            yield Numbered(number, step)

    def begin(self) -> None:
        """Type at once."""
        self._client_id.focus()

    def value(self) -> tuple[str, str]:
        """Client id and secret ("" for a public client). Raises BadInput after complaining."""
        client_id, secret = self._client_id.value.strip(), self._secret.value.strip()
        wrong = wrong_client_id(self._issuer, client_id)
        self._id_field.complain(wrong)
        missing = "" if self._issuer.public or secret else "Type the client's secret, too."
        self._secret_field.complain(missing)
        if wrong or missing:
            (self._client_id if wrong else self._secret).focus()
            raise BadInput(wrong or missing)
        return client_id, secret
