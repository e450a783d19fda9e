"""No text of a stranger comes near an API that parses it, runs it or prints it past `clean`.

The dashboard draws cells of its own and needs few widgets of Textual. So the rule is short: only
names that parse no markup may be imported, and what is dangerous by a keyword or a method is named
here. Each rule proves on a planted line that it still bites.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tui"

PARSE_NOTHING = {
    "rich.cells": {"cell_len", "chop_cells", "set_cell_size"},
    "rich.color": {"Color", "ColorSystem"},
    "rich.console": {"RenderableType"},
    "rich.highlighter": {"Highlighter"},
    "rich.segment": {"Segment"},
    "rich.style": {"Style"},
    "rich.text": {"Text"},
    "textual._parser": {"ParseError"},
    "textual._styles_cache": {"StylesCache"},
    "textual._xterm_parser": {"XTermParser"},
    "textual.content": {"Content"},
    "textual.widgets": {"Button", "Input", "TextArea"},
    "textual.widgets.input": {"Selection"},
}
"""From the libraries that draw: of these modules only these names; `Button` only with `Content`."""
NO_TEXT = {
    *("actions", "app", "await_remove", "binding", "color", "containers", "css", "driver"),
    *("drivers", "errors", "events", "filter", "geometry", "keys", "message", "message_pump"),
    *("reactive", "screen", "scroll_view", "scrollbar", "strip", "theme", "timer", "widget"),
    *("_animator", "_ansi_sequences", "_context", "_xterm_parser", "pilot", "work", "on", "worker"),
}
"""Modules of Textual that take no text to show, but for the attributes and calls below."""
PARSING_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "highlight_link_color_markup"}
PARSING_CALLS = {"notify", "from_markup", "assemble", "from_rich_text", "render_str", "visualize"}
SENT = ("sandbox/", "vendors/")
"""Where JSON is made for a vendor, not for a terminal."""
DANGEROUS_KEYWORDS = {
    ("shell", True),
    ("verify", False),
    ("follow_redirects", True),
    ("show_locals", True),
    ("markup", True),
    ("allow_nan", True),
}


def _faults(tree: ast.AST, place: str) -> Iterator[str]:
    """Yield what is forbidden in a module of the package; `place` is its path in there."""
    for node in ast.walk(tree):
        at = f"{place}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Import(names=names):
                for name in names:
                    if name.name.split(".")[0] in ("textual", "rich", "webbrowser"):
                        yield f"{at}: import {name.name}"
            case ast.ImportFrom(module=str(module), names=names) if not _may(module, names):
                yield f"{at}: from {module} import {', '.join(name.name for name in names)}"
            case ast.Call(func=called):
                yield from _faults_of_call(node, _name(called), at, place)
            case ast.Attribute(attr=attribute, ctx=ast.Store()) if attribute in PARSING_ATTRIBUTES:
                yield f"{at}: {attribute} parses markup"
            case ast.Constant(value=str(text)) if "[@click" in text and not _is_stranger(place):
                yield f"{at}: an action in a text"


def _is_stranger(place: str) -> bool:
    """Whether the module plays a vendor: it writes what we must withstand, and draws nothing."""
    return place.startswith("sandbox/")


def _may(module: str, names: list[ast.alias]) -> bool:
    root, _, rest = module.partition(".")
    if root == "webbrowser":
        return False
    if root not in ("textual", "rich"):
        return all(name.name != "escape" for name in names) or module == "html"
    if module in PARSE_NOTHING:
        return {name.name for name in names} <= PARSE_NOTHING[module]
    parts = {rest.split(".")[0]} if rest else {name.name for name in names}
    return root == "textual" and parts <= NO_TEXT


def _faults_of_call(call: ast.Call, name: str, at: str, place: str) -> Iterator[str]:
    if name == "print" and isinstance(call.func, ast.Name) and place != "cli/output.py":
        yield f"{at}: print outside of the one place that prints"
    if isinstance(call.func, ast.Attribute) and name in PARSING_CALLS:
        yield f"{at}: {name} parses markup"
    if name == "json" and isinstance(call.func, ast.Attribute):
        yield f"{at}: an answer is decoded in vendors/decode.py only"
    if name == "escape" and _owner(call.func) not in ("re", "html") and not _is_stranger(place):
        yield f"{at}: escaping is no protection"
    if name == "Button" and not _is_content(call):
        yield f"{at}: a Button parses markup unless it gets Content"
    for keyword in call.keywords:
        value = keyword.value
        if isinstance(value, ast.Constant) and (keyword.arg, value.value) in DANGEROUS_KEYWORDS:
            yield f"{at}: {keyword.arg}={value.value!r}"
        if keyword.arg == "ensure_ascii" and not place.startswith(SENT):
            yield f"{at}: what is printed as JSON is ASCII"


def _is_content(call: ast.Call) -> bool:
    labels = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "label")]
    return all(isinstance(label, ast.Call) and _name(label.func) == "Content" for label in labels)


def _name(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _owner(called: ast.expr) -> str:
    return _name(called.value) if isinstance(called, ast.Attribute) else ""


def test_nothing_in_the_program_could_take_a_text_for_more_than_text() -> None:
    modules = sorted(PACKAGE.rglob("*.py"))

    found = [
        fault
        for path in modules
        for fault in _faults(
            ast.parse(path.read_text(encoding="utf-8")), path.relative_to(PACKAGE).as_posix()
        )
    ]

    assert len(modules) > 300
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "from textual.widgets import Static",
        "from textual.widgets import Label, Input",
        "from textual.widgets import DataTable",
        "from textual.widgets import Markdown",
        "from textual.widgets import OptionList",
        "from textual.widgets.option_list import Option",
        "from textual.widgets import RichLog",
        "from textual.markup import escape",
        "from rich.markup import escape, render",
        "from rich.console import Console",
        "from rich.traceback import install",
        "from rich import print",
        "import textual.markup",
        "import rich",
        "import webbrowser",
        "from webbrowser import open as show",
        "self.notify(ticket.title)",
        "self.app.notify(f'{ticket.title} is gone')",
        "self.border_title = ticket.title",
        "widget.border_subtitle = ticket.title",
        "widget.tooltip = ticket.title",
        "Content.from_markup(ticket.title)",
        "Text.from_markup(f'[b]{ticket.title}[/b]')",
        "self.render_str(ticket.title)",
        "Button(ticket.title)",
        "Button(label=f'{ticket.title}')",
        "Button('Send')",
        "markup.escape(ticket.title)",
        "escape(ticket.title)",
        "words = f'[@click=app.quit]{ticket.title}[/]'",
        "response.json()",
        "print(ticket.title)",
        "subprocess.run(words, shell=True)",
        "httpx.AsyncClient(verify=False)",
        "httpx.AsyncClient(follow_redirects=True)",
        "install(show_locals=True)",
        "json.dumps(value, ensure_ascii=False)",
        "Widget(markup=True)",
    ],
)
def test_each_way_to_do_so_would_be_found(line: str) -> None:
    assert list(_faults(ast.parse(line), "app/screens/new.py"))


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("print(text, file=stdout)", "cli/output.py"),
        ("Button(Content(words), id='send')", "app/widgets/form_foot.py"),
        ("from textual.widgets import Input, TextArea", "app/widgets/entry.py"),
        ("re.escape(start)", "app/choice_rows.py"),
        ("httpx.AsyncHTTPTransport(verify=tls)", "vendors/connections.py"),
    ],
)
def test_what_parses_nothing_may_stay(line: str, place: str) -> None:
    assert list(_faults(ast.parse(line), place)) == []
