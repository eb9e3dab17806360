"""The page on keys for production is followed as it stands, and a node takes what it makes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from chuanyu.contracts.system import NodeKeyPublished
from chuanyu.gateway.identity import URI, Doorkeeper
from chuanyu.kernel import codec, keys
from chuanyu.kernel.keys import KeyRing

REPOSITORY = Path(__file__).parents[3]
STEPS = re.findall(r"^```sh\n(.*?)^```$", (REPOSITORY / "docs" / "keys.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every step of the page was done, in its order."""
    if shutil.which("openssl") is None or shutil.which("bash") is None:
        pytest.skip("openssl and bash are needed")
    folder = tmp_path_factory.mktemp("keys")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(STEPS)], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_s1_certificates_name_their_holders(made: Path) -> None:
    member = x509.load_pem_x509_certificate((made / "chengdu-amr.pem").read_bytes())
    names = member.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [f"{URI}chengdu-amr"]
    Doorkeeper({}, "sichuan", made / "token.pem", made / "ca.pem")


def test_d16_the_root_vouches_for_the_seal_key(made: Path) -> None:
    said = codec.decode((made / "seal.publication").read_bytes())
    assert isinstance(said, NodeKeyPublished)
    ring = KeyRing(keys.load_roots(made / "roots"), [said])
    seal = keys.load_key(made / "seal.pem")
    assert ring.get("sichuan", seal.key_id).public == seal.public


def test_s8_nobody_else_reads_what_is_secret(made: Path) -> None:
    secret = [made / name for name in ("ca.key.pem", "node.key.pem", "token.key.pem", "root.pem", "seal.pem")]
    assert all(file.stat().st_mode & 0o077 == 0 for file in secret)
