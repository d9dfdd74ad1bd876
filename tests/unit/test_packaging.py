"""What is installed by conda, by pip and by make is the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "requirements.lock": ("build", "test"),
    "requirements-lab.lock": ("lab",),
    "requirements-scale.lock": ("scale",),
}


def declared() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_what_is_declared(lock):
    project = declared()
    wanted = [one for group in LOCKS[lock] for one in project["dependency-groups"][group]]
    if lock == "requirements.lock":
        wanted += project["project"]["dependencies"]
    assert {name_of(one) for one in wanted} <= set(pins(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


@pytest.mark.parametrize("lock", ["requirements-lab.lock", "requirements-scale.lock"])
def test_the_locks_agree_on_every_package_they_share(lock):
    base, other = pins("requirements.lock"), pins(lock)
    assert {name: other[name] for name in base.keys() & other.keys()} == {
        name: base[name] for name in base.keys() & other.keys()
    }


def test_conda_takes_python_and_quarto_and_the_same_pins():
    declared_environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    wanted = declared_environment["dependencies"]
    plain = [one for one in wanted if isinstance(one, str)]
    through_pip = next(one["pip"] for one in wanted if isinstance(one, dict))
    assert any(one.startswith("python=") for one in plain)
    assert any(one.startswith("quarto=") for one in plain)
    python = next(one for one in plain if one.startswith("python=")).removeprefix("python=")
    assert declared()["project"]["requires-python"] == f">={python}"
    assert through_pip == [
        "--requirement requirements.lock",
        "--requirement requirements-lab.lock",
        "--editable .",
    ]
