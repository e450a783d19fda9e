"""Which theme is shown, which there are, and what of them this terminal draws. Knows no widget."""

from pathlib import Path

from tui.domain.errors import Problem
from tui.theming.depth import can_draw, fit, name_for
from tui.theming.files import folder_state, theme_name
from tui.theming.load import Themes, load_themes
from tui.theming.spec import Depth, Theme


class ThemeChoice:
    """The themes on disk, one of them chosen; each fitted to the terminal."""

    def __init__(
        self,
        wanted: str,
        *,
        depth: Depth,
        no_color: bool = False,
        user_folder: Path | None = None,
        themes: Themes | None = None,
    ) -> None:
        self._wanted = wanted
        self._is_picked = False
        self._no_color = no_color
        self._depth = depth
        self._folder = user_folder
        self._state = folder_state(user_folder) if user_folder else ()
        self._themes = themes or load_themes(user_folder)
        self.name = self._name()
        """Of the theme that is shown."""

    @property
    def theme(self) -> Theme:
        """The theme that is shown."""
        return self.fitted(self.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all themes, in order."""
        return self._themes.names

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files; first with that of the theme that is wanted."""
        return tuple(sorted(self._themes.problems, key=self._is_elsewhere))

    @property
    def watches(self) -> bool:
        """Whether there is a folder whose themes may change."""
        return self._folder is not None and self._folder.is_dir()

    def fitted(self, name: str) -> Theme:
        """Return a theme in colours that the terminal has."""
        return fit(self._themes.pick(name), self._depth)

    def is_drawn(self, name: str) -> bool:
        """Whether the terminal has the colours for it."""
        return can_draw(self._themes.pick(name), self._depth)

    def words(self, name: str) -> str:
        """Return what kind of theme it is."""
        return self._themes.by_name[name].kind

    def choose(self, name: str) -> None:
        """Show another theme from now on, whatever the terminal would do better with."""
        self._wanted, self._is_picked = name, True
        self.name = self._name()

    def reload(self) -> bool:
        """Read the themes again if a file of the user's changed; return whether that was so.

        Of a file that cannot be read any more, what was read before stays. A wanted theme whose
        file is broken or gone is shown as soon as it can be.
        """
        state = folder_state(self._folder) if self._folder else ()
        if state == self._state:
            return False
        self._state = state
        self._themes = load_themes(self._folder).over(self._themes)
        self.name = self._name()
        return True

    def _name(self) -> str:
        """Return which theme is shown for the one that is wanted."""
        name = self._wanted
        if not self._is_picked:
            name = name_for(name, self._themes.by_name, self._depth, no_color=self._no_color)
        return self._themes.pick(name).name

    def _is_elsewhere(self, problem: Problem) -> bool:
        return theme_name(Path(problem.path)) != self._wanted
