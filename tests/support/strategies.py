"""What Hypothesis draws from: hostile texts, moments at every edge, whole tickets."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from support.builders import NOON, make_ticket
from tui.domain.ticket import DueSource, Priority, Status, Ticket

_DANGEROUS = (
    *(chr(code) for code in range(0x20)),
    *(chr(code) for code in range(0x7F, 0xA0)),
    *("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    *("\u200b\u200c\u200d\u2060\ufeff\xad\u180e\u2028\u2029\u115f\u1160\u2800\u3164\uffa0\u034f"),
    *("\ud83d\ude00\udc00\U000e0001\U000e0041\U000e0100\ufe0f"),
    *("\u0301\u0489\u093e\u094d\u0f71\u1161\u11a8\U0001f3fb\u0651"),
    *("👩🔥❤♀ක්රeあ한가… \\"),
    *("\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1bk", "\x1b\\", "\r\n", "\x1b[31m"),
    *("\x1b]52;c;UFdORUQ=\x07", "\x1b]8;;https://evil.example\x1b\\", "\x9b2J", "\x9d0;x\x9c"),
    *("[/x]", "[@click=app.quit]", r"\u{202e}", "a", "1", ";", "~", "    "),
)


def hostile_texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    """Return texts of any code points, lone surrogates too, thick with what terminals act on."""
    pieces = st.sampled_from(_DANGEROUS) | st.characters(categories=None) | st.text(max_size=3)
    return st.lists(pieces, max_size=max_size).map("".join)


def moments() -> st.SearchStrategy[datetime]:
    """Return aware moments: around `NOON`, anywhere, and at both ends of the calendar."""
    near = st.timedeltas(timedelta(days=-1200), timedelta(days=1200)).map(lambda gap: NOON + gap)
    return near | st.datetimes(timezones=zones()) | st.sampled_from(_calendar_ends())


def clock_times() -> st.SearchStrategy[datetime]:
    """Return what a clock may say: like `moments`, in UTC."""
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    near = st.timedeltas(timedelta(days=-1200), timedelta(days=1200)).map(lambda gap: NOON + gap)
    return near | st.datetimes(timezones=st.just(UTC)) | st.sampled_from(ends)


def zones() -> st.SearchStrategy[timezone]:
    """Return fixed offsets, the odd ones too; UTC first."""
    offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
    return st.just(UTC) | offsets.map(timezone)


def tickets(ids: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Ticket]:
    """Return tickets of every status, priority and kind of due time."""
    optional_moments = st.none() | moments()
    return st.builds(
        _ticket,
        st.integers(1, 99).map(str) if ids is None else ids,
        workspace=st.sampled_from(("qp", "klink")),
        status=st.sampled_from(Status),
        priority=st.sampled_from(Priority),
        created_at=optional_moments,
        updated_at=optional_moments,
        due_at=optional_moments,
        due_source=st.sampled_from(DueSource),
        flagged_overdue=st.booleans(),
    )


def _ticket(
    ticket_id: str, *, due_at: datetime | None, due_source: DueSource, **values: Any
) -> Ticket:
    source = due_source if due_at else None
    return make_ticket(ticket_id, due_at=due_at, due_source=source, **values)


def _calendar_ends() -> list[datetime]:
    zones_at_the_ends = (timezone(timedelta(hours=-14)), UTC, timezone(timedelta(hours=14)))
    return [
        end
        for zone in zones_at_the_ends
        for end in (datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone))
    ]
