"""Says what is wrong with the keys that somebody chose. Imports no Textual.

The configuration is checked with it, also where there is no dashboard.
"""

from collections.abc import Iterator, Mapping

from tui.app.commands import BY_ID, can_meet
from tui.app.key_names import is_character, key_problem, normal_key, show_key

Chosen = Mapping[str, tuple[str, ...]]
"""Keys by command id, as somebody wrote them."""


def key_problems(chosen: Chosen) -> Iterator[tuple[str, str]]:
    """Yield the id of a command and what is wrong with one of its keys, in one line."""
    known = {
        command_id: {normal_key(key): key for key in keys if key}
        for command_id, keys in chosen.items()
        if command_id in BY_ID
    }
    for place, (command_id, keys) in enumerate(known.items()):
        earlier = list(known)[:place]
        for key, written in keys.items():
            if problem := key_problem(key):
                yield command_id, f'"{written}": {problem}'
            elif command_id.startswith("form.") and is_character(key):
                yield (
                    command_id,
                    f'"{written}" would be typed into the field; take ctrl or an F key',
                )
            else:
                yield from _taken(command_id, key, earlier, known)


def _taken(
    command_id: str, key: str, earlier: list[str], known: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield from whom the key is taken: only one command of a screen can have it."""
    for other in earlier:
        if key in known[other] and can_meet(command_id, other):
            yield (
                command_id,
                f'"{show_key(key)}" is given to {other} too; only one of them gets it',
            )
    for command in BY_ID.values():
        usual = [normal_key(each) for each in command.keys]
        if command.id in known or key not in usual or not can_meet(command_id, command.id):
            continue
        given_away = {each for keys in known.values() for each in keys}
        kept = [show_key(each) for each in usual if each not in given_away]
        left = f"which keeps {' '.join(kept)}" if kept else "which has no key now"
        yield command_id, f'"{show_key(key)}" is taken from {command.id}, {left}'
