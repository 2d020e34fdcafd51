"""What the DNS says of a domain's mail: its exchangers, its announced services, its aliases. One blocking
question a call; nothing but the domain is ever asked about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.model.account import Security, Server
from tui.model.error import NotFound, Offline
from tui.net.autoconfig import is_host

if TYPE_CHECKING:
    from dns.resolver import Resolver as DnsResolver

NO_MAIL = "."
"""The exchanger of a domain that takes no mail (RFC 7505)."""

_SERVICES = {
    "imap": (("_imaps._tcp", Security.TLS), ("_imap._tcp", Security.STARTTLS)),
    "pop3": (("_pop3s._tcp", Security.TLS), ("_pop3._tcp", Security.STARTTLS)),
    "smtp": (("_submissions._tcp", Security.TLS), ("_submission._tcp", Security.STARTTLS)),
}
"""RFC 6186 and RFC 8314 5.1. What is announced without TLS from the start is used with STARTTLS, or not."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Whom to ask: the system's name servers, or these addresses on this port; and for how many seconds."""

    nameservers: tuple[str, ...] = ()
    port: int = 53
    limit: float = 4.0

    def mail_exchangers(self, domain: str) -> tuple[str, ...]:
        """The hosts that take a domain's mail (RFC 5321 5.1), the preferred first; NO_MAIL alone when it
        wants none, () when it names none.

        Raises NotFound when there is no such domain, Offline when nobody can be asked.
        """
        found = sorted((record.preference, _host(record.exchange)) for record in self._ask(domain, "MX"))
        return tuple(host for _, host in found if host == NO_MAIL or is_host(host))

    def services(self, domain: str) -> dict[str, Server]:
        """The servers a domain announces, by "imap", "pop3", "smtp"; with TLS from the start where it can be.

        Raises Offline when nobody can be asked.
        """
        found: dict[str, Server] = {}
        for protocol, announced in _SERVICES.items():
            for label, security in announced:
                if server := self._service(f"{label}.{domain}", security):
                    found[protocol] = server
                    break
        return found

    def alias(self, name: str) -> str:
        """The name that another is an alias for, "" for none. Raises Offline when nobody can be asked."""
        try:
            return next((_host(record.target) for record in self._ask(name, "CNAME")), "")
        except NotFound:
            return ""

    def exists(self, host: str) -> bool:
        """Whether a host has an address of either kind. Raises Offline when nobody can be asked."""
        try:
            return any(next(iter(self._ask(host, kind)), None) for kind in ("A", "AAAA"))
        except NotFound:
            return False

    def _service(self, name: str, security: Security) -> Server | None:
        """The target of least priority, then of most weight (RFC 2782); "." means that there is none."""
        try:
            records = sorted(self._ask(name, "SRV"), key=lambda one: (one.priority, -one.weight))
        except NotFound:
            return None
        hosts = [Server(_host(one.target), one.port, security) for one in records]
        return next((server for server in hosts if is_host(server.host) and server.port), None)

    def _ask(self, name: str, kind: str) -> list[Any]:
        """All records of a kind; what they are called by dnspython is known to the callers above."""
        with _translated(name):
            answer = self._resolver().resolve(name + ".", kind, search=False, raise_on_no_answer=False)
        return list(answer.rrset or ())

    def _resolver(self) -> DnsResolver:
        import dns.resolver

        made = dns.resolver.Resolver(configure=not self.nameservers)
        if self.nameservers:
            made.nameservers = list(self.nameservers)
            made.port = self.port
        made.lifetime = self.limit
        made.timeout = self.limit / 2
        return made


@contextmanager
def _translated(name: str) -> Iterator[None]:
    import dns.exception
    import dns.resolver

    try:
        yield
    except dns.resolver.NXDOMAIN as error:
        raise NotFound(f"There is no {name} in the DNS.", "Is it spelt right?") from error
    except (dns.exception.DNSException, OSError) as error:
        raise Offline(
            f"The DNS could not be asked about {name}.",
            "This computer may be offline.",
            detail=f"{type(error).__name__}: {error}",
        ) from error


def _host(name: Any) -> str:  # noqa: ANN401 - a dns.name.Name
    text: str = name.to_text(omit_final_dot=True)
    return text.lower()
