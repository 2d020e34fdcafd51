"""The picture of the check-up: what other computers and far servers would say is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tests.sign_in_scenes import Answering
from tui.model.account import Account, Auth, Login, Security, Server
from tui.model.command import Check, Diagnose
from tui.model.event import Checked
from tui.ui.messages import EngineSpoke
from tui.ui.screens.doctor import DoctorScreen

if TYPE_CHECKING:
    from tests.screenshots import Actor

_ME = "you@contoso.example"
_COMPUTER = (
    Check("versions", True, "outlook-tui 0.1.0, Python 3.11, Linux"),
    Check("store", True, "sound: 63 messages in ~/.local/share/outlook-tui/mail.db"),
    Check("terminal", True, "xterm-kitty, 100×34, utf-8, 16.7 million colours"),
    Check("keyring", True, "SecretService: written, read back and deleted."),
)
_ACCOUNT = (
    Check(
        "imap port",
        True,
        "IPv4 192.0.2.40 answers in 23 ms; IPv6 2001:db8::40 answers in 21 ms",
        seconds=0.1,
    ),
    Check(
        "imap encryption",
        True,
        "TLSv1.3, certificate valid until May 2 2027, issued by DigiCert",
        seconds=0.2,
    ),
    Check("imap sign-in", True, "", seconds=0.4),
    Check("imap folders", True, "11 folders (inbox: INBOX, sent: Sent Items)", seconds=0.1),
    Check(
        "smtp sign-in",
        False,
        "Sending by programs is switched off for your organisation (smtp.office365.com). 535 5.7.139 "
        "SmtpClientAuthentication is disabled for the Tenant.",
        "Only an administrator can switch on authenticated SMTP, for the mailbox or for all.",
        exit_code=77,
        seconds=0.6,
    ),
    Check(
        "token",
        True,
        f"signed in as {_ME}; last renewed 3 days ago; the access token lasts 52 minutes; permissions: "
        "IMAP.AccessAsUser.All, SMTP.Send",
    ),
)


async def checkup(actor: Actor) -> None:
    """An account that receives and may not send."""
    account = Account(
        _ME,
        provider="microsoft365",
        imap=Server("outlook.office365.com", 993),
        smtp=Server("smtp.office365.com", 587, Security.STARTTLS),
        login=Login(_ME, Auth.OAUTH2),
    )
    desk = actor.app.desk
    object.__setattr__(desk.settings, "accounts", (account,))
    answer = (*_COMPUTER, *_ACCOUNT)
    desk.engine = cast(Any, Answering(desk.engine, {Diagnose: answer}, {}))
    screen = DoctorScreen(desk)
    await actor.app.push_screen(screen)
    for check in answer:
        screen.post_message(EngineSpoke(Checked("" if check in _COMPUTER else _ME, check)))
    await actor.sees("1 check failed.")
