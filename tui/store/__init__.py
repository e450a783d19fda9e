"""What is known of the tickets, and how it changed. Only the engine writes here."""
