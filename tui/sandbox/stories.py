"""Makes up who writes and what they write about, in eight languages, from `phrases.toml`."""

import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from tui.sandbox.hostile import HOSTILE
from tui.sandbox.ticket import Customer, Priority

Item = TypeVar("Item")

RETURNING_SHARE = 0.25
"""How often the writer is someone who wrote before."""
_REDRAWS = 4
"""How often a title that was used before is drawn again."""
_GRAVITIES: dict[Priority, tuple[int, ...]] = {
    "critical": (3,),
    "high": (3, 2, 2, 2),
    "medium": (2, 1, 1),
    "low": (1, 0, 0),
}
_ASCII = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "\u0131": "i", "&": "", "'": "", " ": ""})


@dataclass(frozen=True, slots=True)
class Story:
    """What a ticket says."""

    title: str
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class _Topic:
    tag: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Language:
    currency: str
    places: tuple[str, ...]
    products: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """Name, and local part of the address."""
    companies: tuple[tuple[str, str], ...]
    """Name and domain."""
    closings: tuple[str, ...]
    topics: tuple[tuple[_Topic, ...], ...]
    """By gravity."""


class Storyteller:
    """Draws stories and their writers from one source of chance."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._languages, self._weights = _load()
        self._used: set[str] = set()
        self._next_hostile = rng.randrange(len(HOSTILE))
        self._known: dict[int, list[Customer]] = {}

    def tell(self, priority: Priority, at: datetime) -> tuple[Story, Customer]:
        """Return a story as grave as its priority suggests, told at `at`, and who tells it."""
        rng = self._rng
        [language] = rng.choices(self._languages, cum_weights=self._weights)
        customer = self._writer(language)
        topic, slots, title = self._draw(language, priority, at)
        for _ in range(_REDRAWS):
            if title not in self._used:
                break
            topic, slots, title = self._draw(language, priority, at)
        self._used.add(title)
        text = topic.text.format_map(slots)
        closing = self._pick(language.closings)
        story = Story(
            title[:1].upper() + title[1:],
            f"{text}\n\n{closing}" if closing else text,
            topic.tag,
        )
        return story, customer

    def tell_hostile(self) -> tuple[Story, Customer]:
        """Return a story that attacks whoever shows it."""
        title, text = HOSTILE[self._next_hostile % len(HOSTILE)]
        self._next_hostile += 1
        return Story(title, text, "website"), self._writer(self._languages[0])

    def _draw(
        self, language: _Language, priority: Priority, at: datetime
    ) -> tuple[_Topic, dict[str, object], str]:
        """Return a topic, what fills its slots, and its title."""
        topic = self._pick(language.topics[self._pick(_GRAVITIES[priority])])
        places = language.places
        first = self._below(len(places))
        second = (first + 1 + self._below(len(places) - 1)) % len(places)
        minute = (at.hour * 60 + at.minute - 5 - self._below(85)) // 5 * 5 % (24 * 60)
        slots: dict[str, object] = {
            "place": places[first],
            "place2": places[second],
            "product": self._pick(language.products),
            "store": 2 + self._below(97),
            "order": f"A-{10_000 + self._below(90_000)}",
            "invoice": f"R{20_000 + self._below(70_000)}",
            "amount": language.currency.format(f"{8 + self._below(93_000) / 100:.2f}"),
            "time": f"{minute // 60:02}:{minute % 60:02}",
            "n": 2 + self._below(8),
        }
        return topic, slots, topic.title.format_map(slots)

    def _below(self, limit: int) -> int:
        """Return a number from 0, three times as fast as `randrange`: thousands are drawn."""
        return int(self._rng.random() * limit)

    def _pick(self, items: Sequence[Item]) -> Item:
        return items[int(self._rng.random() * len(items))]

    def _writer(self, language: _Language) -> Customer:
        rng = self._rng
        known = self._known.setdefault(id(language), [])
        if known and rng.random() < RETURNING_SHARE:
            return self._pick(known)
        name, local = self._pick(language.people)
        company, domain = self._pick(language.companies)
        if rng.random() < 0.4:
            company, domain = "", "mail.example"
        phone = f"+00 555 01{self._below(100):02}" if rng.random() < 0.5 else None
        customer = Customer(name, f"{local}@{domain}", phone, company or None)
        known.append(customer)
        return customer


@cache
def _load() -> tuple[tuple[_Language, ...], tuple[int, ...]]:
    with Path(__file__).with_name("phrases.toml").open("rb") as file:
        tables = tomllib.load(file)
    weights: list[int] = []
    for table in tables.values():
        weights.append(table["weight"] + (weights[-1] if weights else 0))
    return tuple(map(_language, tables.values())), tuple(weights)


def _language(table: dict[str, Any]) -> _Language:
    people = [tuple(entry.split("|")) for entry in table.get("people", ())] or [
        (f"{given} {family}", f"{_slug(given)}.{_slug(family)}")
        for given in table["given"]
        for family in table["family"]
    ]
    topics: list[list[_Topic]] = [[], [], [], []]
    for gravity, *words in table["topics"]:
        topics[gravity].append(_Topic(*words))
    return _Language(
        table["currency"],
        tuple(table["places"]),
        tuple(table["products"]),
        tuple(people),
        tuple((name, f"{_slug(name)}.example") for name in table["companies"]),
        tuple(table["closings"]),
        tuple(map(tuple, topics)),
    )


def _slug(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_ASCII))
    return "".join(letter for letter in decomposed if letter.isascii())
