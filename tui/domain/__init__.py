"""The domain: tickets, urgency, drafts, health and the ports. Pure; standard library only."""
