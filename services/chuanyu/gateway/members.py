"""
Who may say what at this node: `members.yaml`, denied by default.

    members:
      - id: chengdu-amr                    # also the last word of its source, /sichuan/chengdu-amr
        name: 成都市市场监督管理局
        division: "510100"                 # GB/T 2260: where it sits
        jurisdiction: ["510100"]           # what it answers for; left out: its division
        publishes: [spotcheck, recall.notice_issued, case]   # families or single events; left out: nothing
        clearance: L3                      # the highest class of data it reads; left out: L1
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chuanyu.domain.divisions import stem, successor
from chuanyu.kernel.faults import SettingsIncomplete

CLEARANCES = ("L1", "L2", "L3", "L4")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DIVISION = re.compile(r"\d{6}")
_RIGHT = re.compile(r"[a-z]+(\.[a-z_]+)?")
_KNOWN = {"id", "name", "province", "division", "jurisdiction", "publishes", "clearance", "contacts", "roles"}


@dataclass(frozen=True, slots=True)
class Member:
    """An authority, system or person registered at this node. jurisdiction: division codes; publishes: families and `family.event`."""

    id: str
    name: str
    division: str
    jurisdiction: tuple[str, ...]
    publishes: frozenset[str]
    clearance: str
    roles: frozenset[str] = frozenset()

    def may_publish(self, family: str, event: str) -> bool:
        """Whether its own list names the event or the event's family."""
        return family in self.publishes or f"{family}.{event}" in self.publishes

    def has_family(self, family: str) -> bool:
        """Whether it may publish anything of the family."""
        return any(right.split(".")[0] == family for right in self.publishes)

    @property
    def provincial(self) -> bool:
        """Whether it is the authority of a whole province."""
        return self.division.endswith("0000")

    def answers_for(self, division: str) -> bool:
        """Whether the division, or what it has become, lies in its jurisdiction."""
        return any(successor(division).startswith(stem(own)) for own in self.jurisdiction)


def load(path: Path, province: str) -> dict[str, Member]:
    """The members of a node by id. Raises SettingsIncomplete with every fault of the file; a file that cannot be read is one."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsIncomplete(f"members cannot be read from {path}: {error}") from error
    return parse(read, province)


def parse(read: object, province: str) -> dict[str, Member]:
    """As load, from what YAML gave: a mapping of the lists `members` and `persons`."""
    faults: list[str] = []
    groups = read if isinstance(read, dict) else {}
    if not isinstance(read, dict) or set(groups) - {"members", "persons"}:
        faults.append("the file is a mapping of `members` and `persons`")
    entries = [entry for group in ("members", "persons") for entry in groups.get(group) or ()]
    found = [_member(entry, f"entry {place}", province, faults) for place, entry in enumerate(entries, 1)]
    ids = [member.id for member in found if member]
    faults += [f"{twice} stands twice" for twice in sorted({one for one in ids if ids.count(one) > 1})]
    if faults:
        raise SettingsIncomplete("members: " + "; ".join(faults))
    return {member.id: member for member in found if member}


def _member(entry: object, where: str, province: str, faults: list[str]) -> Member | None:
    if not isinstance(entry, Mapping):
        faults.append(f"{where} is no mapping")
        return None
    where = str(entry.get("id", where))
    before = len(faults)
    faults += [f"{where}: unknown word {word}" for word in sorted(map(str, set(entry) - _KNOWN))]
    faults += [f"{where}: {fault}" for fault in _faults(entry, province)]
    return _made(entry) if len(faults) == before else None


def _faults(entry: Mapping[str, Any], province: str) -> list[str]:
    divisions = [entry.get("division", "000000"), *_list(entry, "jurisdiction")]
    rights = _list(entry, "publishes")
    checks = {
        "id is lower-case words joined by -": _matches(_ID, entry.get("id")),
        "name is missing": bool(entry.get("name")),
        "divisions are six digits in quotes": all(_matches(_DIVISION, code) for code in divisions),
        "publishes holds families or family.event": all(_matches(_RIGHT, right) for right in rights),
        "whoever publishes has a division": not rights or "division" in entry,
        f"province is {province} or left out": entry.get("province", province) == province,
        f"clearance is one of {', '.join(CLEARANCES)}": entry.get("clearance", "L1") in CLEARANCES,
    }
    return [fault for fault, fine in checks.items() if not fine]


def _made(entry: Mapping[str, Any]) -> Member:
    division = entry.get("division", "")
    return Member(
        id=entry["id"],
        name=entry["name"],
        division=division,
        jurisdiction=tuple(_list(entry, "jurisdiction")) or ((division,) if division else ()),
        publishes=frozenset(_list(entry, "publishes")),
        clearance=entry.get("clearance", "L1"),
        roles=frozenset(_list(entry, "roles")),
    )


def _list(entry: Mapping[str, Any], word: str) -> list[Any]:
    value = entry.get(word) or []
    return value if isinstance(value, list) else [value]


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))
