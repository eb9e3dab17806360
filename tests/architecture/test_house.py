"""The house is kept: what has a name has a docstring, a code has a runbook, a page follows its code, and no secret lies about."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chuanyu.cli.pages import samples
from chuanyu.cli.status import rows_of

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "services" / "chuanyu"
RUNBOOKS = REPOSITORY / "docs" / "runbooks"

LINES = 320
LONGER: dict[str, str] = {}  # module → why it may be longer
UNTESTED: dict[str, str] = {}

# What no tracked file may hold. Each pattern is written so that it does not find itself.
NOWHERE = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a token": r"\beyJ[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}",
    "a password": r"(?i)\b(?:password|passwd|secret)\s*[=:]\s*[\"'][^\"'{}$%\s]{6,}[\"']",
    "a host of a package registry": r"\b[\w.-]*(?:pypi|pythonhosted|maven|npmjs|crates|golang|debian)[\w-]*\.(?:org|com|io)\b",
    "a path of one machine": r"(?<![\w.$}/-])/(?:work|root|home/\w+|tmp/w)(?![\w.-])",
}
SEEDED = {
    "a private key": "-----BEGIN " + "EC PRIVATE KEY-----",
    "a token": "eyJhbGciOiJFZERTQSJ9" + ".eyJzdWIiOiJjaGVuZ2R1LWFtciJ9" + ".c2lnbmVkLWJ5LXNvbWVib2R5",
    "a password": "password = '" + "correct-horse'",
    "a host of a package registry": "index at files." + "pythonhosted" + ".org",
    "a path of one machine": "see /" + "work/main",
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Our hand-written modules."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if PACKAGE / "contracts" not in path.parents:
            yield path, ast.parse(path.read_text("utf-8"))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip(f"this is no checkout: {listed.stderr.strip()}")
    return tuple(path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file())


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public names of a module without a docstring, and the module itself."""
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    yield from ("the module" for _ in [0] if not ast.get_docstring(tree))
    yield from (node.name for node in public if not node.name.startswith("_") and not ast.get_docstring(node))


def test_every_public_name_says_what_it_promises() -> None:
    found = {str(path.relative_to(PACKAGE)): names for path, tree in modules() if (names := list(undocumented(tree)))}
    assert found == {}
    assert list(undocumented(ast.parse("class A:\n    '''x'''\n\ndef f(): ...\n\ndef _g(): ..."))) == ["the module", "f"]


def test_no_module_is_longer_than_three_screens() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path, _ in modules()}
    assert {name: length for name, length in lengths.items() if length > LINES and name not in LONGER} == {}
    assert {name for name in LONGER if lengths.get(name, 0) <= LINES} == set()


def test_nothing_is_named_after_what_has_no_name() -> None:
    """A second `utils` begins with the first."""
    vague = re.compile(r"(?:^|_)(?:utils?|managers?|helpers?|misc|common)(?:$|_)")
    files = {str(path.relative_to(REPOSITORY)) for path, _ in modules() if vague.search(path.stem) or vague.search(path.parent.name)}
    classes = {node.name for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    assert files == set()
    assert {name for name in classes if re.search(r"(?:Utils?|Manager|Helper)$", name)} == set()


@pytest.mark.parametrize("what", NOWHERE)
def test_s10_no_tracked_file_holds(what: str) -> None:
    found = re.compile(NOWHERE[what])
    assert found.search(SEEDED[what])
    texts = {path: path.read_text("utf-8", errors="replace") for path in tracked()}
    assert {str(path.relative_to(REPOSITORY)): hit[0] for path, text in texts.items() if (hit := found.search(text))} == {}


def codes() -> set[str]:
    """The code of every class of faults, wherever it is defined."""
    classes = (node for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {
        statement.value.value
        for each in classes
        for statement in each.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
        if [target.id for target in statement.targets if isinstance(target, ast.Name)] == ["code"]
    }


def shown_by_status() -> set[str]:
    """The runbooks that `chuanyu status` names, whatever state a node is in."""
    states = "\n".join(
        f'chuanyu_partition_state{{service="s{number}",topic="t",partition="0",state="{state}"}} 1'
        for number, state in enumerate(("running", "waiting", "gap", "fenced"))
    )
    page = f"chuanyu_log_oldest_unrelayed_seconds 99\n{states}\n"
    return {Path(row.runbook).stem for row in rows_of("here", samples(page)) if row.runbook}


def named_by_alerts() -> set[str]:
    """The runbooks that alerts name; one that stands for a fault code is found there."""
    named = re.findall(r"runbook: \"?docs/runbooks/([^\s\"]+)\.md", (REPOSITORY / "monitoring" / "rules" / "alerts.yml").read_text("utf-8"))
    return {name for name in named if "{{" not in name}


def test_every_code_leads_to_a_runbook_and_back() -> None:
    written = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert len(codes()) > 15
    assert written == codes() | shown_by_status() | named_by_alerts()
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    assert {name for name in written if f"({name}.md)" not in index} == set()


def test_every_runbook_answers_what_a_person_on_duty_asks() -> None:
    asked = ("## 含义 · What it means", "## 影响 · Who is harmed", "## 第一步 · First command", "## 切勿 · Never")
    pages = {path.stem: path.read_text("utf-8") for path in RUNBOOKS.glob("*.md") if path.stem != "README"}
    assert {name: missing for name, text in pages.items() if (missing := [head for head in asked if head not in text])} == {}


def test_every_bone_has_a_test_of_its_number() -> None:
    named = {number for path in (REPOSITORY / "tests").rglob("test_*.py") for number in _numbers(path)}
    assert {f"D{number}" for number in range(1, 26)} - named == set(UNTESTED)


def _numbers(path: Path) -> Iterator[str]:
    for name in re.findall(r"def (test_\w+)", path.read_text("utf-8")):
        yield from (f"D{number}" for number in re.findall(r"_d(\d+)(?=_)", name))


def test_generated_pages_follow_the_code() -> None:
    """Else: make docs."""
    pages: dict[Path, str] = runpy.run_path(str(REPOSITORY / "docs" / "generate.py"))["pages"]()
    assert {path.name for path, text in pages.items() if path.read_text("utf-8") != text} == set()


def test_every_dependency_has_its_licence_and_reason() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    named = set(re.findall(r"^\| `([\w.-]+)`", (REPOSITORY / "docs" / "licences.md").read_text("utf-8"), re.MULTILINE))
    assert {re.split(r"[^\w.-]", each)[0] for each in wanted} == named


def test_every_link_of_the_pages_leads_somewhere() -> None:
    pages = [path for path in tracked() if path.suffix == ".md"]
    links = {(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))}
    assert {f"{page.name}: {link}" for page, link in links if "://" not in link and not (page.parent / link).exists()} == set()
