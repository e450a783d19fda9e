"""The four vendors' APIs over a made-up world, for `demo`, `sandbox` and the tests.

An island: it knows nothing of the program it stands in for.
"""

from tui.sandbox.accounts import configuration

__all__ = ["configuration"]
