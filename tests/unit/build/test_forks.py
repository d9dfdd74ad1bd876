"""Calls answered by processes forked from a preloaded one."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from msoko.build.kernels.forks import ForkServer, KernelLost
from msoko.build.kernels.forkserver import KERNEL_MODULES
from msoko.build.kernels.kernels import kernel_environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forking needs a Unix")


def test_a_call_is_answered_from_a_process_of_its_own(server: ForkServer) -> None:
    assert server.call("os:getpid") != os.getpid()
    assert server.call("os.path:join", "школа", "1") == "школа/1"


def test_an_error_of_a_call_is_raised_where_it_was_made(server: ForkServer) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        server.call("os:listdir", "/no such folder")
    assert caught.value.filename == "/no such folder"
    assert "answer_call" in caught.value.__notes__[0]


def test_a_call_whose_process_dies_says_so(server: ForkServer) -> None:
    with pytest.raises(KernelLost, match="Расчёт abort прерван"):
        server.call("os:abort")
    assert server.call("os:getcwd") == str(server.cwd)  # and harms no other


def test_an_answer_that_cannot_travel_is_told_in_words(server: ForkServer) -> None:
    with pytest.raises(RuntimeError, match="lock"):
        server.call("threading:Lock")


def test_calls_are_answered_before_everything_is_imported(tmp_path: Path) -> None:
    late = tmp_path / "late_module.py"
    late.write_text(
        "import time\nfrom pathlib import Path\n"
        f"while not Path({str(tmp_path / 'go')!r}).exists(): time.sleep(0.01)\n"
    )
    environment = kernel_environment(PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    modules = [*KERNEL_MODULES, "late_module"]  # while they come, the call does
    server = ForkServer(tmp_path, environment, early=["json"])
    server.start()
    server.preload(modules)
    try:
        loaded = server.call("builtins:eval", "sorted(__import__('sys').modules)")
        assert "json" in loaded
        assert "late_module" not in loaded
    finally:
        (tmp_path / "go").touch()
        server.stop()


def test_calls_do_not_wait_until_it_is_known_what_kernels_need(tmp_path: Path) -> None:
    server = ForkServer(tmp_path, kernel_environment(), early=["json"])
    try:
        assert "json" in server.call("builtins:eval", "sorted(__import__('sys').modules)")
        server.preload(["wave"])
        server.preload(["chunk"])  # only the first counts
        kernel = server.fork(["-c", ""], str(tmp_path), dict(server.environment))
        kernel.kill()
        loaded = server.call("builtins:eval", "sorted(__import__('sys').modules)")
        assert "wave" in loaded
        assert "chunk" not in loaded
    finally:
        server.stop()


def test_what_is_called_ahead_is_there_for_every_child(tmp_path: Path) -> None:
    (tmp_path / "memory.py").write_text("kept = []\nkeep = kept.append\n")
    environment = kernel_environment(PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]))
    server = ForkServer(tmp_path, environment)
    server.preload([["memory:keep", "слово"]])
    try:
        for _ in range(2):
            kept = server.call("builtins:eval", "__import__('memory').kept")
            assert kept == ["слово"]
    finally:
        server.stop()


def test_what_fails_ahead_of_the_children_leaves_the_server_alive(tmp_path: Path) -> None:
    server = ForkServer(tmp_path, kernel_environment())
    server.preload([["operator:getitem", "", "нет такого"], "wave"])
    try:
        kernel = server.fork(["-c", ""], str(tmp_path), dict(server.environment))
        kernel.kill()
        assert "wave" in server.call("builtins:eval", "sorted(__import__('sys').modules)")
    finally:
        server.stop()


def test_a_server_that_died_before_it_was_told_all_is_stopped(tmp_path: Path) -> None:
    server = ForkServer(tmp_path, kernel_environment())
    server.start()
    server.process.kill()
    server.process.wait()
    server.preload(["wave"])
    server.stop()
    assert not server.folder.exists()


def test_a_call_ends_with_its_server(server: ForkServer, tmp_path: Path) -> None:
    own = ForkServer(tmp_path, kernel_environment())
    lost: list[BaseException] = []

    def ask() -> None:
        try:
            own.call("subprocess:run", ["sh", "-c", "echo $$ > pid; exec sleep 60"])
        except KernelLost as error:
            lost.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for _ in range(3000):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip():
            break
        time.sleep(0.01)
    processes = [psutil.Process(int((tmp_path / "pid").read_text()))]
    own.stop()
    asking.join(5)
    assert lost
    _, left = psutil.wait_procs([one for one in processes if one.is_running()], timeout=3)
    assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []
