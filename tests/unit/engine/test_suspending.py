"""Whether ctrl+z may stop a process: as its parent started it."""

import subprocess
import sys

import pytest

from tui.engine.suspending import has_shell

_ASK = f"from {has_shell.__module__} import has_shell; print(has_shell())"
_ASK_OF_A_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_ASK!r}])"


@pytest.mark.parametrize("code", [_ASK, _ASK_OF_A_CHILD], ids=["itself", "by a script"])
def test_a_job_of_a_shell_can_be_continued(code: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", code], process_group=0, check=True, capture_output=True, text=True
    )

    assert asked.stdout == "True\n"


@pytest.mark.parametrize("code", [_ASK, _ASK_OF_A_CHILD], ids=["leads it", "is led"])
def test_nobody_continues_the_group_that_leads_a_session(code: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", code],
        start_new_session=True,
        check=True,
        capture_output=True,
        text=True,
    )

    assert asked.stdout == "False\n"
