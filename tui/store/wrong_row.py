"""What readers of the store raise where a row does not hold what was written into it."""


class WrongRow(ValueError):
    """A row is not as it was written; of the cache, the whole file is taken for damaged then."""
