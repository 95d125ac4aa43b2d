"""The plans that were reviewed: the newest one that the merged pull or merge request of each commit showed.

    reviewed.py NAME FOLDER COMMIT [OLDER ...]   write FOLDER/1.json for COMMIT, 2.json and so on for older requests

NAME is what action.yml calls the artifact of a plan, and template.yml its job: each root and stage has one of its own.

Exit 4 where COMMIT has no plan, with the reason in one sentence. It ends at the first older commit without one: with a
change in between that no plan shows, what is older is not taken up again.

Only the standard library, run with `python3 -I`; only reading, with the token of the job. A plan file is input, not
authority: an apply does what planning gives then, and the file can only narrow that. Whoever forges an artifact can at
most allow what the merged tree and its limits allow without any.
"""

import io
import os
import re
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote, urljoin

# Isolated, Python looks for no module beside this one: where this file lies the others are ours as well.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from templates.reconciler.forge import (
    DENIED,
    NOT_UNDERSTOOD,
    Forge,
    GitHub,
    Silent,
    Thing,
    forge_of_this_job,
    is_loopback,
)

LIMIT = 64 * 1024 * 1024
"""Bytes of an artifact, and of the plan in it: as many as `reconciler` reads of a plan file."""
GONE = {404, 410}
REDIRECTS = {301, 302, 303, 307, 308}
REFUSED = 4

PLAN = "plan.json"
FOLDER = "reconciler-results"
"""Where template.yml puts results."""
LARGE = f"The plan that was reviewed is larger than {LIMIT // 1024 // 1024} MB, so it was not fetched."


class Absent(Exception):
    """There is no plan that was reviewed; the message says why."""


def on_github(name: str, forge: Forge, commit: str, known: Container[int]) -> tuple[int, bytes | None]:
    """The merged pull request and its plan, None where it is known. A run may have failed: a plan to be refused does."""
    branch = os.environ.get("GITHUB_REF_NAME", "")
    pulls = [pull for pull in forge.every(f"{forge.place}/commits/{commit}/pulls") if pull.get("merged_at")]
    pull = merged([one for one in pulls if inner(one, "base", "ref") == branch], commit)
    request, head = number(pull, "number"), checked(inner(pull, "head", "sha"))
    if request in known:
        return request, None
    what = f"Pull request {request}"
    runs = f"{forge.place}/actions/runs?head_sha={head}&event=pull_request&status=completed"
    for run in newest(forge.every(runs, "workflow_runs")):
        place = f"{forge.place}/actions/runs/{number(run, 'id')}/artifacts?name={quote(name, safe='')}"
        for artifact in [one for one in newest(forge.every(place, "artifacts")) if one.get("name") == name]:
            where = f"{forge.place}/actions/artifacts/{number(artifact, 'id')}/zip"
            data = None if artifact.get("expired") else fetch(forge, where)
            if data is None:
                raise Absent(f"{what} has a plan no more: its artifact {name} has expired.")
            return request, unzipped(data, what, name)
    raise Absent(f"{what} has no plan: no workflow run of its last commit left the artifact {name}.")


def on_gitlab(name: str, forge: Forge, commit: str, known: Container[int]) -> tuple[int, bytes | None]:
    """The merged merge request and its plan, None where it is known. A pipeline may have failed."""
    branch = os.environ.get("CI_COMMIT_BRANCH", "")
    requests = forge.every(f"{forge.place}/repository/commits/{commit}/merge_requests")
    here = [one for one in requests if one.get("state") == "merged" and one.get("target_branch") == branch]
    merge = merged(here, commit)
    request, head = number(merge, "iid"), checked(merge.get("sha"))
    if request in known:
        return request, None
    what = f"Merge request {request}"
    for pipeline in newest(forge.every(f"{forge.place}/merge_requests/{request}/pipelines")):
        project = f"/projects/{number(pipeline, 'project_id')}"  # a fork's pipelines run in the fork
        if not _shows(forge, project, pipeline, head):
            continue
        jobs = forge.every(f"{project}/pipelines/{number(pipeline, 'id')}/jobs")
        for job in [one for one in newest(jobs) if one.get("name") == name]:
            plan = fetch(forge, f"{project}/jobs/{number(job, 'id')}/artifacts/{FOLDER}/{PLAN}")
            if plan is None:
                raise Absent(f"{what} has no plan: the artifact of its job {name} has expired, or holds none.")
            return request, plan
    raise Absent(f"{what} has no plan: no pipeline of its last commit has the job {name}.")


def _shows(forge: Forge, project: str, pipeline: Thing, head: str) -> bool:
    """Did this pipeline plan the last commit of the merge request?

    Where results are merged first it ran on a commit made for it, with the last commit among its parents. On a merge
    train it ran after the review, on top of what waited before it: that is not what was looked at.
    """
    if pipeline.get("sha") == head:
        return True
    if not str(pipeline.get("ref")).endswith("/merge"):
        return False
    try:
        made = forge.call("GET", f"{project}/repository/commits/{checked(pipeline.get('sha'))}")
    except urllib.error.HTTPError as error:
        if error.code not in DENIED:
            raise
        return False  # cleaned away since
    parents = made.get("parent_ids") if isinstance(made, dict) else None
    return isinstance(parents, list) and head in parents


def merged(requests: list[Thing], commit: str) -> Thing:
    """Of merged requests that hold this commit the one that made it, else the one that was merged last."""

    def rank(one: Thing) -> tuple[bool, str]:
        return commit in {one.get("merge_commit_sha"), one.get("squash_commit_sha")}, str(one.get("merged_at"))

    if not requests:
        raise Absent(f"Commit {commit[:12]} came by no merged pull or merge request, so nobody has reviewed it.")
    return max(requests, key=rank)


def newest(things: list[Thing]) -> list[Thing]:
    """Latest first: a forge counts upwards."""
    return sorted(things, key=lambda thing: number(thing, "id"), reverse=True)


def number(thing: Thing, key: str) -> int:
    """A number from an answer, fit to stand in an address. ValueError where it is none."""
    value = thing.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(key)  # noqa: TRY004 - told like any answer that cannot be understood
    return value


def checked(value: object) -> str:
    """The id of a commit, fit to stand in an address. ValueError where it is none."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", value):
        raise ValueError("commit")
    return value


def inner(thing: Thing, key: str, name: str) -> object:
    part = thing.get(key)
    return part.get(name) if isinstance(part, dict) else None


def fetch(forge: Forge, path: str) -> bytes | None:
    """The bytes of a file, None where it is gone; a store elsewhere is asked once, and without our token."""
    try:
        return _read(forge, forge.request(path))
    except urllib.error.HTTPError as error:
        if error.code in GONE:
            return None
        if error.code not in REDIRECTS:
            raise
        place = urljoin(forge.base + path, error.headers.get("Location", ""))
    if not place.startswith("https://") and not (is_loopback(forge.base) and is_loopback(place)):
        raise Absent("The forge keeps the plan at an address that is not https, so it was not fetched.")
    return _read(forge, urllib.request.Request(place))  # noqa: S310 - https, see above


def _read(forge: Forge, request: urllib.request.Request) -> bytes:
    with forge.opener.open(request, timeout=60) as answer:
        data = bytes(answer.read(LIMIT + 1))
    if len(data) > LIMIT:
        raise Absent(LARGE)
    return data


def unzipped(data: bytes, what: str, name: str) -> bytes:
    """The plan in an archive. Nothing is extracted: no name in it ever becomes a path."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = [one for one in archive.infolist() if one.filename == PLAN]
            if len(found) != 1:
                raise Absent(f"{what} has no plan: its artifact {name} does not hold one {PLAN}.")
            return _member(archive, found[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        raise Absent(f"{what} has no plan that can be read: its artifact {name} is damaged.") from None


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > LIMIT:
        raise Absent(LARGE)
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise zipfile.BadZipFile  # the other methods decompress without a bound
    with archive.open(member) as file:
        return file.read(LIMIT)  # no more than that, whatever size the archive claims


Find = Callable[[Forge, str, Container[int]], tuple[int, bytes | None]]
GITHUB = "Pull request", on_github, "the job needs the permissions `actions: read` and `pull-requests: read`"
GITLAB = "Merge request", on_gitlab, "STEP_FORGE_TOKEN needs the role Reporter and the scope api"


def plans(find: Find, forge: Forge, commits: list[str]) -> Iterator[tuple[int, bytes]]:
    """Each request with its plan, once, up to the first commit without one; raises where that is the first of all."""
    known: set[int] = set()
    for commit in commits:
        try:
            request, plan = find(forge, checked(commit), known)
        except (Absent, *NOT_UNDERSTOOD):
            if not known:
                raise
            return
        if plan is not None:
            known.add(request)
            yield request, plan


def whose(word: str, requests: list[int]) -> str:
    """Which requests bind this apply, in a sentence."""
    *others, last = map(str, requests)
    if not others:
        return f"{word} {last} showed the plan that binds this apply."
    return f"{word}s {', '.join(others)} and {last} showed the plans that bind this apply."


def fetched(name: str, folder: Path, commits: list[str]) -> tuple[str, int]:
    """Whose plans were written, or why there is none; and the exit code."""
    lost, needs = "The plan that was reviewed could not be fetched", ""
    requests: list[int] = []
    try:
        forge = forge_of_this_job()
        word, find, needs = GITHUB if isinstance(forge, GitHub) else GITLAB
        for request, plan in plans(partial(find, name), forge, commits):
            requests.append(request)
            folder.mkdir(exist_ok=True)
            (folder / f"{len(requests)}.json").write_bytes(plan)
    except (Silent, Absent) as reason:
        return str(reason), REFUSED
    except urllib.error.HTTPError as error:
        way = needs if error.code in DENIED else "run this job again later"
        return f"{lost}: the forge answered {error.code}; {way}.", REFUSED
    except NOT_UNDERSTOOD as error:
        return f"{lost}: the forge could not be reached or understood ({type(error).__name__}).", REFUSED
    return whose(word, requests), 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit("usage: reviewed.py NAME FOLDER COMMIT [OLDER ...]")
    said, code = fetched(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
    sys.stderr.write(f"{said}\n")
    sys.exit(code)
