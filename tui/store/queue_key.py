"""What a queue is stored under. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class QueueKey:
    """What a queue is stored under. Two configurations that name it differently share it."""

    vendor: str
    origin: str
    """Scheme, host and port of the vendor's API."""
    place: str
    """The vendor's own id of the workspace or inbox."""
