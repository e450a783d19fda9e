"""The saved views as tabs: what each shows, and how it was left. Knows no widget."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.app.filter_history import FilterHistory
from tui.domain.order import Order, parse_order
from tui.domain.query import Query, parse_query
from tui.domain.ticket import TicketRef
from tui.domain.view import View

BUILT_IN = (
    View(name="On fire", query="is:open priority:high+"),
    View(name="Overdue", query="is:overdue"),
    View(name="Unseen", query="is:unseen"),
)
"""For who has not saved any."""
_ALL = View(name="All")


@dataclass(slots=True, kw_only=True)
class Tab:
    """One view, and how somebody left it."""

    name: str
    query: Query
    order: Order
    cursor: TicketRef | None = None
    """The ticket that the cursor stood on."""

    @property
    def shows_all(self) -> bool:
        """Whether it has no query of its own."""
        return not self.query.terms


class Tabs:
    """The views of one session, and the filters that were typed on top of them.

    The view that shows everything is in front when a list is opened: nothing is hidden that nobody
    hid.
    """

    def __init__(self, views: Iterable[View] = ()) -> None:
        """Make the tabs of these views, or of those that are built in where there is none.

        Raises:
            UsageError: the query or the order of a view cannot be read.
        """
        tabs = [_tab(view) for view in tuple(views) or BUILT_IN]
        if not any(tab.shows_all for tab in tabs):
            tabs.append(_tab(_ALL))
        self.tabs = tuple(tabs)
        self.active = self.place_of_all
        self.history = FilterHistory()
        self.filters: dict[tuple[str, ...], str] = {}
        """The filter that was left on the list of some workspaces, by their names."""

    @property
    def front(self) -> Tab:
        """The active one."""
        return self.tabs[self.active]

    @property
    def place_of_all(self) -> int:
        """The place of the view that shows everything."""
        return next(place for place, tab in enumerate(self.tabs) if tab.shows_all)


def _tab(view: View) -> Tab:
    return Tab(name=view.name, query=parse_query(view.query), order=parse_order(view.sort))
