"""The package as it is installed: folders, names, data files, and what an import costs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

import rasad

HEAVY = ("torch", "transformers", "numpy", "datasets", "accelerate", "rich")
# Part of the repository, not of the package: people read them there, or train on them.
NOT_INSTALLED = (
    "inference/page*.png",
    "annotations/corpus/*",
    "annotations/samples/*",
    "annotations/detached/*",
    "*.md",
    "*/.*",
)


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def folders(root: Path) -> dict[str, Path]:
    """Sub-packages by name: every top-level folder with an `__init__.py`, and those in it."""
    found = {}
    for init in sorted(root.glob("[a-z]*/**/__init__.py")):
        folder = init.parent.relative_to(root)
        if folder.parts[0] not in ("tests", "typings", "build"):
            parts = folder.parts if folder.parts[0] == "rasad" else ("rasad", *folder.parts)
            found[".".join(parts)] = folder
    return found


def test_every_folder_is_a_package(project: dict[str, Any], root: Path) -> None:
    found = folders(root)
    assert {"rasad", "rasad.annotations", "rasad.models"} <= set(found)
    assert sorted(project["tool"]["setuptools"]["packages"]) == sorted(found)


def test_packages_lie_where_they_are_said_to(project: dict[str, Any], root: Path) -> None:
    mapped = project["tool"]["setuptools"]["package-dir"]
    assert {name: Path(path) for name, path in mapped.items()} == folders(root)


def test_data_files_are_installed(project: dict[str, Any], root: Path) -> None:
    patterns = project["tool"]["setuptools"]["package-data"]
    missed = []
    homes = {root / folder: name for name, folder in folders(root).items()}
    for home, name in homes.items():
        for file in home.rglob("*"):
            inside, path = file.relative_to(home), file.relative_to(root)
            if next(above for above in file.parents if above in homes) != home:
                continue  # of a package in this one
            if file.is_dir() or file.suffix in (".py", ".pyc") or any(fnmatch(str(path), p) for p in NOT_INSTALLED):
                continue
            if not any(inside.match(pattern) for pattern in patterns.get(name, ())):
                missed.append(str(path))
    assert missed == []


def test_mypy_sees_every_folder_and_module(root: Path) -> None:
    rooms = {
        folder.name: folder for folder in folders(root).values() if len(folder.parts) == 1 and folder.name != "rasad"
    }
    files = {file.name: file.relative_to(root) for file in (root / "rasad").glob("*.py")}
    links = {link.name: link.resolve() for link in (root / "typings" / "rasad").iterdir()}
    assert links == {name: root.resolve() / path for name, path in {**rooms, **files}.items()}


@pytest.mark.parametrize("name", rasad.__all__)
def test_public_names(name: str) -> None:
    assert name in dir(rasad)
    assert getattr(rasad, name).__name__ == name


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="Predicter"):
        _ = rasad.Predicter


def test_version(project: dict[str, Any]) -> None:
    assert rasad.__version__ == project["project"]["version"]


@pytest.mark.parametrize("code", ["import rasad", "from rasad import Document", "import rasad.__main__"])
def test_import_is_light(code: str) -> None:
    loaded = f"import sys; {code}; print(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("command", [[], ["predict"], ["train"], ["evaluate"], ["corpus"], ["corpus", "check"]])
def test_help_is_light(command: list[str]) -> None:
    ask = f"import sys; from rasad.__main__ import main; main({[*command, '--help']}); "
    ask += f"print('loaded', *[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert "Usage: rasad" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded"


def test_licence_goes_with_the_package(project: dict[str, Any], root: Path) -> None:
    assert project["project"]["license"] == "Apache-2.0"
    assert project["project"]["license-files"] == ["LICENSE"]
    first, second = (root / "LICENSE").read_text("utf-8").split("\n")[1:3]
    assert (first.strip(), second.strip()) == ("Apache License", "Version 2.0, January 2004")


@pytest.mark.parametrize("name", ["README.md", "README.ar.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str, root: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (root / name).read_text("utf-8"))
    assert [link for link in links if not (root / link).exists()] == []
