"""What was noticed, in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.app.notices import notice_words

_PLACE = "/home/ana/.config/ticketdeck/config.toml:12: "


def test_one_that_fits_stands_alone_and_without_its_folders() -> None:
    words = notice_words([f"{_PLACE}colour: unknown key"], "L", 78, cut="…")

    assert words == "config.toml:12: colour: unknown key"


def test_what_ends_in_a_file_begins_with_its_name_so_that_it_is_not_cut_off() -> None:
    problem = "written by a newer ticketdeck; update ticketdeck; nothing is created without it: "

    words = notice_words(
        [f"{problem}/home/ana/.local/state/ticketdeck/ledger.db"], "L", 78, cut="…"
    )

    assert words.startswith("ledger.db: written by a newer ticketdeck; update ticketdeck; ")


@pytest.mark.parametrize(
    ("notices", "key", "end"),
    [
        (["short", "other"], "L", "short (and 1 more; L shows all)"),
        (["short", "other"], "", "short (and 1 more)"),
        ([f"{_PLACE}{'long ' * 30}"], "L", "… (L shows all)"),
    ],
)
def test_the_way_to_all_of_them_is_there(notices: list[str], key: str, end: str) -> None:
    assert notice_words(notices, key, 78, cut="…").endswith(end)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=90), min_size=1, max_size=4))
def test_it_never_takes_more_room_than_there_is(notices: list[str]) -> None:
    words = notice_words(notices, "L", 38, cut="...")

    assert cell_len(words) <= 38
    assert len(notices) == 1 or words.endswith(f"(and {len(notices) - 1} more; L shows all)")
