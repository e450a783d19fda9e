"""The engine's thread: what it runs, and that nothing can hold its end up."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tui.engine.runtime import Runtime

TEN = 10.0
"""Seconds after which a test that waits has failed."""


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with Runtime() as runtime:
        yield runtime


async def _say(word: str) -> str:
    return word


def test_a_coroutine_runs_on_the_engines_thread(runtime: Runtime) -> None:
    async def where() -> str:
        return threading.current_thread().name

    assert runtime.submit(where()).result(TEN) == "engine"


def test_what_blocks_never_waits_for_what_else_blocks(runtime: Runtime) -> None:
    everyone = threading.Barrier(40)

    async def meet() -> int:
        meetings = (asyncio.to_thread(everyone.wait, TEN) for _ in range(everyone.parties))
        return len(await asyncio.gather(*meetings))

    assert runtime.submit(meet()).result(TEN) == 40


def test_an_error_of_what_blocks_reaches_its_caller(runtime: Runtime) -> None:
    async def look_up() -> object:
        return await asyncio.to_thread(socket.inet_aton, "no address")

    with pytest.raises(OSError, match="illegal IP address"):
        runtime.submit(look_up()).result(TEN)


def test_stopping_cancels_what_runs_and_lets_it_clean_up() -> None:
    cleaned_up = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned_up.set()

    with Runtime() as runtime:
        hanging = runtime.submit(hang())
        runtime.submit(_say("begun")).result(TEN)

    assert cleaned_up.is_set()
    assert hanging.cancelled()


def test_after_the_end_work_is_cancelled_and_calls_do_nothing() -> None:
    runtime = Runtime()
    before = runtime.submit(_say("too early"))
    runtime.start()
    runtime.stop()
    runtime.stop()
    runtime.call(lambda: pytest.fail("was called"))

    assert before.cancelled()
    assert runtime.submit(_say("too late")).cancelled()


_ENDS_WITH_A_CALL_THAT_HANGS = """
import asyncio, threading
from tui.engine.runtime import Runtime

begun = threading.Event()

def hang():
    begun.set()
    threading.Event().wait()

with Runtime() as runtime:
    runtime.submit(asyncio.to_thread(hang))
    begun.wait()
"""


def test_the_program_ends_while_a_call_hangs_and_leaves_no_word_about_it() -> None:
    began = time.monotonic()

    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", _ENDS_WITH_A_CALL_THAT_HANGS],
        capture_output=True,
        timeout=TEN,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    assert time.monotonic() - began < TEN / 2
