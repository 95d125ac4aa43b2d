"""What the API's tiers allow, and how long that takes."""

from reconciler.core.tier import CALLS_A_MINUTE, FREE_REQUESTS

TRAINING_HOURS = (1, 3)
"""How long a training takes, by the API's documents: hours at least and at most."""

TRAINING_TIME = f"{TRAINING_HOURS[0]} to {TRAINING_HOURS[1]} hours"


def minimum_seconds(calls: int, tier: str) -> int:
    """The shortest time in which a tier lets so many calls pass, in seconds."""
    rate = CALLS_A_MINUTE.get(tier)
    return 0 if rate is None else max(-(-calls // rate) - 1, 0) * 60


def tier_words(tier: str) -> str:
    """`starter (60 calls a minute)`; empty where nothing limits."""
    rate = CALLS_A_MINUTE.get(tier)
    return "" if rate is None else f"{tier} ({rate:,} calls a minute)"


def share(calls: int) -> str:
    """The part of a free trial's requests that so many calls are: `4 %`."""
    percent = calls * 100 / FREE_REQUESTS
    return f"{percent:.1f} %" if 0 < percent < 1 else f"{percent:.0f} %"
