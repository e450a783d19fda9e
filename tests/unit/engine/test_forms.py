"""A form is filled from the journal at once and from the vendor when it answers."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import pytest

from support.builders import NOON
from support.journal import QUEUES, closed_later
from support.sources import FixedCredential, make_allowance
from support.vendors import ListVendor
from tui.domain.creates import ChoiceList, KeptDraft, Remembered
from tui.domain.draft import Choice, FieldSpec, FieldType
from tui.domain.errors import ConnectionLost, StateError, UsageError
from tui.domain.workspace import Workspace
from tui.engine.clock import SystemClock
from tui.engine.forms import Forms
from tui.engine.offload import in_thread
from tui.engine.runtime import Runtime
from tui.engine.source import Source
from tui.store.journal import Journal

T = TypeVar("T")

TITLE = FieldSpec(key="title", label="Title")
STATUS = FieldSpec(key="status", label="Status", type=FieldType.CHOICE, default="new")
USERS = FieldSpec(key="assignee", label="Assignee", type=FieldType.CHOICE, lookup="users")
CONTACTS = FieldSpec(
    key="contact_id", label="Customer", type=FieldType.CHOICE, lookup="contacts", searches=True
)
FAMILY = FieldSpec(key="customFields", label="Custom fields", open_keys=True)
DUE = FieldSpec(key="customFields.due", label="Due", default="2026-11-22", required=True)
FIELDS = (TITLE, STATUS, USERS, CONTACTS, FAMILY)
ANN = Choice("17", "Ann")


class ListingVendor(ListVendor):
    """Knows choices and the fields of its tenant."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self.field_calls = 0

    async def fetch_choices(self, lookup: str, keyword: str = "") -> Sequence[Choice]:
        self.asked.append((lookup, keyword))
        if self.failure is not None:
            raise self.failure
        return [ANN]

    async def fetch_fields(self) -> Sequence[FieldSpec]:
        self.field_calls += 1
        if self.failure is not None:
            raise self.failure
        return [DUE]


class Desk:
    """Forms over `klink`, whose vendor knows everything, and `qp`, whose vendor knows nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        self.vendor = ListingVendor()
        self.journal = closed_later(Journal(folder, QUEUES, clock=SystemClock()))
        self.runtime = Runtime()
        self.runtime.start()
        vendors = {"klink": self.vendor, "qp": ListVendor()}
        self.forms = Forms(
            self.runtime,
            {name: self._source(name) for name in vendors},
            lambda workspace: vendors[workspace],
            self.journal,
            viewer="ana",
            clock=SystemClock(),
            offload=in_thread,
        )

    @staticmethod
    def _source(name: str) -> Source:
        return Source(
            workspace=Workspace(name=name, vendor="v", title=name.title()),
            open_vendor=ListVendor,
            credential=FixedCredential(),
            gate=make_allowance(SystemClock()).gate(name),
            fields=FIELDS,
        )


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.runtime.stop()


def got(future: Future[T]) -> T:
    return future.result(10)


def typed(**texts: str) -> KeptDraft:
    return KeptDraft(id="d", workspace="klink", texts=texts, at=NOON)


def test_the_form_is_there_without_a_call(desk: Desk) -> None:
    form = got(desk.forms.form("klink"))

    assert (form.specs, dict(form.lists), form.problem) == (FIELDS, {}, "")
    assert (desk.vendor.asked, desk.vendor.field_calls) == ([], 0)


def test_what_the_vendor_told_is_in_the_next_form_at_once(desk: Desk) -> None:
    came = got(desk.forms.look_up("klink", "users"))
    tenant = got(desk.forms.tenant_form("klink"))

    form = got(desk.forms.form("klink"))

    assert tenant.specs == (TITLE, STATUS, USERS, CONTACTS, DUE, FAMILY)
    assert (form.specs, form.lists) == (tenant.specs, {"users": came})
    assert came.choices == (ANN,)
    got(desk.forms.tenant_form("klink"))
    assert (desk.vendor.asked, desk.vendor.field_calls) == ([("users", "")], 1)


def test_only_a_list_that_is_searched_gets_the_keyword_and_is_in_no_form(desk: Desk) -> None:
    got(desk.forms.look_up("klink", "users", "ann"))
    found = got(desk.forms.look_up("klink", "contacts", "Ann"))

    assert desk.vendor.asked == [("users", ""), ("contacts", "Ann")]
    assert found.choices == (ANN,)
    assert set(got(desk.forms.form("klink")).lists) == {"users"}


def test_a_vendor_that_is_down_leaves_the_form_and_says_why(desk: Desk) -> None:
    desk.vendor.failure = ConnectionLost("no answer within 20 s")

    tenant = got(desk.forms.tenant_form("klink"))
    came = got(desk.forms.look_up("klink", "users"))

    assert (tenant.specs, tenant.problem) == (FIELDS, "no answer within 20 s")
    assert came == ChoiceList(problem="no answer within 20 s")


def test_a_vendor_that_cannot_be_asked_says_so(desk: Desk) -> None:
    assert got(desk.forms.look_up("qp", "users")).problem == "Qp cannot be asked for choices"
    assert got(desk.forms.tenant_form("qp")).specs == FIELDS


def test_an_unknown_workspace_is_a_wrong_call(desk: Desk) -> None:
    for wrong in (desk.forms.form("oslo"), desk.forms.tenant_form("oslo")):
        with pytest.raises(UsageError, match="no workspace oslo"):
            got(wrong)


def test_what_is_typed_is_there_after_a_kill(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    kept = got(desk.forms.keep_draft(typed(title="Tills down")))

    # Nobody says goodbye.
    again = Desk(tmp_path)

    assert got(again.forms.drafts()) == (kept,)
    got(again.forms.forget_draft("d"))
    assert got(desk.forms.drafts()) == ()
    for each in (desk, again):
        each.runtime.stop()


def test_every_key_of_a_held_key_ends_in_the_longest_text(desk: Desk) -> None:
    saves = [desk.forms.keep_draft(typed(title="n" * count)) for count in range(1, 500)]

    assert got(saves[-1]).texts == {"title": "n" * 499}
    assert [each.texts for each in got(desk.forms.drafts())] == [{"title": "n" * 499}]


def test_a_form_that_was_only_opened_leaves_no_draft(desk: Desk) -> None:
    assert desk.journal.remembered is not None
    desk.journal.remembered.keep("ana", "klink", {"assignee": "17"})
    got(desk.forms.remembered())
    got(desk.forms.tenant_form("klink"))

    untouched = {"title": " ", "status": "new", "assignee": "17", "customFields.due": "2026-11-22"}
    got(desk.forms.keep_draft(typed(**untouched)))
    assert got(desk.forms.drafts()) == ()

    got(desk.forms.keep_draft(typed(**untouched | {"title": "x"})))
    assert len(got(desk.forms.drafts())) == 1
    got(desk.forms.keep_draft(typed(**untouched)))
    assert got(desk.forms.drafts()) == ()


def test_what_was_chosen_last_is_remembered_for_the_viewer(desk: Desk) -> None:
    assert got(desk.forms.remembered()) == Remembered()
    assert desk.journal.remembered is not None
    desk.journal.remembered.keep("ana", "klink", {"status": "open"})
    desk.journal.remembered.keep("bo", "qp", {"status": "new"})

    assert got(desk.forms.remembered()) == Remembered("klink", {"klink": {"status": "open"}})


def damage_ledger(folder: Path) -> None:
    (folder / "ledger.db").write_bytes(b"no database at all" * 100)


def block_ledger(folder: Path) -> None:
    (folder / "ledger.db-journal").mkdir()


@pytest.mark.parametrize("spoil", [damage_ledger, block_ledger])
def test_without_a_ledger_a_form_opens_and_drafts_say_why(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path)
    desk = Desk(tmp_path)

    assert got(desk.forms.form("klink")).specs == FIELDS
    assert got(desk.forms.remembered()) == Remembered()
    with pytest.raises(StateError, match=r"move (ledger\.db|it) away.*ledger\.db"):
        got(desk.forms.keep_draft(typed(title="x")))
    desk.runtime.stop()


def test_at_the_end_drafts_are_kept_and_nothing_more_is_asked_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for count in range(1, 50):
        desk.forms.keep_draft(typed(title="n" * count))

    got(desk.runtime.submit(desk.forms.finish()))
    desk.runtime.stop()

    again = Desk(tmp_path)
    assert [each.texts for each in got(again.forms.drafts())] == [{"title": "n" * 49}]
    again.runtime.stop()
