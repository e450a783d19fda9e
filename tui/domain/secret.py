"""A credential's value, which shows itself to nobody who does not ask for it by name."""

from typing import NoReturn, Protocol, final


@final
class Secret:
    """Holds a credential. `reveal` is the only way to it: not repr, str, format, copy or pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value; for a request header only."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not copied or pickled")


class CredentialSource(Protocol):
    """Where a credential comes from. The place may be named; the value never is."""

    @property
    def place(self) -> str:
        """The source in words, such as `variable QUESTIONPRO_API_KEY`."""

    def read(self) -> Secret:
        """Read the value anew; may block for seconds. Raises CredentialError."""
