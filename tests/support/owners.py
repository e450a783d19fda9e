"""Makes a file somebody else's, for tests of who may be trusted."""

import os
from pathlib import Path

import pytest

SOMEBODY = 42_424


def disown(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the file away, or the link; where only root could, become somebody else instead."""
    if os.geteuid() == 0:
        os.chown(path, SOMEBODY, -1, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
