"""How often a test tries its luck: a few times in the suite, many times where it goes hunting."""

import os
from typing import Final

IS_DEEP: Final = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


def repeats(usual: int, deep: int) -> int:
    """Return `usual`, and `deep` under the Hypothesis profile of that name."""
    return deep if IS_DEEP else usual
