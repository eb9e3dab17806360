"""Development credentials: whoever checks them says yes to the right ones."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from chuanyu.embedded import certificates, credentials
from chuanyu.embedded.certificates import Authority
from chuanyu.embedded.provinces import BOTH
from chuanyu.gateway import members
from chuanyu.gateway.identity import Doorkeeper
from chuanyu.kernel import codec, keys
from chuanyu.kernel.refusals import Refused


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("run")
    credentials.lay(directory, BOTH)
    return directory


def doorkeeper(directory: Path, province: str) -> Doorkeeper:
    home = credentials.node_home(directory, province)
    return Doorkeeper(members.load(home / "members.yaml", province), province, home / "token.pem", directory / "ca.pem")


def token(directory: Path, name: str) -> str:
    return f"Bearer {(directory / 'members' / name / 'token').read_text()}"


@pytest.mark.parametrize(
    ("province", "name"), [(p.word, m.id) for p in BOTH for m in p.members] + [("sichuan", "coordinator"), ("sichuan", "ops")]
)
def test_a_members_token_opens_its_own_node(laid: Path, province: str, name: str) -> None:
    assert doorkeeper(laid, province).identify(None, token(laid, name)).id == name


def test_provinces_license_laboratories_and_decide_disputes_which_anybody_may_raise(laid: Path) -> None:
    known = members.load(laid / "nodes" / "sichuan" / "members.yaml", "sichuan")
    assert all(member.may_publish("reference", "recognition_disputed") for member in known.values() if member.publishes)
    licensing = {member.id for member in known.values() if member.may_publish("reference", "laboratory_changed")}
    assert licensing == {member.id for member in known.values() if member.provincial} != set()


def test_the_other_nodes_token_opens_nothing(laid: Path) -> None:
    with pytest.raises(Refused):
        doorkeeper(laid, "chongqing").identify(None, token(laid, "sichuan-amr"))


def test_the_authority_vouches_for_every_certificate(laid: Path) -> None:
    files = [*laid.glob("members/*/cert.pem"), *laid.glob("nodes/*/cert.pem")]
    assert len(files) == 10
    subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", str(laid / "ca.pem"), *map(str, files)], check=True, capture_output=True
    )


def test_a_certificate_names_its_member(laid: Path) -> None:
    certificate = x509.load_pem_x509_certificate((laid / "members" / "yibin-amr" / "cert.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ["chuanyu:member:yibin-amr"]


def test_laid_again_everything_good_is_kept(laid: Path) -> None:
    kept = [
        "ca.pem",
        "members/ops/cert.pem",
        "nodes/sichuan/seal.pem",
        "nodes/sichuan/seal.publication",
        "nodes/sichuan/token.pem",
        "nodes/roots",
    ]
    before = [(laid / name).read_bytes() for name in kept]
    credentials.lay(laid, BOTH)
    assert [(laid / name).read_bytes() for name in kept] == before


def test_a_certificate_of_another_authority_is_made_anew(tmp_path: Path) -> None:
    own, other = Authority(tmp_path / "own"), Authority(tmp_path / "other")
    foreign = other.client(tmp_path / "member", "member", "chuanyu:member:member").certificate.read_bytes()
    assert own.client(tmp_path / "member", "member", "chuanyu:member:member").certificate.read_bytes() != foreign


def test_d16_the_pinned_root_vouches_for_the_seal_key(laid: Path) -> None:
    ring = keys.KeyRing(keys.load_roots(credentials.roots_file(laid)))
    for province in BOTH:
        home = credentials.node_home(laid, province.word)
        ring.learn(codec.decode((home / "seal.publication").read_bytes()))  # type: ignore[arg-type]
        private = keys.load_key(home / "seal.pem")
        assert ring.get(province.word, private.key_id).public == private.public


def test_a_token_runs_out(laid: Path, tmp_path: Path) -> None:
    key = certificates.token_key(tmp_path / "token.pem")
    home = tmp_path / "members.yaml"
    home.write_text('members: [{id: one, name: One, division: "510000"}]')
    keeper = Doorkeeper(members.load(home, "sichuan"), "sichuan", key, laid / "ca.pem")
    late = certificates.token(key, issuer="chuanyu:sichuan", subject="one", days=-1)
    with pytest.raises(Refused) as refused:
        keeper.identify(None, f"Bearer {late}")
    assert refused.value.violations[0].code == "token_expired"
