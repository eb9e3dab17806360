"""Everything a run's directory holds to say who is who: certificates, tokens, members.yaml, root and seal keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from chuanyu.embedded import certificates, places
from chuanyu.embedded.certificates import Authority
from chuanyu.embedded.provinces import PERSONS, Member, Province
from chuanyu.kernel import codec, keys, topics

SEAL_KEY_MS = 5 * 365 * 86_400_000
_MEMBER_URI = "chuanyu:member:"


def lay(directory: Path, provinces: Sequence[Province]) -> None:
    """Makes whatever is missing below the directory; keeps what is there and still good.

    ca.pem · members/ID/{cert.pem,key.pem,token} for members and persons · nodes/roots · nodes/PROVINCE/{cert.pem,key.pem,token.pem,
    members.yaml,root.pem,seal.pem,seal.publication}. A person's token is good at the first province's node, a certificate at every node.
    """
    authority = Authority(directory)
    for province in provinces:
        home = node_home(directory, province.word)
        authority.server(home, f"chuanyu node {province.word}")
        token_key = certificates.token_key(home / "token.pem")
        places.write_private(home / "members.yaml", _members_yaml(province))
        _seal_key(home, province.word)
        for member in province.members:
            _caller(authority, directory, token_key, province, member.id)
    for person in PERSONS:
        _caller(authority, directory, node_home(directory, provinces[0].word) / "token.pem", provinces[0], person)
    pinned = [(province.word, _root_fingerprint(directory, province.word)) for province in provinces]
    places.write_private(roots_file(directory), "".join(f"{word} {fingerprint}\n" for word, fingerprint in pinned))


def node_home(directory: Path, province: str) -> Path:
    """Where a node's own files lie."""
    return directory / "nodes" / province


def roots_file(directory: Path) -> Path:
    """The fingerprints of all provinces' roots, as every node pins them."""
    return directory / "nodes" / "roots"


def _seal_key(home: Path, province: str) -> None:
    """The province's root and first seal key. In production the root never lies on the node: here one person plays both."""
    if (home / "seal.publication").exists():
        return
    root, key = _key(home / "root.pem"), _key(home / "seal.pem")
    now = time.time_ns() // 1_000_000
    said = keys.publish(root, key, province, now=now, valid_from=now, valid_until=now + SEAL_KEY_MS, first=True)
    places.write_private(home / "seal.publication", codec.encode(said))


def _key(file: Path) -> keys.PrivateKey:
    return keys.load_key(file) if file.exists() else keys.save_key(file)


def _root_fingerprint(directory: Path, province: str) -> str:
    return keys.fingerprint(keys.load_key(node_home(directory, province) / "root.pem").public)


def _caller(authority: Authority, directory: Path, token_key: Path, province: Province, name: str) -> None:
    folder = directory / "members" / name
    authority.client(folder, name, _MEMBER_URI + name)
    places.write_private(folder / "token", certificates.token(token_key, issuer=f"chuanyu:{province.word}", subject=name))


def _members_yaml(province: Province) -> str:
    entries = {"members": [_entry(member) for member in province.members], "persons": [_person(*pair) for pair in PERSONS.items()]}
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)


def _entry(member: Member) -> dict[str, object]:
    events = [family for family in topics.families() if family not in ("system", "heartbeat", "reference")]
    qualifies = "reference" if member.division.endswith("0000") else "reference.recognition_disputed"  # provinces license and decide
    rights = [*events, qualifies, "case"]
    return {"id": member.id, "name": member.name, "division": member.division, "publishes": rights, "clearance": "L3"}


def _person(name: str, title: str) -> dict[str, object]:
    return {"id": name, "name": title, "roles": [name], "clearance": "L3" if name == "coordinator" else "L1"}
