"""
Lays what compose.yaml reads as secrets, into `secrets/` beside this file: development credentials, made on this machine, kept when there.

The folder belongs to its owner alone; the files in it are open to the containers, which run under numbers of their own.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from chuanyu.embedded import credentials, places
from chuanyu.embedded.certificates import Authority
from chuanyu.embedded.provinces import BOTH
from chuanyu.gateway.identity import ROUTER

SERVICE = """\
[chuanyu]
host=postgres-{province}
port=5432
dbname={province}
user={province}
password={password}
"""


def lay(folder: Path) -> None:
    """Makes whatever is missing below the folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    credentials.lay(folder, BOTH)
    _password(folder / "grafana.password")
    for province in BOTH:
        home = credentials.node_home(folder, province.word)
        Authority(folder).client(home / "router", f"router of {province.word}", ROUTER + province.word)
        _password(home / "administrator.password")
        password = _password(home / "database.password")
        places.write_private(home / "database.service", SERVICE.format(province=province.word, password=password))
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o700)


def _password(file: Path) -> str:
    return file.read_text() if file.exists() else places.write_private(file, secrets.token_urlsafe(24)).read_text()


if __name__ == "__main__":
    lay(Path(__file__).parent / "secrets")
