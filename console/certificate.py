"""The console's own certificate: made here, signed by itself, kept, and used until it nearly expires.

Browsers give a microphone to a page that came by TLS or from the machine itself, nothing else; so agents at other machines
need TLS, also where no authority will ever know the machine's name. Who sees the browser's warning compares the fingerprint.
Key: ECDSA P-256 (RFC 5480). Names and addresses stand in subjectAltName (RFC 5280, 4.2.1.6), the only place browsers look.
"""

import ipaddress
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kernel.errors import JingyinError

LASTS: Final = timedelta(days=397)
NEARLY: Final = timedelta(days=30)  # before the end: then a new one is made
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_MARGIN: Final = timedelta(hours=1)  # for clients whose clocks are behind
_ELSEWHERE: Final = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))  # RFC 5737, RFC 3849: nobody's


class CertificateFailed(JingyinError):
    """The console's certificate cannot be written or read."""

    code = "console.certificate_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """PEM files for a TLS server. `names`: host names and addresses it holds for, in lower case, perhaps `*.sales.example`;
    `fingerprint`: SHA-256 of its DER, in hex. `own`: somebody's own (console.own_certificate), not made here."""

    certificate: Path
    key: Path
    names: frozenset[str]
    fingerprint: str
    ends: datetime
    made: bool = False
    own: bool = False


def certificate_in(folder: Path, names: Iterable[str], now: datetime) -> Certificate:
    """The certificate in the folder, or a new one: when there is none that holds for all `names` for `NEARLY` longer, or when
    others may read its key.

    Raises:
        CertificateFailed: the folder cannot be written.
    """
    wanted = frozenset(name.lower() for name in names)
    kept = _kept(folder, wanted, now)
    if kept is not None:
        return kept
    try:
        return _made(folder, wanted, now)
    except OSError as exc:
        raise CertificateFailed(
            f"the console's certificate cannot be written ({exc.strerror})",
            where=str(folder),
            remedy="Make the folder writable, or choose another (platform.storage.directory).",
        ) from None


def names_of_this_machine() -> tuple[str, ...]:
    """Host name, its name by mDNS, and the addresses by which other machines may know this one; loopback's first."""
    host = socket.gethostname().lower()
    found = [*LOOPBACK, host, *([] if "." in host else [f"{host}.local"]), *_addresses(host)]
    return tuple(dict.fromkeys(found))


def _addresses(host: str) -> Iterator[str]:
    with suppress(OSError):
        for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            yield str(address[0]).split("%")[0]
    for elsewhere, family in _ELSEWHERE:  # nothing is sent: the system only says from which address it would
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((elsewhere, 9))
            yield str(asking.getsockname()[0]).split("%")[0]


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "console.crt", folder / "console.key"


def _kept(folder: Path, wanted: frozenset[str], now: datetime) -> Certificate | None:
    certificate, key = _files(folder)
    try:
        if key.stat().st_mode & 0o077:
            return None
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        own = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError):
        return None
    if own.public_key() != found.public_key() or found.not_valid_after_utc < now + NEARLY:
        return None
    names = names_in(found)
    return described(certificate, key, found, names) if wanted <= names else None


def described(certificate: Path, key: Path, found: x509.Certificate, names: frozenset[str]) -> Certificate:
    """What the two files hold."""
    return Certificate(
        certificate=certificate,
        key=key,
        names=names,
        fingerprint=found.fingerprint(hashes.SHA256()).hex(":").upper(),
        ends=found.not_valid_after_utc,
    )


def names_in(found: x509.Certificate) -> frozenset[str]:
    """The host names and addresses it holds for."""
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return frozenset([*names.get_values_for_type(x509.DNSName), *addresses])


def _made(folder: Path, names: frozenset[str], now: datetime) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Jingyin console on {socket.gethostname()}"[:64])])
    public, us = key.public_key(), x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    found = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - _MARGIN)
        .not_valid_after(now.astimezone(UTC) + LASTS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(us, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(us), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate_file, key_file = _files(folder)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_file, secret)
    _write(certificate_file, found.public_bytes(serialization.Encoding.PEM))
    return replace(described(certificate_file, key_file, found, names), made=True)


_USAGE: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode("ascii"))


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and never readable by others, not for a moment."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    half.replace(path)
