"""How a call can end without a usable answer. Errors of the HTTP library get these names and no others.

Each name says what is known of the effect: `Rejected` and `Unreachable` had none, `Lost` may have had one, and
`WrongAnswer` had one.
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


class Redirected(CallFailed):
    """The answer is a redirect, which is not followed: nothing was done, and whoever answers is hardly the API."""


class Unauthorised(CallFailed):
    """401, or 403 (quota spent, or not entitled): no further action makes sense."""


class Unreachable(CallFailed):
    """Nothing was sent, or the API answered 429 until the patience ended: nothing was done."""


class Lost(CallFailed):
    """A write whose answer was lost, cut off or unreadable, or a 5xx. Only a look at the live side tells if it was done."""


class WrongAnswer(Lost):
    """A write that was answered with a 2xx whose content is wrong in itself: it was done, and the answer tells no more."""


class UnfitAnswer(CallFailed):
    """A read without a usable answer after all retries. Nothing may be concluded from it, above all no absence."""


class ContentChanged(CallFailed):
    """The bytes of a file are not those that were hashed. The upload was broken off before its last byte."""
