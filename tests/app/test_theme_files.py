"""Files of the user's themes that break, go and come back while the dashboard runs."""

from pathlib import Path
from random import Random

from support.builders import NOON
from support.deck import SMALL, make_list_app, settle, text_of
from support.repeats import repeats
from support.service import world
from tui.theming.files import shipped_folder, theme_files
from tui.theming.load import load_themes
from tui.theming.spec import Color

MUTANTS = repeats(60, 1_000)
HOSTILE = [
    *(b"}", b"; }", b"$text", b"/*", b'"', b"'", b"#", b"=", b"[", b"]]", b"\\", b"\x00", b"\xff"),
    *(
        b"#ggg",
        b"#12345",
        b"default",
        b"ansi_",
        b"blink",
        b"999",
        b"nan",
        b"{a=1}",
        b'"""',
        b"\x1b[2J",
    ),
]

MINE = 'extend = "midnight"\n[colors]\ntext = "{}"\n'


async def test_a_broken_theme_that_is_mended_is_worn(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("T", "escape")
        file.write_text(MINE.format("#ffffff"))
        app.look_for_changed_themes()
        await settle(pilot)

        assert app.look.painter.theme.name == app.themes.name == "mine"


async def test_a_theme_whose_file_comes_back_is_worn_again_and_followed(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MINE.format("#ffffff"))
    app = make_list_app(world(NOON, 5), user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.themes.choose("mine")
        for moved, name in (("mine.bak", "midnight"), ("mine.toml", "mine")):
            file = file.rename(tmp_path / moved)
            app.look_for_changed_themes()
            await settle(pilot)
            assert app.look.painter.theme.name == name
        file.write_text(MINE.format("#eeeeee"))
        app.look_for_changed_themes()
        await settle(pilot)

        assert app.look.painter.theme.paints["text"].hue == Color(0xEE, 0xEE, 0xEE)


async def test_a_theme_that_was_picked_stays_when_another_file_changes(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE.format("#ffffff"))
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.choose_theme("daylight")
        (tmp_path / "mine.toml").write_text(MINE.format("#eeeeee") + "# saved")
        app.look_for_changed_themes()
        await settle(pilot)

        assert app.look.painter.theme.name == app.themes.name == "daylight"


async def test_of_several_bad_themes_the_one_that_is_wanted_is_told_first(tmp_path: Path) -> None:
    for name in ("a", "mine", "z"):
        (tmp_path / f"{name}.toml").write_text("[colors\n")
    app = make_list_app(world(NOON, 5), theme="mine", user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)

        assert "mine.toml:1: not TOML" in text_of(app)
        assert "(and 2 more" in text_of(app)


def mutated(content: bytes, random: Random) -> bytes:
    """Return a theme file after a few accidents: of a byte, of a line, or by somebody hostile."""
    lines = content.splitlines(keepends=True)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        place = random.randrange(len(lines[at]) + 1)
        accident = random.choice(["put", "put", "cut", "drop", "twice", "swap"])
        if accident == "put":
            lines[at] = lines[at][:place] + random.choice(HOSTILE) + lines[at][place:]
        elif accident == "cut":
            lines[at] = lines[at][:place]
        elif accident == "drop":
            lines[at] = b""
        elif accident == "twice":
            lines[at] *= 2
        else:
            lines[at], lines[-1] = lines[-1], lines[at]
    return b"".join(lines)


async def test_with_mutated_themes_the_program_starts_and_wears_those_that_are_whole(
    tmp_path: Path,
) -> None:
    random = Random(66)
    shipped = [path.read_bytes() for path in theme_files(shipped_folder())]
    mutants = {f"mutant-{number:04}" for number in range(MUTANTS)}
    for name in sorted(mutants):
        (tmp_path / f"{name}.toml").write_bytes(mutated(random.choice(shipped), random))
    loaded = load_themes(tmp_path)
    whole = mutants & set(loaded.names)
    broken = mutants - whole
    assert min(len(whole), len(broken)) > MUTANTS // 10

    app = make_list_app(world(NOON, 5), theme=min(broken), user_themes=tmp_path)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert app.look.painter.theme.name == "midnight"
        assert f"{min(broken)}.toml:" in text_of(app), "what is wrong with the wanted one"
        for name in sorted(whole):
            app.choose_theme(name)
            await pilot.pause()
            assert app.look.painter.theme.name == name

    told = {Path(problem.path).stem for problem in loaded.problems}
    assert broken <= told <= mutants
    for problem in loaded.problems:
        assert str(problem).isprintable()
        assert problem.key or problem.message.startswith(("not TOML: ", "not UTF-8"))
