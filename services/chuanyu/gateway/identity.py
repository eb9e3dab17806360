"""Who speaks at a door: by client certificate, by token, or by both when they agree. There is no anonymous way in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

from chuanyu.domain.violations import violation
from chuanyu.gateway.forwarded import Forwarded
from chuanyu.gateway.members import Member
from chuanyu.kernel import log
from chuanyu.kernel.front import Peer
from chuanyu.kernel.refusals import Kind, Refused

URI = "chuanyu:member:"  # subject alternative name of a member's certificate
ROUTER = "chuanyu:router:"  # and of a node's router, with the province behind it
_ALGORITHMS = ["EdDSA", "Ed25519"]
_TOKEN_LIMIT = 4096  # characters


class Doorkeeper:
    """Names callers.

    members: by id. token_key: the node's token key (Ed25519, PEM; the public half is enough). province: the node's own. authorities: PEM,
    whose word on a caller that the node's router names counts.
    """

    def __init__(self, members: Mapping[str, Member], province: str, token_key: Path, authorities: Path) -> None:
        self._members = members
        self._router = ROUTER + province
        self._forwarded = Forwarded(authorities)
        self._key = OKPKey.import_key(token_key.read_text())
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": f"chuanyu:{province}"}, sub={"essential": True}, exp={"essential": True}
        )

    def identify(self, peer: Peer | None, authorization: str | None, forwarded: str | None = None) -> Member:
        """The member that calls. peer: who the connection's certificate names; authorization, forwarded (Client-Cert): values of headers.

        Raises Refused: UNAUTHENTICATED with `identity_missing`, `certificate_names_nobody`, `token_invalid`, `token_expired` or
        `identities_differ`; PERMISSION_DENIED with `member_unknown`.
        """
        try:
            return self._identify(self._caller(peer, forwarded), authorization)
        except Refused as refused:
            log.outcome("caller_refused", code=refused.code)
            raise

    def _caller(self, peer: Peer | None, forwarded: str | None) -> Peer | None:
        """Behind the router stands whom it saw, or nobody; before any other connection, whoever opened it."""
        if peer is None or self._router not in peer.uris:
            return peer
        try:
            return self._forwarded.peer(forwarded) if forwarded else None
        except ValueError as error:
            raise _nobody("certificate_names_nobody") from error

    def _identify(self, peer: Peer | None, authorization: str | None) -> Member:
        named = {name for name in (_by_certificate(peer), self._by_token(authorization)) if name}
        if len(named) != 1:
            raise _nobody("identities_differ" if named else "identity_missing")
        name = named.pop()
        if name not in self._members:
            raise Refused(Kind.PERMISSION_DENIED, [violation("member_unknown", "", member=name)])
        return self._members[name]

    def _by_token(self, authorization: str | None) -> str | None:
        if authorization is None:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= _TOKEN_LIMIT:
            raise _nobody("token_invalid")
        try:
            claims = jwt.decode(token.strip(), self._key, algorithms=_ALGORITHMS).claims
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise _nobody("token_expired") from error
        except (JoseError, ValueError) as error:
            raise _nobody("token_invalid") from error
        return str(claims["sub"])


def _by_certificate(peer: Peer | None) -> str | None:
    if peer is None:
        return None
    names = [uri.removeprefix(URI) for uri in peer.uris if uri.startswith(URI)]
    if len(names) != 1:
        raise _nobody("certificate_names_nobody")
    return names[0]


def _nobody(code: str) -> Refused:
    return Refused(Kind.UNAUTHENTICATED, [violation(code, "")])
