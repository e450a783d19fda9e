"""`make bench`: speed and size as ratios of two things measured side by side, or as exact counts.

Absolute times drift with the machine; a ratio of pairs that ran in turn does not. Nothing here
passes or fails: it prints, and a person compares.
"""

import gc
import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
COMMAND = str(Path(PYTHON).with_name("ticketdeck"))
PAIRS, VIEW_PAIRS = 9, 5
FRAME_LIMIT_S = 20.0
BARE = "import argparse; argparse.ArgumentParser().parse_args([])"
BARE_SQLITE = f"{BARE}; import sqlite3; sqlite3.connect(':memory:').execute('SELECT 1')"


def main() -> None:
    # A user's second start finds its modules compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(f"Medians of {PAIRS} pairs that ran in turn; in brackets the quartiles of the ratio.")
    compare(
        "ticketdeck --version / bare Python with argparse",
        lambda: run_command([COMMAND, "--version"]),
        lambda: run_command([PYTHON, "-c", BARE]),
    )
    compare(
        "exec to first frame: demo / minimal Textual app",
        lambda: first_frame([COMMAND, "demo", "--still"], b"DEMO"),
        lambda: first_frame([PYTHON, str(HERE / "minimal_app.py")], b"ready"),
    )
    stored()
    dashboard()
    views()
    create_form()
    creates()
    decode()
    journal()
    first_sync()
    time_to_see()


def compare(
    title: str,
    ours: Callable[[], float],
    other: Callable[[], float],
    *,
    goal: float | None = None,
    pairs: int = PAIRS,
) -> None:
    """Print the median times of both and of their ratio, pair by pair."""
    ours(), other()
    print_ratio(title, [(ours(), other()) for _ in range(pairs)], goal=goal)


def print_ratio(
    title: str, pairs: Sequence[tuple[float, float]], *, goal: float | None = None
) -> None:
    """Print the medians of seconds taken in pairs, and of their ratio."""
    ratios = [a / b for a, b in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4)
    wanted = "" if goal is None else f" (goal: at most {goal:g}x)"
    print(
        f"{title}: {middle:.2f}x [{low:.2f}-{high:.2f}]{wanted}"
        f"  ({1e3 * statistics.median(a for a, _ in pairs):.3g} ms"
        f" / {1e3 * statistics.median(b for _, b in pairs):.3g} ms)"
    )


def run_command(command: Sequence[str]) -> float:
    """Return the seconds a command takes from exec to exit."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def first_frame(command: Sequence[str], marker: bytes) -> float:
    """Return the seconds from exec until `marker` stands on the screen of a real pty."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS="80", LINES="24")
        os.execv(command[0], list(command))  # noqa: S606 - our own command, in our own pty
    seen = b""
    try:
        while marker not in seen:
            if time.perf_counter() - start > FRAME_LIMIT_S:
                raise TimeoutError(f"{command[0]}: no first frame")
            if select.select([terminal], [], [], 0.5)[0]:
                seen += os.read(terminal, 65_536)
        return time.perf_counter() - start
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(pid, 0)


def decode() -> None:
    """Compare a page's way from bytes to tickets with msgspec decoding the same bytes alone."""
    from decode_page import COUNT, decode_alone, decode_to_tickets

    def per_ticket(work: Callable[[], object]) -> float:
        gc.collect()
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) / COUNT

    compare(
        f"decode, clean and map a ticket (of {COUNT}) / msgspec alone",
        lambda: per_ticket(decode_to_tickets),
        lambda: per_ticket(decode_alone),
    )


def stored() -> None:
    """Compare the commands that only read the store with the least that could do their work."""
    from stored_queue import COUNT, store

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = str(store(folder))
        cache = str(folder / "state" / "cache.db")
        os.environ["XDG_STATE_HOME"] = str(folder)
        compare(
            f"ticketdeck status, {COUNT} tickets / bare Python with argparse and sqlite3",
            lambda: run_command([COMMAND, "--config", config, "status"]),
            lambda: run_command([PYTHON, "-c", BARE_SQLITE]),
        )
        words = ["list", "--cached", "--format", "jsonl"]
        compare(
            f"ticketdeck list --cached, {COUNT} tickets / read and encoded with msgspec alone",
            lambda: run_command([COMMAND, "--config", config, *words]),
            lambda: run_command([PYTHON, str(HERE / "stored_queue.py"), cache]),
        )
        dashboard_words = ["--config", config, "-w", "klink"]
        compare(
            f"exec to first frame: dashboard, {COUNT} tickets stored / minimal Textual app",
            lambda: first_frame([COMMAND, *dashboard_words], b"klink/"),
            lambda: first_frame([PYTHON, str(HERE / "minimal_app.py")], b"ready"),
        )
        del os.environ["XDG_STATE_HOME"]


def dashboard() -> None:
    """Count what the list costs with few and with very many tickets."""
    from dashboard import main as print_costs

    print_costs()


def views() -> None:
    """Compare sorting and filtering in the list with plain Python."""
    from list_views import GOAL, Views

    made = Views()
    for title, ours, floor in (*made.orders(), *made.letters(), *made.fields()):
        compare(f"{title} / plain Python", ours, floor, goal=GOAL, pairs=VIEW_PAIRS)


def create_form() -> None:
    """Count what the form for a new ticket costs, and a create that waits in the list."""
    from create_form import main as print_costs

    print_costs()


def creates() -> None:
    """Compare keeping a draft with SQLite alone, and sending it with a bare POST."""
    from create_times import SIZES, Drafts, send_creates

    with closing(Drafts()) as drafts:
        for size in SIZES:
            compare(
                f"keep a draft of {size:,} characters / a row of sqlite3, synchronous=FULL",
                drafts.keeping(size),
                drafts.inserting(size),
            )
    for title, pairs in send_creates(PAIRS).items():
        print_ratio(f"{title} / bare httpx, POST to first byte", pairs)


def journal() -> None:
    """Compare the journal on disk with SQLite alone, for writing and for loading."""
    from journal import COUNT, PAGE, Journals

    journals = Journals()
    compare(
        f"journal: write {COUNT} tickets in pages of {PAGE} / raw sqlite3",
        journals.write_ours,
        journals.write_raw,
    )
    compare(
        f"journal: load {COUNT} tickets / raw rows of sqlite3",
        journals.load_ours,
        journals.load_raw,
    )


def first_sync() -> None:
    """Compare a first sync with bare httpx fetching the same pages, without and with latency."""
    from first_sync import PAGE_SIZE, PAGES, measure

    for latency_ms in (0, 50):
        ours, bare = measure(latency_ms / 1e3)
        print(
            f"first sync of {PAGES} pages of {PAGE_SIZE}, {latency_ms} ms away / bare httpx:"
            f" {ours / bare:.2f}x  ({ours:.3g} s / {bare:.3g} s)"
        )


def time_to_see() -> None:
    """Compare how soon a new ticket is seen with polling every page, at the same calls."""
    from time_to_see import main as print_waits

    print_waits()


if __name__ == "__main__":
    main()
