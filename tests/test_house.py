"""The rules of the house, where a machine can see to them; lint, types and the direction of imports are `./gw check`'s."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway import answers, checks, drift, formats, jail, keyring, normalise, process
from gateway.catalogue import Problem, read_carriers, read_law, read_recipients, read_senders
from gateway.cli import cli
from gateway.findings import Rule, Severity
from gateway.formats import archive
from gateway.formats.raw import Reading
from gateway.obligations import schedule
from gateway.process import join

PROJECT = Path(__file__).parents[1]
MODULES = sorted((PROJECT / "gateway").rglob("*.py"))
LOCKS = sorted(PROJECT.glob("requirements*.txt"))
MOST_LINES = 400


def tracked() -> list[Path]:
    """What git has; the house's rules are for what is published."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("this is no git checkout")
    paths = (PROJECT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def where(path: Path) -> str:
    return str(path.relative_to(PROJECT))


# --- files -------------------------------------------------------------------------------------------------------


def test_nobody_s_private_key_is_published() -> None:
    """Not even a first line of one: whoever looks for lost keys would have to look at it. Tests make their keys."""
    first_line = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY")
    assert [where(path) for path in tracked() if first_line.search(path.read_bytes())] == []


def test_every_toml_loads() -> None:
    files = [path for path in tracked() if path.suffix == ".toml"]
    assert len(files) > 5
    for path in files:
        tomllib.loads(path.read_text("utf-8"))


def test_data_is_toml_and_nothing_like_it() -> None:
    """`openapi.yaml` is YAML because those who read it expect it to be."""
    others = {".yaml", ".yml", ".ini", ".cfg"}
    assert [where(path) for path in tracked() if path.suffix in others and path.name != "openapi.yaml"] == []


MACHINE = [
    "/" + "work" + "/", "/" + "root" + "/", "/" + "home" + "/", "/" + "Users" + "/", "C:" + "\\", "pypi" + ".org",
    "python" + "hosted", "npm" + "js", "127.0.0.1:" + "3141",
]  # fmt: skip


def test_nothing_tells_of_the_machine_it_was_written_on() -> None:
    words = re.compile("|".join(map(re.escape, MACHINE)))
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data and (hit := words.search(data.decode("utf-8", "replace"))):
            found[where(path)] = hit[0]
    assert found == {}


def test_text_files_end_with_a_line_break_and_have_no_others_than_ours() -> None:
    ours = [
        path for path in tracked() if path.suffix in (".py", ".md", ".toml", ".sql", ".xsd") and path.stat().st_size
    ]
    assert [where(path) for path in ours if not path.read_bytes().endswith(b"\n") or b"\r" in path.read_bytes()] == []


# --- locks -------------------------------------------------------------------------------------------------------


def pins(lock: Path) -> dict[str, tuple[str, int]]:
    """name -> (version, how many hashes)."""
    found: dict[str, tuple[str, int]] = {}
    for block in re.split(r"\n(?=[a-zA-Z])", lock.read_text()):
        head, *rest = [line.strip(" \\") for line in block.splitlines() if line.strip() and not line.startswith("#")]
        name, _, version = head.partition("==")
        assert re.fullmatch(r"[a-z0-9.-]+", name), f"{lock.name}: {head}"
        hashes = [line for line in rest if re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line)]
        others = [line for line in rest if not line.startswith(("--hash=", "#"))]
        assert others == [], f"{lock.name}: {others[:1]}"
        found[name] = (version.partition(";")[0].strip(), len(hashes))
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_by_hash_and_has_no_address(lock: Path) -> None:
    found = pins(lock)
    assert found
    assert [name for name, (version, hashes) in found.items() if not version or not hashes] == []
    assert "://" not in lock.read_text()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    runtime, dev = pins(PROJECT / "requirements.txt"), pins(PROJECT / "requirements-dev.txt")
    for wanted in project["dependencies"]:
        name, least = wanted.split(">=")
        version, _ = runtime[name]
        assert _numbers(version) >= _numbers(least), wanted
    assert {name: dev[name][0] for name in runtime} == {name: version for name, (version, _) in runtime.items()}


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


# --- modules -----------------------------------------------------------------------------------------------------


def test_no_module_is_too_long() -> None:
    lengths = {where(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        where(path) for path in MODULES if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    assert silent == []


def test_modules_are_named_for_what_they_are() -> None:
    vague = {
        "utils",
        "util",
        "helpers",
        "helper",
        "manager",
        "service",
        "services",
        "handler",
        "common",
        "base",
        "misc",
    }
    assert [where(path) for path in MODULES if {path.stem, path.parent.name} & vague] == []


def test_no_function_is_a_page_long() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno
                if lines > 60:
                    long[f"{where(path)}:{node.name}"] = lines
    assert long == {}


# --- rules and formats -------------------------------------------------------------------------------------------


def test_no_two_test_files_share_a_name() -> None:
    """They are imported by their name alone, so the second would not be run."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_property_says_how_often_it_is_tried() -> None:
    """Else its examples are others in each run, and a red test may come from luck instead of from a change."""
    bare = []
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                marks = {ast.unparse(one.func) for one in node.decorator_list if isinstance(one, ast.Call)}
                bare += [f"{where(path)}:{node.name}"] if "given" in marks and "often" not in marks else []
    assert bare == []


def every_rule() -> Iterator[tuple[str, Rule]]:
    for module in formats.FORMATS:
        yield from ((module.NAME, rule) for rule in module.RULES)
    yield from (("archive", rule) for rule in (*archive.RULES, *join.RULES))
    yield from (("jail", rule) for rule in jail.RULES)
    yield from (("normalise", rule) for rule in normalise.RULES)
    yield from (("checks", rule) for rule in checks.catalogue())
    for package in (process, answers):
        for one in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{one.name}")
    for package in (keyring, schedule, process, answers, drift):
        for name in sorted(name for name in sys.modules if name.startswith(package.__name__)):
            found = {rule.id: rule for rule in vars(sys.modules[name]).values() if isinstance(rule, Rule)}
            yield from ((package.__name__, rule) for rule in found.values())


def test_a_rule_s_id_is_its_own() -> None:
    by_id: dict[str, set[str]] = defaultdict(set)
    for _, rule in every_rule():
        assert re.fullmatch(r"[A-Z]-\d\d", rule.id), rule.id
        by_id[rule.id].add(rule.text)
    assert {id: texts for id, texts in by_id.items() if len(texts) > 1} == {}
    assert len(by_id) > 250


def test_every_rule_helps_and_none_shouts() -> None:
    for _, rule in every_rule():
        assert rule.hint or rule.severity is Severity.INFO, f"{rule.id}: what is to be done?"
        assert not rule.text.endswith((".", "!")), rule.id
        assert rule.text[0].islower() or rule.text[0] in "'\"{0123456789" or rule.text.split()[0].isupper(), (
            f"{rule.id}: {rule.text}"
        )
    of_lists = [rule for _, rule in every_rule() if rule.id[0] in "VPDC"]
    assert [rule.id for rule in of_lists if not rule.cites] == []


@pytest.mark.parametrize("module", formats.FORMATS, ids=lambda module: module.NAME)
def test_every_format_keeps_the_contract(module: formats.Format) -> None:
    assert re.fullmatch(r"[a-z-]+", module.NAME)
    assert all(re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", media) for media in module.MEDIA)
    assert isinstance(module.JAILED, bool)
    assert module.RULES
    assert all(isinstance(rule, Rule) for rule in module.RULES)
    assert formats.named(module.NAME) is module
    for junk in (b"", b"\0" * 64, b"junk", b"\xff" * 64):
        assert module.recognise(junk) in (True, False)
        assert isinstance(module.read(junk, {}), Reading)
    for part in ("guard", "decode", "read_grid"):
        assert hasattr(module, part) == module.JAILED


@pytest.mark.parametrize(
    "module", [module for module in formats.FORMATS if module.JAILED], ids=lambda module: module.NAME
)
def test_what_runs_in_the_jail_imports_nothing_of_ours(module: formats.JailedFormat) -> None:
    file = Path(sys.modules[module.decode.__module__].__file__ or "")
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not [name for name in imported if name is None or name.startswith("gateway")]


def test_formats_have_names_of_their_own() -> None:
    names = [module.NAME for module in formats.FORMATS]
    assert len(set(names)) == len(names)


# --- data folders ------------------------------------------------------------------------------------------------


def test_the_shipped_data_has_no_problems() -> None:
    problems: list[Problem] = []
    today = datetime(2026, 11, 21, tzinfo=UTC).date()
    carriers = read_carriers(PROJECT / "carriers", problems)
    read_recipients(PROJECT / "keys", today, problems)
    read_senders(PROJECT / "keys" / "senders", today, problems)
    ours = [problem for problem in problems if "no recipient" not in problem.text]  # those are the authority's to add
    assert ours == []
    assert len(carriers) >= 5
    known = {rule.id for _, rule in every_rule()}
    assert {code for carrier in carriers.values() for code in carrier.tolerate} <= known
    assert len(read_law().obligations) > 10


# --- what the README says ----------------------------------------------------------------------------------------


def examples() -> list[tuple[str, str]]:
    """(command, what it prints) of every block of README.md that is marked `console`. `…` alone on a line is any lines."""
    path = PROJECT / "README.md"
    if not path.exists():
        return []
    blocks = re.findall(r"^```console\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [
        (command, printed)
        for block in blocks
        for command, printed in re.findall(r"^\$ ./gw (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


@pytest.mark.parametrize(("command", "printed"), examples(), ids=lambda text: text.splitlines()[0] if text else "")
def test_the_readme_shows_what_is_printed(command: str, printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr("gateway.settings.utc_now", lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    result = CliRunner().invoke(cli, command.split())
    lines = ["(?:.*\n)*" if line.strip() == "…" else re.escape(line) + "\n" for line in printed.splitlines()]
    assert re.fullmatch("".join(lines), result.output), result.output


def test_the_readme_has_an_example() -> None:
    if not (PROJECT / "README.md").exists():
        pytest.skip("there is no README yet")
    assert examples()
