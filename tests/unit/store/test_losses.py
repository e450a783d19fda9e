"""What is lost is told in whole sentences."""

from support.journal import open_ledger_file
from tui.store.losses import keep_former, told_losses


def test_what_a_former_ledger_left_open_is_told_by_its_number() -> None:
    file = open_ledger_file(None)
    for count in (0, 1, 2):
        keep_former(file, count)

    had_no_end = "from before ledger.db was begun anew had no known end (see audit.log)"
    assert told_losses(file) == (
        f"1 create {had_no_end}: look at the vendor before sending it again",
        f"2 creates {had_no_end}: look at the vendor before sending them again",
    )
