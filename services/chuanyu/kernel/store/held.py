"""What stands in quarantine, for a service's own answers: by case as a piece of SQL, or the records themselves."""

from __future__ import annotations

from collections.abc import Sequence

from chuanyu.kernel.store.database import AsyncConnection


def held(service: str, topics: str, keys: str) -> str:
    """An SQL condition: a record of one of these cases is parked, or waits behind a parked one, for the service.

    service, topics, keys: SQL expressions (text, text[], bytea[]), such as placeholders; never values. keys are case ids in UTF-8.
    """
    return (
        f"EXISTS (SELECT FROM bus.parked p WHERE p.service = {service} AND p.topic = ANY({topics}) AND p.key = ANY({keys})"
        " AND p.state IN ('PARKED', 'WAITING'))"
    )


_KEPT = (
    "SELECT digest FROM bus.parked WHERE service = %s AND topic = ANY(%s) AND state IN ('PARKED', 'WAITING')"
    " AND code <> 'seal_invalid' LIMIT %s"
)
_CONTENT = "SELECT DISTINCT ON (digest) digest, key, value FROM bus.parked WHERE service = %s AND digest = ANY(%b)"


async def kept_aside(connection: AsyncConnection, service: str, topics: Sequence[str], limit: int) -> list[bytes]:
    """Digests of what came under a valid seal on these topics and is parked or waits behind it, at most so many, in no order."""
    rows = await (await connection.execute(_KEPT, [service, list(topics), limit], binary=True)).fetchall()
    return [digest for (digest,) in rows]


async def contents(connection: AsyncConnection, service: str, digests: Sequence[bytes]) -> list[tuple[bytes, bytes, bytes]]:
    """Digest, key and value of records that were parked."""
    return await (await connection.execute(_CONTENT, [service, list(digests)], binary=True)).fetchall()
