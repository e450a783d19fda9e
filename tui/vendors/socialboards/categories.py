"""SocialBoards' categories as a tree of choices, asked for branch by branch."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tui.domain.draft import Choice
from tui.vendors.decode import Object, dig, shape
from tui.vendors.socialboards.mapping import to_category_choice
from tui.vendors.socialboards.wire import Category

CALLS_LIMIT = 20
"""Categories whose subcategories are asked for: a call each."""

ChildrenOf = Callable[[str], Awaitable[Sequence[object]]]
"""Fetches the subcategories of a category."""


@dataclass(slots=True)
class _Node:
    """One category; without a choice where only others tell of it."""

    choice: Choice | None = None
    can_be_chosen: bool = False
    parent: str | None = None
    children: list[str] = field(default_factory=list)


async def fetch_tree(
    tickets: Iterable[object], root: str | None, children_of: ChildrenOf
) -> tuple[Choice, ...]:
    """Return the categories that a ticket can be put into, each behind what it lies in.

    They begin at `root`, else at the categories of these tickets, because no route for all of them
    is known. What a ticket lies in can be chosen.
    """
    tree = _Tree()
    for ticket in tickets:
        tree.take_seen(dig(ticket, "category"))
    waiting = deque([root] if root else tree.beginnings())
    asked: set[str] = set()
    while waiting and len(asked) < CALLS_LIMIT:
        above = waiting.popleft()
        if above in asked:
            continue
        asked.add(above)
        for raw in await children_of(above):
            if found := tree.take_child(raw, above):
                waiting.append(found)
    return tuple(tree.choices())


class _Tree:
    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}

    def take_seen(self, raw: object) -> None:
        """Take in the category of a ticket, and what it says to lie in."""
        if not isinstance(raw, dict):
            return
        wire, _ = shape(raw, Category)
        found = self._take(raw, can_be_chosen=wire.can_be_chosen is not False)
        parent = to_category_choice({"id": wire.parent_id})
        if found and parent:
            self._put_below(found, parent.value)

    def take_child(self, raw: object, above: str) -> str | None:
        """Take in a subcategory; return its id where it lies there."""
        if not isinstance(raw, dict):
            return None
        wire, _ = shape(raw, Category)
        if wire.is_hidden is True:
            return None
        found = self._take(raw, can_be_chosen=wire.can_be_chosen is not False)
        return found if found and self._put_below(found, above) else None

    def beginnings(self) -> list[str]:
        """Return the categories that lie in no other, as far as is known."""
        return [found for found, node in self._nodes.items() if node.parent is None]

    def choices(self) -> Iterator[Choice]:
        """Yield those that can be chosen, in the order of the tree."""
        waiting: list[tuple[str, tuple[str, ...]]] = []
        waiting += [(found, ()) for found in reversed(self.beginnings())]
        while waiting:
            found, above = waiting.pop()
            node = self._nodes[found]
            labels = above
            if node.choice is not None:
                labels = (*above, node.choice.label)
                if node.can_be_chosen:
                    yield replace(node.choice, above=above)
            waiting += [(child, labels) for child in reversed(node.children)]

    def _take(self, raw: Object, *, can_be_chosen: bool) -> str | None:
        found = to_category_choice(raw)
        if found is None:
            return None
        node = self._nodes.setdefault(found.value, _Node())
        node.choice, node.can_be_chosen = found, can_be_chosen
        return found.value

    def _put_below(self, found: str, above: str) -> bool:
        """Hang a category below another, unless it has a place or would lie in itself."""
        node = self._nodes[found]
        if node.parent is not None:
            return node.parent == above
        place: str | None = above
        while place is not None:
            if place == found:
                return False
            place = self._nodes[place].parent if place in self._nodes else None
        node.parent = above
        self._nodes.setdefault(above, _Node()).children.append(found)
        return True
