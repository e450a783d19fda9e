"""How the engine logs a mistake of the program itself: it goes on, and somebody hears of it."""

import logging


def log_defect(log: logging.Logger, what: str, error: Exception) -> None:
    """Log what failed with the type of its error; the error's text may hold anything.

    The error goes with the record, as its attribute `error`, to whoever keeps where it happened.
    """
    log.error("%s: %s", what, type(error).__name__, extra={"error": error})
