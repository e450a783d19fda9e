"""One screen or a family of screens a module, each with its style sheet beside it."""
