"""Where files lie that the simulator serves beside the operations: the beginnings of their paths."""

from typing import Final

DOWNLOADS: Final = "/downloads/"
PICTURES: Final = "/pictures"
RESULTS: Final = "/results/"
