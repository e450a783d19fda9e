"""What screens are made of; a widget is given what it shows and says what happened to it."""
