"""A name server on loopback that knows what it is told, and nothing else."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from types import TracebackType

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[str, str | tuple[str, ...]]
"""By "NAME KIND" such as "contoso.example MX": the data of its records, as a zone file writes them."""


class DnsServer:
    """Answers over UDP from `with` on. A name with no record of any kind does not exist (NXDOMAIN).

    `silent` takes questions and never answers; `failing` answers SERVFAIL. `asked` holds the questions.
    """

    def __init__(self, records: Records, *, silent: bool = False, failing: bool = False) -> None:
        self.asked: list[str] = []
        self._records = {
            _key(*key.split()): (one,) if isinstance(one, str) else one for key, one in records.items()
        }
        self._names = {name for name, _ in self._records}
        self._silent, self._failing = silent, failing
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> DnsServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as waker:
            waker.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(4096)
            if self._stopped.is_set():
                return
            with contextlib.suppress(dns.exception.DNSException):
                query = dns.message.from_wire(data)
                self.asked.append(
                    f"{query.question[0].name} {dns.rdatatype.to_text(query.question[0].rdtype)}"
                )
                if not self._silent:
                    self._socket.sendto(self._answer(query).to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        question = query.question[0]
        name, kind = question.name, dns.rdatatype.to_text(question.rdtype)
        key = str(name).lower()
        if self._failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif key not in self._names:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif data := self._records.get((key, kind)):
            response.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, data))
        return response


def _key(name: str, kind: str) -> tuple[str, str]:
    return str(dns.name.from_text(name)).lower(), kind
