"""A certificate of one's own for the console: an authority's, say. Read, and refused with the reason where it would not do.

The files are PEM, as every authority gives them: the certificate first, then those between it and the root (RFC 8446, 4.4.2);
the key without a password, for nobody is there to type it.
"""

import ssl
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from console.certificate import Certificate, described, names_in
from kernel.errors import JingyinError


class CertificateRefused(JingyinError):
    """The certificate or the key that was named cannot serve the console."""

    code = "console.certificate_refused"


def own_certificate(certificate: Path, key: Path, now: datetime) -> Certificate:
    """The two files, when they fit together and hold now.

    Raises:
        CertificateRefused: a file is missing or is something else, the key is another's or has a password, the certificate
            has ended, has not begun, or names no host.
    """
    found, secret = _certificate(certificate), _key(key)
    if secret.public_key() != found.public_key():
        raise CertificateRefused(
            f"the key is not this certificate's ({certificate})",
            where=str(key),
            remedy="Name the key with which the certificate was asked for, and in the certificate's file put it first.",
        )
    if now > found.not_valid_after_utc:
        raise CertificateRefused(
            f"the certificate ended on {found.not_valid_after_utc:%Y-%m-%d}",
            where=str(certificate),
            remedy="Have it renewed.",
        )
    if now < found.not_valid_before_utc:
        raise CertificateRefused(
            f"the certificate begins on {found.not_valid_before_utc:%Y-%m-%d %H:%M} UTC",
            where=str(certificate),
            remedy="Wait until then, or set this machine's clock.",
        )
    names = frozenset(name.lower() for name in names_in(found))
    if not names:
        raise CertificateRefused(
            "the certificate names no host in subjectAltName, so every browser would refuse it",
            where=str(certificate),
            remedy="Ask for one with the names by which browsers reach the console.",
        )
    _try(certificate, key)
    return replace(described(certificate, key, found, names), own=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise CertificateRefused(
            f"the file cannot be read ({exc.strerror})", where=str(path), remedy="Correct the path, or its rights."
        ) from None


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError:
        raise CertificateRefused(
            "the file holds no certificate in PEM", where=str(path), remedy="It begins -----BEGIN CERTIFICATE-----."
        ) from None


def _key(path: Path) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(_read(path), None)
    except TypeError:
        raise CertificateRefused(
            "the key has a password", where=str(path), remedy="Write it without one, readable by this user alone."
        ) from None
    except ValueError:
        raise CertificateRefused(
            "the file holds no private key in PEM", where=str(path), remedy="It begins -----BEGIN PRIVATE KEY-----."
        ) from None


def _try(certificate: Path, key: Path) -> None:
    """What only the TLS library refuses: too weak a key, a broken certificate further down the file."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as exc:
        raise CertificateRefused(
            f"TLS does not take it ({exc.reason or 'no reason given'})",
            where=str(certificate),
            remedy="Have another one made: RSA of 2048 bits or more, or ECDSA.",
        ) from None
