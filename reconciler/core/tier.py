"""The tiers of the API: what each allows."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Tier = Literal["free_trial", "starter", "pro", "enterprise"]

CALLS_A_MINUTE: Final[Mapping[str, int]] = dict(zip(get_args(Tier), (10, 60, 1000, 1000), strict=True))
"""Calls a minute of one operation, by the tier of the account (D02). What is not listed, such as the embedded simulator,
has no limit."""

FREE_REQUESTS: Final = 1000
"""Requests that a free trial holds, all in all."""
