"""Whatever stands in a cell of the cache: its readers go on, and a wrong one never reaches them."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from support.builders import NOON, make_ticket
from support.journal import QUEUES, cache_path, close_opened, open_file, statement
from support.repeats import repeats
from tui.domain.activity import PollRecord
from tui.domain.creates import ChoiceList
from tui.domain.diff import Position
from tui.domain.draft import Choice, FieldSpec
from tui.domain.errors import LeaseLost
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.ticket import Status
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile
from tui.store.choices import ChoiceCache
from tui.store.glance import Glance, NoGlance
from tui.store.lease import Leases
from tui.store.poll_log import PollLog
from tui.store.seen_marks import SeenMarks
from tui.store.totals import read_samples

ONE, TWO, NEW = make_ticket("1", due_at=NOON), make_ticket("2"), make_ticket("3")
OF_WRONG_TYPES = ("x", b"\xff\xfe", None, 0.5)
EXTREME = (2**63 - 1, -(2**63), 9e999, "\x1b[2J", b"\xff" * 9)
Cell = tuple[str, str]
Spoil = Callable[[Path, Cell, object], None]


def fill(file: CacheFile) -> None:
    cache = TicketCache(file)
    cache.apply("qp", [ONE, TWO, NEW])
    cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON, late_at=NOON))
    cache.apply("qp", [make_ticket("2", status=Status.RESOLVED)], [NEW.ref])
    SeenMarks(file).unseen("ana")
    cache.apply("qp", [make_ticket("1", title="other", due_at=NOON)])
    SeenMarks(file).mark("ana", [TWO.ref])
    leases = Leases(file, patience=timedelta(seconds=9))
    leases.acquire("qp", "us", NOON)
    leases.watch("qp", NOON)
    polled = PollRecord(
        at=NOON, took_s=1.5, calls=1, size=9, is_sweep=True, changes=1, error="late"
    )
    PollLog(file).add("qp", polled)
    ChoiceCache(file).keep("qp", "users", ChoiceList((Choice("7", "Ana"),), as_of=NOON))
    ChoiceCache(file).keep_fields("qp", [FieldSpec(key="plain", label="Plain")], NOON)
    cache.finish_sweep("qp", {ONE.ref, TWO.ref})


def use(file: CacheFile, position: Position) -> None:
    """Do with the cache whatever is ever done with it."""
    cache, seen, polls = TicketCache(file), SeenMarks(file), PollLog(file)
    leases, choices = Leases(file, patience=timedelta(seconds=9)), ChoiceCache(file)
    cache.has_news()
    sorted(ticket.ref for ticket in cache.tickets())
    cache.changes_since(None)
    cache.changes_since(position)
    cache.revisions_since(position)
    cache.revisions_since(position, settled=True, limit=1)
    cache.history(ONE.ref)
    {health.at(NOON) for health in cache.health().values()}
    cache.epoch("qp").encode()
    seen.unseen("ana")
    seen.mark("ana", [ONE.ref], position)
    seen.mark("ana", None)
    sum(seen.state("ana"))
    state = leases.state("qp")
    assert state is None or (state.owner or "").encode() is not None
    lease = leases.acquire("qp", "us", NOON)
    if lease is not None:
        leases.ask_for_poll("qp", NOON)
        leases.beat(lease, NOON)
    for poll in polls.last("qp"):
        assert f"{poll.at:%H:%M} {poll.took_s:.0f} {poll.error or ''}".encode()
    polls.newest("qp")
    choices.load("qp")
    choices.load_fields("qp")
    sum(sample.open + sample.overdue for sample in read_samples(file, "qp", NOON))
    with suppress(LeaseLost):
        cache.apply("qp", [make_ticket("4")], [TWO.ref], lease=lease)
        cache.set_health("qp", WorkspaceHealth(state=HealthState.OK, as_of=NOON), lease=lease)
        cache.finish_sweep("qp", {ONE.ref}, lease=lease)
    cache.purge(timedelta(days=1))


def glance_at(path: Path) -> bool:
    """Read all that is ever read without writing; return whether it could be read."""
    key, now = QUEUES["qp"], 1
    with (
        suppress(NoGlance),
        closing(
            Glance(str(path), application_id=CACHE.application_id, version=CACHE.version)
        ) as it,
    ):
        found = it.queue(key.vendor, key.origin, key.place)
        if found is None:
            return True
        number, _, as_of, late_at = found
        assert max(as_of or 0, late_at or 0) < 2**63
        it.count(number, now)
        it.totals(number, now, {3: 5})
        it.unseen(number, "ana")
        [*it.novelties(number, "qp", "ana")]
        it.position()
        it.health(number).at(NOON)
        [*it.tickets(number, "qp")]
        it.most_urgent({number: "qp"}, now, 9, {3: 5})
        return True
    return False


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Position]:
    """Return the bytes of a cache in which no table is empty, and a position in it."""
    folder = tmp_path_factory.mktemp("sound")
    file = open_file(folder)
    position = TicketCache(file).changes_since(None).position
    fill(file)
    close_opened()
    return cache_path(folder).read_bytes(), position


def cells(path: Path) -> list[Cell]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        found = [
            (table, row[1])
            for (table,) in tables.fetchall()
            for row in connection.execute(f"PRAGMA table_info({table})")
        ]
        for table in {table for table, _ in found}:
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            assert rows, f"{table} has no cell to make wrong"
    return found


def by_sql(path: Path, cell: Cell, value: object) -> None:
    """Write what SQLite takes for that column, behind the program's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE {} SET {} = ?".format(*cell), (value,))  # noqa: S608  ours


def by_bytes(path: Path, cell: Cell, value: object) -> None:
    """Write what SQLite does not take for that column, as a wrong byte of the file would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        strict = connection.execute("SELECT name, sql FROM sqlite_schema").fetchall()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(replace(replace("
            "sql, ') STRICT, ', ') '), ') STRICT', ')'), ' NOT NULL', '')"
            " WHERE type = 'table'"
        )
    by_sql(path, cell, value)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.executemany("UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1", strict)


def with_each(
    sound: bytes, path: Path, spoil: Spoil, values: Iterable[object], check: Callable[[Path], None]
) -> int:
    """Check the cache with each value in each cell, of which some will do; return how often."""
    path.write_bytes(sound)
    checked = 0
    for cell, value in [*product(cells(path), values)][:: repeats(3, 1)]:
        path.write_bytes(sound)
        try:
            spoil(path, cell, value)
        except sqlite3.IntegrityError:
            continue
        try:
            check(path)
        except Exception as error:
            error.add_note(f"{'.'.join(cell)} was {value!r}")
            raise
        checked += 1
        close_opened()
        for left in path.parent.iterdir():
            left.unlink()
    return checked


@pytest.mark.parametrize(("spoil", "values"), [(by_sql, EXTREME), (by_bytes, OF_WRONG_TYPES)])
def test_a_wrong_cell_costs_the_cache_at_most(
    tmp_path: Path, sound: tuple[bytes, Position], spoil: Spoil, values: Sequence[object]
) -> None:
    content, position = sound
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)

    def goes_on(path: Path) -> None:
        glance_at(path)
        file = open_file(path.parent)
        use(file, position)
        assert file.memory_only is None
        assert len(file.notices) <= 1
        assert glance_at(path), "what cannot be read is begun anew"

    assert with_each(content, cache_path(folder), spoil, values, goes_on) > 40


def test_no_value_of_another_type_is_taken(tmp_path: Path) -> None:
    open_file(tmp_path)

    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in BLOB column"):
        statement(
            cache_path(tmp_path),
            "INSERT INTO tickets VALUES (1, 'a', 'x', 0, '', 0, 0, 0, 0, 0, 0)",
        )
