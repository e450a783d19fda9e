"""Which tickets a command is about; where some of them are not in sight, that is asked first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.app.deed_text import NOTHING_DONE, count_words
from tui.app.screens.deck import DeckScreen, Result
from tui.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """Tickets that somebody may mean."""

    name: str
    words: str
    """What they are, beside their name."""
    tickets: Sequence[Ticket]


class Targeting(DeckScreen[Result]):
    """Nothing is done to a ticket that the user does not see without being told."""

    def targets(self) -> Sequence[Ticket]:
        """Return the tickets that a key means: the marked ones, else the one at hand."""
        raise NotImplementedError

    def hidden_targets(self) -> int:
        """Return how many of them are not in this list."""
        return 0

    def is_in_sight(self, ticket: Ticket) -> bool:
        """Whether this list has the ticket, be it further up or down."""
        return True

    def at_hand(self) -> Choice | None:
        """Return what a key would mean if nothing were marked."""
        return None

    def with_targets(
        self, go_on: Callable[[Sequence[Ticket]], None], *, instead: Choice | None = None
    ) -> None:
        """Go on with the targets, or with those of them that are meant.

        `instead` is what a key would mean if nothing were marked; else `at_hand`.
        """
        targets, hidden = self.targets(), self.hidden_targets()
        if not hidden:
            go_on(targets)
            return
        choices = _choices(targets, self.is_in_sight, instead or self.at_hand())

        def choose(at: int | None) -> None:
            if at is None:
                self.say(NOTHING_DONE)
            else:
                go_on(choices[at].tickets)

        title = f"{hidden:,} of {count_words(len(targets), 'marked ticket')} not in this list"
        rows = [(choice.name, choice.words) for choice in choices]
        from tui.app.screens.pick import PickScreen

        self.app.push_screen(PickScreen(self.look, title, rows), choose)


def _choices(
    targets: Sequence[Ticket], is_in_sight: Callable[[Ticket], bool], otherwise: Choice | None
) -> list[Choice]:
    """Return what may be meant, first what is in sight."""
    shown = [ticket for ticket in targets if is_in_sight(ticket)]
    hidden = len(targets) - len(shown)
    choices: list[Choice] = []
    if shown:
        choices.append(Choice(_name(shown), "marked, in this list", shown))
    if otherwise is not None and [*otherwise.tickets] != shown:
        choices.append(otherwise)
    words = f"marked, {hidden:,} of them not in this list" if shown else "marked, not in this list"
    choices.append(
        Choice(f"all {len(targets):,}" if len(targets) > 1 else _name(targets), words, targets)
    )
    return choices


def _name(tickets: Sequence[Ticket]) -> str:
    return tickets[0].handle if len(tickets) == 1 else f"{len(tickets):,}"
