"""Polling, creating and their timing, in a thread and an event loop of their own."""
