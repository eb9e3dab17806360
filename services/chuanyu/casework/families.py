"""Which service keeps the cases of a family: the one of its name, but for `reference`, which recognition reads."""

from __future__ import annotations

_SERVICES = {"reference": "recognition"}


def service_of(family: str) -> str:
    """The service whose positions and parked records belong to a family's cases."""
    return _SERVICES.get(family, family)


def service_of_case(case_id: str) -> str:
    """The same as SQL. case_id: an expression of it, such as a column."""
    family = f"split_part({case_id}, '/', 2)"
    named = " ".join(f"WHEN '{name}' THEN '{service}'" for name, service in _SERVICES.items())
    return f"(CASE {family} {named} ELSE {family} END)"
