"""Lists of choices and the fields of tenants, kept in the cache."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tui.domain.creates import ChoiceList
from tui.domain.draft import FieldSpec
from tui.store.cache_file import CacheFile


class ChoiceCache:
    """By queue. For any thread; methods raise StateError like the cache's."""

    def __init__(self, file: CacheFile) -> None:
        self._file = file

    def load(self, workspace: str) -> Mapping[str, ChoiceList]:
        """Return the lists of a workspace by the name of their lookup, however old."""
        raise NotImplementedError

    def keep(self, workspace: str, lookup: str, choices: ChoiceList) -> None:
        """Keep a list; one that never came (`as_of` is None) leaves what is there."""
        raise NotImplementedError

    def load_fields(self, workspace: str) -> tuple[tuple[FieldSpec, ...], datetime] | None:
        """Return the tenant's own fields and when they were asked for; None: never."""
        raise NotImplementedError

    def keep_fields(self, workspace: str, fields: Sequence[FieldSpec], at: datetime) -> None:
        """Keep the tenant's own fields."""
        raise NotImplementedError
