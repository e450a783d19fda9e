"""The request as people read it is the one that is sent, and acts on no terminal."""

import json

from hypothesis import given

from support.strategies import hostile_texts
from tui.domain.clean import clean
from tui.vendors.preview import preview
from tui.vendors.session import Call


@given(hostile_texts(), hostile_texts())
def test_what_would_act_or_hide_is_shown_as_its_escape(key: str, text: str) -> None:
    body = {key: [text, "日本 é"]}
    shown = preview(Call(method="POST", url="https://a.example", json=body), "Authorization").body

    assert json.loads(shown) == json.loads(json.dumps(body))
    assert [each for each in shown.replace("\n", "").replace(" ", "") if clean(each) != each] == []
    assert "日本 é" in shown
