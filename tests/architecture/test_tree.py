"""What stands in tracked files: no machine's paths, no registry hosts; dependencies explained; locks in step."""

import json
import re
import tomllib

import pytest

from tests.architecture.rooms import ROOT, tracked_files

# spelled so that this file does not find itself
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w./{}$-])/(?:[r]oot|[w]ork|[h]ome/\w+|[U]sers/\w+)/"),
    "a registry host": re.compile(
        r"[p]ypi\.(?:org|python)|python[h]osted\.org|registry\.[n]pm|npm[m]irror|[e]xample-mirror"
    ),
}
REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked_files():
        data = path.read_bytes()
        if b"\0" in data[:8192]:
            continue
        for number, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), 1):
            found += [
                f"{path.relative_to(ROOT)}:{number}: {what}"
                for what, pattern in FORBIDDEN.items()
                if pattern.search(line)
            ]
    assert found == []


def test_no_tracked_file_is_huge() -> None:
    huge = {str(path.relative_to(ROOT)): path.stat().st_size for path in tracked_files()}
    assert {name: size for name, size in huge.items() if size > 20_000_000} == {}


def test_every_direct_dependency_is_explained_and_no_other() -> None:
    python, _ = _read("docs/dependencies.md").split("## In the browser")
    explained = [_normal(name) for name in _explained(python)]
    direct = _names("requirements.in") | _names("requirements-dev.in") | _names("requirements-tools.in")
    assert sorted(set(explained)) == sorted(direct)
    assert len(explained) == len(set(explained))


def test_every_package_of_the_web_app_is_explained_and_no_other() -> None:
    _, browser = _read("docs/dependencies.md").split("## In the browser")
    direct = set()
    for folder in ("console/web", "console/web/tools/openapi"):
        package = json.loads(_read(f"{folder}/package.json"))
        direct |= set(package["dependencies"]) | set(package.get("devDependencies", {}))
    assert sorted(_explained(browser)) == sorted(direct)


@pytest.mark.parametrize("folder", ["console/web", "console/web/tools/openapi"])
def test_the_web_apps_lock_has_hashes_and_no_host(folder: str) -> None:
    packages = json.loads(_read(f"{folder}/package-lock.json"))["packages"]
    assert [name for name, locked in packages.items() if name and "integrity" not in locked] == []
    assert [name for name, locked in packages.items() if "resolved" in locked] == []


def test_pyproject_and_requirements_agree() -> None:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    declared = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    assert sorted(_normal(line) for line in declared) == sorted(_names("requirements.in"))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-tools"])
def test_a_lock_has_every_requirement_with_hashes_and_no_host(name: str) -> None:
    lock = _read(f"{name}.lock")
    assert _names(f"{name}.in") <= {_normal(line) for line in lock.splitlines() if re.match(r"[a-zA-Z0-9]", line)}
    assert "://" not in re.sub(r"(?m)^\s*#.*$", "", lock)
    assert "--index-url" not in lock
    pinned = re.findall(r"^[a-zA-Z0-9][^=\n]*==\S+(?: ;[^\\\n]*)? \\\n(\s+--hash=sha256:)", lock, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-zA-Z0-9]", lock, re.MULTILINE))


def test_the_licence_is_apache() -> None:
    assert "Apache License\n                           Version 2.0" in _read("LICENSE")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _explained(tables: str) -> list[str]:
    rows = re.findall(r"^\| ([@\w./-]+) \| [^|]+ \| [^|]+ \|$", tables, re.MULTILINE)
    return [name for name in rows if name != "package"]


def _names(file: str) -> set[str]:
    return {_normal(line) for line in _read(file).splitlines() if REQUIREMENT.match(line)}


def _normal(requirement: str) -> str:
    match = REQUIREMENT.match(requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[1]).lower()
