"""Warm kernels: the same outputs, a clean state each time, and faults kept to themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from importlib.metadata import entry_points
from pathlib import Path

import psutil
import pytest
from samples import notebook, write

from msoko.build.kernels.child_processes import ChildProcesses
from msoko.build.kernels.kernel_environment import kernel_environment, without_passwords
from msoko.build.kernels.notebook_files import cleaned
from msoko.build.kernels.notebook_run import Execution, NotebookFailed
from msoko.core.errors import UsageError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forking needs a Unix")

PICTURES = (
    "# Рисунки и таблицы\n\nЧто видно?",
    "import numpy as np\nimport pandas as pd\npd.DataFrame({'a': np.arange(90) / 7})",
    "import matplotlib.pyplot as plt\nimport seaborn as sns\n"
    "sns.regplot(x=np.arange(20.0), y=np.arange(20.0) ** 2, seed=1)",
    "import statsmodels.api as sm\n"
    "print(sm.OLS(np.arange(9.0) ** 2, sm.add_constant(np.arange(9.0))).fit().params)",
    "import sys, warnings\nwarnings.warn('осторожно')\nprint('ошибка', file=sys.stderr)",
    "from IPython.display import Markdown, display\ndisplay(Markdown('**да**'))\n{1: {2, 3}}",
    "print(sys.argv[0].rpartition('/')[2], sys.path[0], __name__, type(get_ipython()).__name__)",
)


def execution(children: ChildProcesses, engine: str = "warm", **settings: object) -> Execution:
    settings.setdefault("cell_seconds", 40)
    return Execution(engine, kernel_environment(), children, **settings)


def outputs(done: dict, place: int = -1) -> str:
    """Return the text that a cell has written."""
    return "".join(output.get("text", "") for output in done["cells"][place]["outputs"])


def test_outputs_are_those_of_plain_papermill_byte_for_byte(
    children: ChildProcesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import papermill

    path = write(tmp_path / "n.ipynb", *PICTURES)
    parameters = {"school_year": "2023-24"}
    warm = execution(children).run(path, "n", parameters)
    plain = execution(children, "papermill").run(path, "n", parameters)
    assert any("image/png" in o.get("data", {}) for cell in warm["cells"] for o in _of(cell))
    assert json.dumps(warm, sort_keys=True) == json.dumps(plain, sort_keys=True)

    for name, value in kernel_environment().items():
        monkeypatch.setenv(name, value)
    reference = papermill.execute_notebook(str(path), None, parameters, progress_bar=False)
    told = [cleaned(done)["cells"] for done in (reference, warm)]
    for cells in told:
        del cells[1]  # papermill's own injected cell has a random id and untyped source
    assert told[0] == told[1]


def _of(cell: dict) -> list:
    return cell.get("outputs", [])


LEAKS = (
    "leaked = 1",
    "import sys, csv\nsys.modules['csv'] = 'broken'\nsys.modules['planted'] = sys",
    "import matplotlib as mpl\nmpl.rcParams['font.size'] = 77",
    "import numpy as np, random\nnp.random.seed(1)\nrandom.seed(1)",
    "import os\nos.environ['PLANTED'] = '1'\nos.chdir('/')",
    "import builtins\nbuiltins.planted = 1\nbuiltins.sorted = list",
    "import pandas as pd\npd.set_option('display.max_rows', 3)\npd.DataFrame.planted = 1",
    "kept = open('/etc/hostname')\nsys.path.insert(0, '/planted')\nsys.setrecursionlimit(555)",
    "import warnings\nwarnings.simplefilter('ignore')\nimport decimal\n"
    "decimal.getcontext().prec = 3",
)
STATE = """\
import builtins, csv, decimal, os, sys, warnings
import matplotlib as mpl, numpy as np, pandas as pd
print('leaked' in globals(), type(csv).__name__, 'planted' in sys.modules, '/planted' in sys.path)
print(mpl.rcParams['font.size'], 'PLANTED' in os.environ, os.getcwd() == '/', sorted([2, 1]))
print(hasattr(builtins, 'planted'), hasattr(pd.DataFrame, 'planted'), warnings.filters[0][0])
print(pd.get_option('display.max_rows'), sys.getrecursionlimit(), decimal.getcontext().prec)
print(np.random.get_state()[1][0] == 1, [name for name in os.listdir('/proc/self/fd')
      if os.path.realpath(f'/proc/self/fd/{name}') == '/etc/hostname'])"""


def test_nothing_of_one_notebook_reaches_the_next(children: ChildProcesses, tmp_path: Path):
    run = execution(children)
    state = write(tmp_path / "state.ipynb", STATE)
    before = outputs(run.run(state, "n", {}))
    run.run(write(tmp_path / "leak.ipynb", *LEAKS), "n", {})
    assert outputs(run.run(state, "n", {})) == before
    plain = execution(children, "papermill").run(state, "n", {})
    assert outputs(plain) == before


def test_two_kernels_do_not_share_their_randomness(children: ChildProcesses, tmp_path: Path):
    draw = "import numpy as np, random\nprint(np.random.rand(4), random.random())"
    path = write(tmp_path / "n.ipynb", draw)
    first, second = (outputs(execution(children).run(path, "n", {})) for _ in range(2))
    assert first != second


def test_hashes_and_so_the_order_of_sets_are_the_same_every_time(
    children: ChildProcesses, tmp_path: Path
):
    path = write(tmp_path / "n.ipynb", "print(hash('школа'))")
    done = {outputs(execution(children, one).run(path, "n", {})) for one in ("warm", "papermill")}
    assert len(done) == 1


@pytest.mark.parametrize("engine", ["warm", "papermill"])
@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("import os; os.kill(os.getpid(), 9)", "ядро завершилось аварийно"),
        ("import os; os._exit(0)", "ядро завершилось аварийно"),
        ("while True: print('x' * 10_000)", "вывод бесконечен"),
        ("import time; time.sleep(60)", "не ответила в срок"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("class UsageError(Exception): pass\nraise UsageError('года нет')", ": года нет"),
    ],
)
def test_a_notebook_that_breaks_is_ended_told_and_harms_no_other(
    children: ChildProcesses, tmp_path: Path, engine: str, cell: str, told: str
):
    options = {"output_limit": 2_000_000}
    seconds = 3 if "sleep" in cell else 60  # a busy machine must reach the other ends
    run = execution(children, engine, cell_seconds=seconds, options=options)
    path = write(tmp_path / "n.ipynb", "# Что будет?", cell)
    with pytest.raises(NotebookFailed) as failure:
        run.run(path, "notebooks/n.ipynb", {})
    message = str(failure.value)
    assert message.startswith("notebooks/n.ipynb, «Что будет?»: ")
    assert told in message
    assert message.endswith("прежний, если был, остался на месте.")
    assert "\n" not in message
    assert failure.value.exit_code == (1 if "UsageError" in cell else 3)
    fine = write(tmp_path / "fine.ipynb", "print('цело')")
    assert outputs(run.run(fine, "n", {})) == "цело\n"


def test_a_wrong_parameter_is_refused_before_a_kernel_exists(tmp_path: Path):
    path = write(tmp_path / "n.ipynb", "open('ran', 'w')")
    nowhere = Execution("warm", kernel_environment())
    with pytest.raises(UsageError, match="Ни одна ячейка не выполнена"):
        nowhere.run(path, "n", {"shool_year": "2024-25"})
    assert not (tmp_path / "ran").exists()


def test_kernels_see_no_passwords(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_API_KEY", "тайна")
    monkeypatch.setenv("GITHUB_TOKEN", "тайна")
    assert "тайна" not in kernel_environment().values()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_what_a_server_starts_with_holds_no_passwords(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret-of-a-test")
    with without_passwords():
        started = subprocess.run(
            [sys.executable, "-c", "print(open('/proc/self/environ').read())"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert "secret-of-a-test" not in started.stdout
    assert os.environ["GITHUB_TOKEN"] == "secret-of-a-test"


def test_the_preloaded_process_has_no_thread_of_python_and_no_figure_backend(
    children: ChildProcesses, tmp_path: Path
):
    """What stands in the parent stands in each child: threads would be lost, figures dropped."""
    cell = (
        "import os, psutil, sys\nparent = psutil.Process(os.getppid())\n"
        "print(parent.num_threads() <= 2, 'matplotlib_inline.backend_inline' in sys.modules)"
    )
    done = execution(children).run(write(tmp_path / "n.ipynb", cell), "n", {})
    assert outputs(done) == "True False\n"


def test_ending_the_build_ends_its_kernels_and_what_they_started(
    children: ChildProcesses, tmp_path: Path
):
    mark = f"sleep-{os.getpid()}"
    code = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)', '{mark}'])\n"
        "time.sleep(99)"
    )
    path = write(tmp_path / "n.ipynb", code)
    run = Execution("warm", kernel_environment())
    worker = threading.Thread(target=lambda: _ignore(run, path), daemon=True)
    worker.start()
    assert _soon(lambda: _named(mark))
    began = time.monotonic()
    run.close()
    assert _soon(lambda: not _named(mark), seconds=2)
    assert time.monotonic() - began < 2
    worker.join(5)
    assert not worker.is_alive()


def test_a_build_that_is_killed_takes_server_and_kernels_with_it(tmp_path: Path):
    path = write(tmp_path / "n.ipynb", "open('began', 'w')\nimport time; time.sleep(99)")
    program = (
        "from pathlib import Path\n"
        "from msoko.build.kernels.kernel_environment import kernel_environment\n"
        "from msoko.build.kernels.notebook_run import Execution\n"
        "run = Execution('warm', kernel_environment()); run.preload([])\n"
        f"run.run(Path({str(path)!r}), 'n', {{}})"
    )
    build = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path)
    assert _soon((tmp_path / "began").exists)
    left = psutil.Process(build.pid).children(recursive=True)
    assert len(left) >= 2
    build.kill()
    build.wait()
    waiting = psutil.wait_procs(left, timeout=3)[1]
    assert [one for one in waiting if one.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize("folder", ["short", "long" * 40])
def test_the_engine_serves_papermill_by_itself(tmp_path: Path, folder: str):
    """Where temporary files lie deep, a Unix socket's address would be too long."""
    (tmp_path / folder).mkdir()
    path = write(tmp_path / "n.ipynb", "print(2 + 2)")
    done = tmp_path / "done.ipynb"
    command = [sys.executable, "-m", "papermill", "--engine", "msoko-warm", str(path), str(done)]
    settings = os.environ | {"TMPDIR": str(tmp_path / folder)}
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env=settings)
    assert json.loads(done.read_text())["cells"][-1]["outputs"][0]["text"] == ["4\n"]


def test_any_kernel_specification_may_ask_for_the_provisioner(
    children: ChildProcesses, tmp_path: Path
):
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    (found,) = entry_points(group="jupyter_client.kernel_provisioners", name="msoko-warm")
    manager = KernelManager(connection_file=str(tmp_path / "kernel.json"))
    manager._kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        metadata={"kernel_provisioner": {"provisioner_name": found.name}},
    )
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=30)
        told = []
        client.execute_interactive(
            "import os; print(os.getppid())", output_hook=told.append, timeout=30
        )
        manager.interrupt_kernel()
        assert manager.is_alive()
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    server = children.call("os:getppid")
    assert [one["content"].get("text") for one in told if "text" in one["content"]] == [
        f"{server}\n"
    ]


def test_an_unreadable_notebook_never_reaches_the_engine(tmp_path: Path):
    broken = tmp_path / "n.ipynb"
    broken.write_text(json.dumps(notebook("1") | {"cells": None}))
    with pytest.raises(UsageError, match="не блокнот"):
        Execution("warm", {}).run(broken, "n", {})


def _ignore(run: Execution, path: Path) -> None:
    try:
        run.run(path, "n", {})
    except Exception:
        return


def _named(mark: str) -> bool:
    return any(mark in (one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))


def _soon(is_true, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False
