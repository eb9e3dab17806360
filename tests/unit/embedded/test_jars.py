"""Jars: what the lock names, or nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from chuanyu.embedded import jars
from chuanyu.embedded.jars import Jar
from chuanyu.embedded.unable import Unable

WHOLE = b"PK whole jar"
JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(WHOLE).hexdigest(), len(WHOLE))


class Repository:
    """Gives what it is told to give, one answer a question."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)

    def __call__(self, jar: Jar, scratch: Path) -> Path:
        answer = self.answers.pop(0)
        path = scratch / "fetched.jar"
        if isinstance(answer, Exception):
            path.write_bytes(WHOLE[:3])
            raise answer
        path.write_bytes(answer)
        return path


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("lying_there", [None, WHOLE[:5], WHOLE[:-1] + b"!"], ids=["missing", "cut", "changed"])
def test_a_missing_cut_or_changed_jar_is_fetched(tmp_path: Path, lying_there: bytes | None) -> None:
    if lying_there is not None:
        (tmp_path / JAR.file_name).write_bytes(lying_there)
    (path,) = jars.ensure([JAR], silent, fetch=Repository(WHOLE), into=tmp_path)
    assert path.read_bytes() == WHOLE


def test_a_whole_jar_is_not_fetched_again(tmp_path: Path) -> None:
    (tmp_path / JAR.file_name).write_bytes(WHOLE)
    jars.ensure([JAR], silent, fetch=Repository(), into=tmp_path)


@pytest.mark.parametrize(
    "first", [WHOLE[:4], ConnectionResetError("reset"), b"<html>not found</html>"], ids=["partial", "reset", "other bytes"]
)
def test_a_broken_download_is_repeated(tmp_path: Path, first: bytes | Exception) -> None:
    (path,) = jars.ensure([JAR], silent, fetch=Repository(first, WHOLE), into=tmp_path)
    assert path.read_bytes() == WHOLE
    assert [entry.name for entry in tmp_path.iterdir()] == [JAR.file_name]


@pytest.mark.parametrize("lying_there", [None, WHOLE[:5]], ids=["nothing", "a part"])
def test_without_network_and_cache_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lying_there: bytes | None
) -> None:
    """As a person meets it: the real client, and a port behind which nobody listens."""
    monkeypatch.setenv("CHUANYU_MAVEN_REPOSITORY", "http://127.0.0.1:9")
    if lying_there is not None:
        (tmp_path / JAR.file_name).write_bytes(lying_there)
    before = [path.name for path in tmp_path.iterdir()]
    with pytest.raises(Unable) as met:
        jars.ensure([JAR], silent, into=tmp_path)
    zh, en = str(met.value).splitlines()
    assert "未能取得" in zh and "连不上Maven仓库" in zh and "make setup" in zh and "CHUANYU_MAVEN_REPOSITORY" in zh
    assert "could not be fetched" in en and "cannot be reached" in en and str(tmp_path) in en
    assert "HTTPConnectionPool" not in str(met.value) and "Error" not in str(met.value)
    assert [path.name for path in tmp_path.iterdir()] == before


def test_a_full_disk_is_not_called_a_network(tmp_path: Path) -> None:
    full = [OSError(28, "No space left on device")] * jars.ATTEMPTS
    with pytest.raises(Unable, match="No space left on device"):
        jars.ensure([JAR], silent, fetch=Repository(*full), into=tmp_path)


def test_the_locks_name_each_jar_once_with_a_full_hash() -> None:
    named = jars.locked(jars.BROKER, jars.FEDERATED)
    assert len(named) == 43
    assert len({jar.file_name for jar in named}) == len(named)
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in named)
