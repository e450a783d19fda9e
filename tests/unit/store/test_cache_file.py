"""The cache is always usable: aside with what is not sound, and on in memory where it must be."""

import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from support.builders import make_ticket
from support.clock import FakeClock
from support.journal import (
    cache_path,
    closed_later,
    open_cache,
    open_file,
    open_ledger,
    statement,
)
from support.repeats import repeats
from tui.domain.diff import ChangeSet, Reset
from tui.domain.errors import StateError
from tui.domain.revision import Revisions
from tui.store import database as database_module
from tui.store.cache import TicketCache
from tui.store.cache_file import CACHE, CacheFile
from tui.store.database import (
    RETRY_S,
    Database,
    Schema,
    UnusableFile,
    migration,
    open_kept,
    open_memory,
    open_replaceable,
    told,
)
from tui.store.folder import files_aside
from tui.store.ledger_file import LEDGER

TICKETS = [make_ticket(str(number), body="word " * 40) for number in range(60)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of a cache with tickets in it, closed."""
    file = open_file(tmp_path)
    TicketCache(file).apply("qp", TICKETS)
    file.close()
    return cache_path(tmp_path)


def works(file: CacheFile) -> bool:
    cache = TicketCache(file)
    cache.apply("qp", [make_ticket("works")])
    return "works" in {ticket.ref.id for ticket in cache.tickets()}


class TestCustomerDataIsPrivate:
    @pytest.mark.parametrize("umask", [0o000, 0o022])
    @pytest.mark.parametrize(("folder_mode", "wanted"), [(None, 0o600), (0o2770, 0o660)])
    def test_every_file_has_its_mode_whatever_the_umask(
        self, tmp_path: Path, umask: int, folder_mode: int | None, wanted: int
    ) -> None:
        import os

        folder = tmp_path / "state"
        if folder_mode is not None:
            folder.mkdir()
            folder.chmod(folder_mode)
        before = os.umask(umask)
        try:
            file = open_file(folder)
            TicketCache(file).apply("qp", TICKETS)
            ledger = open_ledger(folder)
            ledger.add_calls("k", 1, FakeClock().now())
        finally:
            os.umask(before)

        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}

        assert set(modes) >= {"cache.db", "cache.db-wal", "cache.db-shm", "ledger.db"}
        assert set(modes.values()) == {wanted}
        assert stat.S_IMODE(folder.stat().st_mode) == (folder_mode or 0o700)


def no_database(path: Path) -> None:
    path.write_text("This is a letter, not a database. " * 99)


def a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").write_text("x")


def a_directory_beside_it(path: Path) -> None:
    path.with_name(f"{path.name}-wal").mkdir()


def a_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def somebody_elses(path: Path) -> None:
    statement(path, "PRAGMA application_id = 1")


def without_an_owner(path: Path) -> None:
    path.unlink()
    statement(path, "CREATE TABLE theirs (x)")


def of_a_version_that_cannot_be(path: Path) -> None:
    statement(path, "PRAGMA user_version = -1")


def older(path: Path) -> None:
    statement(path, "PRAGMA user_version = 2")


def newer(path: Path) -> None:
    statement(path, "PRAGMA user_version = 99")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])


class TestWhatIsNotOurs:
    @pytest.mark.parametrize(
        ("spoil", "reason"),
        [
            (no_database, "damaged (file is not a database)"),
            (a_directory, "not a file"),
            (a_directory_beside_it, "cache.db-wal is not a file"),
            (a_loop, "not a file"),
            (somebody_elses, "not ticketdeck's"),
            (without_an_owner, "not ticketdeck's"),
            (of_a_version_that_cannot_be, "damaged (its version is -1)"),
            (older, "written by an older ticketdeck"),
            (newer, "written by a newer ticketdeck"),
            (cut, "damaged ("),
        ],
    )
    def test_it_is_put_aside_with_a_message_and_begun_anew(
        self, path: Path, spoil: Callable[[Path], None], reason: str
    ) -> None:
        spoil(path)

        file = open_file(path.parent)

        (notice,) = file.notices
        assert notice.startswith(reason)
        aside = "put aside as cache.db.aside-20260204T120000Z, begun anew"
        assert notice.endswith(f"; {aside}: {path}"), "the path eats no room of the rest"
        assert file.memory_only is None
        assert TicketCache(file).tickets() == ()
        assert works(file)
        assert files_aside(path)
        assert open_file(path.parent).notices == ()

    @pytest.mark.parametrize("what", ["empty", "missing", "missing folder"])
    def test_nothing_is_a_beginning(self, tmp_path: Path, what: str) -> None:
        folder = tmp_path / "state" if what == "missing folder" else tmp_path
        if what == "empty":
            cache_path(folder).touch()

        file = open_file(folder)

        assert (file.notices, file.memory_only) == ((), None)
        assert works(file)

    def test_only_so_many_are_kept_aside(self, tmp_path: Path) -> None:
        clock = FakeClock()
        for number in range(database_module.KEPT_ASIDE + 4):
            clock._now += timedelta(seconds=1)
            cache_path(tmp_path).write_text(f"no database {number} " * 99)
            open_file(tmp_path, clock=clock).close()
            for suffix in ("-wal", "-shm"):
                assert not cache_path(tmp_path).with_name(f"cache.db{suffix}").exists()

        kept = files_aside(cache_path(tmp_path))

        assert len(kept) == database_module.KEPT_ASIDE
        assert "no database 12 " in kept[-1].read_text()


class TestCorruption:
    def test_whatever_bytes_are_wrong_the_cache_opens_and_works(
        self, path: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        sound = path.read_bytes()
        random = Random(57)
        folder = tmp_path_factory.mktemp("corrupt")
        outcomes = {"aside": 0, "unharmed": 0}
        tries = repeats(60, 1_000)
        for _ in range(tries):
            target = cache_path(folder)
            begin = random.randrange(len(sound))
            wrong = random.randbytes(random.choice([1, 16, 512, 4096]))
            content = (sound[:begin] + wrong + sound[begin + len(wrong) :])[: len(sound)]
            target.write_bytes(content)

            began = time.monotonic()
            file = open_file(folder)
            cache = TicketCache(file)
            shown = cache.tickets()
            cache.apply("qp", TICKETS)
            cache.finish_sweep("qp", {ticket.ref for ticket in TICKETS})
            took = time.monotonic() - began
            if not cache.tickets():
                # A ticket was there twice, and the cache was begun anew: the next sweep fills it.
                cache.apply("qp", TICKETS)
            whole = cache.tickets()
            file.close()

            assert took < 2
            assert file.memory_only is None
            assert all(ticket in TICKETS for ticket in shown), "no wrong ticket is shown"
            assert sorted(whole, key=lambda ticket: ticket.ref) == sorted(
                TICKETS, key=lambda ticket: ticket.ref
            )
            if file.notices:
                outcomes["aside"] += 1
                assert files_aside(target)
            else:
                outcomes["unharmed"] += 1
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)

        assert min(outcomes.values()) > tries // 5, outcomes

    def test_a_row_that_quick_check_takes_for_sound_is_noticed(self, path: Path) -> None:
        statement(path, "UPDATE tickets SET content = zeroblob(length(content)) WHERE id = '7'")
        file = open_file(path.parent)
        cache = TicketCache(file)

        assert cache.tickets() == ()

        (notice,) = file.notices
        assert "not as it was written" in notice
        assert files_aside(path)
        assert works(file)

    def test_damage_while_it_is_open_is_put_aside_and_every_process_follows(
        self, path: Path
    ) -> None:
        one, other = open_cache(path.parent), open_cache(path.parent)
        position = other.changes_since(None).position
        statement(path, "UPDATE tickets SET checksum = 0", "DROP TABLE changes")

        assert one.apply("qp", [make_ticket("new")])

        answer = other.changes_since(position)
        assert isinstance(answer, Reset)
        assert answer.tickets == (make_ticket("new"),)
        assert other._file.notices == (), "the first has told it"

    def test_a_file_that_was_removed_is_begun_anew(self, path: Path) -> None:
        cache = open_cache(path.parent)
        position = cache.changes_since(None).position
        for each in path.parent.glob("cache.db*"):
            each.unlink()

        assert cache.has_news() is True
        assert isinstance(cache.changes_since(position), Reset)
        assert works(cache._file)
        assert path.exists()


class TestNoPlace:
    def test_a_file_in_the_folders_place_leaves_the_memory(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")

        file = open_file(tmp_path / "file")

        assert file.memory_only is not None
        reason = "not a directory; set state_dir to another place"
        assert file.memory_only == f"{reason}: {tmp_path / 'file'}"
        assert works(file)

    def test_what_cannot_be_put_aside_leaves_the_memory(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        no_database(path)

        def refuse(path: Path, now: object) -> Path:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(database_module, "put_aside", refuse)
        file = open_file(path.parent)

        assert "cannot be put aside: Permission denied" in (file.memory_only or "")
        assert works(file)

    def test_a_lock_that_is_kept_is_waited_for_and_then_told(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database_module, "BUSY_S", 0.05)
        cache = open_cache(path.parent)
        with closing(sqlite3.connect(path, isolation_level=None)) as greedy:
            greedy.execute("BEGIN IMMEDIATE")

            with pytest.raises(StateError, match="other processes kept it locked"):
                cache.apply("qp", [make_ticket("new")])
            assert len(cache.tickets()) == len(TICKETS), "reading goes on"

        assert cache._file.notices == ()
        assert cache._file.memory_only is None
        assert cache.apply("qp", [make_ticket("new")])

    def test_the_log_takes_no_room_that_the_ledger_may_want(self, path: Path) -> None:
        cache = open_cache(path.parent)

        for number in range(200):
            cache.apply("qp", [make_ticket("1", body=f"{number}" * 8_000)])

        assert path.with_name("cache.db-wal").stat().st_size < 2 * 2**20

    async def test_a_file_that_can_be_written_again_is_used_again(self, path: Path) -> None:
        clock = FakeClock()
        cache = open_cache(path.parent, clock=clock)
        with cache._file._database.plain() as connection:
            connection.execute("PRAGMA query_only = ON")
        cache.apply("qp", [make_ticket("meanwhile")])
        position = cache.changes_since(None).position
        assert "readonly" in (cache._file.memory_only or "")

        await clock.advance(RETRY_S)
        answer = cache.changes_since(position)

        assert cache._file.memory_only is None
        assert isinstance(answer, Reset)
        assert len(answer.tickets) == len(TICKETS), "the next sweep brings the others"
        assert works(cache._file)
        assert len(open_cache(path.parent).tickets()) == len(TICKETS) + 1

    def test_a_file_that_turns_read_only_is_left_for_memory_with_all_that_was_in_it(
        self, path: Path
    ) -> None:
        cache = open_cache(path.parent)
        position = cache.changes_since(None).position
        with cache._file._database.plain() as connection:
            connection.execute("PRAGMA query_only = ON")

        assert cache.apply("qp", [make_ticket("new")])

        assert "readonly" in (cache._file.memory_only or "")
        answer = cache.changes_since(position)
        assert isinstance(answer, ChangeSet), "readers go on where they were"
        assert answer.added == (make_ticket("new"),)
        assert len(cache.tickets()) == len(TICKETS) + 1


class TestNetworkFileSystem:
    @pytest.fixture
    def on_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database_module, "is_on_network", lambda _: True)

    def journal_mode(self, path: Path) -> str:
        with closing(sqlite3.connect(path)) as connection:
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

    def test_there_is_no_wal(self, tmp_path: Path, on_network: None) -> None:
        one, other = open_cache(tmp_path), open_cache(tmp_path)
        open_ledger(tmp_path)
        one.apply("qp", TICKETS)

        assert self.journal_mode(cache_path(tmp_path)) == "delete"
        assert self.journal_mode(tmp_path / LEDGER.file) == "delete"
        assert len(other.tickets()) == len(TICKETS)
        assert not list(tmp_path.glob("*-wal"))

    def test_a_file_that_came_there_with_one_loses_it(self, path: Path, on_network: None) -> None:
        assert self.journal_mode(path) == "wal"

        cache = open_cache(path.parent)

        assert len(cache.tickets()) == len(TICKETS)
        assert self.journal_mode(path) == "delete"
        assert len(open_cache(path.parent).tickets()) == len(TICKETS), "others can open it too"


class TestSchema:
    @pytest.mark.parametrize("schema", [CACHE, LEDGER])
    def test_the_version_is_the_last_migrations(self, schema: Schema) -> None:
        folder = Path(database_module.__file__).with_name("migrations") / schema.migrations

        numbers = [int(script.name[:4]) for script in sorted(folder.iterdir())]

        assert numbers == list(range(schema.oldest, schema.version + 1))

    def test_cache_and_ledger_are_told_apart(self, tmp_path: Path) -> None:
        open_kept(tmp_path, LEDGER).close()
        (tmp_path / LEDGER.file).rename(cache_path(tmp_path))

        assert open_file(tmp_path).notices[0].startswith("not ticketdeck's")

    def test_an_older_file_is_brought_up_to_date_and_keeps_its_content(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = open_kept(tmp_path, LEDGER)
        with old.writing() as connection:
            connection.execute("INSERT INTO calls VALUES ('a', 1, 2, 3)")
        old.close()
        grown = Schema(
            file=LEDGER.file,
            application_id=LEDGER.application_id,
            version=LEDGER.version + 1,
            migrations=LEDGER.migrations,
            is_lasting=True,
        )

        def scripts(schema: Schema, number: int) -> list[str]:
            assert number == LEDGER.version + 1
            return ["ALTER TABLE calls ADD COLUMN extra;", "UPDATE calls SET extra = calls;"]

        monkeypatch.setattr(database_module, "migration", scripts)
        new = closed_later(open_kept(tmp_path, grown))

        with new.reading() as connection:
            assert connection.execute("SELECT * FROM calls").fetchall() == [("a", 1, 2, 3, 2)]
            assert connection.execute("PRAGMA user_version").fetchone() == (grown.version,)

    def test_a_migration_that_fails_leaves_the_file_as_it_was(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def scripts(schema: Schema, number: int) -> list[str]:
            return ["ALTER TABLE tickets ADD COLUMN half", "NONSENSE"]

        monkeypatch.setattr(database_module, "migration", scripts)
        newer_schema = Schema(
            file=CACHE.file,
            application_id=CACHE.application_id,
            version=CACHE.version + 1,
            migrations=CACHE.migrations,
            is_lasting=False,
        )
        with pytest.raises(StateError):
            open_kept(path.parent, newer_schema)

        assert len(open_cache(path.parent).tickets()) == len(TICKETS)
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            assert version == CACHE.version

    def test_the_ledger_waits_for_the_disk_and_the_cache_does_not(self, tmp_path: Path) -> None:
        ledger = closed_later(open_kept(tmp_path, LEDGER))
        cache = closed_later(open_replaceable(tmp_path, CACHE, FakeClock().now())[0])

        def synchronous(database: Database) -> int:
            with database.plain() as connection:
                return int(connection.execute("PRAGMA synchronous").fetchone()[0])

        assert (synchronous(ledger), synchronous(cache)) == (3, 1)

    def test_statements_of_a_script_are_whole(self) -> None:
        assert all(map(sqlite3.complete_statement, migration(CACHE, CACHE.oldest)))
        assert sum("TRIGGER" in each for each in migration(CACHE, CACHE.oldest)) == 3


def test_a_transaction_that_fails_leaves_nothing_behind() -> None:
    database = closed_later(open_memory(LEDGER))

    def interrupted() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO calls VALUES ('a', 1, 2, 3)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (0,)


def test_a_cache_that_was_closed_is_not_taken_for_damaged(path: Path) -> None:
    file = open_file(path.parent)
    cache = TicketCache(file)
    file.close()

    with pytest.raises(StateError, match="closed database"):
        cache.apply("qp", [make_ticket("late")])

    assert file.notices == ()
    assert files_aside(path) == []
    assert len(open_cache(path.parent).tickets()) == len(TICKETS)


def test_threads_share_a_cache(tmp_path: Path) -> None:
    cache = open_cache(tmp_path)

    def write(thread: int) -> int:
        for number in range(20):
            cache.apply("qp", [make_ticket(f"{thread}.{number}")])
            cache.changes_since(None)
        return thread

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(write, range(6))) == list(range(6))

    assert len(cache.tickets()) == 120
    assert cache.changes_since(None).position.n == 120


def test_writers_that_meet_wait_for_each_other(tmp_path: Path) -> None:
    caches = [open_cache(tmp_path) for _ in range(4)]
    start = caches[0].changes_since(None).position

    def write(writer: int) -> None:
        for number in range(40):
            caches[writer].apply("qp", [make_ticket(str(number % 5), title=f"{writer} {number}")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    assert {cache.changes_since(None).position.n for cache in caches} == {160}
    told = caches[0].revisions_since(start)
    assert isinstance(told, Revisions)
    assert [each.n for each in told.revisions] == list(range(1, 161))


def test_errors_name_the_file_and_are_one_line() -> None:
    error = sqlite3.OperationalError("database or disk\nis full\x1b[2J")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL

    found = told(error, Path("/state/cache.db"))

    assert isinstance(found, UnusableFile)
    assert str(found) == "database or disk is full␛; free some space: /state/cache.db"


def test_a_slow_starter_does_not_put_aside_what_another_has_begun(path: Path) -> None:
    damaged, _ = open_replaceable(path.parent, CACHE, FakeClock().now())
    first, notice = open_replaceable(
        path.parent, CACHE, FakeClock().now(), known_as_damaged=damaged
    )
    second, no_notice = open_replaceable(
        path.parent, CACHE, FakeClock().now(), known_as_damaged=damaged
    )

    for each in (damaged, first, second):
        closed_later(each)

    assert notice is not None
    assert no_notice is None
    assert first.is_in_place()
    assert second.is_in_place()
    aside = [each for each in files_aside(path) if not each.name.endswith(("-wal", "-shm"))]
    assert len(aside) == 1
