"""Why a ticket stands where it stands: which case of the urgency rules is true of it. Pure.

The cases are told from the ticket on their own, not from `urgency.band`, so that the two can be
held against each other.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from tui.domain.ticket import DueSource, Priority, Ticket
from tui.domain.urgency import FRESHLY_OVERDUE, SOON, Band, band, is_overdue, next_turn


class Case(StrEnum):
    """What puts a ticket into its band. The first that is true counts."""

    CLOSED = "closed"
    CRITICAL = "critical"
    HIGH_OVERDUE = "high and past its due time"
    HIGH_FLAGGED = "high and flagged overdue"
    HIGH_SOON = "high and due soon"
    OVERDUE = "past its due time"
    GIVEN_UP = "past its due time for too long"
    FLAGGED = "flagged overdue"
    SOON = "due soon"
    ESTIMATED = "past its due time or due soon, but that is an estimate"
    LATER = "due later"
    UNDATED = "without a due time"


BAND_OF: Final = {
    Case.CLOSED: Band.CLOSED,
    Case.CRITICAL: Band.CRITICAL,
    Case.HIGH_OVERDUE: Band.HIGH_PRESSING,
    Case.HIGH_FLAGGED: Band.HIGH_PRESSING,
    Case.HIGH_SOON: Band.HIGH_PRESSING,
    Case.OVERDUE: Band.PRESSING,
    Case.FLAGGED: Band.PRESSING,
    Case.SOON: Band.PRESSING,
    Case.GIVEN_UP: Band.OPEN,
    Case.ESTIMATED: Band.OPEN,
    Case.LATER: Band.OPEN,
    Case.UNDATED: Band.OPEN,
}
"""The band that each case leads to."""


class DueKind(IntEnum):
    """What is known of the due time; within a band and a priority the lower one comes first."""

    KNOWN = 0
    FLAG = 1
    """The vendor's flag without a time, or with an estimate."""
    ESTIMATE = 2
    NONE = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """What time alone will make of a ticket."""

    at: datetime
    band: Band
    overdue: bool


def case_of(ticket: Ticket, now: datetime) -> Case:
    """Return which case of the contract's bands is true of the ticket at this moment."""
    if ticket.closed:
        return Case.CLOSED
    if ticket.priority is Priority.CRITICAL:
        return Case.CRITICAL
    due_at = ticket.due_at
    has_come = due_at is not None and due_at <= now
    is_soon = due_at is not None and not has_come and due_at - now <= SOON
    if ticket.priority is Priority.HIGH and (has_come or is_soon or ticket.flagged_overdue):
        if has_come:
            return Case.HIGH_OVERDUE
        return Case.HIGH_FLAGGED if ticket.flagged_overdue else Case.HIGH_SOON
    is_estimate = ticket.due_source is DueSource.ESTIMATE
    if due_at is not None and has_come and not is_estimate:
        return Case.OVERDUE if now - due_at <= FRESHLY_OVERDUE else Case.GIVEN_UP
    if ticket.flagged_overdue:
        return Case.FLAGGED
    if has_come or is_soon:
        return Case.ESTIMATED if is_estimate else Case.SOON
    return Case.UNDATED if due_at is None else Case.LATER


def due_kind(ticket: Ticket) -> DueKind:
    """Return by what kind of due time the ticket is placed among its equals."""
    if ticket.due_at is not None and ticket.due_source is not DueSource.ESTIMATE:
        return DueKind.KNOWN
    if ticket.flagged_overdue:
        return DueKind.FLAG
    return DueKind.NONE if ticket.due_at is None else DueKind.ESTIMATE


def coming_turn(ticket: Ticket, now: datetime) -> Turn | None:
    """Return when the ticket's band, or whether it is overdue, changes by time alone."""
    here = band(ticket, now), is_overdue(ticket, now)
    moment = next_turn(ticket, now)
    while moment is not None:
        there = band(ticket, moment), is_overdue(ticket, moment)
        if there != here:
            return Turn(moment, *there)
        moment = next_turn(ticket, moment)
    return None
