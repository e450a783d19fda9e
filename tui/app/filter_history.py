"""The filters that were kept in this session, to be typed again with one key. Knows no widget."""

from collections.abc import Iterator

_MOST = 50


class FilterHistory:
    """Walks through what was typed before, as a shell does.

    What is being typed when the walk begins is found again at its end.
    """

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._at = 0
        self._draft = ""

    def __iter__(self) -> Iterator[str]:
        """Yield the filters, the oldest first."""
        return iter(self._kept)

    def keep(self, text: str) -> None:
        """Take a filter in as the latest; each stands here once."""
        text = text.strip()
        if text:
            self._kept = [*(each for each in self._kept if each != text), text][-_MOST:]
        self.rest()

    def rest(self) -> None:
        """End the walk: the next one begins at the latest."""
        self._at, self._draft = len(self._kept), ""

    def earlier(self, typed: str) -> str | None:
        """Return the filter before; None at the oldest one."""
        if self._at >= len(self._kept):
            self._at, self._draft = len(self._kept), typed
        # What is typed already is not worth a key.
        while self._at > 0:
            self._at -= 1
            if self._kept[self._at] != typed.strip():
                return self._kept[self._at]
        return None

    def later(self) -> str | None:
        """Return the filter after, at last what was being typed; None where no walk is on."""
        if self._at >= len(self._kept):
            return None
        self._at += 1
        return self._kept[self._at] if self._at < len(self._kept) else self._draft
