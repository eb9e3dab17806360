"""Who speaks at the door: certificate, token, or both when they agree; nobody else."""

from __future__ import annotations

import ssl
import time
from base64 import b64encode
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from chuanyu.embedded.certificates import Authority
from chuanyu.gateway.forwarded import HEADER, combined
from chuanyu.gateway.identity import ROUTER, URI, Doorkeeper
from chuanyu.gateway.members import Member
from chuanyu.kernel.front import Peer
from chuanyu.kernel.refusals import Kind, Refused

CHENGDU = Member("chengdu-amr", "成都市市场监督管理局", "510100", ("510100",), frozenset(), "L3")
YIBIN = Member("yibin-amr", "宜宾市市场监督管理局", "511500", ("511500",), frozenset(), "L3")
KEY = OKPKey.generate_key("Ed25519")


ROUTING = Peer((ROUTER + "sichuan",), time.time() + 60)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def door(tmp_path: Path, authority: Authority) -> Doorkeeper:
    file = tmp_path / "token.pem"
    file.write_bytes(KEY.as_pem(private=False))
    return Doorkeeper({CHENGDU.id: CHENGDU, YIBIN.id: YIBIN}, "sichuan", file, authority.certificate_file)


def passed_on(authority: Authority, folder: Path, name: str = "chengdu-amr") -> str:
    """The header by which a router says whose certificate it saw."""
    pem = authority.client(folder, name, URI + name).certificate.read_text()
    return f":{b64encode(ssl.PEM_cert_to_DER_cert(pem)).decode()}:"


def token(key: OKPKey = KEY, algorithm: str = "Ed25519", **changes: object) -> str:
    claims = {"iss": "chuanyu:sichuan", "sub": "chengdu-amr", "exp": int(time.time()) + 60} | changes
    made = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + jwt.encode({"alg": algorithm}, made, key, algorithms=[algorithm])


def certificate(*names: str) -> Peer:
    return Peer(tuple(URI + name for name in names), time.time() + 60)


def refusal(door: Doorkeeper, peer: Peer | None, authorization: str | None, forwarded: str | None = None) -> tuple[Kind, str]:
    with pytest.raises(Refused) as refused:
        door.identify(peer, authorization, forwarded)
    return refused.value.kind, refused.value.code


def test_a_certificate_names_its_member(door: Doorkeeper) -> None:
    assert door.identify(certificate("chengdu-amr"), None) is CHENGDU


@pytest.mark.parametrize("algorithm", ["Ed25519", "EdDSA"])
def test_a_token_names_its_member(door: Doorkeeper, algorithm: str) -> None:
    assert door.identify(None, token(algorithm=algorithm)) is CHENGDU


def test_both_may_come_when_they_agree(door: Doorkeeper) -> None:
    assert door.identify(certificate("chengdu-amr"), token()) is CHENGDU


def test_s1_nobody_comes_in_without_a_name(door: Doorkeeper) -> None:
    assert refusal(door, None, None) == (Kind.UNAUTHENTICATED, "identity_missing")


def test_s1_a_token_does_not_outvote_the_certificate(door: Doorkeeper) -> None:
    assert refusal(door, certificate("yibin-amr"), token()) == (Kind.UNAUTHENTICATED, "identities_differ")


@pytest.mark.parametrize("peer", [Peer((), 2e9), Peer(("https://example.org",), 2e9), certificate("chengdu-amr", "yibin-amr")])
def test_s1_a_certificate_that_names_not_exactly_one_member_is_refused_even_beside_a_token(door: Doorkeeper, peer: Peer) -> None:
    assert refusal(door, peer, token()) == (Kind.UNAUTHENTICATED, "certificate_names_nobody")


@pytest.mark.parametrize("peer", [certificate("wanzhou-amr"), None])
def test_s1_whoever_is_not_registered_here_is_refused(door: Doorkeeper, peer: Peer | None) -> None:
    authorization = None if peer else token(sub="wanzhou-amr")
    assert refusal(door, peer, authorization) == (Kind.PERMISSION_DENIED, "member_unknown")


def test_s1_an_expired_token_is_refused(door: Doorkeeper) -> None:
    assert refusal(door, None, token(exp=int(time.time()) - 60)) == (Kind.UNAUTHENTICATED, "token_expired")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer abc",
        "Basic " + token().split()[1],
        token(OKPKey.generate_key("Ed25519")),
        token(iss="chuanyu:chongqing"),
        token(iss=None),
        token(sub=None),
        token(exp=None),
        token()[:-4] + "AAAA",
        "Bearer " + "a" * 5000,
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJjaGVuZ2R1LWFtciIsImlzcyI6ImNodWFueXU6c2ljaHVhbiIsImV4cCI6OTk5OTk5OTk5OX0.",
        "Bearer "
        + jwt.encode({"alg": "HS256"}, {"iss": "chuanyu:sichuan", "sub": "chengdu-amr", "exp": 2**33}, OctKey.import_key("x" * 32)),
    ],
)
def test_s1_what_is_no_token_of_this_node_is_refused(door: Doorkeeper, authorization: str) -> None:
    assert refusal(door, None, authorization) == (Kind.UNAUTHENTICATED, "token_invalid")
    assert refusal(door, certificate("chengdu-amr"), authorization) == (Kind.UNAUTHENTICATED, "token_invalid")


def test_behind_the_router_stands_whom_it_saw(door: Doorkeeper, authority: Authority, tmp_path: Path) -> None:
    header = passed_on(authority, tmp_path)
    assert door.identify(ROUTING, None, header) is CHENGDU
    assert door.identify(ROUTING, token(), header) is CHENGDU
    assert door.identify(ROUTING, token(), None) is CHENGDU
    assert refusal(door, ROUTING, token(sub="yibin-amr"), header) == (Kind.UNAUTHENTICATED, "identities_differ")


def test_s1_the_router_is_nobody_itself(door: Doorkeeper) -> None:
    assert refusal(door, ROUTING, None) == (Kind.UNAUTHENTICATED, "identity_missing")


def test_s1_nobody_but_the_nodes_own_router_says_for_whom_it_speaks(door: Doorkeeper, authority: Authority, tmp_path: Path) -> None:
    header, other = passed_on(authority, tmp_path), Peer((ROUTER + "chongqing",), time.time() + 60)
    assert door.identify(certificate("yibin-amr"), None, header) is YIBIN
    assert refusal(door, None, None, header) == (Kind.UNAUTHENTICATED, "identity_missing")
    assert refusal(door, other, None, header) == (Kind.UNAUTHENTICATED, "certificate_names_nobody")


def test_s1_the_router_cannot_name_whom_no_authority_knows(door: Doorkeeper, tmp_path: Path) -> None:
    foreign = passed_on(Authority(tmp_path / "foreign"), tmp_path / "foreign")
    for header in (foreign, foreign[:-9] + ":", "::", ":-:", foreign.strip(":"), ":" + "A" * 5000 + ":"):
        assert refusal(door, ROUTING, None, header) == (Kind.UNAUTHENTICATED, "certificate_names_nobody")


@pytest.mark.parametrize("forged_first", [True, False])
def test_s1_a_header_of_the_callers_own_beside_the_routers_names_nobody(
    door: Doorkeeper, authority: Authority, tmp_path: Path, forged_first: bool
) -> None:
    """Certificates are no secret: should a router add its header instead of replacing what came, whose word counts must not be luck."""
    seen, forged = passed_on(authority, tmp_path), passed_on(authority, tmp_path, "yibin-amr")
    headers: list[tuple[str, str | bytes]] = [(HEADER, seen), (HEADER, forged.encode())]
    given = combined(headers[::-1] if forged_first else headers, HEADER)
    assert refusal(door, ROUTING, None, given) == (Kind.UNAUTHENTICATED, "certificate_names_nobody")
    assert combined(headers[:1], HEADER) == seen and combined([], HEADER) is None
