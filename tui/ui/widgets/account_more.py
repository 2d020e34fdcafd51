"""What an account has beyond servers and sign-in: what is kept where, sent mail, signature, registration."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Select

from tui.model.account import MOST_KILOBYTES, Account, Keep, Offline, Protocol, SentCopy
from tui.model.error import BadInput
from tui.model.issuer import authority, issuer_of
from tui.model.registration import wrong_client_id
from tui.ui.widgets.form import CleanInput, CleanTextArea, Field

RuleT = TypeVar("RuleT", Keep, Offline)


class MoreFields(Vertical):
    """The fields of an account that exists; who signs in by OAuth also has client id and authority."""

    def __init__(self, account: Account) -> None:
        super().__init__(classes="more")
        self._issuer = issuer_of(account)
        self._keep = CleanInput(
            account.keep.text, placeholder="leave, delete, 14d, until-deleted", compact=True
        )
        self._by_pop3 = account.incoming is Protocol.POP3
        self._fetch_up_to = CleanInput(
            str(account.fetch_up_to or ""), placeholder="kilobytes; left empty, all", compact=True
        )
        self._offline = CleanInput(account.offline.text, placeholder="all, headers, 90d", compact=True)
        self._signature = CleanTextArea(account.signature, compact=True, classes="signature")
        self._sent_copy = Select(
            [
                (Content("Unless the service does it"), SentCopy.AUTO),
                (Content("Always"), SentCopy.ALWAYS),
                (Content("Never"), SentCopy.NEVER),
            ],
            value=account.sent_copy,
            allow_blank=False,
            compact=True,
        )
        self._client_id = CleanInput(
            account.client_id, placeholder="that of the settings, or the program's", compact=True
        )
        self._authority = CleanInput(
            account.authority, placeholder="the usual one; else a tenant or an https address", compact=True
        )
        self._keep_field = Field("POP3 leaves", self._keep)
        self._fetch_up_to_field = Field("Whole up to", self._fetch_up_to)
        self._offline_field = Field("Kept here", self._offline)
        self._client_id_field = Field("Client id", self._client_id)
        self._authority_field = Field("Authority", self._authority)

    def compose(self) -> ComposeResult:
        """One field below the other."""
        yield self._keep_field
        if self._by_pop3:
            yield self._fetch_up_to_field
        yield self._offline_field
        yield Field("File sent mail", self._sent_copy)
        yield Field("Signature", self._signature)
        if self._issuer is not None:
            yield self._client_id_field
            yield self._authority_field

    def value(self, account: Account) -> Account:
        """The account with these. Raises BadInput after complaining."""
        return replace(
            account,
            keep=_read(self._keep_field, self._keep, Keep),
            offline=_read(self._offline_field, self._offline, Offline),
            fetch_up_to=self._read_fetch_up_to(),
            signature=self._signature.text,
            sent_copy=self._sent_copy.selection or SentCopy.AUTO,
            client_id=self._read_client_id(),
            authority=self._read_authority(),
        )

    def _read_client_id(self) -> str:
        text = self._client_id.value.strip()
        words = wrong_client_id(self._issuer, text) if self._issuer and text else ""
        _require(self._client_id_field, self._client_id, words)
        return text

    def _read_fetch_up_to(self) -> int:
        text = self._fetch_up_to.value.strip() or "0"
        wrong = not (text.isascii() and text.isdecimal() and int(text) <= MOST_KILOBYTES)
        _require(
            self._fetch_up_to_field,
            self._fetch_up_to,
            "Write a number of kilobytes, such as 500, or nothing for all." if wrong else "",
        )
        return int(text)

    def _read_authority(self) -> str:
        text, words = self._authority.value.strip(), ""
        try:
            if self._issuer is not None:
                authority(text, self._issuer, "")
        except ValueError as error:
            words = f"{error}."
        _require(self._authority_field, self._authority, words)
        return text


def _read(field: Field, control: Input, kind: type[RuleT]) -> RuleT:
    try:
        value = kind(control.value.strip())
    except ValueError as cause:
        _require(field, control, f"{cause}.")
        raise
    field.complain("")
    return value


def _require(field: Field, control: Input, words: str) -> None:
    """Complain and raise BadInput where there is something to complain of."""
    field.complain(words)
    if words:
        control.focus()
        raise BadInput(words)
