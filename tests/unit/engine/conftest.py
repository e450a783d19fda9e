"""No test of the engine leaves a database open."""

from collections.abc import Iterator

import pytest

from support.journal import close_opened


@pytest.fixture(autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    close_opened()
