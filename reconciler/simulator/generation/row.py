"""The row of a drawing in the world."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a trained model drew, or is about to: nothing is kept but what the file is drawn from when it is fetched.

    `palette` and `pattern` are digests. `form` is the suffix of the file, empty where there is none. `job` names the v2
    operation, empty for v1. `outcome` is `drawn`, `blocked` by moderation or `failed`; it is known from `ready` on, and the
    file is gone after `expires`.
    """

    id: int
    model_id: int
    palette: str
    pattern: str
    seed: int
    form: str
    width: int
    height: int
    job: str = ""
    structured_prompt: str = ""
    outcome: str = "drawn"
    created: float
    ready: float
    expires: float
