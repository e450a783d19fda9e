"""Where the files live that are no code: themes and the example configuration.

A checkout is preferred to what a wheel carries, so that an edited theme is never shadowed by an
installed copy of it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def resource(name: str) -> Path:
    """Return the path of `themes` or `config.example.toml`."""
    in_checkout = _CHECKOUT / name
    if (_CHECKOUT / "pyproject.toml").is_file() and in_checkout.exists():
        return in_checkout
    return _PACKAGE / "_data" / name
