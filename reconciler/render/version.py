"""Versions as people read them: numbers of an account, or `v?` where no account was asked."""

from reconciler.core.plan import Plan

UNASKED = "v?"
FINGERPRINT_SHOWN = 7
"""Characters of a fingerprint that people see and copy, as git shows a commit."""


def short(fingerprint: str) -> str:
    """`a51be07`."""
    return fingerprint[:FINGERPRINT_SHOWN]


def version_word(plan: Plan, version: int) -> str:
    """`v3`; `v?` in a plan that was compared with a git revision."""
    return UNASKED if plan.subject.base else f"v{version}"


def version_before(plan: Plan, base: int | None, version: int) -> str:
    """`v2`; empty where there was none before or it is the same one."""
    return "" if base is None or base == version else version_word(plan, base)


def from_to(before: str, after: str, arrow: str = "->") -> str:
    """`v2 -> v3`, or `v1` where there is none before."""
    return f"{before} {arrow} {after}" if before else after
