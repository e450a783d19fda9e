"""How a dashboard that failed says so to the command that ran it. Loads nothing of Textual."""


class DashboardFailed(Exception):
    """The dashboard ended of its cause, which nobody foresaw; the terminal is as it was before."""

    def __init__(self, screens: tuple[str, ...], size: tuple[int, int]) -> None:
        """`screens`: their kinds, the one in front last; `size`: columns and lines."""
        super().__init__("the dashboard failed")
        self.screens = screens
        self.size = size
