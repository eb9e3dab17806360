"""Kafka's jars: named by coordinates, checked by SHA-256, fetched again when one is missing, cut or changed."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from os import environ
from pathlib import Path

from chuanyu.embedded import places
from chuanyu.embedded.unable import Unable

BROKER = "kafka-4.2.0-broker.lock"
FEDERATED = "kafka-4.2.0-federated.lock"
ATTEMPTS = 3

Fetch = Callable[["Jar", Path], Path]


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of a lock. size in bytes."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def intact(self, path: Path) -> bool:
        """Whether the file is exactly this jar."""
        try:
            return path.stat().st_size == self.size and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def locked(*names: str) -> tuple[Jar, ...]:
    """The jars of the named locks, in order: the order of the class path."""
    lines = [line.split() for name in names for line in resources.files(__package__).joinpath(name).read_text().splitlines()]
    return tuple(Jar(group, artifact, version, sha256, int(size)) for group, artifact, version, sha256, size in lines)


def folder() -> Path:
    """Where the jars of this user lie."""
    return places.cache() / "jars"


def missing(jars: Sequence[Jar], into: Path | None = None) -> tuple[Jar, ...]:
    """Those that are not there, or not whole."""
    home = into or folder()
    with ThreadPoolExecutor(4) as threads:
        whole = list(threads.map(lambda jar: jar.intact(home / jar.file_name), jars))
    return tuple(jar for jar, good in zip(jars, whole, strict=True) if not good)


def ensure(jars: Sequence[Jar], say: Callable[[str], None], *, fetch: Fetch | None = None, into: Path | None = None) -> tuple[Path, ...]:
    """The paths of all jars, every one checked; what is missing or broken is fetched, three times if need be.

    Raises Unable when a jar cannot be had, with what to do.
    """
    home = into or folder()
    home.mkdir(parents=True, exist_ok=True)
    wanted = missing(jars, home)
    if wanted:
        say(f"fetching {len(wanted)} of Kafka's jars, {sum(jar.size for jar in wanted) / 1e6:.0f} MB, into {home}")
        obtain = fetch or maven()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda jar: _obtain(jar, home, obtain), wanted))
    return tuple(home / jar.file_name for jar in jars)


def maven() -> Fetch:
    """Fetches from Maven Central, or from the repository that CHUANYU_MAVEN_REPOSITORY names; exact coordinates, nothing resolved."""
    from jgo.maven import MavenContext

    logging.getLogger("jgo").setLevel(logging.ERROR)  # it only warns of a wrong checksum; the lock decides
    mirror = environ.get("CHUANYU_MAVEN_REPOSITORY")

    def fetch(jar: Jar, scratch: Path) -> Path:
        context = MavenContext(repo_cache=scratch, local_repos=[], remote_repos={"mirror": mirror} if mirror else None, timeout=30)
        return Path(context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())

    return fetch


def _obtain(jar: Jar, home: Path, fetch: Fetch) -> None:
    problem = ("所得文件与锁定的不符", "what came was not what the lock names")
    for _ in range(ATTEMPTS):
        scratch = Path(tempfile.mkdtemp(prefix=".fetch-", dir=home))  # never the final path: half a jar must not look like one
        try:
            fetched = fetch(jar, scratch)
            if jar.intact(fetched):
                fetched.replace(home / jar.file_name)
                return
        except (OSError, RuntimeError) as error:
            problem = _why(error)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    zh, en = problem
    raise Unable(
        f"未能取得Apache Kafka的{jar.file_name}（试了{ATTEMPTS}次：{zh}）。请联网后重新执行make setup，或在CHUANYU_MAVEN_REPOSITORY中"
        f"指定可访问的Maven仓库，或从已有的机器拷贝目录{home}。\n{jar.file_name} of Apache Kafka could not be fetched"
        f" ({ATTEMPTS} attempts: {en}).",
        "Connect to the network once and repeat `make setup`; or name a Maven repository that you can reach in CHUANYU_MAVEN_REPOSITORY; "
        f"or copy the folder {home} from a machine that has it.",
    )


def _why(error: Exception) -> tuple[str, str]:
    """In people's words. requests' errors are OSErrors without a number; jgo raises RuntimeError for what the repository lacks."""
    if isinstance(error, OSError):
        system = error.strerror if error.errno else None
        return (system, system) if system else ("连不上Maven仓库", "the Maven repository cannot be reached")
    return "Maven仓库中没有该文件", "the Maven repository does not hold it"
