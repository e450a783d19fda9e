"""A service for tests of the dashboard: no thread, no network; a test says what happens."""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from support.builders import make_ticket
from support.scripted_queue import ScriptedQueue
from tui.domain.activity import Novelty, WorkspaceActivity
from tui.domain.acts import NO_ACTS, Act, ActKind, Acts, LocalActs, Note, Signed, Snooze
from tui.domain.creates import (
    ChoiceList,
    Form,
    KeptDraft,
    OpenCreate,
    Remembered,
    with_tenant_fields,
)
from tui.domain.diff import ChangeSet, Position, Reset
from tui.domain.draft import (
    Choice,
    Draft,
    FieldSpec,
    FieldType,
    Outcome,
    RequestPreview,
)
from tui.domain.errors import TicketdeckError
from tui.domain.health import HealthState, WorkspaceHealth
from tui.domain.person import Person
from tui.domain.revision import Revision
from tui.domain.ticket import DueSource, Priority, Status, Ticket, TicketRef
from tui.domain.urgency import is_overdue
from tui.domain.workspace import Workspace

T = TypeVar("T")

FIELDS = (
    FieldSpec(
        key="priority",
        label="Priority",
        type=FieldType.CHOICE,
        required=True,
        choices=(Choice("HIGH", "High"), Choice("MEDIUM", "Medium"), Choice("LOW", "Low")),
        default="MEDIUM",
    ),
    FieldSpec(
        key="status",
        label="Status",
        type=FieldType.CHOICE,
        choices=(Choice("NEW", "New"), Choice("OPEN", "Open")),
        takes_other_values=True,
        default="NEW",
    ),
    FieldSpec(key="comment", label="Comment", type=FieldType.LONG_TEXT, required=True),
    FieldSpec(key="firstName", label="Customer"),
    FieldSpec(key="email", label="E-mail", type=FieldType.EMAIL),
    FieldSpec(key="mobile", label="Phone", type=FieldType.PHONE),
    FieldSpec(key="tags", label="Tags", repeats=True),
    FieldSpec(key="due", label="Due", type=FieldType.DATE),
    FieldSpec(key="customFields", label="Other fields", open_keys=True),
)


class FakeForms:
    """Implements `app.bridge.FormService`: a test says what the journal and the vendors know."""

    def __init__(self, service: "FakeService") -> None:
        self._service = service
        self.tenant_fields: dict[str, tuple[FieldSpec, ...]] = {}
        """By workspace; added to the vendor's own once they were asked for."""
        self.lists: dict[tuple[str, str], ChoiceList] = {}
        """By workspace and lookup: what the vendor answers."""
        self.asked: list[tuple[str, str, str]] = []
        """Workspace, lookup and keyword of each look-up."""
        self.kept: dict[str, KeptDraft] = {}
        self.last = Remembered()
        self.keep_problem: TicketdeckError | None = None

    def form(self, workspace: str) -> Future[Form]:
        return _done(Form(self._service.fields(workspace)))

    def tenant_form(self, workspace: str) -> Future[Form]:
        added = self.tenant_fields.get(workspace, ())
        return _done(Form(with_tenant_fields(self._service.fields(workspace), added)))

    def look_up(self, workspace: str, lookup: str, keyword: str = "") -> Future[ChoiceList]:
        self.asked.append((workspace, lookup, keyword))
        known = self.lists.get((workspace, lookup), ChoiceList(problem="it cannot be asked"))
        wanted = keyword.casefold()
        found = tuple(each for each in known.choices if wanted in each.label.casefold())
        return _done(replace(known, choices=found))

    def drafts(self) -> Future[tuple[KeptDraft, ...]]:
        return _done(tuple(sorted(self.kept.values(), key=lambda each: each.at, reverse=True)))

    def keep_draft(self, draft: KeptDraft) -> Future[KeptDraft]:
        if self.keep_problem is not None:
            failed: Future[KeptDraft] = Future()
            failed.set_exception(self.keep_problem)
            return failed
        self.kept[draft.id] = replace(draft, version=draft.version + 1)
        return _done(self.kept[draft.id])

    def forget_draft(self, draft_id: str) -> Future[None]:
        self.kept.pop(draft_id, None)
        return _done(None)

    def remembered(self) -> Future[Remembered]:
        return _done(self.last)


class FakeCreates:
    """Implements `app.bridge.CreateService`; creates end when a test says so."""

    def __init__(self, service: "FakeService") -> None:
        self._service = service
        self.open: tuple[OpenCreate, ...] = ()
        self.lost: tuple[str, ...] = ()
        self.ended: tuple[Outcome, ...] = ()
        self.sent_again: list[tuple[str, Future[Outcome]]] = []
        self.dropped: list[str] = []

    def create(
        self, draft: Draft, *, draft_id: str = "", key: str | None = None
    ) -> Future[Outcome]:
        self._service.created.append((draft, Future()))
        return self._service.created[-1][1]

    def open_creates(self) -> tuple[OpenCreate, ...]:
        return self.open

    def losses(self) -> tuple[str, ...]:
        return self.lost

    def settled(self) -> tuple[Outcome, ...]:
        return self.ended

    def send_again(self, intent_id: str) -> Future[Outcome]:
        self.sent_again.append((intent_id, Future()))
        return self.sent_again[-1][1]

    def drop(self, intent_id: str) -> Future[None]:
        self.dropped.append(intent_id)
        self.open = tuple(each for each in self.open if each.id != intent_id)
        self._service.tell()
        return _done(None)

    def drop_losses(self) -> Future[None]:
        self.lost = ()
        self._service.tell()
        return _done(None)


def _done(value: T) -> Future[T]:
    done: Future[T] = Future()
    done.set_result(value)
    return done


class FakeService:
    """Implements `app.bridge.TicketService` over a real queue."""

    def __init__(self, workspaces: Iterable[Workspace], tickets: Iterable[Ticket] = ()) -> None:
        self.workspaces: tuple[Workspace, ...] = tuple(workspaces)
        self.queue = ScriptedQueue(workspace.name for workspace in self.workspaces)
        self.queue.apply(tickets)
        self.field_specs: dict[str, tuple[FieldSpec, ...]] = {}
        self.refreshed: list[str | None] = []
        self.created: list[tuple[Draft, Future[Outcome]]] = []
        self.fetched: list[tuple[TicketRef, Future[Ticket]]] = []
        self.rendered: list[tuple[Draft, Future[RequestPreview]]] = []
        self.looked_at: tuple[str, ...] = ()
        self.activities: dict[str, WorkspaceActivity] = {}
        self.unseen: dict[TicketRef, Novelty] = {}
        self.done: list[tuple[Act, tuple[TicketRef, ...]]] = []
        """What was asked to be done to tickets, in order."""
        self.histories: dict[TicketRef, tuple[Revision, ...]] = {}
        self.now = datetime(2026, 2, 4, 3, 5, tzinfo=UTC)
        """When everything is done that people do here."""
        self.act_problem: TicketdeckError | None = None
        """Why nothing can be done here at the moment."""
        self._acts: dict[TicketRef, LocalActs] = {}
        self._batches: dict[str, dict[TicketRef, LocalActs]] = {}
        self.banner: str | None = None
        self.is_ready = True
        self.forms = FakeForms(self)
        self.creates = FakeCreates(self)
        self._listeners: list[Callable[[], None]] = []

    def changes_since(self, position: Position | None) -> ChangeSet | Reset:
        return self.queue.changes_since(position)

    def health(self) -> Mapping[str, WorkspaceHealth]:
        return self.queue.health()

    def fields(self, workspace: str) -> tuple[FieldSpec, ...]:
        return self.field_specs.get(workspace, ())

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def refresh(self, workspace: str | None = None) -> None:
        self.refreshed.append(workspace)

    def look_at(self, workspaces: Collection[str]) -> None:
        self.looked_at = tuple(workspaces)

    def activity(self) -> Future[Mapping[str, WorkspaceActivity]]:
        found: Future[Mapping[str, WorkspaceActivity]] = Future()
        names = (workspace.name for workspace in self.workspaces)
        found.set_result({name: self.activities.get(name, WorkspaceActivity()) for name in names})
        return found

    def novelties(self) -> Mapping[TicketRef, Novelty]:
        return dict(self.unseen)

    def mark_seen(self, refs: Collection[TicketRef] | None) -> None:
        for ref in list(self.unseen) if refs is None else refs:
            self.unseen.pop(ref, None)
        self.tell()

    def acts(self) -> Acts:
        return dict(self._acts)

    def act(self, act: Act, tickets: Collection[Ticket]) -> Future[str]:
        done: Future[str] = Future()
        if self.act_problem is not None:
            done.set_exception(self.act_problem)
            return done
        batch = f"batch-{len(self.done)}"
        self.done.append((act, tuple(ticket.ref for ticket in tickets)))
        self._batches[batch] = {
            ticket.ref: self._acts.get(ticket.ref, NO_ACTS) for ticket in tickets
        }
        for ticket in tickets:
            before = self._acts.get(ticket.ref, NO_ACTS)
            self._acts[ticket.ref] = self._after(before, act, ticket)
        done.set_result(batch)
        self.tell()
        return done

    def undo(self, batch: str) -> Future[int]:
        before = self._batches.pop(batch)
        self._acts.update(before)
        done: Future[int] = Future()
        done.set_result(len(before))
        self.tell()
        return done

    def history(self, ref: TicketRef) -> Future[tuple[Revision, ...]]:
        found: Future[tuple[Revision, ...]] = Future()
        found.set_result(self.histories.get(ref, ()))
        return found

    def _after(self, before: LocalActs, act: Act, ticket: Ticket) -> LocalActs:
        signed = Signed(by="ana", at=self.now)
        match act.kind:
            case ActKind.ACKNOWLEDGE:
                return replace(before, acknowledged=signed)
            case ActKind.UNACKNOWLEDGE:
                return replace(before, acknowledged=None)
            case ActKind.SNOOZE:
                assert act.until is not None
                snooze = Snooze(
                    by="ana",
                    at=self.now,
                    until=act.until,
                    status=ticket.status,
                    priority=ticket.priority,
                    overdue=is_overdue(ticket, self.now),
                )
                return replace(before, snooze=snooze)
            case ActKind.WAKE:
                return replace(before, snooze=None)
            case ActKind.PIN:
                return replace(before, pinned=signed)
            case ActKind.UNPIN:
                return replace(before, pinned=None)
            case ActKind.NOTE:
                note = Note(by="ana", at=self.now, text=act.text)
                return replace(before, notes=(*before.notes, note))

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        yield

    def fetch(self, ref: TicketRef) -> Future[Ticket]:
        self.fetched.append((ref, Future()))
        return self.fetched[-1][1]

    def render(self, draft: Draft) -> Future[RequestPreview]:
        self.rendered.append((draft, Future()))
        return self.rendered[-1][1]

    def change(self, *tickets: Ticket, removed: Iterable[TicketRef] = ()) -> None:
        """Let the vendor's side change, as a poll would bring it."""
        self.queue.apply(tickets, removed)
        self.tell()

    def set_health(self, name: str, health: WorkspaceHealth) -> None:
        self.queue.set_health(name, health)
        self.tell()

    def tell(self) -> None:
        for listener in list(self._listeners):
            listener()


_TITLES = (
    "Card terminals offline, four stores",
    "Orders vanish after payment",
    "Checkout down, Oslo and Bergen",
    "Alarm line unanswered",
    "Cannot access account",
    "Invoice charged twice",
    "Wrong address on the parcel label, third time this month, customer asks for a manager",
    "Nuevo coche: ¿cuándo llega?",
    "返金が二度約束されました",
    "Newsletter still arrives",
    "Voucher rejected at till [ERROR] [/b] [@click=app.quit]",
    "لم يصل الطلب",
    "Lange Wartezeit an der Hotline",
    "👩‍👩‍👧 family plan shows the wrong price",
)
_PEOPLE = (
    Person("Ann Larsen", "ann@example.com"),
    Person("Nordic Foods", "it@nordicfoods.example", "+47 22 00 00 00"),
    Person("李雷", "li@example.com"),
    Person(None, "someone@example.com"),
    Person(),
)


def make_workspaces() -> tuple[Workspace, ...]:
    """Return one workspace of each vendor."""
    return (
        Workspace(name="inbox", vendor="socialboards", title="SocialBoards"),
        Workspace(name="klink", vendor="klinkcx", title="KlinkCX"),
        Workspace(name="legacy", vendor="questionpro-legacy", title="QuestionPro legacy"),
        Workspace(name="qp", vendor="questionpro", title="QuestionPro EU"),
    )


def world(now: datetime, count: int, *, seed: int = 1) -> FakeService:
    """Return a service with believable tickets around `now`, and one of each trouble."""
    rng = random.Random(seed)
    names = [workspace.name for workspace in make_workspaces()]
    tickets = [_make(rng, now, rng.choice(names), 35000 + number) for number in range(count)]
    service = FakeService(make_workspaces(), tickets)
    service.field_specs = {"qp": FIELDS, "klink": FIELDS[:5], "inbox": FIELDS[2:6]}
    minute = timedelta(minutes=1)
    ok = WorkspaceHealth(state=HealthState.OK, as_of=now - minute)
    service.queue.set_health("qp", ok)
    service.queue.set_health("legacy", ok)
    service.queue.set_health(
        "klink",
        WorkspaceHealth(
            state=HealthState.LATE,
            as_of=now - 6 * minute,
            error="502 Bad Gateway",
            retry_at=now + minute,
        ),
    )
    service.queue.set_health(
        "inbox",
        WorkspaceHealth(
            state=HealthState.REFUSED,
            as_of=now - 27 * minute,
            error="401 Unauthorized",
            advice="set SOCIALBOARDS_REFRESH_TOKEN in the environment",
        ),
    )
    return service


def _make(rng: random.Random, now: datetime, workspace: str, number: int) -> Ticket:
    title = rng.choice(_TITLES)
    due = rng.choice([None, None, now + timedelta(minutes=rng.randint(-600, 3000))])
    estimate = workspace == "legacy"
    return make_ticket(
        str(number),
        workspace=workspace,
        title=title,
        body=f"{title}\nSince 20:05 no till in Bergen accepts cards. Staff sends people away.\n"
        "We tried the usual restart twice and the fallback line is dead as well.",
        status=rng.choice(list(Status)),
        vendor_status=rng.choice(["NEW", "0", "Erledigt"]),
        priority=Priority.NONE
        if workspace == "inbox"
        else rng.choices(list(Priority), [1, 5, 10, 8, 0, 1])[0],
        customer=rng.choice(_PEOPLE),
        assignee=rng.choice([Person(), Person("M. Larsen"), Person("Ana Díaz")]),
        created_at=now - timedelta(minutes=rng.randint(1, 50000)),
        updated_at=now - timedelta(minutes=rng.randint(0, 60)),
        due_at=due,
        due_source=None if due is None else (DueSource.ESTIMATE if estimate else DueSource.SLA),
        flagged_overdue=rng.random() < 0.02,
        origin_segment=rng.choice([None, "S1"]),
        current_segment="CS",
        confirmed_at=now,
    )
