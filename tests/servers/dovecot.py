"""A real Dovecot for one test run: its own folder, ports, certificates and mail, gone afterwards."""

from __future__ import annotations

import base64
import contextlib
import getpass
import grp
import hashlib
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from imapclient.imap_utf7 import encode as utf7

from tests.servers import certificates
from tests.servers.certificates import Certificates
from tui.model.account import Security, Server

HOW_TO_GET_IT = "Dovecot is not installed: apt-get install dovecot-imapd dovecot-pop3d dovecot-submissiond"
PASSWORD = "correct-horse-battery"
PLAIN_IMAP = "IMAP4rev1 LITERAL+ IDLE"
MICROSOFT = "IMAP4 IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+"
WITHOUT_MOVE = "IMAP4rev1 LITERAL+ IDLE UIDPLUS NAMESPACE UNSELECT"

_UIDS_TOLD = re.compile(rb"\[(COPYUID|APPENDUID) [^\]\r\n]*\] ")

_counter = itertools.count()

_MAILBOX = """
  mailbox {0} {{
    special_use = \\{0}
    auto = create
  }}
"""
_SPECIAL = "".join(_MAILBOX.format(name) for name in ("Drafts", "Sent", "Archive", "Junk", "Trash"))

_CONFIG = """
protocols = imap pop3 submission
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/state
instance_name = {name}
log_path = {root}/log
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = {no_plain}
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 300
mail_fsync = never
mailbox_list_index = yes
passdb {{
  driver = static
  args = password={password}
}}
{oauth}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
  {special}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  {chroot}
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service submission-login {{
  {chroot}
  inet_listener submission {{
    port = {submission}
  }}
}}
protocol imap {{
  {capability}
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = yes
hostname = localhost
{owner}
"""

_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth.conf
}}
"""

_OAUTH_FILE = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


def installed() -> bool:
    """Whether the Dovecot binary is on this computer."""
    return _binary() is not None


def _binary() -> str | None:
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A TCP port of the loopback address that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Dovecot:
    """IMAP, POP3 and submission on free loopback ports. Every user name signs in with `PASSWORD`.

    `capability` replaces the IMAP capabilities it owns to, so that a client must do without; `relay` is the
    port submission hands mail to; `introspect` the URL of an OAuth introspection service, "" for none;
    `special_use` whether folders say what they are for, `issued` certificates of an authority made before;
    `mechanisms` the SASL mechanisms it offers, those that fit by default; `hashed` makes it keep a hash of
    the password only, as most servers do, with which SCRAM and CRAM-MD5 cannot work.
    """

    def __init__(
        self,
        *,
        capability: str = "",
        relay: int = 9,
        introspect: str = "",
        special_use: bool = True,
        issued: Certificates | None = None,
        mechanisms: str = "",
        hashed: bool = False,
        prefix: str = "",
    ) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="outlook-tui-dovecot-"))
        self.root.chmod(0o755)  # mail belongs to nobody when root runs the tests
        self.certificates = issued or certificates.make(self.root)
        self.ca_file = str(self.certificates.ca)
        self.imap, self.imaps, self.pop3, self.pop3s, self.submission = (free_port() for _ in range(5))
        self._process: subprocess.Popen[bytes] | None = None
        self._user = "nobody" if os.getuid() == 0 else getpass.getuser()
        entry = pwd.getpwnam(self._user)
        self._uid, self._gid = entry.pw_uid, entry.pw_gid
        (self.root / "mail").mkdir()
        self._own(self.root / "mail")
        self.has_move = not capability or "MOVE" in capability.split()
        self._has_uidplus = not capability or "UIDPLUS" in capability.split()
        self._mechanisms = mechanisms or "plain login" + " xoauth2 oauthbearer" * bool(introspect)
        digest = base64.b64encode(hashlib.sha256(PASSWORD.encode()).digest()).decode()
        self._kept = "{SHA256}" + digest if hashed else PASSWORD
        self._write_config(capability, relay, introspect, special_use, prefix)

    def _write_config(
        self, capability: str, relay: int, introspect: str, special_use: bool, prefix: str
    ) -> None:
        me = getpass.getuser()
        group = grp.getgrgid(self._gid).gr_name
        owner = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {group}"
        if introspect:
            (self.root / "oauth.conf").write_text(_OAUTH_FILE.format(url=introspect))
        text = _CONFIG.format(
            root=self.root, name=self.root.name, certificate=self.certificates.good, password=self._kept,
            uid=self._uid, gid=self._gid, special=_SPECIAL if special_use else "",
            chroot="" if os.getuid() == 0 else "chroot =", owner="" if os.getuid() == 0 else owner,
            imap=self.imap, imaps=self.imaps, pop3=self.pop3, pop3s=self.pop3s, submission=self.submission,
            capability=f"imap_capability = {capability}" if capability else "", relay=relay,
            mechanisms=self._mechanisms, no_plain="yes", prefix=prefix, separator=prefix[-1:] or "/",
            oauth=_OAUTH.format(root=self.root) if introspect else "",
        )  # fmt: skip
        (self.root / "dovecot.conf").write_text(text)

    def start(self) -> None:
        """Start it and wait until every port answers; its log is in the error when one does not."""
        shutil.rmtree(self.root / "run", ignore_errors=True)  # a stale socket costs 5 s at the first login
        binary = _binary()
        assert binary, HOW_TO_GET_IT
        self._process = subprocess.Popen(
            [binary, "-F", "-c", str(self.root / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        deadline = time.monotonic() + 15
        for port in (self.imap, self.imaps, self.pop3, self.pop3s, self.submission):
            while not self._answers(port):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    said = self.stop()
                    raise RuntimeError(f"Dovecot did not start: {said}\n{self.log()}")
                time.sleep(0.02)

    @staticmethod
    def _answers(port: int) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    def stop(self) -> str:
        """Stop it at once, with every connection; what it printed is returned. `start` may follow."""
        if self._process is None:
            return ""
        self.ask_to_stop()
        printed = self._process.communicate(timeout=20)[1].decode("utf-8", "replace")
        self._process = None
        return printed

    def ask_to_stop(self) -> None:
        """Begin to stop it, without waiting."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self._process.pid, signal.SIGTERM)  # the master alone would wait for idle clients

    def remove(self) -> None:
        """Stop it and delete all it had."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def as_offered(self, line: bytes) -> bytes:
        """What a proxy makes of a line: without UIDPLUS Dovecot tells of new UIDs all the same."""
        return line if self._has_uidplus else _UIDS_TOLD.sub(b"", line)

    def log(self) -> str:
        """Its log so far."""
        path = self.root / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def server(self, service: str) -> Server:
        """The endpoint of "imaps", "imap", "pop3s", "pop3" or "submission" as a client is told of it."""
        ports = {
            "imaps": (self.imaps, Security.TLS), "imap": (self.imap, Security.STARTTLS),
            "pop3s": (self.pop3s, Security.TLS), "pop3": (self.pop3, Security.STARTTLS),
            "submission": (self.submission, Security.STARTTLS),
        }  # fmt: skip
        return Server("localhost", *ports[service])

    def folder(self, user: str, name: str = "INBOX") -> Path:
        """The Maildir of a user's folder (`/` between levels), made when missing."""
        path = self.root / "mail" / user / "Maildir"
        if name != "INBOX":
            path /= "." + utf7(name.replace("/", ".")).decode("ascii")
        if not (path / "cur").is_dir():
            for part in ("cur", "new", "tmp"):
                (path / part).mkdir(parents=True, exist_ok=True)
            if name != "INBOX":
                (path / "maildirfolder").touch()
            for made in (self.root / "mail" / user, *(self.root / "mail" / user).rglob("*")):
                self._own(made)
        return path

    def deliver(
        self, user: str, raw: bytes, folder: str = "INBOX", flags: str = "", received: float = 0
    ) -> Path:
        """Put a message into a user's folder as an MTA does; `flags` are Maildir letters such as "SF"."""
        maildir = self.folder(user, folder)
        name = f"{time.time():.6f}.M{next(_counter)}P{os.getpid()}.test"
        target = maildir / "cur" / f"{name}:2,{flags}" if flags else maildir / "new" / name
        draft = maildir / "tmp" / name
        draft.write_bytes(raw.replace(b"\r\n", b"\n"))
        self._own(draft)
        if received:
            os.utime(draft, (received, received))
        draft.rename(target)
        return target

    def _own(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self._uid, self._gid)
