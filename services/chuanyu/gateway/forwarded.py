"""
A caller's certificate as the node's router passes it on: the header `Client-Cert` of RFC 9440.

A router that reads paths must end TLS itself, and the certificate ends with it. The router proves to the node who it is, with a certificate
of its own, and says whom it saw; the node verifies that certificate against its own authorities again. From anybody else the header means
nothing.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from chuanyu.kernel.front import Peer

HEADER = "client-cert"
LIMIT = 4096  # characters


def combined(headers: Iterable[tuple[str, str | bytes]], name: str) -> str | None:
    """The value of a header, repeated ones joined as HTTP joins them (RFC 9110 5.3): two certificates are none, whoever wrote the other."""
    values = [value if isinstance(value, str) else value.decode("latin-1") for each, value in headers if each == name]
    return ", ".join(values) if values else None


class Forwarded:
    """Reads the header. authorities: PEM file of those whose clients are let in."""

    def __init__(self, authorities: Path) -> None:
        self._store = Store(x509.load_pem_x509_certificates(authorities.read_bytes()))

    def peer(self, header: str) -> Peer:
        """Whom the certificate names. Raises ValueError when it is none, or nobody here vouches for it today."""
        if len(header) > LIMIT or header[:1] != ":" or header[-1:] != ":":
            raise ValueError("a certificate between colons is wanted")
        try:
            certificate = x509.load_der_x509_certificate(b64decode(header[1:-1], validate=True))
            PolicyBuilder().store(self._store).build_client_verifier().verify(certificate, [])
        except (binascii.Error, VerificationError) as error:
            raise ValueError("no authority vouches for the certificate") from error
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return Peer(tuple(names.get_values_for_type(x509.UniformResourceIdentifier)), certificate.not_valid_after_utc.timestamp())
