"""
TLS to Kafka for drivers that take Python's own instead of librdkafka's (kafka-python, aiokafka): the context, and why a broker refuses.

Neither driver says why it was refused: each tries again in silence. `greet` asks once, as they would, and hears it.
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
from collections.abc import Iterator, Mapping

from chuanyu.kernel.faults import Broken, BrokerAway, BusMisused, Fault, SettingsIncomplete

GREET_S = 5.0
_OTHERWISE = {"bootstrap.servers", "group.instance.id"}  # said to the drivers by other means
_FILES = {"ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.key.password"}
_KEPT_TO = {  # property → the only values that have a translation, the first being what the context does
    "security.protocol": ("ssl", "plaintext"),
    "ssl.endpoint.identification.algorithm": ("https",),
    "enable.ssl.certificate.verification": ("true",),
}
_API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)  # size, key, version, correlation, no client id: any broker answers it to anybody
_ANSWERED = struct.pack(">i", 1)  # the correlation, after the size
_IN_BRACKETS = re.compile(r"^\[.*?\] | \(_ssl\.c:\d+\)$")


def client_context(properties: Mapping[str, str]) -> ssl.SSLContext | None:
    """TLS 1.3 that checks the broker's name and authority and shows the client's certificate; None for plain text.

    properties: librdkafka's. Raises SettingsIncomplete, which names every property without a translation, or the file that is unfit.
    """
    if untold := sorted(_untranslated(properties)):
        said = ", ".join(untold)
        raise SettingsIncomplete(
            f"CHUANYU_KAFKA_CLIENT_FILE 有此处不支持的设置，请删去：{said} · CHUANYU_KAFKA_CLIENT_FILE is wrong: only mutual TLS is "
            f"understood here; take out {said}",
            wrong=tuple(untold),
        )
    if properties.get("security.protocol", "plaintext").lower() == "plaintext":
        return None
    try:
        context = ssl.create_default_context(cafile=properties.get("ssl.ca.location"))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if certificate := properties.get("ssl.certificate.location"):
            # a function, and never none: for an encrypted key OpenSSL would else ask at the terminal
            context.load_cert_chain(certificate, properties.get("ssl.key.location"), lambda: properties.get("ssl.key.password", ""))
    except OSError as error:  # ssl.SSLError is one
        raise SettingsIncomplete(
            f"CHUANYU_KAFKA_CLIENT_FILE 所指的证书、私钥或根证书不可用 · CHUANYU_KAFKA_CLIENT_FILE is wrong: certificate, key or authority "
            f"cannot be used: {_plain(error)}"
        ) from error
    return context


def greet(bootstrap: str, context: ssl.SSLContext | None, within: float = GREET_S) -> None:
    """Returns once one of the servers has answered as Kafka does. within: seconds for each step with a server.

    Raises BusMisused when TLS is refused by either side, BrokerAway when nobody is there or says anything.
    """
    faults: list[Fault] = []
    for address in bootstrap.split(","):
        try:
            return _greet(address.strip(), context, within)
        except (BrokerAway, BusMisused) as fault:
            faults.append(fault)
    raise next((fault for fault in faults if isinstance(fault, Broken)), faults[-1])


def _greet(address: str, context: ssl.SSLContext | None, within: float) -> None:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        plain = socket.create_connection((host, int(port)), within)
        with context.wrap_socket(plain, server_hostname=host) if context else plain as connection:
            connection.sendall(_API_VERSIONS)  # in TLS 1.3 the broker looks at our certificate after the handshake
            if connection.makefile("rb").read(8)[4:] != _ANSWERED:
                raise ConnectionError(f"what listens there is no Kafka that speaks {'TLS' if context else 'plain text'}")
    except ssl.SSLCertVerificationError as error:
        raise BusMisused(
            f"不信任 Kafka {address} 出示的证书（核对根证书与主机名）· the certificate of Kafka at {address} is not believed, by authority "
            f"or by name: {error.verify_message}",
            kafka_code="certificate_not_believed",
        ) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:  # it went away in the middle, as one that restarts does
        raise _away(address, error) from error
    except ssl.SSLError as error:
        raise BusMisused(
            f"与 Kafka {address} 的 TLS 握手被拒（核对本方证书与端口）· Kafka at {address} refuses our certificate, or speaks no TLS "
            f"there: {_plain(error)}",
            kafka_code="tls_refused",
        ) from error
    except (OSError, ValueError) as error:
        raise _away(address, error) from error


def _away(address: str, error: Exception) -> BrokerAway:
    return BrokerAway(f"Kafka {address} 无应答 · Kafka at {address} does not answer: {error}", bootstrap=address)


def _untranslated(properties: Mapping[str, str]) -> Iterator[str]:
    for name, value in properties.items():
        if name in _KEPT_TO:
            if value.lower() not in _KEPT_TO[name]:
                yield f"{name}={value}"
        elif name not in _OTHERWISE | _FILES:
            yield name


def _plain(error: OSError) -> str:
    """OpenSSL's reason without its places; a missing file with its name."""
    named = f" ({error.filename})" if error.filename else ""
    return _IN_BRACKETS.sub("", str(error.strerror or error)) + named
