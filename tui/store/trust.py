"""Whose a state directory is: the user's, a group's, or open to others. Loads next to nothing."""

import os
import stat


def is_shared(mode: int) -> bool:
    """Whether a directory of this mode is a group's: setgid, and writable for the group alone."""
    return bool(mode & stat.S_ISGID and mode & stat.S_IWGRP and not mode & stat.S_IWOTH)


def is_open(facts: os.stat_result) -> bool:
    """Whether others may write in the directory, and put things there."""
    return not is_shared(facts.st_mode) and bool(facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def is_foreign(facts: os.stat_result) -> bool:
    """Whether the directory belongs to somebody else, and not to a group either."""
    return not is_shared(facts.st_mode) and facts.st_uid != os.geteuid()
