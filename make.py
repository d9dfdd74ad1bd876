"""Everything the Makefile does, on any system: `python make.py report`.

Only the standard library is used here, since nothing is installed yet.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
DEMO_YEAR = "2024-25"
LOCKS = {
    "requirements.lock": ["build", "test"],
    "requirements-lab.lock": ["lab"],
    "requirements-scale.lock": ["scale"],
}
"""Which dependency groups each lock adds to the one before it."""


def run(*words: str | Path, **settings: str) -> None:
    """Run a command in the project; its failure is ours."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, env=os.environ | settings)
    if done.returncode:
        sys.exit(done.returncode)


def msoko(*words: str) -> None:
    run(PYTHON, "-m", "msoko", *words)


def install(*locks: str) -> None:
    """Install the locks into `.venv`, unless what is there is what they say."""
    if sys.version_info < (3, 11):  # noqa: UP036 – the only file an older Python may meet
        sys.exit("msoko needs Python 3.11 or newer; this is " + sys.version.split()[0])
    for lock in ("requirements.lock", *locks):
        wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
        stamp = VENV / f"{lock}.sha256"
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        if not PYTHON.exists():
            print("Creating .venv", flush=True)
            venv.create(VENV, with_pip=True)
        print(f"Installing {lock}", flush=True)
        pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--require-hashes", "-r", lock)
        if lock == "requirements.lock":
            run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
        stamp.write_text(wanted)


def report() -> None:
    """Build the demo municipality's full annual site."""
    install()
    if not (ROOT / "data" / "raw" / DEMO_YEAR).exists():
        msoko("demo")
    msoko("build", DEMO_YEAR)


def test(*words: str) -> None:
    """Run the linter, the room contracts and the tests, a file of tests on each core."""
    install()
    run(PYTHON, "-m", "ruff", "check", ".")
    run(BIN / "lint-imports", "--no-cache")
    run(PYTHON, "-m", "pytest", *(words or ("-n", "auto", "--dist", "loadfile")))


def browser_test() -> None:
    """Install Chromium where the system can, and run the tests that need it."""
    install()
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        if shutil.which("apt-get"):
            run("apt-get", "update", "-qq")
            run("apt-get", "install", "-y", "-qq", "chromium")
        else:
            run(PYTHON, "-m", "playwright", "install", "chromium")
    run(PYTHON, "-m", "pytest", "tests/browser")


def lab() -> None:
    """Open the notebooks in JupyterLab."""
    install("requirements-lab.lock")
    run(PYTHON, "-m", "jupyterlab", "notebooks")


def bench(*words: str) -> None:
    """Print the table of benchmarks; what follows goes to them, such as `indicators`."""
    install()
    run(PYTHON, "-m", "benchmarks", *words)


def kills(*words: str) -> None:
    """Kill builds at random moments and compare what the next builds make; takes long."""
    install()
    run(PYTHON, "-m", "benchmarks", "kills", *words)


def cluster_test() -> None:
    """Run the exported graph with Snakemake and the tables on Spark, on this machine."""
    install("requirements-scale.lock")
    tests = (
        "indicators/test_engines.py",
        "validate/test_evaluators.py",
        "build/test_number_tables.py",
    )
    run(
        PYTHON, "-m", "pytest", "tests/cli/test_cluster.py", *(f"tests/unit/{one}" for one in tests)
    )


def proof() -> None:
    """Re-estimate the error rates of the objectivity verdict on fresh seeds."""
    install()
    msoko("proof")


def lock() -> None:
    """Pin again what pyproject.toml asks for, with hashes for every platform."""
    install()
    for name, groups in LOCKS.items():
        words = [word for group in groups for word in ("--group", group)]
        below = [] if name == "requirements.lock" else ["--constraint", "requirements.lock"]
        project = ["pyproject.toml"] if name == "requirements.lock" else []
        run(
            PYTHON,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--no-header",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-emit-index-url",
            *project,
            *words,
            *below,
            "--output-file",
            name,
        )


def clean() -> None:
    """Delete what can be rebuilt; raw data and reports stay."""
    install()
    msoko("clean")


TARGETS: dict[str, Callable[..., None]] = {
    "report": report, "test": test, "browser-test": browser_test, "lab": lab, "bench": bench,
    "kills": kills, "cluster-test": cluster_test, "proof": proof, "lock": lock, "clean": clean,
    "install": install,
}  # fmt: skip


def main() -> None:
    """Run the target named on the command line; tests and benchmarks get what follows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:13} {(made.__doc__ or '').splitlines()[0]}"
                         for name, made in TARGETS.items()),
    )  # fmt: skip
    parser.add_argument("target", choices=TARGETS, metavar="target")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="passed on by test and bench")
    chosen = parser.parse_args()
    TARGETS[chosen.target](*chosen.words)


if __name__ == "__main__":
    main()
