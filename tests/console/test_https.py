"""The console over TLS with a certificate of its own: whom it answers, what is kept, and when a new one is made."""

import asyncio
import hashlib
import json
import re
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import websockets

from console.api.gate import NotLoopback
from console.certificate import LASTS, NEARLY, CertificateFailed, certificate_in, names_of_this_machine
from console.serving import CannotListen, Listening, listen, serve
from console.site import EVERYWHERE, reached_at
from kernel.clock import LoopClock
from kernel.settings import ConsoleSettings, Settings
from simulation.agents import _trusting as _trusting_agents
from tests.console.conftest import PASSWORD, Console

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("localhost", "127.0.0.1", "sales.example", "10.1.2.3")


def _set(host: str, *, https: bool, **more: object) -> Settings:
    return Settings(console=ConsoleSettings.model_validate({"host": host, "port": 0, "https": https, **more}))


@pytest.fixture
async def secure(console: Console, tmp_path: Path) -> AsyncIterator[Listening]:
    """The console, really listening, by TLS."""
    settings = _set("127.0.0.1", https=True, names=["Sales.example"])
    with listen(settings, LoopClock(), kept_in=tmp_path / "tls") as listening:
        async with serve(console.platform, console.hub, console.app.state.place.live, listening) as url:
            assert url == f"https://127.0.0.1:{listening.port}"
            yield listening


def _trusting(listening: Listening) -> ssl.SSLContext:
    assert listening.certificate is not None
    return ssl.create_default_context(cafile=listening.certificate.certificate)


async def test_a_login_over_tls_gets_a_cookie_for_tls_alone_and_the_live_socket_works(secure: Listening):
    context = _trusting(secure)
    async with httpx.AsyncClient(base_url=secure.url, verify=context) as http:
        who = {"tenant": "shop", "name": "sue", "password": PASSWORD}
        answer = await http.post("/api/login", json=who)
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"].lower()
        assert "; secure" in cookie and "httponly" in cookie
        assert (await http.get("/api/me")).json()["name"] == "sue"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}
    url = secure.url.replace("https", "wss") + "/api/live"
    async with websockets.connect(url, additional_headers=headers, ssl=context) as live:
        await live.send(json.dumps({"type": "subscribe", "topics": ["agents"], "epoch": None, "last_seq": None}))
        assert json.loads(await live.recv())["type"] == "hello"


async def test_it_answers_by_its_own_names_only_and_the_certificate_holds_for_them(secure: Listening):
    context = _trusting(secure)
    async with httpx.AsyncClient(base_url=secure.url, verify=context) as http:
        for name, status in (("sales.example", 200), ("localhost", 200), ("evil.example", 421)):
            extensions = {"sni_hostname": name if status == 200 else "127.0.0.1"}
            answer = await http.get("/api/health", headers={"Host": name}, extensions=extensions)
            assert answer.status_code == status, name
        with pytest.raises(httpx.ConnectError, match="(?i)certificate verify failed"):
            async with httpx.AsyncClient(base_url=secure.url, verify=context) as other:
                await other.get("/api/health", extensions={"sni_hostname": "evil.example"})


async def test_who_does_not_trust_it_or_speaks_no_tls_gets_nothing(secure: Listening):
    async with httpx.AsyncClient() as stranger:
        with pytest.raises(httpx.ConnectError, match="(?i)certificate verify failed"):
            await stranger.get(secure.url + "/api/health")
        with pytest.raises(httpx.TransportError):
            await stranger.get(secure.url.replace("https", "http") + "/api/health")


async def test_simulated_agents_trust_it_and_no_other(secure: Listening, tmp_path: Path):
    assert secure.certificate is not None
    async with httpx.AsyncClient(base_url=secure.url, verify=_trusting_agents(secure.certificate.certificate)) as agent:
        assert (await agent.get("/api/health")).status_code == 200
    other = certificate_in(tmp_path / "other", NAMES, datetime.now(UTC))
    async with httpx.AsyncClient(base_url=secure.url, verify=_trusting_agents(other.certificate)) as stranger:
        with pytest.raises(httpx.ConnectError, match="(?i)certificate verify failed"):
            await stranger.get("/api/health")


async def test_people_are_told_the_fingerprint_that_their_browser_shows(secure: Listening):
    pem = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", secure.port))
    seen = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    words = "\n".join(secure.told())
    assert seen.upper() in words.replace(":", "")
    assert "microphone" in words


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "sales.example"])
def test_other_machines_are_not_served_without_tls(host: str, tmp_path: Path):
    with pytest.raises(NotLoopback, match="--https"):
        listen(_set(host, https=False), LoopClock(), kept_in=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["999.1.1.1", "192.0.2.1"])  # no address; nobody's (RFC 5737)
def test_an_address_that_is_not_ours_is_said_and_not_taken_for_a_taken_port(host: str, tmp_path: Path):
    with pytest.raises(CannotListen, match=re.escape(host)) as refused:
        listen(_set(host, https=True), LoopClock(), kept_in=tmp_path)
    assert refused.value.where == "platform.console.host"
    assert list(tmp_path.iterdir()) == []  # nor is a certificate made for it


def test_all_addresses_are_served_with_tls_and_named(tmp_path: Path):
    with listen(_set(EVERYWHERE, https=True), LoopClock(), kept_in=tmp_path / "tls") as listening:
        assert set(names_of_this_machine()) <= listening.names
        assert listening.url == f"https://127.0.0.1:{listening.port}"
        assert any(socket.gethostname().lower() in line for line in listening.told())


def test_key_and_certificate_are_readable_by_us_alone(tmp_path: Path):
    made = certificate_in(tmp_path / "tls", NAMES, NOW)
    assert made.made and made.names == set(NAMES)
    assert {path.stat().st_mode & 0o777 for path in (made.key, made.certificate)} == {0o600}
    assert (tmp_path / "tls").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in (tmp_path / "tls").iterdir()) == ["console.crt", "console.key"]


def test_the_certificate_is_used_again_until_it_nearly_expires(tmp_path: Path):
    first = certificate_in(tmp_path, NAMES, NOW)
    later = NOW + LASTS - NEARLY - timedelta(hours=1)
    for when, names in ((NOW, NAMES), (NOW, NAMES[:2]), (later, ("Sales.Example",))):
        again = certificate_in(tmp_path, names, when)
        assert (again.fingerprint, again.made) == (first.fingerprint, False)
    renewed = certificate_in(tmp_path, NAMES, later + timedelta(hours=2))
    assert renewed.made and renewed.fingerprint != first.fingerprint


def test_a_new_certificate_is_made_for_a_new_name_and_when_the_old_one_cannot_be_trusted(tmp_path: Path):
    known = {certificate_in(tmp_path, NAMES, NOW).fingerprint}

    def made_anew(names: tuple[str, ...] = NAMES) -> bool:
        found = certificate_in(tmp_path, names, NOW)
        new = found.fingerprint not in known
        known.add(found.fingerprint)
        return new

    assert made_anew((*NAMES, "10.9.9.9"))
    (tmp_path / "console.key").chmod(0o640)
    assert made_anew()
    (tmp_path / "console.crt").write_text("no certificate")
    assert made_anew()
    (tmp_path / "console.key").write_bytes((tmp_path / "console.crt").read_bytes())
    assert made_anew()
    assert not made_anew()


def test_a_folder_that_cannot_be_written_is_named():
    nowhere = Path("/proc/tls")  # where root may not write either
    with pytest.raises(CertificateFailed, match=str(nowhere)):
        certificate_in(nowhere, NAMES, NOW)


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path):
    (tmp_path / "tls").write_text("")
    with pytest.raises(CertificateFailed, match="tls"):
        certificate_in(tmp_path / "tls", NAMES, NOW)


@pytest.mark.parametrize(
    ("set_host", "https", "host", "expected"),
    [
        ("127.0.0.1", False, None, ("127.0.0.1", False)),
        ("127.0.0.1", True, None, (EVERYWHERE, True)),
        ("127.0.0.1", True, "127.0.0.1", ("127.0.0.1", True)),
        ("192.0.2.7", True, None, ("192.0.2.7", True)),
        ("127.0.0.1", False, "192.0.2.7", ("192.0.2.7", False)),
    ],
)
def test_https_on_the_command_line_means_other_machines(set_host: str, https: bool, host: str | None, expected):
    console = reached_at(_set(set_host, https=False), https=https, host=host).console
    assert (console.host, console.https) == expected
