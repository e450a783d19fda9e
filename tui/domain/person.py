"""A person on either side of a ticket."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A customer or an assignee; any part may be unknown."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def __bool__(self) -> bool:
        return bool(self.name or self.email or self.phone)

    @property
    def words(self) -> str:
        """The shortest text that names this person; "" for nobody."""
        return self.name or self.email or self.phone or ""


NOBODY = Person()
