"""A pinned root vouches for every key, and for nothing else."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chuanyu.kernel.faults import KeyUnknown, SealInvalid, SealKeyUnfit
from chuanyu.kernel.keys import KeyRing, _statement, fingerprint, key_id, load_key, load_roots, make_key, publish, revoke, save_key

DAY = 86_400_000
ROOT, KEY = make_key(), make_key()
ROOTS = {"sichuan": fingerprint(ROOT.public)}
PUBLISHED = publish(ROOT, KEY, "sichuan", now=0, valid_from=0, valid_until=1000, first=True)


def refusal(event: object, roots: dict[str, str] = ROOTS) -> object:
    with pytest.raises(SealInvalid) as refused:
        KeyRing(roots).learn(event)  # type: ignore[arg-type]
    return refused.value.facts["why"]


def test_a_published_key_is_known() -> None:
    key = KeyRing(ROOTS, [PUBLISHED]).get("sichuan", KEY.key_id)
    assert (key.public, key.valid_from, key.valid_until, key.last_valid) == (KEY.public, 0, 1000, None)
    assert key.key_id == key_id(KEY.public)
    with pytest.raises(KeyUnknown):
        KeyRing(ROOTS).get("sichuan", KEY.key_id)


@pytest.mark.parametrize(
    "changed",
    [{"valid_from": -1}, {"valid_until": 2000}, {"root_signature": bytes(64)}, {"root_signature": b""}, {"valid_until": -(2**63)}],
    ids=str,
)
def test_what_the_root_did_not_sign_is_refused(changed: dict[str, object]) -> None:
    assert refusal(msgspec.structs.replace(PUBLISHED, **changed)) == "root_signature_wrong"


def test_only_the_pinned_root_vouches() -> None:
    other = make_key()
    assert refusal(publish(other, KEY, "sichuan", now=0, valid_from=0, valid_until=1, first=True)) == "root_unknown"
    assert refusal(PUBLISHED, {}) == "root_unknown"
    assert refusal(PUBLISHED, {"sichuan": fingerprint(other.public)}) == "root_unknown"
    assert refusal(msgspec.structs.replace(PUBLISHED, province="chongqing"), {"chongqing": ROOTS["sichuan"]}) == "root_signature_wrong"


def test_a_key_bears_its_own_name() -> None:
    misnamed = msgspec.structs.replace(PUBLISHED, key_id="0" * 16)
    assert refusal(misnamed) == "root_signature_wrong"
    assert refusal(msgspec.structs.replace(misnamed, root_signature=ROOT.sign(_statement(misnamed)))) == "key_misnamed"


def test_an_unknown_algorithm_is_refused() -> None:
    assert refusal(msgspec.structs.replace(PUBLISHED, algorithm=9)) == "algorithm_unknown"


def test_a_key_is_published_once() -> None:
    ring = KeyRing(ROOTS, [PUBLISHED, PUBLISHED])
    with pytest.raises(SealInvalid, match="otherwise"):
        ring.learn(publish(ROOT, KEY, "sichuan", now=0, valid_from=0, valid_until=9999, first=True))
    assert ring.get("sichuan", KEY.key_id).valid_until == 1000


def test_a_revocation_counts_in_any_order_and_the_stricter_one_wins() -> None:
    lax = revoke(ROOT, "sichuan", KEY.key_id, {("t", 0): 9, ("t", 1): 3})
    strict = revoke(ROOT, "sichuan", KEY.key_id, {("t", 0): 4, ("t", 2): 8})
    for order in ([PUBLISHED, lax, strict], [strict, lax, PUBLISHED], [lax, PUBLISHED, strict, PUBLISHED]):
        last = KeyRing(ROOTS, order).get("sichuan", KEY.key_id).last_valid
        assert last is not None
        assert {slot: last.get(slot, 0) for slot in [("t", 0), ("t", 1), ("t", 2)]} == {("t", 0): 4, ("t", 1): 0, ("t", 2): 0}


def test_a_revocation_that_the_root_did_not_sign_is_refused() -> None:
    said = revoke(ROOT, "sichuan", KEY.key_id, {("t", 0): 9})
    assert refusal(replace(said, last_valid={("t", 0): 1})) == "root_signature_wrong"
    assert refusal(revoke(make_key(), "sichuan", KEY.key_id, {})) == "root_unknown"


def test_d16_a_later_key_is_published_a_day_ahead() -> None:
    with pytest.raises(SealKeyUnfit, match="24 h"):
        publish(ROOT, KEY, "sichuan", now=1000, valid_from=999 + DAY, valid_until=2 * DAY)
    assert publish(ROOT, KEY, "sichuan", now=1000, valid_from=1000 + DAY, valid_until=2 * DAY).valid_from == 1000 + DAY


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "seal.pem"
    made = save_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    loaded = load_key(file)
    assert loaded.public == made.public
    assert loaded.sign(b"x") == made.sign(b"x")
    with pytest.raises(FileExistsError):
        save_key(file)


def test_a_file_without_a_usable_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "seal.pem"
    with pytest.raises(SealKeyUnfit, match=r"seal\.pem"):
        load_key(file)
    file.write_bytes(b"secret words")
    with pytest.raises(SealKeyUnfit, match=r"seal\.pem") as refused:
        load_key(file)
    assert "secret" not in str(refused.value)
    file.write_bytes(generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SealKeyUnfit, match="Ed25519"):
        load_key(file)


def test_a_private_key_never_prints_its_secret() -> None:
    assert "PRIVATE" not in repr(KEY)


def test_pinned_roots_are_read_and_nothing_vague_is(tmp_path: Path) -> None:
    file = tmp_path / "roots"
    file.write_text(f"sichuan {ROOTS['sichuan']}\n\n")
    assert load_roots(file) == ROOTS
    for vague in ("", "sichuan\n", f"sichuan {'A' * 64}\n", f"sichuan {ROOTS['sichuan']} x\n", "四川\n"):
        file.write_text(vague)
        with pytest.raises(SealKeyUnfit, match="roots"):
            load_roots(file)
    with pytest.raises(SealKeyUnfit, match="nowhere"):
        load_roots(tmp_path / "nowhere")
