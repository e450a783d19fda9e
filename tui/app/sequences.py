"""Puts together the keys that a slow line delivers in pieces, and drops what comes too late. Pure.

A terminal sends most keys as an ESC and some characters. Cut by a slow line, the first part looks
like the Esc key and the rest like letters, and letters are commands here.
"""

import re
from collections.abc import Container, Mapping
from typing import Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from tui.app.formatting import is_remote
from tui.app.paste import END, START

ESC: Final = b"\x1b"
LOCAL_DELAY_S, REMOTE_DELAY_S = 0.1, 0.25
"""How long an ESC may be the beginning of a key: as for Textual, and over a slow line."""
LATE_S = 1.0
"""So long after an Esc its rest may still come."""
SURE_S = 1.0
"""How long the end of what only a terminal sends is waited for."""
LONGEST = 4096
"""Bytes kept of an answer of the terminal's."""
_LONGEST_KEY = 32
"""From here on Textual takes a sequence for letters."""

_STRING: Final = rb"(?:\][0-9]|P[>!0-9]|_[A-Za-z])[^\x00-\x1f\x7f]*"
_ANSWER: Final = re.compile(rb"\x1b(?:" + _STRING + rb"(?:\x07|\x1b\\)|\[M[\x20-\xff]{3})")
"""What is never a key: answers in OSC, DCS and APC, as far as nobody can have typed how they begin,
and reports of the oldest mice, which Textual does not read."""
_KEY: Final = re.compile(
    rb"\x1b(?:\[\[[A-E]|\[\d+\$(?![y\d;])|\[(?![\[M])(?:[0-?]+[ -/]*)?[@-~]|O[@-~])"
)
"""Control sequences, with the odd ones of the Linux console and of rxvt, and SS3."""
_BEGUN: Final = re.compile(
    rb"\x1b(?:\[(?:\[|M[\x20-\xff]{0,2}|(?:[0-?]+[ -/]*)?)|O|" + _STRING + rb"(?:\x1b\Z)?|[\]P_])?"
)
_TYPED: Final = re.compile(rb"\x1b(?:\[\[?|[O\]P_])?")
"""Beginnings that a person may have typed: Esc, and one of these keys."""
_TYPED_AT_ONCE: Final = (ESC, b"\x1b]", b"\x1bP", b"\x1b_")
"""Those of them that may have been typed though they came in one read."""
_FOCUS: Final = (b"\x1b[I", b"\x1b[O")
_REST: Final = b"[O]P_"
"""What the rest of a sequence begins with."""
_BY_WORD: Final = b"fb\x7f"
"""What terminals send behind an ESC for moves by a word in a field."""


def escape_delay(environ: Mapping[str, str]) -> float:
    """Return how many seconds an ESC may be the beginning of a key.

    ESCDELAY says it in milliseconds, as for other programs (ncurses); else it is longer over SSH.
    """
    wanted = environ.get("ESCDELAY", "")
    if re.fullmatch("[0-9]{1,4}", wanted):
        return min(max(int(wanted), 1), 1000) / 1000
    return REMOTE_DELAY_S if is_remote(environ) else LOCAL_DELAY_S


class SequenceFilter:
    """Takes in bytes, and gives them out in pieces that each are whole: text, an Esc, a sequence.

    An Esc comes out when nothing has followed it for `delay_s`. If its rest comes within a second
    after all, it is dropped. What no terminal sends behind an ESC was typed, and nothing of it is
    lost; a `[` typed right after an Esc comes out up to twice the delay later, for it might go on.
    What begins like an answer but may be typed is dropped for one second in all: keys that go on
    and on must not be its middle.
    A paste passes from one bracket to the other, whatever is in it.
    """

    def __init__(self, delay_s: float, alt_keys: Container[str] = ()) -> None:
        """`alt_keys`: characters that are a key with alt; others are typed after an Esc."""
        self._delay_s = delay_s
        self._alt_keys = alt_keys
        self._held = b""
        """What begins with an ESC and is not whole yet."""
        self._is_late = False
        """Whether that ESC was given out before."""
        self._may_be_typed = False
        """Whether its beginning came in pieces, or may be one key with alt."""
        self._came_at = 0.0
        self._begun_at = 0.0
        """When it became more than a person types, or came, if it has not."""
        self._escaped_at: float | None = None
        """When an Esc was given out, if nothing came since."""
        self._is_pasting = False

    def due(self) -> float | None:
        """Return from which moment on nothing more is waited for; None if nothing is."""
        if not self._held:
            return None
        since = self._begun_at if self._is_doubtful_string() else self._came_at
        return since + self._patience()

    def quiet(self, now: float) -> list[bytes]:
        """Take in that nothing came; return what was waited for in vain."""
        due = self.due()
        if due is None or now < due:
            return []
        held, self._held = self._held, b""
        was_late, self._is_late = self._is_late, False
        if not (self._may_be_typed and _TYPED.fullmatch(held)):
            return []
        if was_late:
            return [held[1:]]
        if held == ESC:
            self._escaped_at = now
        else:
            self._held, self._is_late = held, True
        return [ESC]

    def feed(self, came: bytes, now: float) -> list[bytes]:
        """Take in what came at a moment; return what is whole."""
        if came.startswith(START) and START.startswith(self._held):
            self._held = b""  # a bracket that was cut is given once more, whole
        if self._is_doubtful_string():
            self.quiet(now)
        self._came_at = now
        rest, in_hand = self._held + came, len(self._held)
        self._held = b""
        pieces = []
        while rest:
            piece, rest = self._next(rest, in_hand, now)
            in_hand = 0
            pieces.append(piece)
        return [piece for piece in pieces if piece]

    def _patience(self) -> float:
        if not (self._may_be_typed and _TYPED.fullmatch(self._held)):
            return SURE_S
        return self._delay_s * 2 if self._is_late else self._delay_s

    def _is_doubtful_string(self) -> bool:
        """Whether an answer is waited for that may be keys: its middle could be any of them."""
        is_string = self._held[1:2] in {b"]", b"P", b"_"} and not _TYPED.fullmatch(self._held)
        return self._may_be_typed and is_string

    def _next(self, rest: bytes, in_hand: int, now: float) -> tuple[bytes, bytes]:
        """Return the next piece, or nothing, and what comes behind it."""
        if self._is_pasting:
            pasted, end, rest = rest.partition(END)
            self._is_pasting = not end
            return pasted + end, rest
        escaped_at, self._escaped_at = self._escaped_at, None
        if rest.startswith(START):
            self._is_pasting, self._is_late = True, False
            return START, rest.removeprefix(START)
        if escaped_at is not None and rest[0] in _REST and now - escaped_at <= LATE_S:
            self._is_late = True
            return b"", ESC + rest
        if not rest.startswith(ESC):
            text, escape, rest = rest.partition(ESC)
            return text, escape + rest
        return self._next_sequence(rest, in_hand)

    def _next_sequence(self, rest: bytes, in_hand: int) -> tuple[bytes, bytes]:
        """Return the next piece of what begins with an ESC; `in_hand` bytes of it came before."""
        if answer := _ANSWER.match(rest):
            self._is_late = False
            return b"", rest[answer.end() :]
        if (key := _KEY.match(rest)) and _is_sent(key[0]):
            was_late, self._is_late = self._is_late, False
            is_dropped = was_late or len(key[0]) > _LONGEST_KEY
            return b"" if is_dropped else key[0], rest[key.end() :]
        begun = _BEGUN.match(rest)
        begins = begun[0] if begun and not key else ESC
        if begins == rest:
            self._hold(rest, in_hand)
            return b"", b""
        was_late, self._is_late = self._is_late, False
        if not _TYPED.fullmatch(begins):  # a sequence that broke off
            return b"", rest[len(begins) :]
        if was_late:
            return rest[1:2], rest[2:]
        if not in_hand and (rest[1] in _BY_WORD or chr(rest[1]) in self._alt_keys):
            return rest[:2], rest[2:]
        return ESC, rest[1:]

    def _hold(self, rest: bytes, in_hand: int) -> None:
        if not in_hand:
            self._may_be_typed = self._is_late or rest in _TYPED_AT_ONCE
        if not in_hand or _TYPED.fullmatch(rest[:in_hand]):
            self._begun_at = self._came_at
        self._held = rest if len(rest) <= LONGEST else rest[:3] + ESC * rest.endswith(ESC)


def _is_sent(sequence: bytes) -> bool:
    """Whether it comes from a terminal: nobody types numbers, and few letters are no key."""
    is_plain = len(sequence) == len(b"\x1b[A")
    return not is_plain or sequence in _FOCUS or sequence.decode() in ANSI_SEQUENCES_KEYS
