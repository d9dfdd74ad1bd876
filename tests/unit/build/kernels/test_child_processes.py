"""Calls answered by processes forked from multiprocessing's fork server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from msoko.build.kernels.child_processes import ChildProcesses, KernelLost

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forking needs a Unix")

PROGRAM = """\
import json, sys
from msoko.build.kernels.child_processes import ChildProcesses, start_server
children = ChildProcesses()
loaded = "sorted(__import__('sys').modules)"
"""
"""A process of its own has a fork server of its own; its last line is what a test asked for."""


def program(code: str, folder: Path, **settings: str) -> object:
    """Return what a Python program prints last, as JSON; it finds modules in the folder too."""
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + code],
        env=os.environ | {"PYTHONPATH": path} | settings,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_call_is_answered_from_a_process_of_its_own(children: ChildProcesses) -> None:
    assert children.call("os:getpid") != os.getpid()
    assert children.call("os.path:join", "школа", "1") == "школа/1"


def test_a_new_interpreter_does_not_wait_for_the_server(tmp_path: Path) -> None:
    code = "start_server([['time:sleep', 600]])\nprint(json.dumps(children.call_anew('os:getcwd')))"
    assert program(code, tmp_path) == str(tmp_path)


def test_a_new_interpreter_answers_as_a_child_does(children: ChildProcesses) -> None:
    assert children.call_anew("os.path:join", "школа", "1") == "школа/1"
    assert children.call_anew("builtins:print", "школа") is None
    with pytest.raises(FileNotFoundError) as caught:
        children.call_anew("os:listdir", "/no such folder")
    assert "call_here" in caught.value.__notes__[0]
    with pytest.raises(KernelLost, match="Расчёт abort прерван"):
        children.call_anew("os:abort")


def test_an_error_of_a_call_is_raised_where_it_was_made(children: ChildProcesses) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        children.call("os:listdir", "/no such folder")
    assert caught.value.filename == "/no such folder"
    assert "call_here" in caught.value.__notes__[0]


def test_a_call_whose_process_dies_says_so(children: ChildProcesses) -> None:
    with pytest.raises(KernelLost, match="Расчёт abort прерван"):
        children.call("os:abort")
    assert children.call("os:getcwd") == str(Path.cwd())  # and harms no other


def test_an_answer_that_cannot_travel_is_told_in_words(children: ChildProcesses) -> None:
    with pytest.raises(TypeError, match="lock"):
        children.call("threading:Lock")
    with pytest.raises(RuntimeError, match="Own: слова"):
        children.call("builtins:exec", "class Own(Exception): pass\nraise Own('слова')")


def test_a_call_sees_the_environment_as_it_is_now(
    children: ChildProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED", "1")
    assert children.call("os:getenv", "PLANTED") == "1"
    monkeypatch.delenv("PLANTED")
    assert children.call("os:getenv", "PLANTED") is None
    assert children.call("builtins:eval", "__import__('sys').flags.hash_randomization") == 0


def test_what_is_named_first_is_there_for_every_child(tmp_path: Path) -> None:
    (tmp_path / "memory.py").write_text("kept = []\nkeep = kept.append\n")
    kept, modules = program(
        "start_server([['memory:keep', 'слово'], 'wave'])\n"
        "start_server(['chunk'])  # only the first counts\n"
        "kept = [children.call('builtins:eval', \"__import__('memory').kept\") for _ in '12']\n"
        "print(json.dumps([kept, children.call('builtins:eval', loaded)]))",
        tmp_path,
    )
    assert kept == [["слово"], ["слово"]]
    assert "wave" in modules
    assert "chunk" not in modules


def test_what_fails_ahead_of_the_children_is_left_to_them(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text("print('слышно')\n1 / 0")
    modules = program(
        "start_server(['no_such_module', 'loud', ['operator:getitem', '', 'нет'], 'wave'])\n"
        "print(json.dumps(children.call('builtins:eval', loaded)))",
        tmp_path,
    )
    assert "wave" in modules


def test_a_server_that_died_is_started_again_as_it_was(tmp_path: Path) -> None:
    kill = (
        "import os, signal\nserver = os.getppid()\nos.kill(server, signal.SIGKILL)\n"
        "while os.getppid() == server: pass"
    )
    modules, is_random = program(
        "start_server(['wave'])\n"
        f"children.call('builtins:exec', {kill!r})\n"
        "seed = \"__import__('sys').flags.hash_randomization\"\n"
        "print(json.dumps([children.call('builtins:eval', one) for one in (loaded, seed)]))",
        tmp_path,
    )
    assert "wave" in modules
    assert not is_random


def test_a_long_temporary_folder_does_not_lengthen_addresses(tmp_path: Path) -> None:
    long = tmp_path / ("длинное имя папки " * 3) / ("n" * 60)
    long.mkdir(parents=True)
    code = "start_server([])\nprint(json.dumps(children.call('builtins:len', 'слово')))"
    assert program(code, tmp_path, TMPDIR=str(long)) == 5


@pytest.mark.parametrize("call", ["call", "call_anew"])
@pytest.mark.parametrize("words", [["-m", "script"], ["script.py"], ["-"]])
def test_a_script_that_builds_is_not_run_again_in_each_child(
    tmp_path: Path, words: list[str], call: str
) -> None:
    code = PROGRAM + f"start_server([])\nopen('ran', 'a').write('.')\nchildren.{call}('os:getpid')"
    (tmp_path / "script.py").write_text(code)
    subprocess.run([sys.executable, *words], input=code.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "ran").read_text() == "."


@pytest.mark.parametrize("call", ["call", "call_anew"])
def test_a_call_ends_with_the_others(tmp_path: Path, call: str) -> None:
    own, lost = ChildProcesses(), []
    command = f"echo $$ > {tmp_path}/pid; exec sleep 60"

    def ask() -> None:
        try:
            getattr(own, call)("subprocess:run", ["sh", "-c", command])
        except KernelLost as error:
            lost.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    process = _started_by(tmp_path / "pid")
    own.close()
    asking.join(5)
    assert lost
    assert left_of([process]) == []
    with pytest.raises(KernelLost):
        getattr(own, call)("time:sleep", 60)  # one that comes after the end is ended


@pytest.mark.parametrize("call", ["call", "call_anew"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_was_begun_ends_with_the_process_that_asked(
    tmp_path: Path, number: int, call: str
) -> None:
    command = f"echo $$ > {tmp_path}/pid; exec sleep 60"
    code = (
        f"{PROGRAM}start_server([])\nchildren.{call}('subprocess:run', ['sh', '-c', {command!r}])"
    )
    asking = started(code)
    child = _started_by(tmp_path / "pid")
    processes = [child, *psutil.Process(asking.pid).children(recursive=True)]
    os.killpg(asking.pid, number)  # as a terminal does
    asking.wait(10)
    assert left_of(processes) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_server_still_importing_ends_in_silence_with_the_process_that_asked(
    tmp_path: Path, number: int
) -> None:
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)")
    code = PROGRAM + "start_server(['slow'])\nprint(1, flush=True)\nsys.stdin.read()"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    asking = started(code, env=environment, **pipes)
    asking.stdout.readline()
    processes = psutil.Process(asking.pid).children(recursive=True)
    os.killpg(asking.pid, number)  # as a terminal does
    _, said = asking.communicate(timeout=10)
    assert processes
    assert b"forkserver" not in said
    assert left_of(processes) == []


def started(code: str, **settings: object) -> subprocess.Popen:
    """Return a program that leads a session of its own, as one does in a terminal."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        start_new_session=True,
        # a shell that runs the tests in the background has them ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **settings,
    )


def left_of(processes: list[psutil.Process], seconds: float = 3) -> list[psutil.Process]:
    """Return the processes still working; one that ended but was not waited for is none."""
    waiting = psutil.wait_procs(processes, timeout=seconds)[1]
    return [one for one in waiting if one.status() != psutil.STATUS_ZOMBIE]


def _started_by(file: Path) -> psutil.Process:
    """Return the process that writes its number into the file."""
    for _ in range(3000):
        if file.exists() and file.read_text().strip():
            return psutil.Process(int(file.read_text()))
        time.sleep(0.01)
    raise AssertionError("nothing was started")
