"""Texts that attack whoever shows them: what strangers may write into any ticket. Plain data.

Each is [title, text] and stays recognisable when cleaned. Terminal sequences, forged rows, text
that runs backwards or hides, markup of the libraries that draw it, and sheer size.
"""

_ESC = "\x1b"
_BEL = "\x07"
_RIGHT_TO_LEFT = "\u202e"
_POP = "\u202c"
_ZERO_WIDTH = "\u200b"
_LONE_SURROGATE = "\ud83d"

HOSTILE: tuple[tuple[str, str], ...] = (
    (
        f"Receipt printer prints {_ESC}[2J{_ESC}[1;1Hall tickets closed",
        f"It began after the update.\n{_ESC}[31mURGENT{_ESC}[0m {_ESC}[6n please answer.",
    ),
    (
        f"Copied text changes {_ESC}]52;c;c2FuZGJveA=={_BEL}by itself",
        f"See our page {_ESC}]8;;https://evil.example{_BEL}support{_ESC}]8;;{_BEL}.",
    ),
    (
        f"Window is renamed {_ESC}]0;root shell{_BEL}on each call",
        f'Started last week.{_ESC}P$q"p{_ESC}\\ No idea why.',
    ),
    (
        "Strange letters \x9b31min the shop\x9d0;hi\x9c title",
        "C1 codes: \x84 \x85 \x8d \x90 end.",
    ),
    (
        f"Invoice {_RIGHT_TO_LEFT}fdp.exe{_POP} cannot be opened",
        "The file name reads backwards. \u2066Why\u2069?",
    ),
    (
        f"Pass{_ZERO_WIDTH}word mail never{_ZERO_WIDTH}{_ZERO_WIDTH} arrives\ufeff",
        "\u2060Searching for the word finds nothing.\u00ad\U000e0041\U000e0042",
    ),
    (
        "Error page says [/red] and [bold]nothing[/bold] else",
        "[@click=app.quit]press here[/] [ERROR] [a=b] [50%] [/usr/bin] [[[",
    ),
    (
        "Order form lost\nline two of the title\r\nline three\u2028line four",
        "CRIT OVER 3h  qp/1  esc  All is well\rCRIT     Nothing to see here",
    ),
    (
        "Tab\tand bell\x07 and null\x00 in the name field\x7f",
        "Typed by a scanner:\x01\x02\x03\x08\x08\x08",
    ),
    (
        f"Emoji cut in half {_LONE_SURROGATE} by our old phone",
        f"Half {_LONE_SURROGATE} is missing.",
    ),
    ("Z" + "\u0301" * 40 + "algo in the customer's name", "H" + "\u0336\u0489" * 200 + "elp"),
    ("Very long title " + "that never ends " * 320, "See the title."),
    ("Log file pasted below", "GET /checkout 500 " * 400),
    ("Error list of the night run", "\n".join(f"row {row}: rejected" for row in range(2_500))),
    ("%s {0} ${HOME} $(reboot) `id` \\u001b", "=cmd|' /C calc'!A0"),
    ("   \u3164 \u2800 ", "The title of this ticket is made of blanks."),
    (
        "👩‍👩‍👧‍👦 family account 🏳️‍🌈 shows 🇳🇴 for 🇸🇪",
        "\uff37\uff49\uff44\uff45 letters, too: \ufdfd",
    ),
)
