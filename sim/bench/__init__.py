"""How fast a month is: against the same rules written otherwise, and against what a machine can."""
