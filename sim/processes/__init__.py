"""One file per process of the month: its rules, its parameters, their sources."""
