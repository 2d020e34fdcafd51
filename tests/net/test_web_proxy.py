"""The proxies of the environment: used, gone round, missing, refusing, of an unknown kind."""

from __future__ import annotations

import pytest

from tests.net.asking import DOING, asked, told
from tests.servers.certificates import Certificates
from tests.servers.connect_proxy import proxy
from tests.servers.dovecot import free_port
from tests.servers.identity import IdentityServer
from tests.servers.scripted import Act, Scripted, rule
from tui.model.error import Offline
from tui.net.web import Web


def test_the_proxy_of_the_environment(
    certs: Certificates, identity: IdentityServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy() as (address, seen):
        monkeypatch.setenv("HTTPS_PROXY", address)
        with Web(str(certs.ca)) as client:
            assert client.get(f"{identity.base}/", DOING).status == 404
        assert seen == [f"localhost:{identity.port}"]
        monkeypatch.setenv("NO_PROXY", "localhost")
        with Web(str(certs.ca)) as client:
            assert client.get(f"{identity.base}/", DOING).status == 404
        assert len(seen) == 1


def test_a_proxy_that_is_not_there(client: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{free_port()}")
    error = asked(client, "https://localhost:1/")

    assert isinstance(error, Offline)
    assert "proxy" in error.what
    assert "hunter2" not in told(error)


def test_a_proxy_that_wants_a_password(
    client: Web, certs: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = rule(rb"^\r\n$", (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Act.CLOSE))
    with Scripted(b"", [refusal]) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{server.port}")
        error = asked(client, "https://localhost:1/")

    assert isinstance(error, Offline)
    assert "407" in error.detail
    assert "hunter2" not in told(error)


@pytest.mark.parametrize("address", ["socks5://user:hunter2@localhost:1", "what://localhost:1", "http://:1"])
def test_a_proxy_of_an_unknown_kind(client: Web, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    error = asked(client, "https://localhost:1/")

    assert isinstance(error, Offline)
    assert "hunter2" not in told(error)
