"""The exit codes of all commands."""

DONE = 0
FAILED = 1
CHANGES = 2
PROBLEMS = 3
REFUSED = 4
DEADLINE = 5
USAGE = 64
