"""Which pages of a workspace the next poll reads, so that calls go where changes are. Pure.

A light poll reads the page where most changes are to be expected by now, and, as often as a round
allows, the page that was left alone for longest. Whatever these pages do not explain is for a
sweep. A round is the time in which every page is read at least once.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from tui.domain.page import PageKey
from tui.domain.ticket import TicketRef
from tui.engine.confirmation import Confirmation
from tui.engine.reading import PageReading
from tui.engine.sweep import PagesReport, SweepReport

ROTATION_SHARE = 0.5
"""Of the calls, at most so much reads pages only because they were left alone for long."""
HOT_READS_IN_A_ROUND = 16
"""Where no total tells on any page that tickets came, hot pages are read so often in a round."""
NEW_TICKET_HEAT = 4.0
CHANGE_HEAT = 1.0
HEAT_OF_ONE_READ = 8.0
"""At most: a change of everything at once is an event, not a habit of the page."""
FIRST_HEAT = 1.0
"""What the first and the last page of a section begin with: no vendor documents its order."""
HALF_LIFE_S = 86_400.0
"""Heat halves in this time, so that a night does not undo what a day has taught."""
ROUNDS_UNTIL_SWEEP = 2
"""Rounds without proof that everything was seen, before a sweep is made instead."""
ROUNDS_UNTIL_LATE = 3
LATE_AT_LEAST_S = 300.0


@dataclass(slots=True)
class _Section:
    pages: int = 1
    page_size: int = 1
    """The most tickets that a page has brought."""
    total: int | None = None
    """What the vendor should tell next, if nothing happens."""
    short: PageReading | None = None
    """The page that ends the list where no total does."""
    grown: int = 0
    """Tickets that have come since the short page was read."""


@dataclass(slots=True)
class _Warmth:
    """What is known of one page."""

    heat: float = 0.0
    heated_at: datetime | None = None
    read_at: datetime | None = None

    def heat_at(self, now: datetime) -> float:
        if self.heated_at is None or self.heat == 0.0:
            return self.heat
        age_s = max(0.0, (now - self.heated_at).total_seconds())
        return float(self.heat * 0.5 ** (age_s / HALF_LIFE_S))

    def unread_s(self, now: datetime) -> float:
        return 0.0 if self.read_at is None else max(0.0, (now - self.read_at).total_seconds())


class PagePlan:
    """Learns from what polls brought, and chooses the pages of the next."""

    def __init__(self, sections: int) -> None:
        self.needs_sweep = True
        """Whether something happened that only a sweep explains; or none was complete yet."""
        self.as_of: datetime | None = None
        """The latest moment whose whole list has been shown since."""
        self._sections = [_Section() for _ in range(sections)]
        self._pages: dict[PageKey, _Warmth] = {}
        self._confirmation = Confirmation()
        self._section_of: dict[TicketRef, int] = {}
        """Every ticket of the last sweep and since."""
        self._counts = False
        """Whether the vendor's total can prove that everything was seen."""
        self._understates = False
        """Whether the vendor was found to count too few."""
        self._swept_at: datetime | None = None
        self._rotated_at: datetime | None = None
        self._due = 0.0
        """Pages by which the rotation lags behind."""
        self._last_was_rotation = False

    @property
    def pages(self) -> int:
        """How many pages there are, as far as is known: the calls of a sweep."""
        return sum(section.pages for section in self._sections)

    def round_s(self, seconds_per_call: float) -> float:
        """Return the time in which every page is read; 0 where every poll reads all of them.

        `seconds_per_call` is what the workspace earns when its budget is spent evenly.
        """
        pages = self.pages
        if pages == 1:
            return 0.0
        if self._counts:
            return seconds_per_call * (pages - 1) / ROTATION_SHARE
        return seconds_per_call * max(HOT_READS_IN_A_ROUND + pages, pages / ROTATION_SHARE)

    def late_after_s(self, interval_s: float, seconds_per_call: float) -> float:
        """Return how long after `as_of` the tickets count as late."""
        pace_s = max(interval_s, self.round_s(seconds_per_call))
        return max(ROUNDS_UNTIL_LATE * pace_s, LATE_AT_LEAST_S)

    def next_pages(
        self, affordable: int, *, now: datetime, seconds_per_call: float, left: int | None = None
    ) -> tuple[PageKey, ...]:
        """Return the pages of the next light poll, at most `affordable` (at least 1) of them.

        Empty where a sweep is due instead. `left` is what may be called at all by now: while a
        sweep takes more than that, light polls go on, and `needs_sweep` stays.
        """
        round_s = self.round_s(seconds_per_call)
        self._rotate(now, round_s)
        due = min(int(self._due), self.pages - 1)
        self.needs_sweep |= self._is_round_over(now, round_s) or 1 + due >= self.pages <= affordable
        if self.can_sweep(left):
            return ()
        hot = max(self._pages, key=lambda key: self._expected(key, now))
        if affordable == 1 and due and not self._last_was_rotation:
            chosen = self._longest_unread(1, now)
        else:
            others = self._longest_unread(min(due, affordable - 1), now, besides=hot)
            chosen = [hot, *others]
        rotated = len(chosen) - (hot in chosen)
        self._last_was_rotation = hot not in chosen
        self._due -= rotated
        return tuple(sorted(chosen))

    def can_sweep(self, left: int | None) -> bool:
        """Whether a sweep is due and may be made with the calls that are left; None: enough."""
        # How long the list is only the first sweep tells.
        is_first = self._swept_at is None
        return self.needs_sweep and (is_first or left is None or self.pages <= left)

    def follow_up(self, readings: Sequence[PageReading]) -> tuple[PageKey, ...]:
        """Return what a light poll reads on top, after `readings`: at most one page.

        Any page's total tells that tickets came; most probably they are where others came before.
        """
        read = {reading.key for reading in readings}
        for number, section in enumerate(self._sections):
            here = [each for each in readings if each.key.section == number]
            told = next((each.total for each in reversed(here) if each.total is not None), None)
            if told is None or section.total is None:
                continue
            came = {
                ref for each in here for ref in each.refs if self._section_of.get(ref) != number
            }
            hottest = max(
                (key for key in self._pages if key.section == number),
                key=lambda key: self._pages[key].heat,
            )
            if told > section.total + len(came) and hottest not in read:
                return (hottest,)
        return ()

    def learn_pages(self, report: PagesReport, at: datetime) -> AbstractSet[TicketRef] | None:
        """Take in a light poll that began `at`.

        Returns the tickets shown since a moment whose whole list they are, for `finish_sweep`;
        None where this poll completes no such proof.
        """
        self._learn(report.readings, at)
        self._compare(report.readings)
        return self._prove() if self._counts else None

    def learn_sweep(self, report: SweepReport, at: datetime) -> AbstractSet[TicketRef] | None:
        """Take in a sweep that began `at`. Returns as `learn_pages` does."""
        self._confirmation.forget_calls()
        fresh = self._learn(report.readings, at)
        self._doubt_total(report, fresh)
        self._measure(report, at)
        self.needs_sweep = False
        self._swept_at = at
        self._rotated_at, self._due = at, 0.0
        proof: AbstractSet[TicketRef] | None = None
        if self._counts:
            proof = self._prove()
        elif report.settled or report.is_cut:
            self._forget_all_but(report.seen)
            proof = frozenset(report.seen) if report.settled else None
        # Not the later of both: the clock may have been put back since.
        self.as_of = at
        return proof

    def _learn(self, readings: Iterable[PageReading], at: datetime) -> AbstractSet[TicketRef]:
        """Take in what was shown, page by page; return the tickets that were not known before."""
        was_swept = self._swept_at is not None
        all_fresh: set[TicketRef] = set()
        for reading in readings:
            # A difference of the two would walk through all tickets there are.
            new = {ref for ref in reading.refs if ref not in self._section_of}
            # In a new process, what the store knew already is no news either.
            fresh = new if was_swept else new & reading.changed
            all_fresh |= fresh
            self._confirmation.add(reading, at, fresh=fresh)
            self._move(reading)
            warmth = self._pages.setdefault(reading.key, _Warmth())
            if was_swept:
                arrived = len(fresh & reading.changed)
                changed = len(reading.changed) - arrived
                gain = min(NEW_TICKET_HEAT * arrived + CHANGE_HEAT * changed, HEAT_OF_ONE_READ)
                warmth.heat, warmth.heated_at = warmth.heat_at(at) + gain, at
            warmth.read_at = at
        return all_fresh

    def _move(self, reading: PageReading) -> None:
        """Note which tickets came into the section, and which sections they left."""
        number = reading.key.section
        here = self._sections[number]
        for ref in reading.refs:
            before = self._section_of.get(ref)
            if before == number:
                continue
            self._section_of[ref] = number
            here.grown += 1
            if here.total is not None:
                here.total += 1
            if before is not None:
                left = self._sections[before]
                left.grown -= 1
                if left.total is not None:
                    left.total -= 1

    def _compare(self, readings: Iterable[PageReading]) -> None:
        """Have a sweep made where the list is not as the tickets that came explain it."""
        section_of: dict[TicketRef, int] = {}
        told: dict[int, int] = {}
        for reading in readings:
            key = reading.key
            section = self._sections[key.section]
            if any(section_of.setdefault(ref, key.section) != key.section for ref in reading.refs):
                self.needs_sweep = True
            if reading.count == 0 and key.index > 0:
                self.needs_sweep = True
            if reading.total is not None:
                told[key.section] = reading.total
            elif section.short is not None:
                self._compare_short(section, section.short, reading)
        for number, total in told.items():
            section = self._sections[number]
            pages = max(1, -(-total // section.page_size))
            if total != section.total or (self._counts and pages != section.pages):
                self.needs_sweep = True
            section.total = total

    def _compare_short(self, section: _Section, short: PageReading, now: PageReading) -> None:
        """Compare the page that ends a list without a total with how it was."""
        if now.key < short.key:
            if now.is_last:
                self.needs_sweep = True
        elif now.is_last != short.is_last or now.count - short.count != section.grown:
            self.needs_sweep = True
        else:
            section.short, section.grown = now, 0

    def _doubt_total(self, report: SweepReport, fresh: AbstractSet[TicketRef]) -> None:
        """Find a vendor out that counts fewer tickets than there are: its total proves nothing."""
        first = report.readings[0]
        if first.total is None or len(report.seen) <= first.total:
            self._understates = False
        else:
            # What was known and is shown was there when the first page was read.
            self._understates |= len(report.seen - fresh) > first.total

    def _measure(self, report: SweepReport, at: datetime) -> None:
        """Learn from a sweep how long the list is, and whether its total can be believed."""
        for number, section in enumerate(self._sections):
            pages_before = section.pages
            readings = [each for each in report.readings if each.key.section == number]
            filled = {each.key: each for each in readings if each.count}
            last = max(filled, default=PageKey(number))
            section.page_size = max(section.page_size, *(each.count for each in filled.values()), 1)
            section.pages = last.index + 1
            self._resize(number, pages_before, at)
            section.total = readings[-1].total if readings else None
            section.grown = 0
            end = filled.get(last)
            is_short = end is not None and (end.is_last or end.count < section.page_size)
            section.short = end if is_short and section.total is None else None
        self._counts = (
            len(self._sections) == 1
            and self._sections[0].total is not None
            and report.missing == 0
            and not report.is_cut
            and not report.repeats
            and not self._understates
        )

    def _resize(self, number: int, pages_before: int, at: datetime) -> None:
        """Have a page for each there is; what came at the old end is expected at the new one."""
        pages = self._sections[number].pages
        if self._swept_at is None:
            for index in {0, pages - 1}:
                self._pages[PageKey(number, index)].heat = FIRST_HEAT
        elif pages > pages_before:
            new_end = self._pages.setdefault(PageKey(number, pages - 1), _Warmth())
            old_end = self._pages[PageKey(number, pages_before - 1)]
            new_end.heat, new_end.heated_at = new_end.heat + old_end.heat_at(at), at
            old_end.heat = 0.0
        for key in [key for key in self._pages if key.section == number and key.index >= pages]:
            del self._pages[key]

    def _prove(self) -> AbstractSet[TicketRef] | None:
        whole = self._confirmation.advance(self._pages.keys())
        if whole is not None:
            self.as_of = whole if self.as_of is None else max(self.as_of, whole)
        proof = self._confirmation.take_proof()
        if proof is not None:
            self._forget_all_but(proof)
        return proof

    def _forget_all_but(self, kept: AbstractSet[TicketRef]) -> None:
        for ref in self._section_of.keys() - kept:
            del self._section_of[ref]

    def _rotate(self, now: datetime, round_s: float) -> None:
        """Let the pages become due that a round asks for meanwhile."""
        since, self._rotated_at = self._rotated_at or now, now
        # Where the total proves nothing, a round is a sweep.
        if self._counts and round_s > 0:
            elapsed_s = max(0.0, (now - since).total_seconds())
            self._due = min(self._due + elapsed_s * (self.pages - 1) / round_s, self.pages)

    def _is_round_over(self, now: datetime, round_s: float) -> bool:
        """Whether it is time for a sweep."""
        since = self.as_of if self._counts else self._swept_at
        if since is None:
            return True
        rounds = ROUNDS_UNTIL_SWEEP if self._counts else 1
        return (now - since).total_seconds() >= rounds * round_s

    def _expected(self, key: PageKey, now: datetime) -> tuple[float, float]:
        """Return a measure of the changes that wait on a page."""
        warmth = self._pages[key]
        heat = warmth.heat_at(now)
        return heat * warmth.unread_s(now), heat

    def _longest_unread(
        self, count: int, now: datetime, besides: PageKey | None = None
    ) -> list[PageKey]:
        pages = [key for key in self._pages if key != besides]
        return sorted(pages, key=lambda key: -self._pages[key].unread_s(now))[:count]
