"""A whole Tocsin on one machine, with two premises that do not exist, to watch an alarm travel."""
