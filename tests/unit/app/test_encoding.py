"""A terminal that lacks a character gets another one of the same width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.app.encoding import encode


@pytest.mark.parametrize(
    ("text", "encoding", "sent"),
    [
        ("Merci à l'équipe", "ascii", b"Merci a l'equipe"),
        ("Merci à l'équipe", "latin-1", b"Merci \xe0 l'\xe9quipe"),
        ("札幌 ok", "latin-1", b"???? ok"),
        ("ok 🌻.", "ascii", b"ok ??."),
        ("Straße…", "ascii", b"Stra?e?"),
        ("e\u0301", "ascii", b"e"),
        ("▸ \x1b[1m漢\x1b[m", "ascii", b"? \x1b[1m??\x1b[m"),
        ("漢", "utf-8", "漢".encode()),
        ("\ud800", "utf-8", b"?"),
    ],
)
def test_what_it_lacks_is_a_sign_of_as_many_cells(text: str, encoding: str, sent: bytes) -> None:
    assert encode(text, encoding) == sent


@given(st.characters(), st.sampled_from(["ascii", "latin-1", "cp437", "euc-jp", "utf-8"]))
def test_every_character_is_sent_in_its_own_width(character: str, encoding: str) -> None:
    assert cell_len(encode(character, encoding).decode(encoding)) == cell_len(character)
