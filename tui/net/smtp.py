"""One SMTP connection for sending (RFC 5321, 6409): MAIL, RCPT, DATA and the final dot one by one.

smtplib's own `data` sends body and dot together, and then nobody can tell a mail that did not go from one
that may have gone. Here the caller writes down in between that the dot is about to leave (RFC 1047).
Every method raises only MailErrors; after Offline, Garbled or Cancelled: `close`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from tui.model.account import Auth, Login, Security, Server
from tui.model.draft import Recipient, RecipientState
from tui.model.error import BadInput, MailError, Offline, Refused
from tui.model.secret import Secret
from tui.net import faults, login, starttls
from tui.net.link import READ_TIMEOUT, Link
from tui.net.smtp_wire import Wire

FINAL_REPLY_TIMEOUT = 600.0  # RFC 5321 4.5.3.2.6: giving up early makes for mail sent twice
_QUIT_TIMEOUT = 2.0
_RECIPIENTS_AT_ONCE = 100
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LINE_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
_ADDRESS = re.compile(r'[^\s<>\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+|"[^"\r\n\0<>]+"@[^\s<>@\x00-\x1f\x7f]+')
_REPLACES_IDS = frozenset({"smtp-mail.outlook.com", "smtp.office365.com"})
_NEW_ID = re.compile(r"<([^<>\s]{3,300}@[^<>\s]{1,255})>")


class SmtpConnection:
    """A connection to one sending server, for one thread; only `abort` may come from another."""

    def __init__(self, server: Server, ca_file: str = "") -> None:
        self.server = server
        self.features: dict[str, str] = {}
        self._link = Link(server, ca_file)
        self._wire: Wire | None = None

    def connect(self) -> None:
        """Connect, encrypt, and read what the server can do (EHLO, after TLS)."""
        self._link.open(starttls.smtp)
        with self._link.guard("connecting"):
            wire = self._wire = Wire(self._link)
            if self.server.security is not Security.STARTTLS:
                self._expect(wire.getreply(), {220}, "connecting")
            self._expect(wire.ehlo(), {250}, "saying hello")
            self.features = {name.lower(): words for name, words in wire.esmtp_features.items()}

    def sign_in(self, account: Login, secret: Secret) -> None:
        """Sign in by the strongest that is offered (see `login`), in steps.

        A server that offers no sign-in at all is taken as it is: when it wants one all the same it says so at
        MAIL. Raises SignInNeeded, Busy.
        """
        with self._doing("signing in", signing_in=account.auth):
            offered = self.features.get("auth", "").upper().split()
            if not offered:
                return
            names = login.mechanisms(account, offered, self.server.host)
            login.try_each(names, lambda name: self._sign_in_by(name, account, secret), "smtp")

    def _sign_in_by(self, name: str, account: Login, secret: Secret) -> None:
        answers = login.Answers(name, account, secret, self.server)
        with answers.exchange(), self._doing("signing in", signing_in=account.auth) as wire:
            code, text = wire.docmd(f"AUTH {name}")
            for _ in range(login.MOST_STEPS):
                if code != 334:
                    break
                code, text = wire.docmd(login.encoded(answers(login.decoded(text))))
            else:
                raise faults.garbled(self.server.host, "an endless sign-in")
            self._expect((code, text), {235}, "signing in", signing_in=account.auth)

    def begin(self, sender: str, recipients: Sequence[str], raw: bytes) -> list[Recipient]:
        """Name the envelope (MAIL, RCPT); what the server said of each recipient, each once.

        Where it took none, call `reset` instead of `body`. Raises Refused when the mail is too large or has
        characters the server cannot take, and what the answer to MAIL means; BadInput for a bad address.
        """
        options = self._options(sender, recipients, raw)
        with self._doing("naming the sender") as wire:
            wire.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
            reply = wire.docmd(" ".join([f"MAIL FROM:<{_checked(sender)}>", *options]))
            self._expect(reply, {250}, "naming the sender")
        unique = list(dict.fromkeys(_checked(address) for address in recipients))
        answered: list[Recipient] = []
        with self._doing("naming the recipients") as wire:
            for start in range(0, len(unique), _RECIPIENTS_AT_ONCE):
                answered += self._name(wire, unique[start : start + _RECIPIENTS_AT_ONCE])
        return answered

    def body(self, raw: bytes) -> None:
        """Say DATA and send the mail, dots stuffed and bare CR and LF made CRLF, without the final dot.

        Until `dot` the server must throw everything away when the connection ends.
        """
        with self._doing("sending the mail") as wire:
            self._expect(wire.docmd("DATA"), {354}, "sending the mail")
            wire.send(stuffed(raw))

    def dot(self) -> tuple[int, str]:
        """Send the final dot and wait up to 10 minutes; the reply's code and text, whatever it says.

        250 is an acceptance; for others `refusal` tells what they mean. An error raised here means that
        nobody can know whether the mail went.
        """
        with self._doing("waiting for the server to take the mail") as wire:
            wire.send(b".\r\n")
            self._link.sock.settimeout(FINAL_REPLY_TIMEOUT)
            code, text = wire.getreply()
            self._link.sock.settimeout(READ_TIMEOUT)
            return code, text.decode("utf-8", "replace")

    def refusal(self, code: int, text: str) -> MailError:
        """The error for a reply that is no acceptance: Busy for 4xx, SignInNeeded or Refused for 5xx."""
        return faults.smtp_refused(code, text, "sending the mail", self.server.host)

    def replaced_id(self, text: str) -> str:
        """The Message-ID that Outlook puts in place of ours, without angle brackets, from the final reply's
        text; "" for every other server (git's --outlook-id-fix does the same for the same two hosts)."""
        found = _NEW_ID.search(text) if self.server.host.lower() in _REPLACES_IDS else None
        return found[1] if found else ""

    def reset(self) -> None:
        """Forget the envelope and stay connected."""
        with self._doing("starting again") as wire:
            self._expect(wire.docmd("RSET"), {250}, "starting again")

    def quit(self) -> None:
        """Say goodbye, for two seconds at most, and give everything back. Never raises."""
        if self._wire is not None:
            with contextlib.suppress(MailError, OSError):
                self._link.sock.settimeout(_QUIT_TIMEOUT)
                self._wire.docmd("QUIT")
        self.close()

    @property
    def closed(self) -> bool:
        """Whether everything has been given back."""
        return self._link.closed

    def abort(self) -> None:
        """Break off at once, from any thread; whatever is going on ends with Cancelled."""
        self._link.abort()

    def close(self) -> None:
        """Give everything back without a word. Never raises."""
        if self._wire is not None:
            with contextlib.suppress(OSError):
                self._wire.close()
            self._wire = None
        self._link.close()

    @contextmanager
    def _doing(self, words: str, *, signing_in: Auth | None = None) -> Iterator[Wire]:
        with self._link.guard(words, signing_in=signing_in):
            if self._wire is None:
                raise Offline(f"There is no connection to {self.server.host}.")
            yield self._wire

    def _expect(
        self, reply: tuple[int, bytes], good: set[int], doing: str, *, signing_in: Auth | None = None
    ) -> None:
        code, text = reply
        if code not in good:
            raise faults.smtp_refused(code, text, doing, self.server.host, signing_in=signing_in)

    def _name(self, wire: Wire, addresses: list[str]) -> list[Recipient]:
        """RCPT for each, all at once where the server allows (RFC 2920)."""
        lines = [f"RCPT TO:<{address}>\r\n" for address in addresses]
        if "pipelining" in self.features:
            wire.send("".join(lines))
            replies: Iterable[tuple[int, bytes]] = (wire.getreply() for _ in lines)
        else:
            replies = (wire.docmd(line.rstrip()) for line in lines)
        return [self._recipient(address, reply) for address, reply in zip(addresses, replies, strict=True)]

    def _recipient(self, address: str, reply: tuple[int, bytes]) -> Recipient:
        code, text = reply
        if code == 421 or not 200 <= code < 600:  # it is closing, or ill: nothing can be said of the others
            raise faults.smtp_refused(code, text, "naming the recipients", self.server.host)
        state = RecipientState.ACCEPTED if 200 <= code < 300 else RecipientState.REFUSED
        return Recipient(address, state, code, text.decode("utf-8", "replace"))

    def _options(self, sender: str, recipients: Sequence[str], raw: bytes) -> list[str]:
        """The parameters of MAIL. Raises Refused where the server lacks what the mail needs."""
        host, options = self.server.host, []
        limit = self.features.get("size", "")
        if "size" in self.features:
            if limit.isdigit() and 0 < int(limit) < len(raw):
                raise Refused(
                    f"The mail has {len(raw):,} bytes; {host} takes {int(limit):,} at most.",
                    "Send fewer or smaller attachments, or a link to them.",
                    detail=f"SIZE {limit}",
                )
            options.append(f"SIZE={len(raw)}")
        foreign = next((each for each in (sender, *recipients) if not each.isascii()), "")
        if foreign or not raw.partition(b"\r\n\r\n")[0].isascii():
            if "smtputf8" not in self.features:
                what = f"the address {foreign}" if foreign else "a header that is not plain ASCII"
                raise Refused(f"{host} cannot take {what}.", "Use another address or server for this mail.")
            options.append("SMTPUTF8")
        if not raw.isascii():
            if "8bitmime" not in self.features:
                raise Refused(f"{host} takes only 7-bit mail.", "Save the mail as a draft and send it again.")
            options.append("BODY=8BITMIME")
        return options


def stuffed(raw: bytes) -> bytes:
    """A mail as it stands behind DATA (RFC 5321 4.5.2): CRLF line ends only, a dot doubled at the start of a
    line, a line end at the end. So that nothing in it can be taken for the end (SMTP smuggling)."""
    lines = _BARE.sub(b"\r\n", raw)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _LINE_WITH_DOT.sub(b"..", lines)


def _checked(address: str) -> str:
    """An address that can stand between `<` and `>` of a command and mean just itself."""
    if not _ADDRESS.fullmatch(address) or len(address) > 320:
        raise BadInput(f"“{address[:100]}” cannot be used as an address.", "Correct the address.")
    return address
