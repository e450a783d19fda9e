"""What is typed on a terminal: bytes, as they come, made into Textual's events."""

from codecs import getincrementaldecoder
from collections.abc import Container

from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.app.paste import PasteFilter
from tui.app.sequences import ESC, SequenceFilter


class Keyboard:
    """Reads keys, the mouse and pastes; whatever the bytes are, reading goes on."""

    def __init__(self, delay_s: float, alt_keys: Container[str] = ()) -> None:
        """As `SequenceFilter`."""
        self._pastes = PasteFilter()
        self._sequences = SequenceFilter(delay_s, alt_keys)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = _WholeParser()

    def due(self) -> float | None:
        """Return at which moment to call `quiet` if nothing comes; None for no hurry."""
        return self._sequences.due()

    def feed(self, typed: bytes, now: float) -> list[Message]:
        """Return what was meant by what came at a moment (seconds of any steady clock)."""
        return self._read(self._sequences.feed(self._pastes.feed(typed), now))

    def quiet(self, now: float) -> list[Message]:
        """Return what was meant by what came before, as nothing has followed it."""
        if pasted := self._pastes.quiet():
            return self._read(self._sequences.feed(pasted, now))
        return self._read(self._sequences.quiet(now))

    def _read(self, pieces: list[bytes]) -> list[Message]:
        return [message for piece in pieces for message in self._parse(piece)]

    def _parse(self, piece: bytes) -> list[Message]:
        text = self._decode(piece, final=piece.startswith(ESC))
        try:
            return self._parser.take(text)
        except Exception:
            self._parser = _WholeParser()
            return []


class _WholeParser(XTermParser):
    """Textual's parser for text in which each sequence is whole: it waits for nothing."""

    def take(self, text: str) -> list[Message]:
        """Return what was meant; nothing for a sequence that Textual does not know."""
        messages = [*self.feed(text)] if text else []
        if self._timeout_time is not None:
            self._timeout_time = 0.0
            typed = [*self.tick()]
            messages += typed if len(text) <= len("\x1bx") else []
        return messages
