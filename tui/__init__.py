"""ticketdeck: one keyboard-driven queue of customer tickets over several vendors."""

__version__ = "0.1.0"
