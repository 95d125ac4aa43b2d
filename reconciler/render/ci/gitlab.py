"""Problems as a code quality report. GitLab shows it in merge requests, and tells new problems from old ones."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.core.problem import Problem, in_order
from reconciler.core.strictjson import dumps
from reconciler.core.text import visible


def problems_gitlab(problems: Iterable[Problem]) -> str:
    """`[{"description", "check_name", "fingerprint", "severity", "location": {"path", "lines": {"begin"}}}]`."""
    found = [
        {
            "description": visible(" ".join(part for part in (one.summary, one.detail, one.remedy) if part)),
            "check_name": one.rule,
            "fingerprint": fingerprint,
            "severity": "major" if one.is_error else "minor",
            "location": {"path": relative(one.location.path), "lines": {"begin": max(one.location.line, 1)}},
        }
        for one, fingerprint in fingerprints(problems)
    ]
    return dumps(found, indent=1)


def fingerprints(problems: Iterable[Problem]) -> Iterator[tuple[Problem, str]]:
    """Each problem with an id that stays the same from run to run.

    It is made from rule, file, summary, and the number among equal ones. The line is no part of it, because it moves with
    every line that is written above.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for one in in_order(problems):
        facts = (one.rule, relative(one.location.path), one.summary)
        seen[facts] += 1
        text = json.dumps([*facts, seen[facts]])
        yield one, hashlib.sha256(text.encode()).hexdigest()


def relative(path: str) -> str:
    """The path as machines compare it: without `./` before it."""
    return path.removeprefix("./")
