"""What an install takes from others: few packages, pinned by hash, under free licences."""

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;]+)( ;[^\\\n]*)?", re.MULTILINE)
DIRECT_AT_MOST, ALTOGETHER_AT_MOST = 12, 40
FREE = re.compile(r"\b(MIT|BSD|Apache|ISC|MPL|Mozilla|PSF|Python Software Foundation)\b")
"""Licences that ask for no more than to be named."""
WHEEL = {
    "tampered.py": "",
    "tampered-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: tampered\nVersion: 1\n",
    "tampered-1.dist-info/WHEEL": (
        "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ),
    "tampered-1.dist-info/RECORD": "tampered.py,,\n",
}


def _pins(lock: str) -> dict[str, list[Version]]:
    """Return the versions of each package; more than one where the Python decides."""
    pins: dict[str, list[Version]] = {}
    for name, version, _ in PIN.findall((ROOT / lock).read_text()):
        pins.setdefault(canonicalize_name(name), []).append(Version(version))
    return pins


def _wanted() -> dict[str, list[Requirement]]:
    """Return the packages that pyproject.toml asks for, by the lock that pins them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]

    def of(group: str) -> list[Requirement]:
        return [
            each
            for line in groups[group]
            for each in ([Requirement(line)] if isinstance(line, str) else of(*line.values()))
        ]

    direct = [Requirement(line) for line in project["project"]["dependencies"]]
    keyring = [Requirement(each) for each in project["project"]["optional-dependencies"]["keyring"]]
    return {
        "requirements.lock": direct + of("build"),
        "requirements-dev.lock": direct + keyring + of("dev"),
        "requirements-tools.lock": direct + keyring + of("tools"),
    }


@pytest.mark.parametrize("lock", _wanted())
def test_a_lock_that_is_behind_its_project_is_noticed(lock: str) -> None:
    pins = _pins(lock)
    behind = [
        str(wanted)
        for wanted in _wanted()[lock]
        if not any(
            version in wanted.specifier for version in pins.get(canonicalize_name(wanted.name), [])
        )
    ]

    assert behind == []


def test_few_packages_are_trusted_at_run_time() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert 0 < len(project["dependencies"]) <= DIRECT_AT_MOST
    assert 0 < len(_pins("requirements.lock")) <= ALTOGETHER_AT_MOST


def test_the_tools_are_in_no_environment_of_the_tests() -> None:
    ours = _pins("requirements-dev.lock")

    assert not {"pip-audit", "cyclonedx-bom", "mutmut"} & set(ours)
    assert {"pip-audit", "cyclonedx-bom", "mutmut"} < set(_pins("requirements-tools.lock"))


def test_what_is_needed_at_run_time_is_free() -> None:
    unfree = {}
    for name in _pins("requirements.lock"):
        about = metadata(name)
        said = [
            line
            for field in ("License-Expression", "License", "Classifier")
            for line in about.get_all(field) or []
            if field != "Classifier" or line.startswith("License")
        ]
        if not FREE.search(" ".join(said)):
            unfree[name] = said

    assert unfree == {}


def test_every_install_is_held_to_the_hashes() -> None:
    """Our own checkout is the exception: it is installed without its dependencies, and no index."""
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    installs = re.findall(r".*\bpip\b.*\binstall\b.*", makefile)

    assert len(installs) >= 4
    for line in installs:
        if "apt install" not in line:
            assert ("--require-hashes" in line) != ("--no-deps --no-build-isolation -e ." in line)


def test_an_audit_that_could_not_ask_is_an_error() -> None:
    """Without `--strict`, packages that are unknown to the service are skipped with success."""
    (audit,) = re.findall(
        r"^audit:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE
    )

    assert " --strict " in audit
    assert "$(LOCKS:%=-r %)" in audit


def test_a_package_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    wheel = tmp_path / "tampered-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in WHEEL.items():
            archive.writestr(name, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()

    assert _install(tmp_path, digest).returncode == 0
    refused = _install(tmp_path, digest[::-1])

    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def _install(folder: Path, digest: str) -> subprocess.CompletedProcess[str]:
    lock = folder / "some.lock"
    lock.write_text(f"tampered==1 --hash=sha256:{digest}\n")
    return subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--disable-pip-version-check"),
            *("--no-index", "--find-links", str(folder), "--require-hashes", "-r", str(lock)),
            *("--target", str(folder / digest)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
