"""`ticketdeck` without a command: the dashboard over the configured workspaces."""

import os

from tui.cli.arguments import Options
from tui.cli.bootstrap import Deck, load_deck, running
from tui.cli.exits import Exit
from tui.cli.output import Output
from tui.cli.terminal import why_no_dashboard
from tui.config.secrets import credential_variables
from tui.domain.errors import UsageError
from tui.domain.record import utc_text
from tui.theming.files import user_folder


def run(options: Options, output: Output) -> int:
    """Show the dashboard until it is left; return the exit code."""
    if reason := why_no_dashboard(os.environ):
        raise UsageError(f"the dashboard needs a terminal: {reason}. Try: ticketdeck list")
    deck = load_deck(options, output)
    return show_dashboard(deck, options, output, demo=False)


def show_dashboard(deck: Deck, options: Options, output: Output, *, demo: bool) -> int:
    """Poll and show the deck's workspaces until the dashboard is left; return the exit code."""
    from tui.app.dashboard import DashboardOptions, run_dashboard

    config = deck.config
    with running(deck.service) as service:
        code = run_dashboard(
            service,
            DashboardOptions(
                start_in=tuple(dict.fromkeys(options.workspaces)),
                demo=demo,
                observe=options.observe,
                theme=config.theme,
                user_themes=None if demo else user_folder(config.path),
                glyphs=config.glyphs,
                mouse=config.mouse,
                time_zone=config.time_zone,
                keys=config.keys,
                config_file=None if demo else config.path,
                bell=config.bell,
                clipboard=config.clipboard,
                withheld=credential_variables(config),
                views=config.views,
                clock=deck.clock,
                notices=(*map(str, config.warnings), *deck.journal.notices),
                # Loading HTTP beside the first frame would hold it up.
                when_drawn=service.start_polling,
            ),
        )
    unknown = deck.service.outbox.open_intents()
    for intent in unknown:
        output.narrate(
            f"{intent.draft.workspace}: a ticket may or may not have been created at "
            f"{utc_text(intent.at)}; look before sending it again"
        )
    return Exit.UNKNOWN if unknown and code == Exit.DONE else code
