"""`make mutate`: breaks the program on purpose, piece by piece, and shows what no test notices.

mutmut changes one place of a function at a time and runs the tests that reach it. What survives is
either named in docs/mutation.md with the reason why it may live, or is a test that is missing.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.memory_disk import use_memory

ROOT = Path(__file__).resolve().parents[2]
NAMED = ROOT / "docs" / "mutation.md"
COPIED = ("tui", "tests", "themes", "docs", "config.example.toml", "pyproject.toml")
CAUGHT = {"killed", "timeout", "segfault", "suspicious", "caught by type check"}
LIVES = {"survived", "no tests"}
SQL = re.compile(r"\b(?:select|insert|delete|update|is null)\b| = \?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A part of the program that is broken, and the tests that must notice."""

    modules: Sequence[str]
    tests: Sequence[str]
    but: Sequence[str] = ()
    """Of these tests, those that take too long to be run for each mutant that lives, by name."""


UNIT = "tests/unit"
CREATES = [f"{UNIT}/engine/test_{part}.py" for part in ("creates", "outbox", "reconciling")]
AT_EVERY_STEP = ["killed_at_any_step", "the_audit_log_has_the_answer", "ends_while_it_takes_up"]
TARGETS: Mapping[str, Target] = {
    "clean": Target(
        ["tui/domain/clean.py"],
        [f"{UNIT}/domain/test_clean.py", f"{UNIT}/domain/test_form_text.py"],
    ),
    "transport": Target(
        ["tui/vendors/transport.py"],
        [
            f"{UNIT}/vendors/test_transport.py",
            f"{UNIT}/vendors/test_transport_faults.py",
            f"{UNIT}/vendors/test_gate.py",
            f"{UNIT}/vendors/test_kept_answers.py",
        ],
    ),
    "answers": Target(
        [
            "tui/vendors/address.py",
            "tui/vendors/decompression.py",
            "tui/vendors/failures.py",
            "tui/vendors/http_dates.py",
            "tui/vendors/masking.py",
        ],
        [
            f"{UNIT}/vendors/test_address.py",
            f"{UNIT}/vendors/test_decompression.py",
            f"{UNIT}/vendors/test_failures.py",
            f"{UNIT}/vendors/test_masking.py",
        ],
    ),
    "decode": Target(
        ["tui/vendors/decode.py", "tui/vendors/json_bounds.py", "tui/vendors/reading.py"],
        [
            f"{UNIT}/vendors/test_decode.py",
            f"{UNIT}/vendors/test_json_bounds.py",
            f"{UNIT}/vendors/test_reading.py",
            f"{UNIT}/vendors/klinkcx",
            f"{UNIT}/vendors/questionpro",
            f"{UNIT}/vendors/questionpro_legacy",
            f"{UNIT}/vendors/socialboards",
        ],
    ),
    "likeness": Target(["tui/domain/likeness.py"], [f"{UNIT}/domain/test_likeness.py"]),
    "intents": Target(
        ["tui/store/intents.py", "tui/store/intent_rows.py", "tui/store/losses.py"],
        [
            f"{UNIT}/store/test_intents.py",
            f"{UNIT}/store/test_drafts.py::TestSending",
            f"{UNIT}/store/test_journal.py",
            f"{UNIT}/store/test_losses.py",
        ],
    ),
    "outbox": Target(["tui/engine/outbox.py"], CREATES, AT_EVERY_STEP),
    "create_runs": Target(["tui/engine/create_runs.py"], CREATES, AT_EVERY_STEP),
    "reconciling": Target(["tui/engine/reconciling.py"], CREATES, AT_EVERY_STEP),
    "secrets": Target(
        [
            "tui/config/command.py",
            "tui/config/credentials.py",
            "tui/config/secrets.py",
            "tui/domain/secret.py",
        ],
        [
            f"{UNIT}/config/test_load.py",
            f"{UNIT}/config/test_mistakes.py",
            f"{UNIT}/config/test_secrets.py",
            f"{UNIT}/domain/test_secret.py",
        ],
    ),
}


def main() -> int:
    """Break what was asked for; return 1 where something lives that nobody has named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--children", type=int, default=os.cpu_count(), metavar="N")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(TARGETS):
        parser.error(
            f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}"
        )
    named = NAMED.read_text(encoding="utf-8")
    use_memory()
    held = [survey(name, asked.children, named) for name in asked.targets or TARGETS]
    return 0 if all(held) else 1


def survey(name: str, children: int, named: str) -> bool:
    """Print the score of one target and its survivors; return whether all of them are known."""
    target = TARGETS[name]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        place = Path(folder)
        prepare(place, target)
        mutmut(place, "run", "--max-children", str(children))
        verdicts = dict(read_verdicts(mutmut(place, "results", "--all", "true")))
        rows = {
            row(mutmut(place, "show", mutant))
            for mutant, verdict in verdicts.items()
            if verdict in LIVES
        }
    if strange := set(verdicts.values()) - CAUGHT - LIVES:
        sys.exit(f"{name}: not every mutant was tried: {strange}")
    for module in target.modules:
        dotted = module.removesuffix(".py").replace("/", ".") + "."
        own = Counter(
            verdict in CAUGHT for mutant, verdict in verdicts.items() if mutant.startswith(dotted)
        )
        if not own:
            sys.exit(f"{name}: nothing in {module} could be broken")
        print(f"{module}: {100 * own[True] / own.total():.1f} % of {own.total()} caught")
    news = sorted(each for each in rows if each not in named and not is_same_sql(each))
    print(f"{name}: {len(rows)} ways to live on, {len(news)} of them without a name")
    for each in news:
        print(f"  {each}")
    print(flush=True)
    return not news


def prepare(place: Path, target: Target) -> None:
    """Copy the checkout, so that no broken module ever stands in it, and configure mutmut."""
    for part in COPIED:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, place / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / part)
    but = ["-k", f"not ({' or '.join(target.but)})"] if target.but else []
    settings = {
        "source_paths": ["tui"],
        "only_mutate": list(target.modules),
        "also_copy": ["themes", "docs", "config.example.toml"],
        "pytest_add_cli_args_test_selection": list(target.tests),
        "pytest_add_cli_args": ["--timeout=10", *but],
    }
    with (place / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mutmut]\n")
        file.writelines(f"{key} = {value!r}\n" for key, value in settings.items())


def mutmut(place: Path, *words: str) -> str:
    """Run mutmut; its own progress goes nowhere, and its complaints end the survey.

    What the tests leave behind goes with the copy: pytest cleans up after no mutant.
    """
    ended = subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=place,
        env={**os.environ, "HYPOTHESIS_PROFILE": "mutation", "TMPDIR": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        sys.exit(f"mutmut {words[0]} failed:\n{ended.stdout[-2_000:]}\n{ended.stderr[-2_000:]}")
    return ended.stdout


def read_verdicts(results: str) -> Iterator[tuple[str, str]]:
    """Yield each mutant and what became of it."""
    for line in results.splitlines():
        mutant, colon, verdict = line.strip().partition(": ")
        if colon and "__mutmut_" in mutant:
            yield mutant, verdict


def row(shown: str) -> str:
    """Return a mutant as the start of its row in docs/mutation.md: the function and the change.

    Numbers of mutants move with every edit; a changed line is the same until it is edited itself.
    """
    head, _, diff = shown.partition("\n")
    module, _, function = head.removeprefix("# ").partition("__mutmut_")[0].rpartition(".")
    place = f"{module.removeprefix('tui.')}.{function[2:].replace('ǁ', '.')}"
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "@@"))]
    before, after = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)).replace("|", r"\|")
        for sign in "-+"
    )
    return f"| `{place}` | `{before}` → `{after}` |"


def is_same_sql(change: str) -> bool:
    """Whether a row changes SQL in nothing but its case, which means nothing there."""
    before, arrow, after = change.partition("` → `")
    told = before.rpartition(" | `")[2].lower()
    return bool(arrow) and SQL.search(told) is not None and told == after.lower()[:-3]


if __name__ == "__main__":
    sys.exit(main())
