"""What the composition root does to the process, read back in one of its own."""

import subprocess
import sys

import pytest

_HARDENED = """
import ctypes, logging, resource, threading
from tui.cli.bootstrap import harden
harden()
PR_GET_DUMPABLE = 3
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(PR_GET_DUMPABLE))
logging.getLogger("some.library").error("canary")
logging.getLogger("httpx").error("canary")

def fail():
    raise ValueError("canary")

thread = threading.Thread(target=fail)
thread.start()
thread.join()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_neither_cores_nor_logs_nor_threads_give_anything_away() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _HARDENED], capture_output=True, text=True, check=True
    )

    assert ended.stdout == "(0, 0) 0\n"
    assert ended.stderr == ""
