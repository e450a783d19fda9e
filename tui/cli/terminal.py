"""What the terminal can do, as far as can be told without asking it."""

import os
from collections.abc import Mapping

_STREAMS = ((0, "stdin"), (1, "stdout"), (2, "stderr"))


def why_no_dashboard(environ: Mapping[str, str]) -> str | None:
    """Return why there can be no dashboard here; None if there can.

    Textual reads stdin and draws into stderr; one that is no terminal would get the escape codes.
    """
    for descriptor, name in _STREAMS:
        if not is_terminal(descriptor):
            return f"{name} is not a terminal"
    return term_problem(environ)


def term_problem(environ: Mapping[str, str]) -> str | None:
    """Return what is wrong with TERM; None if it names a terminal that can draw.

    Rich takes `unknown` for dumb as well, and then has a size of its own to lay out for.
    """
    term = environ.get("TERM", "")
    if term.lower() in ("", "dumb", "unknown"):
        return f"TERM is {term}" if term else "TERM is not set"
    return None


def is_terminal(descriptor: int) -> bool:
    """Whether a descriptor is open and a terminal."""
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def describe_terminal(environ: Mapping[str, str], encoding: str) -> str:
    """Return one line of what matters to the dashboard: size, colours, SSH, tmux, encoding."""
    from tui.domain.clean import clean

    parts = [f"TERM {clean(environ.get('TERM', '')) or 'not set'}"]
    parts.append(_size() or "size unknown")
    if environ.get("NO_COLOR"):
        parts.append("no colour (NO_COLOR)")
    elif environ.get("COLORTERM") in ("truecolor", "24bit"):
        parts.append("24-bit colour")
    elif "256color" in environ.get("TERM", ""):
        parts.append("256 colours")
    else:
        parts.append("16 colours")
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        parts.append("over SSH")
    if environ.get("TMUX"):
        parts.append("in tmux")
    parts.append(encoding.upper())
    return ", ".join(parts)


def _size() -> str | None:
    for descriptor, _ in _STREAMS:
        try:
            size = os.get_terminal_size(descriptor)
        except OSError:
            continue
        return f"{size.columns}x{size.lines}"
    return None
