"""What the screen and the shell ask of the engine. Plain frozen values; the answer is the Future of `post`.

Local commands are carried out in the store of whichever process posts them; network commands by the process
that holds the engine lock, so these (`NETWORK`) also travel as JSON rows of the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.model.account import Account, Protocol
from tui.model.change_command import DropChanges, RetryChanges
from tui.model.draft import Draft
from tui.model.folder_command import CreateFolder, DeleteFolder, Import, RenameFolder
from tui.model.message import NO_FLAGS, Flag
from tui.model.secret import Secret
from tui.model.sign_in import Way


@dataclass(frozen=True, slots=True)
class SetFlags:
    """Change flags and tags of messages. Answers the ids changed."""

    ids: tuple[int, ...]
    add: Flag = NO_FLAGS
    remove: Flag = NO_FLAGS
    add_tags: frozenset[str] = frozenset()
    remove_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """Move messages to the folder of that name in their own account. Answers the ids moved."""

    ids: tuple[int, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy messages to the folder of that name in their own account. Answers the ids of the copies."""

    ids: tuple[int, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Archive:
    """Move messages to the archive folder of their account. Answers the ids moved."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Move messages to Deleted; `forever` removes them instead, which cannot be undone. Answers the ids."""

    ids: tuple[int, ...]
    forever: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the newest change that can be. Answers a sentence of what was undone, "" for nothing."""


@dataclass(frozen=True, slots=True)
class StartDraft:
    """Begin a mail: `kind` is new, reply, reply-all, forward or edit (of `message`). Answers the Draft."""

    account: str
    kind: str = "new"
    message: int = 0


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep what has been written; `file` also puts it into the Drafts folder. Answers the saved Draft."""

    draft: Draft
    file: bool = False


@dataclass(frozen=True, slots=True)
class Attach:
    """Copy the file at `path` into the store as an attachment of a saved draft. Answers the Draft."""

    draft: int
    path: str


@dataclass(frozen=True, slots=True)
class Detach:
    """Drop an attachment of a draft. Answers the Draft."""

    draft: int
    file: int


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Throw a draft away for good, with its copy in the Drafts folder."""

    draft: int


@dataclass(frozen=True, slots=True)
class QueueDraft:
    """Freeze a draft's bytes and put it into the outbox. `at` is Unix seconds, 0 for after the undo time.

    Answers the outbox id. Raises BadInput when an address cannot be used or there is no recipient.
    """

    draft: int
    at: int = 0
    hold: float = 0.0


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """Put finished bytes into the outbox (the shell's `send`). Answers the outbox id."""

    account: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: int = 0
    original: int = 0
    answers: str = ""


@dataclass(frozen=True, slots=True)
class CancelSend:
    """Take a mail that has not left back out of the outbox; it becomes a draft again. Answers the draft id.

    Raises Refused when it is too late.
    """

    id: int


@dataclass(frozen=True, slots=True)
class RetrySend:
    """Send a waiting, failed or unsure mail as soon as possible; the person's own decision."""

    id: int


@dataclass(frozen=True, slots=True)
class SendNow:
    """Send all that is due. Answers a tuple of the outbox ids handled."""

    ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring an account ("" for all) up to date. Answers a tuple of Summary, one an account."""

    account: str = ""
    folders: tuple[str, ...] = ()
    headers_only: bool = False


@dataclass(frozen=True, slots=True)
class FetchBody:
    """Fetch one message's body at once, before all other work. Answers True, or raises why not."""

    id: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Cancel what an account ("" for all) is busy with; it goes on at the next fetch."""

    account: str = ""


@dataclass(frozen=True, slots=True)
class GoOffline:
    """Work without the network until told otherwise."""

    offline: bool


@dataclass(frozen=True, slots=True)
class ConfirmGone:
    """The person's word on many messages that vanished from a server's folder at once."""

    folder: int
    remove: bool


@dataclass(frozen=True, slots=True)
class TestAccount:
    """Try receiving and sending step by step; each step is told by a Checked event. Answers all Checks.

    Secrets that are not given are taken from where the account says.
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    account: Account
    secret: Secret | None = None
    smtp_secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class SaveAccount:
    """Write an account to the configuration and its secrets to the keyring, and start it.

    Answers "" or a sentence on a secret that could be kept for this session only.
    """

    account: Account
    secret: Secret | None = None
    smtp_secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """Forget an account and its secrets; its mail stays on this computer when `keep_mail`."""

    address: str
    keep_mail: bool = True


@dataclass(frozen=True, slots=True)
class SwitchProtocol:
    """Receive by another protocol. No message is lost and none is downloaded twice.

    Bodies that are not here yet are fetched first. Raises Undecided, naming numbers, when that or the
    pushing of changes is not possible; `force` goes on all the same.
    """

    address: str
    protocol: Protocol
    force: bool = False


@dataclass(frozen=True, slots=True)
class SignIn:
    """Give an account the secret it asked for; `remember` keeps it in the keyring."""

    address: str
    secret: Secret
    remember: bool = True


@dataclass(frozen=True, slots=True)
class BeginSignIn:
    """Sign in by OAuth where the account says, in the way given or the one that suits this computer.

    What the person has to do is told by SigningIn events. Answers SignedIn. With `keep` what was granted goes
    into the keyring at once (an account that exists); without it, it is held for TestAccount and SaveAccount
    of the same address. `again` asks whom to sign in as even where the browser knows somebody. Raises
    SignInNeeded when it was refused or no client id is known, Cancelled, Offline.
    """

    account: Account
    way: Way | None = None
    keep: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class PasteAnswer:
    """The address a browser ended on, for the running sign-in by PASTE. Raises BadInput when it is of no use;
    the sign-in goes on waiting then."""

    account: str
    url: Secret


@dataclass(frozen=True, slots=True)
class CancelSignIn:
    """Stop a running sign-in, and forget what an account that was not saved has been granted."""

    account: str


@dataclass(frozen=True, slots=True)
class FindSettings:
    """Find servers and sign-in for an address. Answers a tuple of Finding, the best first, never empty.

    Without `network` only what is built in is looked at.
    """

    address: str
    network: bool = True


@dataclass(frozen=True, slots=True)
class Diagnose:
    """Check this installation and every account (or the one given), told step by step as Checked events with
    account "" for the installation. Answers all Checks."""

    account: str = ""


@dataclass(frozen=True, slots=True)
class ReloadSettings:
    """Read the configuration again: another process, or the person's editor, has changed it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What one account's fetch came to: counts of messages, octets, seconds, and sentences on problems.

    `exit_code` is the worst that happened (0 for none), as on the command line.
    """

    account: str
    new: int = 0
    changed: int = 0
    gone: int = 0
    sent: int = 0
    bytes: int = 0
    seconds: float = 0.0
    problems: tuple[str, ...] = field(default=())
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a test: what was tried, whether it went well, what was found, what to do."""

    check: str
    ok: bool
    detail: str = ""
    fix: str = ""
    exit_code: int = 0
    seconds: float = 0.0


LocalCommand = (
    SetFlags
    | Move
    | Copy
    | Archive
    | Delete
    | Undo
    | CreateFolder
    | RenameFolder
    | DeleteFolder
    | Import
    | RetryChanges
    | DropChanges
    | StartDraft
    | SaveDraft
    | Attach
    | Detach
    | DropDraft
    | QueueDraft
    | QueueMessage
    | CancelSend
    | RetrySend
    | ConfirmGone
)
NetworkCommand = Fetch | FetchBody | SendNow | Stop | GoOffline | SwitchProtocol | ReloadSettings
SignInCommand = BeginSignIn | PasteAnswer | CancelSignIn
AccountCommand = TestAccount | SaveAccount | RemoveAccount | SignIn | SignInCommand | FindSettings | Diagnose
Command = LocalCommand | NetworkCommand | AccountCommand

NETWORK: tuple[type[NetworkCommand], ...] = (
    Fetch,
    FetchBody,
    SendNow,
    Stop,
    GoOffline,
    SwitchProtocol,
    ReloadSettings,
)
