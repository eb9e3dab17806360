"""proto/ → contracts/pb: the stubs of what may be asked, made by the locked grpcio-tools."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

HOME = "chuanyu.contracts.pb"
# protoc imports by proto package; the stubs live below HOME, ours without the word "chuanyu", lest chuanyu.recognition be two packages.
_IMPORT = re.compile(r"^from (?:chuanyu\.|(?=io\.))(\S+ import )", re.M)


class ProtosRefused(ValueError):
    """protoc does not accept the files; its own words stand on standard error."""


def generate(protos: Path, contracts: Path) -> None:
    """Writes the stubs below contracts/pb, files of the same name replaced. protos: root of the buf module. Raises ProtosRefused."""
    with tempfile.TemporaryDirectory() as made:
        _compile(protos, Path(made))
        for stub in sorted(path for path in Path(made).rglob("*") if path.suffix in (".py", ".pyi")):
            _place(stub, contracts / "pb" / _short(stub.relative_to(made)))
    for folder in [contracts / "pb", *(path for path in (contracts / "pb").rglob("*") if path.is_dir() and path.name != "__pycache__")]:
        (folder / "__init__.py").touch()


def _compile(protos: Path, into: Path) -> None:
    import grpc_tools
    from grpc_tools import protoc

    files = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    includes = [f"-I{protos}", f"-I{Path(grpc_tools.__file__).with_name('_proto')}"]
    services = [file for file in files if "\nservice " in (protos / file).read_text(encoding="utf-8")]
    if protoc.main(["protoc", *includes, f"--python_out={into}", f"--pyi_out={into}", *files]):
        raise ProtosRefused("protoc refuses the messages")
    if protoc.main(["protoc", *includes, f"--grpc_python_out={into}", *services]):
        raise ProtosRefused("protoc refuses the services")


def _short(stub: Path) -> Path:
    return Path(*stub.parts[1:]) if stub.parts[0] == "chuanyu" else stub


def _place(stub: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_IMPORT.sub(rf"from {HOME}.\1", stub.read_text(encoding="utf-8")), encoding="utf-8")
