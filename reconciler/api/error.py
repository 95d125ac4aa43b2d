"""How a call can end without an answer that can be used; the one place where transport errors get our names.

The names tell what is known of the effect: `Rejected` and `Unreachable` had none, `Lost` may have had one.
No message holds the token, a signed query or more than 200 characters of a foreign body.
"""


class CallFailed(Exception):
    """A call that gave no usable answer. `operation` is the contract's name for it (`create-dataset`)."""

    def __init__(self, operation: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.operation = operation
        self.message = message
        self.status = status


class Rejected(CallFailed):
    """The API answered with a 4xx: nothing was done. `message` holds the API's own words, made safe."""


class Unauthorised(CallFailed):
    """401, or 403 (quota spent, or not entitled): no further action makes sense."""


class Unreachable(CallFailed):
    """Nothing was sent, or a limit (429) held until the deadline: nothing was done."""


class Lost(CallFailed):
    """A write whose answer was lost, cut or unreadable, or a 5xx: done or not, only looking tells."""


class UnfitAnswer(CallFailed):
    """A read whose answer stayed missing or unreadable after all retries: nothing can be concluded from it."""


class ContentChanged(CallFailed):
    """The bytes of a file were not those that were hashed before; the upload was dropped before its last byte."""
