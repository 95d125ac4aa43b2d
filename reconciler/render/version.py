"""Versions as people read them: numbers of an account, or `v?` where no account was asked."""

from reconciler.core.plan import Plan

UNASKED = "v?"


def version_word(plan: Plan, version: int) -> str:
    """`v3`; `v?` in a plan that was compared with a git revision."""
    return UNASKED if plan.subject.base else f"v{version}"


def version_words(plan: Plan, base: int | None, version: int) -> str:
    """`v2 -> v3`, or `v1` where there was none before or it is the same one."""
    after = version_word(plan, version)
    return after if base is None or base == version else f"{version_word(plan, base)} -> {after}"
