r"""Over 200 texts that attack whoever shows them, and a scan of what reached the terminal.

The payloads are made from the forms that terminals and Textual know, so that each kind comes in
each of its spellings: 7-bit and 8-bit, ended by BEL, by ST, by nothing.
"""

import base64
import re
from collections.abc import Iterator
from itertools import product

_COPIED = base64.b64encode(b"PWNED").decode()
_STRINGS = (
    f"52;c;{_COPIED}",
    f"52;p;{_COPIED}",
    "52;c;?",
    "0;PWNED",
    "1;PWNED",
    "2;PWNED",
    "4;1;?",
    "7;file://evil.example/etc",
    "8;;https://evil.example",
    "8;id=1;file:///etc/passwd",
    "9;PWNED",
    "10;?",
    "11;#ff0000",
    "21;foreground=?",
    "99;i=1;PWNED",
    "104",
    "133;A",
    f"1337;File=inline=1:{_COPIED}",
    "1337;ReportCellSize",
    "777;notify;PWNED;PWNED",
    "5522;type=read",
)
_INTRODUCERS = ("\x1b]", "\x9d")
_ENDS = ("\x07", "\x1b\\", "\x9c", "")
_CONTROLS = (
    *("2J", "3J", "H", "1;1H", "10A", "999B", "5C", "K", "2K", "L", "M", "P", "X", "S", "T"),
    *("6n", "5n", "?6n", "c", ">c", "=c", ">q", "14t", "18t", "21t", "22;2t", "?2026$p", "?u"),
    *("?1049l", "?1049h", "?25l", "?1000h", "?1003h", "?1006h", "?2004l", "?1004h", "=5u", "<u"),
    *("0m", "7m", "8m", "31m", "38;2;1;2;3m", "38:2::1:2:3m", "4:3m", "!p", "2 q", "4h", "20h"),
    *("1;5r", "s", "u", "0c", "?5h", "1$r", "5i", "4i", "?69h", '61"p', "0;0;99999999999J"),
)
_DEVICE_STRINGS = (
    *("\x1bP$qm\x1b\\", "\x90$qr\x9c", "\x1bP+q544e\x1b\\", "\x1bP1$r0m\x1b\\"),
    *("\x1bPq#0;2;0;0;0#0~~@@\x1b\\", "\x1b_Gi=1,a=q;AAAA\x1b\\", "\x9fGa=T;AAAA\x9c"),
    *("\x1b^pm\x1b\\", "\x9epm\x9c", "\x1bXsos\x1b\\", "\x98sos\x9c", "\x1bkPWNED\x1b\\"),
    *("\x1bPtmux;\x1b\x1b]52;c;UFdORUQ=\x07\x1b\\", "\x1bP\x1b]0;PWNED\x07\x1b\\"),
)
_SHORT_ESCAPES = (
    *(f"\x1b{last}" for last in "c78=>DEHMNOZ|}~"),
    *("\x1b#8", "\x1b(0", "\x1b%@"),
)
_BROKEN = (
    *("\x1b", "\x1b\x1b[2J", "\x1b[\x1b[2J", "\x1b\u200b[2J", "\x1b\ud800[2J", "\x1b\r\n[2J"),
    *("\x1b[2\x00J", "\x1b]\x9d0;PWNED\x07", "\x1b]0;PW\x1b \\NED\x07", "\x1b[\x18H", "\x9b\x9b2J"),
    *("\xc2\x9b2J", "\ufeff\x1b[2J", "\x1b\u202e[2J", "%1b%5b2J", "\\x1b[2J", "^[[2J", "\u241b[2J"),
)
_MARKUP = (
    *("[/]", "[/foo]", "[/usr/bin]", "[", "]", "[[", "[/", "[]", "[ERROR]", "[a=b]", "[50%]"),
    *("[email protected]", "[bold red]x[/bold red]", "[b]x[/i]", "[on blue]", "[link=x]y[/link]"),
    *("[@click=app.quit]x[/]", "[@click=app.simulate_key('q')]x[/]", "[@click=screen.leave]x[/]"),
    *(
        "[@click=app.bell()]x",
        "[@click=quit]",
        "[link=file:///etc/passwd]x[/link]",
        "$accent",
        "$x",
    ),
    *(
        "[$error]x[/$error]",
        "\\[x]",
        "[/@click]",
        "[@mouse.down=app.quit]x[/]",
        "[\x1b[2J]",
        ":smile:",
    ),
    *(
        "[x](javascript:1)",
        "<b>x</b>",
        "&lt;b&gt;",
        "![](file:///x)",
        "`id`",
        "$(id)",
        "%s{0}",
        "{x!r}",
    ),
)
_UNSEEN = (
    *("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    *("\u200b\u200c\u200d\u2060\ufeff\xad\u180e\u115f\u3164\u2800\u034f\uffa0\u2063\ufff9"),
    *("\U000e0001\U000e0041\U000e0100\ufdd0\uffff\U0010ffff\ud800\udfff\u2028\u2029"),
    *("e" + "\u0301" * 60, "\u202eexe.fdp\u202c", "a\u200d" * 30, "\u1161" * 30),
)
_LONE = tuple(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n")

PAYLOADS: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *(
                begin + text + _ENDS[n % 4]
                for n, text in enumerate(_STRINGS)
                for begin in _INTRODUCERS
            ),
            *(begin + "52;c;" + _COPIED + end for begin, end in product(_INTRODUCERS, _ENDS)),
            *(("\x1b[", "\x9b")[n % 2] + control for n, control in enumerate(_CONTROLS)),
            *_DEVICE_STRINGS,
            *_SHORT_ESCAPES,
            *_BROKEN,
            *_MARKUP,
            *_UNSEEN,
            *_LONE,
        )
    )
)
"""Each differs from all others."""

_OURS = re.compile(
    r"\x1b\[[0-9;]*m"  # a style
    r"|\x1b\[\d+;\d+H|\x1b\[H|\x1b\[2J"  # the cursor's place; a screen that is drawn anew
    r"|\x1b\[\?(?:25|1000|1003|1004|1006|1015|1049|2004|2026|2048|7)[hl]"  # Textual's modes
    r"|\x1b\[\?(?:2026|2048)\$p"  # asks, once at the start, what the terminal can do
    r"|\x1b\[>\d+u|\x1b\[<u"  # the keyboard's protocol
    r"|\x1b\]22;(?:default|pointer|text)\x07"  # the shape of the mouse's pointer
    r"|\x1b\[[02] q|\x1b\[2[23];2t"  # the cursor's shape; keeps the title, and gives it back
    r"|\x1b\]2;(?:[ -~]*ticketdeck[ -~]*)?\x1b\\"  # our title
    r"|\r\n|\n|\r"
)
_ACTS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)


def foreign_codes(drawn: bytes) -> list[str]:
    """Return what acts on a terminal, or hides, and is none of the dashboard's own sequences.

    A style and a place of the cursor are ours even where a ticket has them too; such ones show as
    a picture that differs from the cleaned text.
    """
    text = drawn.decode("utf-8", "surrogateescape")
    return list(_foreign(_OURS.sub("", text)))


def plain_foreign_codes(printed: bytes) -> list[str]:
    """Return the same for what a command printed, which has no sequences but line ends."""
    return list(_foreign(printed.decode("utf-8", "surrogateescape").replace("\r\n", "\n")))


def _foreign(text: str) -> Iterator[str]:
    for found in _ACTS.finditer(text.replace("\n", "")):
        place = text.replace("\n", "")
        yield repr(place[max(found.start() - 20, 0) : found.end() + 20])
    for found in re.finditer("[\ud800-\udfff]+", text):
        yield repr(text[max(found.start() - 20, 0) : found.end() + 20])
