"""
Development credentials: one authority, certificates for nodes, members and persons, tokens.

Made on this machine at the first start, renewed when a month is left, never shipped. The authority's key signs nothing but these.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from joserfc import jwt
from joserfc.jwk import OKPKey

from chuanyu.embedded import places

AUTHORITY_DAYS = 1825
LEAF_DAYS = 365
RENEW_DAYS = 30
_USAGE = {
    name: name in ("digital_signature", "key_cert_sign", "crl_sign")
    for name in (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credential:
    """Files of one holder."""

    certificate: Path
    key: Path

    @classmethod
    def below(cls, folder: Path) -> Credential:
        return cls(folder / "cert.pem", folder / "key.pem")


class Authority:
    """The development authority of one run's directory: ca.pem beside private/ca.key.pem."""

    def __init__(self, directory: Path) -> None:
        """Opens it, or makes it when it is missing or runs out within a year (whatever it signed is then made anew)."""
        self.certificate_file = directory / "ca.pem"
        self._key_file = directory / "private" / "ca.key.pem"
        if not _holds(self.certificate_file, LEAF_DAYS):
            self._make()
        self._certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        self._key = _load_ec(self._key_file)

    def server(self, folder: Path, name: str) -> Credential:
        """The node's own certificate, for loopback."""
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        return self._issue(folder, name, names, [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])

    def client(self, folder: Path, name: str, uri: str) -> Credential:
        """The certificate of a member or person, who is named by the URI."""
        return self._issue(folder, name, [x509.UniformResourceIdentifier(uri)], [ExtendedKeyUsageOID.CLIENT_AUTH])

    def _issue(self, folder: Path, name: str, names: Sequence[x509.GeneralName], uses: list[x509.ObjectIdentifier]) -> Credential:
        credential = Credential.below(folder)
        if _holds(credential.certificate, RENEW_DAYS) and self._signed(credential.certificate):
            return credential
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_named(name), self._certificate.subject, key.public_key(), LEAF_DAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        places.write_private(credential.key, _pem(key))
        places.write_private(credential.certificate, _encode(builder.sign(self._key, hashes.SHA256())))
        return credential

    def _signed(self, file: Path) -> bool:
        try:
            x509.load_pem_x509_certificate(file.read_bytes()).verify_directly_issued_by(self._certificate)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is made anew
            return False
        return True

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("chuanyu development authority")
        builder = _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(x509.KeyUsage(**_USAGE), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        places.write_private(self._key_file, _pem(key))
        places.write_private(self.certificate_file, _encode(builder.sign(key, hashes.SHA256())))


def token_key(file: Path) -> Path:
    """The node's own Ed25519 key for tokens (PKCS #8 PEM), made when missing."""
    if not file.exists():
        places.write_private(file, _pem(ed25519.Ed25519PrivateKey.generate()))
    return file


def token(key_file: Path, *, issuer: str, subject: str, days: int = LEAF_DAYS) -> str:
    """A JWT (Ed25519) by which the subject may call the issuer's node."""
    now = datetime.now(UTC)
    claims = {"iss": issuer, "sub": subject, "iat": int(now.timestamp()), "exp": int((now + timedelta(days=days)).timestamp())}
    key = OKPKey.import_key(key_file.read_text())
    return jwt.encode({"alg": "Ed25519"}, {**claims, "jti": secrets.token_hex(8)}, key, algorithms=["Ed25519"])


def _builder(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=days))


def _holds(file: Path, days: int) -> bool:
    """Whether the certificate there is still good for so many days."""
    try:
        ends = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    except (FileNotFoundError, ValueError):
        return False
    return ends > datetime.now(UTC) + timedelta(days=days)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _load_ec(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _encode(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
