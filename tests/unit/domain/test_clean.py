"""Nothing that a stranger wrote acts on a terminal or hides from its reader."""

# ruff: noqa: RUF001  letters of many scripts are what is tested

import random
import re
import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.hostile_corpus import PAYLOADS, plain_foreign_codes
from support.repeats import repeats
from support.strategies import hostile_texts
from tui.domain import clean as module
from tui.domain.clean import (
    CUT,
    ID_LIMIT,
    LINE_LIMIT,
    LINES_LIMIT,
    MARKS_LIMIT,
    TEXT_LIMIT,
    can_be_joined,
    clean,
    clean_id,
    first_line,
    is_joiner,
    raw_id,
    without_directions,
)

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZWNJ, ZWJ = "\u200c\u200d"
IGNORABLE = [
    range(0xFFF0, 0xFFF9),
    range(0x13430, 0x13440),
    range(0xE0000, 0xE0100),
    range(0xE01F0, 0xE1000),
]
INVISIBLE = {
    *"\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5\u2065",
    *(chr(code) for codes in IGNORABLE for code in codes),
}
"""Drawn as nothing although of another category than Cf, at least to this Python."""
NONCHARACTERS_OF_ARABIC = {chr(code) for code in range(0xFDD0, 0xFDF0)}
EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]


def is_no_character(character: str) -> bool:
    """Whether Unicode promises that no character will ever be there."""
    return character in NONCHARACTERS_OF_ARABIC or ord(character) & 0xFFFE == 0xFFFE


def is_harmless(character: str, *, multiline: bool) -> bool:
    if character == "\n":
        return multiline
    if character in ZWNJ + ZWJ:
        return True
    category = unicodedata.category(character)
    if is_no_character(character):
        return False
    return category not in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in INVISIBLE


def what_stands_for(character: str) -> str:
    """Return what one line shows in the place of a character that is not harmless."""
    category = unicodedata.category(character)
    if character == "\t":
        return "    "
    if character in "\n\x85\u2028\u2029":
        return " "
    if character in "\x1b\x9b":
        return "␛"
    if character == "\x7f":
        return "␡"
    if is_no_character(character):
        return "\ufffd"
    if character < " ":
        return chr(ord("␀") + ord(character))
    return f"<U+{ord(character):04X}>" if category == "Cc" or character in BIDI else ""


def hangs_on_its_base(character: str) -> bool:
    """Whether it is drawn with the character before it and takes no cell of its own."""
    return unicodedata.category(character) in {"Mn", "Me"} or character in ZWNJ + ZWJ


def widens_its_base(character: str) -> bool:
    """Whether it is drawn with the character before it, which may make that wider."""
    return unicodedata.category(character) == "Mc" or bool(
        re.match("[\u1160-\u11ff\ud7b0-\ud7fb\U0001f3fb-\U0001f3ff]", character)
    )


def most_on_one_base(text: str) -> int:
    """Return the most marks, or widening characters, that one base of `text` carries."""
    most = hanging = widening = 0
    for character in text:
        if hangs_on_its_base(character):
            hanging += 1
        elif widens_its_base(character):
            widening += 1
        else:
            hanging = widening = 0
        most = max(most, hanging, widening)
    return most


class TestTheLaws:
    def test_payloads_in_any_order_and_mixture_leave_nothing_that_acts(
        self, record_property: Callable[[str, object], None]
    ) -> None:
        chance, count = random.Random(17), repeats(2_000, 1_000_000)
        for _ in range(count):
            pieces = chance.choices(PAYLOADS, k=chance.randrange(1, 8))
            pieces += [chr(chance.randrange(sys.maxunicode + 1)) for _ in range(4)]
            cut = "".join(chance.sample(pieces, len(pieces)))[chance.randrange(3) :]
            cleaned = clean(cut, multiline=True)

            assert plain_foreign_codes(cleaned.encode()) == [], ascii(cut)
            assert clean(cleaned, multiline=True) == cleaned, ascii(cut)
        record_property("texts", f"{count:,}")

    @given(text=hostile_texts(), multiline=st.booleans())
    def test_no_character_is_left_that_acts_or_hides(self, *, text: str, multiline: bool) -> None:
        cleaned = clean(text, multiline=multiline)

        assert [c for c in cleaned if not is_harmless(c, multiline=multiline)] == []

    @given(text=hostile_texts(), multiline=st.booleans(), limit=st.none() | st.integers(1, 60))
    @example(text="क" + "\u093e" * 4 + ZWJ + "\u093ea", multiline=False, limit=None)
    @example(text="👩" + (ZWJ + "👩") * 9, multiline=False, limit=None)
    @example(text="a\n b", multiline=True, limit=3)
    def test_cleaning_twice_changes_nothing_more(
        self, *, text: str, multiline: bool, limit: int | None
    ) -> None:
        once = clean(text, multiline=multiline, limit=limit)

        assert clean(once, multiline=multiline, limit=limit) == once

    @given(st.text(st.sampled_from("e한👩क\u0301\u0489\u093e\u1161\u11a8🏻\ufe0f" + ZWJ + ZWNJ)))
    def test_a_base_carries_a_few_marks_only(self, text: str) -> None:
        assert most_on_one_base(clean(text)) <= MARKS_LIMIT

    @given(text=hostile_texts(), multiline=st.booleans(), limit=st.integers(1, 60))
    def test_the_cap_holds_and_shows(self, *, text: str, multiline: bool, limit: int) -> None:
        cleaned = clean(text, multiline=multiline, limit=limit)

        assert len(cleaned) <= limit
        if len(clean(text, multiline=multiline)) > limit:
            assert cleaned.endswith(CUT)

    @given(hostile_texts())
    def test_one_line_stays_one_line_without_spaces_around_it(self, text: str) -> None:
        cleaned = clean(text)

        assert "\n" not in cleaned
        assert cleaned == cleaned.strip(" ")

    @given(
        st.text(
            st.characters(categories=["L", "N", "P", "S"], exclude_characters="".join(INVISIBLE))
        )
    )
    def test_letters_numbers_and_signs_survive_verbatim(self, text: str) -> None:
        kept = "".join(c for c in text if not widens_its_base(c))[:LINE_LIMIT]

        assert clean(kept) == kept

    def test_every_character_that_is_harmless_by_itself_is_kept(self) -> None:
        harmless = [c for c in EVERY_CHARACTER if is_harmless(c, multiline=False)]

        assert [c for c in harmless if clean(f"x{c}x") != f"x{c}x" and c not in ZWNJ + ZWJ] == []

    def test_every_other_character_becomes_what_it_should(self) -> None:
        harmful = [c for c in EVERY_CHARACTER if not is_harmless(c, multiline=False)]

        assert [c for c in harmful if clean(f"日{c}日") != f"日{what_stands_for(c)}日"] == []

    def test_the_short_way_is_only_for_texts_that_need_nothing(self) -> None:
        plain = [c for c in EVERY_CHARACTER if module._PLAIN.fullmatch(c)]

        assert [c for c in plain if not is_harmless(c, multiline=True)] == []
        assert [c for c in plain if hangs_on_its_base(c) or widens_its_base(c)] == []


class TestEscapeSequences:
    @pytest.mark.parametrize(
        "sequence",
        [
            pytest.param("\x1b]52;c;UFdORUQ=\x07", id="clipboard, ended by BEL"),
            pytest.param("\x1b]52;c;UFdORUQ=\x1b\\", id="clipboard, ended by ST"),
            pytest.param("\x1b]52;c;UFdORUQ=\x9c", id="clipboard, ended by 8-bit ST"),
            pytest.param("\x9d52;c;UFdORUQ=\x07", id="clipboard, 8-bit"),
            pytest.param("\x1b]52;c;UFdORUQ=\x18", id="clipboard, cancelled"),
            pytest.param("\x1b]52;c;UFdORUQ=\x1a", id="clipboard, substituted"),
            pytest.param("\x1b]0;PWNED\x07", id="title"),
            pytest.param("\x1bkPWNED\x1b\\", id="title of a tmux window"),
            pytest.param("\x1b]8;;https://evil.example\x1b\\", id="hyperlink"),
            pytest.param("\x1b]9;PWNED\x07", id="notification"),
            pytest.param("\x1b]10;?\x07", id="colour query"),
            pytest.param("\x1b]1337;File=inline=1:QUJD\x07", id="iTerm2 file"),
            pytest.param("\x1b]777;notify;a;b\x07", id="rxvt notification"),
            pytest.param("\x1bP$q q\x1b\\", id="DECRQSS"),
            pytest.param("\x90$qm\x9c", id="DECRQSS, 8-bit"),
            pytest.param("\x1bP+q544e\x1b\\", id="XTGETTCAP"),
            pytest.param("\x1bPq#0;2;0;0;0#0~~@@\x1b\\", id="sixel"),
            pytest.param("\x1b_Gi=1,a=q;AAAA\x1b\\", id="kitty graphics"),
            pytest.param("\x9fGi=1,a=q;AAAA\x9c", id="kitty graphics, 8-bit"),
            pytest.param("\x1b^privacy\x1b\\", id="PM"),
            pytest.param("\x9eprivacy\x9c", id="PM, 8-bit"),
            pytest.param("\x1bXstring\x1b\\", id="SOS"),
            pytest.param("\x98string\x9c", id="SOS, 8-bit"),
            pytest.param("\x1b[2J", id="clear"),
            pytest.param("\x9b2J", id="clear, 8-bit"),
            pytest.param("\x1b[10;20H", id="cursor"),
            pytest.param("\x1b[6n", id="cursor report"),
            pytest.param("\x1b[>c", id="device attributes"),
            pytest.param("\x1b[?1049l", id="leave the alternate screen"),
            pytest.param("\x1b[?2004$p", id="mode query"),
            pytest.param("\x1b[ q", id="cursor shape"),
            pytest.param("\x1b[38;2;1;2;3m", id="colour"),
            pytest.param("\x1b[38:2::1:2:3m", id="colour with colons"),
            pytest.param("\x1bc", id="reset"),
            pytest.param("\x1b#8", id="alignment test"),
            pytest.param("\x1b(0", id="line drawing"),
            pytest.param("\x1b%G", id="select UTF-8"),
            pytest.param("\x1b7", id="save the cursor"),
            pytest.param("\x1b=", id="keypad"),
            pytest.param("\x1b", id="a lone escape"),
            pytest.param("\x1b]0;tab\there\x07", id="a tab in the payload"),
            pytest.param("\x1b]0;日本\x07", id="a payload beyond ASCII"),
        ],
    )
    def test_a_whole_sequence_becomes_one_mark(self, sequence: str) -> None:
        assert clean(f"日{sequence}日") == "日␛日"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("\x1b]0;my text goes on", "␛0;my text goes on"),
            ("\x9d0;my text goes on", "<U+009D>0;my text goes on"),
            ("\x1bPline\nline", "␛line line"),
            ("\x1bkName", "␛Name"),
            ("\x1b[日本", "␛日本"),
            ("\x1b[12;日本", "␛日本"),
            ("\x1b日本", "␛日本"),
        ],
    )
    def test_text_behind_an_opening_without_an_end_stays_readable(
        self, text: str, expected: str
    ) -> None:
        assert clean(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param(
                "\x1bPtmux;\x1b\x1b]52;c;UFdORUQ=\x07\x1b\\", "␛tmux;␛␛␛", id="tmux passthrough"
            ),
            pytest.param("\x1b]0;a\x1b]52;c;QQ==\x07b\x07", "␛0;a␛b␇", id="OSC in OSC"),
            pytest.param("\x1b\x1b[2J", "␛␛", id="escape before CSI"),
            pytest.param("\x1b[\x1b[2J", "␛␛", id="CSI in CSI"),
            pytest.param("\x1b\x9b2J", "␛␛", id="7-bit then 8-bit"),
            pytest.param("\x1b]\x9d0;x\x07", "␛␛", id="8-bit in 7-bit"),
            pytest.param("\x1b\u200b[2J", "␛[2J", id="split by a character that goes"),
            pytest.param("\x1b\ud800[2J", "␛", id="split by a surrogate that goes first"),
            pytest.param("\x1b\r\n[2J", "␛ [2J", id="split by a newline"),
            pytest.param("\x1b]0;x\x1b \\", "␛0;x␛", id="a false end"),
        ],
    )
    def test_nested_and_broken_sequences_leave_no_sequence(self, text: str, expected: str) -> None:
        assert clean(text) == expected

    @pytest.mark.parametrize(
        "opening", ["\x1b]", "\x1bP", "\x1b_", "\x9d", "\x1b[", "\x1b[0", "\x1b"]
    )
    def test_endless_openings_each_leave_their_mark(self, opening: str) -> None:
        cleaned = clean(opening * 20_000, multiline=True, limit=400_000)

        assert len(cleaned) in {20_000, 20_000 * len("<U+009D>")}
        assert set(cleaned) <= set("␛<U+009D>")


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "Grüße aus Ærø, señor; naïve façade – “quoted” … 5 €",
            "Kartenzahlung [ERROR] [/usr/bin] [@click=app.quit] [50%]",
            "Не работает касса",
            "Η πληρωμή απέτυχε",
            "カードの決済ができません。至急ご確認ください!",
            "付款失败，请帮忙",
            "카드 결제가 안 됩니다",
            unicodedata.normalize("NFD", "카드 결제가 안 됩니다"),
            unicodedata.normalize("NFD", "Thế hệ trẻ ở Việt Nam"),
            "لا يمكنني الوصول إلى حسابي، مُشْكِلَةٌ",
            f"نمی{ZWNJ}توانم وارد شوم",
            "אינני יכול להתחבר, שָׁלוֹם",
            "ไม่สามารถชำระเงินได้ที่ร้านนี้",
            "मेरा ऑर्डर गायब हो गया है",
            f"क्{ZWJ}ष र्{ZWNJ}य",
            f"ශ්{ZWJ}රී ලංකාව ප්{ZWJ}රක්{ZWJ}රියා",
            "လျှော့ဈေး ကြွေးမြွှော့်",
            "བསྒྲུབས་པ",
            "ភាសាខ្មែរ",
            f"👩{ZWJ}👩{ZWJ}👧{ZWJ}👦 👩🏻{ZWJ}❤️{ZWJ}💋{ZWJ}👩🏽 🏳️{ZWJ}🌈",
            f"🧑🏿{ZWJ}🚒 1️⃣ 🇳🇴 😀😀😀😀😀😀",
            "葛󠄀飾区",
            "~~~~~ ----- ===== ━━━━━━ ......... ,,,,, ?????",
        ],
    )
    def test_what_people_write_survives_verbatim(self, text: str) -> None:
        assert clean(text) == text
        assert clean(text, multiline=True) == text

    @pytest.mark.parametrize("newline", ["\n", "\r\n", "\x85", "\u2028", "\u2029"])
    def test_every_newline_is_one_newline_or_a_space(self, newline: str) -> None:
        assert clean(f"a{newline}b", multiline=True) == "a\nb"
        assert clean(f"a{newline}b") == "a b"

    def test_a_lone_carriage_return_and_a_form_feed_leave_marks(self) -> None:
        assert clean("a\rb\fc", multiline=True) == "a␍b␌c"

    def test_a_text_keeps_its_indents_and_empty_lines(self) -> None:
        assert clean("  a\n\n\tb  \n", multiline=True) == "  a\n\n    b  \n"

    @pytest.mark.parametrize("text", ["XaX", "XéX", "\xa0é\u3000"])
    def test_of_one_line_only_the_plain_spaces_around_it_go(self, text: str) -> None:
        assert clean(f"  {text} ") == text
        assert clean(f"  {text} ", multiline=True) == f"  {text} "

    def test_bidirectional_controls_are_spelled_out(self) -> None:
        assert clean("".join(BIDI)) == "".join(f"<U+{ord(c):04X}>" for c in BIDI)

    def test_a_surrogate_pair_is_the_character_it_means(self) -> None:
        assert clean("a\ud83d\ude00b") == "a😀b"

    def test_lone_surrogates_go_and_their_neighbours_stay(self) -> None:
        assert clean("a\ud800b\udc00c\ude00\ud83d") == "abc"

    def test_a_byte_order_mark_goes_also_beside_a_surrogate(self) -> None:
        assert clean("\ufeffa\ud800") == "a"

    def test_a_mark_that_crosses_the_limit_goes_and_its_base_stays(self) -> None:
        assert clean("e" + "\u0301" * 60 + "x") == "e" + "\u0301" * MARKS_LIMIT + "x"

    def test_every_base_in_a_row_of_signs_may_carry_as_many(self) -> None:
        text = ("!" + "\u0301" * MARKS_LIMIT + "क" + "\u093e" * MARKS_LIMIT) * 3

        assert clean(text) == text
        assert clean("!" + "\u093e" * MARKS_LIMIT) == "!" + "\u093e" * MARKS_LIMIT

    @pytest.mark.parametrize("character", ["\u093e", "\u1161", "🏻"])
    def test_what_rich_counts_as_no_cell_does_not_pile_up(self, character: str) -> None:
        assert clean("क" + character * 60 + "x") == "क" + character * MARKS_LIMIT + "x"

    def test_what_follows_the_marks_over_the_limit_stays(self) -> None:
        assert clean("한" + "\u11a8" * 60 + "?!") == "한" + "\u11a8" * MARKS_LIMIT + "?!"

    @pytest.mark.parametrize("joiner", [ZWJ, ZWNJ])
    @pytest.mark.parametrize("stray", ["a{}b", "{}a", "a{}", "👩{}a", "a{}👩", "क{}{}ष", "あ{}い"])
    def test_a_joiner_that_joins_nothing_goes(self, joiner: str, stray: str) -> None:
        assert clean(stray.replace("{}", joiner)) == stray.replace("{}", "")

    def test_a_chain_of_emoji_is_cut_into_short_ones(self) -> None:
        five = ZWJ.join("👩👩👩👩👩")

        assert clean(ZWJ.join("👩" * 15)) == five * 3
        assert clean(f"{five} {five}") == f"{five} {five}"


class TestCaps:
    def test_a_line_and_a_text_have_their_own_caps(self) -> None:
        assert clean("a" * LINE_LIMIT) == "a" * LINE_LIMIT
        assert clean("a" * (LINE_LIMIT + 1)) == "a" * (LINE_LIMIT - 1) + CUT
        assert clean("a" * TEXT_LIMIT, multiline=True) == "a" * TEXT_LIMIT
        assert clean("a" * (TEXT_LIMIT + 1), multiline=True) == "a" * (TEXT_LIMIT - 1) + CUT

    def test_the_caps_count_every_script_alike(self) -> None:
        assert clean("é\u0301" * 3, limit=6) == "é\u0301" * 3
        assert clean("é\u0301" * 3 + "X", limit=6) == "é\u0301é\u0301é" + CUT
        assert clean("é\u0301XXbc", limit=5) == "é\u0301XX" + CUT

    def test_a_text_has_a_cap_of_lines(self) -> None:
        most = "\n".join(f"line {number}" for number in range(LINES_LIMIT))

        assert clean(most, multiline=True) == most
        for over in ("\nover", "\nover" * 9):
            shown = clean(most + over, multiline=True).split("\n")
            assert len(shown) == LINES_LIMIT
            assert shown[0] == "line 0"
            assert shown[-2:] == [f"line {LINES_LIMIT - 2}", CUT]

    def test_no_space_stands_before_the_cut(self) -> None:
        assert clean("ab   cd", limit=5) == "ab" + CUT
        assert clean("a\n   b", multiline=True, limit=5) == "a\n" + CUT

    def test_what_was_never_looked_at_shows_as_cut(self) -> None:
        assert clean("\u200b" * 40 + "a", limit=10) == CUT
        assert clean(" " * 41, limit=10) == CUT
        assert clean("ab" + "\u200b" * 37 + "c", limit=10) == "abc"

    def test_a_text_that_ends_in_the_cut_by_itself_gets_no_second_one(self) -> None:
        assert clean("\u200b" * 37 + "ab…" + "c", limit=10) == "ab…"

    @pytest.mark.parametrize("text", ["a", "\n", "\x1b]", "\x1b[", "é\u0301", "日", f"👩{ZWJ}"])
    def test_ten_megabytes_end_at_the_caps(self, text: str) -> None:
        huge = text * (10_000_000 // len(text))

        assert len(clean(huge)) <= LINE_LIMIT
        assert len(clean(huge, multiline=True)) <= TEXT_LIMIT


ids = hostile_texts(max_size=12) | st.text(max_size=3).map(lambda text: text * 60)


class TestIds:
    @given(ids, ids)
    @example("a", "a\u200b")
    @example("\u202e", r"\u{202e}")
    @example("x" * 129, clean_id("x" * 129))
    @example("", " ")
    def test_two_ids_are_shown_as_two(self, one: str, other: str) -> None:
        assert (clean_id(one) == clean_id(other)) == (one == other)

    @given(ids)
    @example(" ")
    @example("   ")
    @example("a…" + "b" * 120)
    def test_the_raw_id_comes_back_unless_it_was_shortened(self, raw: str) -> None:
        assert raw_id(clean_id(raw)) == (None if CUT in clean_id(raw) else raw)

    @given(ids)
    @example("x\ufe0f" * 200)
    @example("한" + "\u11a8" * 9)
    def test_a_shown_id_is_clean(self, raw: str) -> None:
        shown = clean_id(raw)

        assert clean(shown) == shown
        assert shown.isprintable()
        assert len(shown) <= ID_LIMIT

    @pytest.mark.parametrize(
        "raw",
        [
            "35637",
            "6b2f-44",
            "a/b c:d",
            "[/x]",
            "Ærø-12",
            "Ærø 12",
            "問い合わせ-7",
            "한국",
            "x" * ID_LIMIT,
            "é" * ID_LIMIT,
            "",
        ],
    )
    def test_ordinary_ids_are_shown_as_they_are(self, raw: str) -> None:
        assert clean_id(raw) == raw
        assert raw_id(raw) == raw

    @pytest.mark.parametrize(
        ("raw", "shown"),
        [
            ("1\u202e2", r"1\u{202e}2"),
            ("1\x1b[2J", r"1\u{1b}[2J"),
            ("\ud800", r"\u{d800}"),
            ("e\u0301", r"e\u{301}"),
            ("a\\b", r"a\u{5c}b"),
            ("a\xa0b", r"a\u{a0}b"),
            (" 7 ", r"\u{20}7\u{20}"),
            ("\u2800", r"\u{2800}"),
            ("…", r"\u{2026}"),
            ("한\u11a8", r"한\u{11a8}"),
            ("👩🏻", r"👩\u{1f3fb}"),
            ("\U0010ffff", r"\u{10ffff}"),
        ],
    )
    def test_what_cleaning_would_touch_is_spelled_out(self, raw: str, shown: str) -> None:
        assert clean_id(raw) == shown

    def test_long_ids_that_differ_at_their_end_stay_two(self) -> None:
        one, other = clean_id("x" * 500 + "1"), clean_id("x" * 500 + "2")

        assert one != other
        assert len(one) == len(other) == ID_LIMIT
        assert one.startswith("x" * 111 + CUT)
        assert raw_id(one) is None

    def test_a_long_id_of_lone_surrogates_is_digested_too(self) -> None:
        assert len({clean_id("\ud800" * 500), clean_id("\ud801" * 500)}) == 2

    def test_an_id_of_ten_megabytes_is_only_digested(self) -> None:
        assert len(clean_id("é" * 10_000_000)) == ID_LIMIT

    def test_a_mark_that_no_id_has_stays_as_it_was_typed(self) -> None:
        assert raw_id(r"\u{110000} \u{} \u{1F}") == r"\u{110000} \u{} \u{1F}"


class TestWhatTheUserWrites:
    def test_directions_go_and_all_else_stays(self) -> None:
        assert without_directions(f"a{BIDI}b\x1b{ZWJ}\u200b") == f"ab\x1b{ZWJ}\u200b"

    def test_joiners_are_told_from_what_they_join(self) -> None:
        assert [c for c in ["a", *ZWNJ, *ZWJ, "👩", "", None] if is_joiner(c)] == [ZWNJ, ZWJ]
        assert [c for c in ["a", ZWJ, "👩", "क", "م", "日"] if can_be_joined(c)] == ["👩", "क", "م"]


class TestFirstLine:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", ""),
            (" \n\u3000\n", ""),
            ("\n  Terminals down  \nsince noon", "Terminals down"),
            ("one", "one"),
            ("x" * 2_000, "x" * (LINE_LIMIT - 1) + CUT),
        ],
    )
    def test_it_is_the_first_that_says_something(self, text: str, expected: str) -> None:
        assert first_line(text) == expected
