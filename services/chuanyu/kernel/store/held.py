"""Whether something of a case stands in quarantine, as a piece of SQL for a service's own one-statement answers."""

from __future__ import annotations


def held(service: str, topics: str, keys: str) -> str:
    """An SQL condition: a record of one of these cases is parked, or waits behind a parked one, for the service.

    service, topics, keys: SQL expressions (text, text[], bytea[]), such as placeholders; never values. keys are case ids in UTF-8.
    """
    return (
        f"EXISTS (SELECT FROM bus.parked p WHERE p.service = {service} AND p.topic = ANY({topics}) AND p.key = ANY({keys})"
        " AND p.state IN ('PARKED', 'WAITING'))"
    )
