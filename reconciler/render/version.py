"""Versions as people read them: numbers of an account, or `v?` if no account was asked."""

UNASKED = "v?"
FINGERPRINT_SHOWN = 7
"""Characters of a fingerprint that people see and copy, as git shows a commit."""


def short(fingerprint: str) -> str:
    """`a51be07`."""
    return fingerprint[:FINGERPRINT_SHOWN]


def version_word(version: int, *, is_asked: bool) -> str:
    """`v3`; `v?` in a plan that was compared with a git revision."""
    return f"v{version}" if is_asked else UNASKED
