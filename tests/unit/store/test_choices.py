"""Lists of choices are there before their vendor is asked, and a wrong one never."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from support.builders import NOON
from support.journal import QUEUES, cache_path, open_cache, open_file, statement
from tui.domain.creates import ChoiceList
from tui.domain.draft import Choice, FieldRole, FieldSpec, FieldType
from tui.store.cache_file import CACHE
from tui.store.choices import ChoiceCache
from tui.store.database import open_replaceable

LIST = ChoiceList(
    (Choice("7", "Ana"), Choice("8", "Bén", above=("Team", "Night shift"))), as_of=NOON
)
FIELDS = (
    FieldSpec(
        key="customFields.cf_date",
        label="Due",
        type=FieldType.DATE,
        required=True,
        choices=(Choice("1", "one"),),
        role=FieldRole.TAGS,
        default="",
        hint="YYYY-MM-DD",
    ),
    FieldSpec(key="plain", label="Plain"),
)


def open_choices(folder: Path | None, **options: object) -> ChoiceCache:
    return ChoiceCache(open_file(folder, **options))  # type: ignore[arg-type]  # as given


def test_a_list_is_there_after_a_restart_under_its_name(tmp_path: Path) -> None:
    open_choices(tmp_path).keep("qp", "users", LIST)
    open_choices(tmp_path).keep("qp", "segments", ChoiceList(as_of=NOON))

    again = open_choices(tmp_path)

    assert again.load("qp") == {"users": LIST, "segments": ChoiceList(as_of=NOON)}
    assert again.load("klink") == {}


def test_a_newer_list_takes_the_place_of_an_older_one_and_a_failure_of_none(
    tmp_path: Path,
) -> None:
    choices = open_choices(tmp_path)
    newer = ChoiceList((Choice("9", "Cem"),), NOON + timedelta(hours=1))
    choices.keep("qp", "users", LIST)
    choices.keep("qp", "users", newer)

    choices.keep("qp", "users", ChoiceList(problem="nobody answers"))

    assert choices.load("qp") == {"users": newer}


def test_why_a_list_is_old_is_not_kept(tmp_path: Path) -> None:
    choices = open_choices(tmp_path)
    choices.keep("qp", "users", ChoiceList(as_of=NOON, problem="nobody answers"))

    assert choices.load("qp")["users"].problem == ""


def test_a_tenants_fields_come_back_as_they_were(tmp_path: Path) -> None:
    assert open_choices(tmp_path).load_fields("qp") is None
    open_choices(tmp_path).keep_fields("qp", [FIELDS[1]], NOON - timedelta(days=1))

    open_choices(tmp_path).keep_fields("qp", FIELDS, NOON)

    assert open_choices(tmp_path).load_fields("qp") == (FIELDS, NOON)
    assert open_choices(tmp_path, queues={"emea": QUEUES["qp"]}).load_fields("emea") is not None
    assert open_choices(tmp_path).load_fields("klink") is None


@pytest.mark.parametrize(
    "change",
    [
        "content = zeroblob(length(content))",
        "as_of = as_of + 1",
        "content = x'c1'",
        "checksum = 0",
        "as_of = 9223372036854775807",
    ],
)
@pytest.mark.parametrize("table", ["choices", "tenant_fields"])
def test_what_is_not_as_it_was_written_is_as_if_it_never_was(
    tmp_path: Path, table: str, change: str
) -> None:
    choices = open_choices(tmp_path)
    choices.keep("qp", "users", LIST)
    choices.keep_fields("qp", FIELDS, NOON)
    statement(cache_path(tmp_path), f"UPDATE {table} SET {change}")  # noqa: S608  ours

    found = (len(choices.load("qp")), choices.load_fields("qp") is not None)

    assert found == ((0, True) if table == "choices" else (1, False))


def test_what_another_version_wrote_is_as_if_it_never_was(tmp_path: Path) -> None:
    choices = open_choices(tmp_path)
    strange = FieldSpec(key="k", label="L", type="holograph")  # type: ignore[arg-type]  # of later
    choices.keep_fields("qp", [strange], NOON)

    assert choices.load_fields("qp") is None


def test_a_purge_takes_them_with_it_and_an_older_than_what_is_older(tmp_path: Path) -> None:
    choices, cache = open_choices(tmp_path), open_cache(tmp_path)
    choices.keep("qp", "old", ChoiceList(as_of=NOON - timedelta(days=2)))
    choices.keep("qp", "new", ChoiceList(as_of=NOON))
    choices.keep_fields("qp", FIELDS, NOON - timedelta(days=2))
    choices.keep_fields("klink", FIELDS, NOON)

    cache.purge(timedelta(days=1))
    left = list(choices.load("qp")), choices.load_fields("qp"), choices.load_fields("klink")
    cache.purge()

    assert left == (["new"], None, (FIELDS, NOON))
    assert choices.load("qp") == {}
    assert choices.load_fields("klink") is None


def test_in_memory_they_last_as_long_as_the_process() -> None:
    choices = open_choices(None)
    choices.keep("qp", "users", LIST)

    assert list(choices.load("qp")) == ["users"]


def test_a_cache_from_before_there_were_any_is_brought_up_and_keeps_its_queues(
    tmp_path: Path,
) -> None:
    old, _ = open_replaceable(tmp_path, replace(CACHE, version=1), NOON)
    with old.writing() as connection:
        connection.execute(
            "INSERT INTO queues (queue, vendor, origin, place) VALUES (41, ?, ?, ?)",
            (QUEUES["qp"].vendor, QUEUES["qp"].origin, QUEUES["qp"].place),
        )
    old.close()
    file = open_file(tmp_path)

    ChoiceCache(file).keep("qp", "users", LIST)

    assert (file.notices, file.id_of("qp")) == ((), 41)
    assert ChoiceCache(file).load("qp") == {"users": LIST}
