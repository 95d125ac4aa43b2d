"""The account that the tree pins, held against what the token's account shows."""

from reconciler.app.exceptions import Refused
from reconciler.app.settings import Settings
from reconciler.core.account import foreign
from reconciler.core.live import Observed


def require_account(settings: Settings, observed: Observed) -> None:
    """Refused if the account of this token is not the one that is pinned. No call is made for it.

    A simulator of this process has no token that could be the wrong one, so there is nothing to hold against.
    """
    if settings.account is None or settings.endpoint.is_simulator:
        return
    refusal = foreign(settings.account, observed, settings.account_file)
    if refusal is not None:
        raise Refused([refusal])
