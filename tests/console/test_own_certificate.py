"""HTTPS with a certificate of one's own: an authority's is served as it is; what would not do is refused with the reason."""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from console.cli import app
from console.own_certificate import CertificateRefused, own_certificate
from console.serving import listen, serve
from console.site import EVERYWHERE, reached_at
from kernel.clock import LoopClock
from kernel.settings import ConsoleSettings, Settings
from simulation.agents import _trusting
from tests.console.conftest import Console

NOW = datetime.now(UTC)
NAMES = ("Sales.example", "*.desks.example", "10.1.2.3")


@dataclass(frozen=True, kw_only=True)
class Issued:
    """An authority's root, and the files it gave out."""

    root: Path
    certificate: Path
    key: Path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key, password: bytes | None = None) -> bytes:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _signed(subject: str, key, by: str, by_key, *, authority: bool, names: Sequence[str], begins, ends):
    builder = (
        x509.CertificateBuilder(subject_name=_name(subject), issuer_name=_name(by), public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False)
    )
    if authority:
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
        )
        more = {"key_cert_sign": True, "crl_sign": True, "encipher_only": False, "decipher_only": False}
        builder = builder.add_extension(x509.KeyUsage(**usage, **more), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
    return builder.sign(by_key, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def issue(
    folder: Path,
    names: Sequence[str] = NAMES,
    *,
    begins: timedelta = timedelta(0),
    lasts: timedelta = timedelta(days=90),
) -> Issued:
    """A root, an authority under it, and a certificate of that; the file has the chain, as authorities send it."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    when = {"begins": NOW - timedelta(days=1), "ends": NOW + timedelta(days=3650)}
    root = _signed("Root", keys[0], "Root", keys[0], authority=True, names=(), **when)
    middle = _signed("Middle", keys[1], "Root", keys[0], authority=True, names=(), **when)
    start = NOW - timedelta(days=1) + begins
    leaf = _signed("leaf", keys[2], "Middle", keys[1], authority=False, names=names, begins=start, ends=start + lasts)
    folder.mkdir(exist_ok=True)
    found = Issued(root=folder / "root.pem", certificate=folder / "sales.pem", key=folder / "sales.key")
    found.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    found.certificate.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, middle)))
    found.key.write_bytes(_pem(keys[2]))
    return found


def _set(issued: Issued, host: str = "127.0.0.1") -> Settings:
    wanted = {"host": host, "port": 0, "https": True, "certificate": issued.certificate, "key": issued.key}
    return Settings(console=ConsoleSettings.model_validate(wanted))


async def test_who_trusts_the_authority_is_served_by_the_certificates_names(console: Console, tmp_path: Path):
    issued = issue(tmp_path / "issued")
    with listen(_set(issued), LoopClock(), kept_in=tmp_path / "tls") as listening:
        assert not (tmp_path / "tls").exists(), "none of our own is made"
        async with serve(console.platform, console.hub, console.app.state.place.live, listening) as url:
            context = ssl.create_default_context(cafile=issued.root)
            async with httpx.AsyncClient(base_url=url, verify=context) as http:
                for name, status in (
                    ("sales.example", 200),
                    ("one.desks.example", 200),
                    ("two.one.desks.example", 421),
                    ("desks.example", 421),
                    ("evil.example", 421),
                ):
                    sni = {"sni_hostname": name if status == 200 else "sales.example"}
                    answer = await http.get("/api/health", headers={"Host": name}, extensions=sni)
                    assert answer.status_code == status, name
            async with httpx.AsyncClient(base_url=url, verify=_trusting(issued.certificate)) as agent:
                assert (await agent.get("/api/health")).status_code == 200, "as simulated agents come"
            with pytest.raises(httpx.ConnectError, match="(?i)certificate verify failed"):
                another = issue(tmp_path / "another")
                async with httpx.AsyncClient(base_url=url, verify=_trusting(another.certificate)) as stranger:
                    await stranger.get("/api/health")


def test_people_are_told_its_end_and_where_browsers_reach_it(tmp_path: Path):
    issued = issue(tmp_path)
    with listen(_set(issued, EVERYWHERE), LoopClock(), kept_in=tmp_path / "tls") as listening:
        words = "\n".join(listening.told())
        assert str(issued.certificate) in words and f"{NOW + timedelta(days=89):%Y-%m-%d}" in words
        for name in ("sales.example", "*.desks.example", "10.1.2.3"):
            assert f"https://{name}:{listening.port}" in words
        assert "warns" not in words


def refused(certificate: Path, key: Path, *, at: datetime = NOW) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as found:
        own_certificate(certificate, key, at)
    assert found.value.remedy
    return found.value


def test_a_missing_file_is_named(tmp_path: Path):
    issued = issue(tmp_path)
    for certificate, key in ((tmp_path / "no.pem", issued.key), (issued.certificate, tmp_path / "no.key")):
        error = refused(certificate, key)
        assert "No such file" in error.message and Path(error.where).name.startswith("no.")


def test_the_key_of_another_certificate_is_refused(tmp_path: Path):
    issued, other = issue(tmp_path / "a"), issue(tmp_path / "b")
    error = refused(issued.certificate, other.key)
    assert "not this certificate's" in error.message and error.where == str(other.key)


def test_one_that_has_ended_or_not_begun_is_refused_with_the_date(tmp_path: Path):
    old = issue(tmp_path / "old", begins=timedelta(days=-100))
    assert f"ended on {NOW - timedelta(days=11):%Y-%m-%d}" in refused(old.certificate, old.key).message
    new = issue(tmp_path / "new", begins=timedelta(days=5))
    assert f"begins on {NOW + timedelta(days=4):%Y-%m-%d}" in refused(new.certificate, new.key).message
    own_certificate(new.certificate, new.key, NOW + timedelta(days=6))


def test_files_that_are_something_else_are_told_apart(tmp_path: Path):
    issued = issue(tmp_path)
    assert "no certificate in PEM" in refused(issued.key, issued.key).message
    assert "no private key in PEM" in refused(issued.certificate, issued.certificate).message
    secret = serialization.load_pem_private_key(issued.key.read_bytes(), None)
    issued.key.write_bytes(_pem(secret, b"secret"))
    assert "has a password" in refused(issued.certificate, issued.key).message


def test_one_without_names_is_refused(tmp_path: Path):
    issued = issue(tmp_path, names=())
    assert "subjectAltName" in refused(issued.certificate, issued.key).message


def test_what_tls_itself_refuses_is_told(tmp_path: Path):
    weak = rsa.generate_private_key(65537, 1024)
    when = {"begins": NOW - timedelta(days=1), "ends": NOW + timedelta(days=1)}
    found = _signed("leaf", weak, "leaf", weak, authority=False, names=NAMES, **when)
    (tmp_path / "weak.pem").write_bytes(found.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "weak.key").write_bytes(_pem(weak))
    assert "TLS does not take it" in refused(tmp_path / "weak.pem", tmp_path / "weak.key").message


@pytest.mark.parametrize("missing", ["key", "certificate"])
def test_one_without_the_other_is_refused(tmp_path: Path, missing: str):
    issued = issue(tmp_path)
    given = {"certificate": issued.certificate, "key": issued.key, missing: None}
    settings = reached_at(Settings(), https=False, host="127.0.0.1", **given)
    with pytest.raises(CertificateRefused, match=f"(?s)platform.console.{missing}.*go together"):
        listen(settings, LoopClock(), kept_in=tmp_path / "tls")


def test_a_certificate_on_the_command_line_means_https_for_other_machines(tmp_path: Path):
    issued = issue(tmp_path)
    console = reached_at(Settings(), https=False, host=None, certificate=issued.certificate, key=issued.key).console
    assert (console.host, console.https, console.certificate) == (EVERYWHERE, True, issued.certificate)


def test_the_worker_refuses_it_before_anything_starts(tmp_path: Path):
    issued = issue(tmp_path, begins=timedelta(days=-100))
    (tmp_path / "site.yml").write_text(
        f"platform:\n  storage: {{directory: {tmp_path}/data}}\n  console: {{port: 0}}\n", encoding="utf-8"
    )
    arguments = ["worker", "--site", str(tmp_path / "site.yml"), "--certificate", str(issued.certificate)]
    result = CliRunner().invoke(app, [*arguments, "--key", str(issued.key)])
    assert isinstance(result.exception, CertificateRefused), result.output
    assert "ended on" in str(result.exception)
    assert not (tmp_path / "data").exists()
