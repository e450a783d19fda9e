"""`ticketdeck` without a command: the dashboard over the configured workspaces."""

import gc
import os
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.arguments import Options
from tui.cli.config_digest import Looks
from tui.cli.crash_log import guard_errors
from tui.cli.early import Early, read_early
from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.cli.running import running
from tui.cli.stored import begun_keeper, digest_of, looks_of
from tui.cli.terminal import why_no_dashboard
from tui.domain.creates import OpenCreate
from tui.domain.errors import UsageError
from tui.domain.ports import Clock
from tui.domain.record import utc_text
from tui.engine.clock import SystemClock
from tui.engine.prelude import Prelude
from tui.theming.files import user_folder

if TYPE_CHECKING:
    from tui.app.dashboard import Dashboard, DashboardOptions
    from tui.cli.bootstrap import Deck
    from tui.engine.service import Service


def run(options: Options, output: Output) -> int:
    """Show the dashboard until it is left; return the exit code."""
    if reason := why_no_dashboard(os.environ):
        raise UsageError(f"the dashboard needs a terminal: {reason}. Try: ticketdeck list")
    guard_errors()
    clock = SystemClock()
    # What is loaded now stays: to walk through it again and again would hold the first frame up.
    gc.disable()
    if early := read_early(options, clock.now()):
        return _show_early(early, options, output, clock)
    from tui.cli.bootstrap import load_deck

    keeper = begun_keeper(options, clock.now().timestamp())
    deck = load_deck(options, output)
    keeper.keep(digest_of(deck.config))
    return show_dashboard(deck, options, output, demo=False)


def show_dashboard(deck: "Deck", options: Options, output: Output, *, demo: bool) -> int:
    """Poll and show the deck's workspaces until the dashboard is left; return the exit code."""
    forget_others_settings(os.environ)
    from tui.app.dashboard import run_dashboard
    from tui.cli.configured import state_folder

    def begin(_: "Dashboard") -> None:
        # Loading HTTP beside the first frame would hold it up.
        service.start_polling()
        _collect_again()

    with (
        _telling_open([deck], output, is_kept=not demo) as left_open,
        running(deck.service) as service,
    ):
        code = run_dashboard(
            service,
            _dashboard_options(
                looks_of(deck.config),
                options,
                deck.clock,
                deck.config.time_zone,
                folder=None if demo else state_folder(deck.config),
                notices=_found_by(deck),
                when_drawn=begin,
            ),
        )
    return _exit_code(code, left_open)


def forget_others_settings(environ: MutableMapping[str, str]) -> None:
    """Drop what was exported for other programs, before Textual is loaded and obeys it.

    It would draw by another driver or once a second, press keys, and write what tickets say into
    logs and pictures. LINES and COLUMNS are those of another terminal; ours is asked itself.
    """
    for name in [*environ]:
        if name in ("LINES", "COLUMNS", "TEXTUAL") or name.startswith("TEXTUAL_"):
            del environ[name]


def _show_early(early: Early, options: Options, output: Output, clock: Clock) -> int:
    """Show what is stored, and load all else behind the first frame."""
    forget_others_settings(os.environ)
    from tui.app.dashboard import run_dashboard

    decks: list[Deck] = []
    failures: list[Exception] = []

    def begin(dashboard: "Dashboard") -> None:
        def open_service() -> "Service":
            from tui.cli.bootstrap import open_deck
            from tui.cli.configured import load_configuration

            deck = open_deck(load_configuration(options.config), options)
            decks.append(deck)
            deck.service.start()
            dashboard.tell_soon(_found_by(deck))
            _collect_again()
            return deck.service

        def failed(error: Exception) -> None:
            failures.append(error)
            _collect_again()
            dashboard.end_soon(Exit.FAILED)

        prelude.bring_up(open_service, failed)

    prelude, zone = Prelude(early.stored, clock=clock), early.time_zone
    with _telling_open(decks, output, is_kept=True) as left_open:
        with running(prelude):
            code = run_dashboard(
                prelude,
                _dashboard_options(
                    early.looks, options, clock, zone, folder=early.folder, when_drawn=begin
                ),
            )
        for failure in failures:
            raise failure
    return _exit_code(code, left_open)


def _dashboard_options(
    looks: Looks,
    options: Options,
    clock: Clock,
    time_zone: str,
    *,
    folder: Path | None,
    when_drawn: "Callable[[Dashboard], object]",
    notices: Sequence[str] = (),
) -> "DashboardOptions":
    from tui.app.dashboard import DashboardOptions
    from tui.domain.view import View

    demo = folder is None
    config = None if demo else Path(looks.config)
    return DashboardOptions(
        start_in=tuple(dict.fromkeys(options.workspaces)),
        demo=demo,
        observe=options.observe,
        theme=looks.theme,
        user_themes=user_folder(config) if config else None,
        glyphs=looks.glyphs,
        mouse=looks.mouse,
        time_zone=time_zone,
        keys={command: tuple(keys) for command, keys in looks.keys.items()},
        config_file=config,
        bell=tuple(looks.bell),
        clipboard=looks.clipboard,
        withheld=frozenset(looks.withheld),
        drafts_folder=folder / "drafts" if folder else None,
        views=tuple(View(name=name, query=query, sort=sort) for name, query, sort in looks.views),
        templates=looks.known_templates,
        clock=clock,
        notices=(*looks.warnings, *notices),
        when_drawn=when_drawn,
    )


def _found_by(deck: "Deck") -> Sequence[str]:
    """Return what was put aside or is lost, a line each, to be told at the start."""
    losses = deck.journal.losses()
    return list(dict.fromkeys((*deck.journal.notices, *losses)))


def _collect_again() -> None:
    """Collect garbage from now on, but not among what is there already: it lasts."""
    gc.freeze()
    gc.enable()


@contextmanager
def _telling_open(
    decks: "Sequence[Deck]", output: Output, *, is_kept: bool
) -> Iterator[list[OpenCreate]]:
    """Tell of creates that nobody knows the end of, however the dashboard ends; yield them.

    `is_kept`: the outbox outlasts the program.
    """
    left_open: list[OpenCreate] = []
    try:
        yield left_open
    finally:
        left_open += [each for deck in decks for each in deck.service.creates.left_open()]
        for each in left_open:
            output.narrate(
                f'{each.workspace}: "{each.title}" may or may not have been created at '
                f"{utc_text(each.at)}; look before sending it again"
            )
        if left_open and is_kept:
            output.narrate("What is open stays in the outbox: ticketdeck outbox")


def _exit_code(code: int, left_open: Sequence[OpenCreate]) -> int:
    """Return the exit code that tells of what is open, too."""
    return Exit.UNKNOWN if left_open and code == Exit.DONE else code
