"""Mistakes put into the installed program from outside, each at a place of its own.

`sitecustomize` of a child process: it waits for the module it is to break and changes one thing.
"""

from pathlib import Path

_HOOK = """
import importlib.abc, importlib.util, os, sys

MODULE, PATCH = {module!r}, {patch!r}


class Breaker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            exec(PATCH, {{"module": module, "fail": fail}})

        spec.loader.exec_module = exec_module
        return spec


def fail(*_arguments, **_named):
    secret = os.environ["CANARY"]
    try:
        int(secret)
    except ValueError as error:
        error.add_note(secret)
        raise RuntimeError("about " + secret, {{"key": secret}}) from error


sys.meta_path.insert(0, Breaker())
"""


def break_program(folder: Path, module: str, patch: str) -> dict[str, str]:
    """Return the environment in which the program runs `patch` once `module` is loaded.

    The patch sees `module`, and `fail`, which raises with `$CANARY` in its message, its cause, its
    notes and its local variables.
    """
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_HOOK.format(module=module, patch=patch))
    return {"PYTHONPATH": str(folder)}
