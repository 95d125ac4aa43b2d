"""One living comment on a pull or merge request, one issue about drift: found again by their marker, then updated.

    forge.py marker plan|drift ROOT           print the marker line
    forge.py comment [--existing] FILE        the first line of FILE is the marker
    forge.py issue [--close] FILE

Only the standard library, run with `python3 -I`: nothing of the tree under review is imported. The address and the
token come from the environment that the CI system sets. What somebody else wrote is never touched, marker or not.
"""

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

PAGE = 100
PAGES = 50
ANSWER_LIMIT = 20_000_000
DENIED = {401, 403, 404}


class Silent(Exception):
    """There is nowhere to write to, which is no failure: a fork, a job without a token."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token along."""

    def redirect_request(self, *_: object) -> None:
        return None


class Forge:
    """What GitHub and GitLab have in common: pages of things, and one body to write."""

    title = "Live models differ from git"

    def __init__(self, base: str, headers: dict[str, str]) -> None:
        if not base.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise Silent("The address of the forge's API is not an https address.")
        self.base = base.rstrip("/")
        self.headers = {"Accept": "application/json", "Content-Type": "application/json", **headers}
        self.opener = urllib.request.build_opener(NoRedirect)

    def call(self, method: str, path: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=self.headers, method=method)  # noqa: S310
        with self.opener.open(request, timeout=30) as answer:
            return json.loads(answer.read(ANSWER_LIMIT) or b"null")

    def every(self, path: str) -> list[dict[str, object]]:
        """All things of a list, page by page."""
        found: list[dict[str, object]] = []
        for page in range(1, PAGES + 1):
            part = self.call("GET", f"{path}{'&' if '?' in path else '?'}per_page={PAGE}&page={page}")
            items = part if isinstance(part, list) else []
            found.extend(item for item in items if isinstance(item, dict))
            if len(items) < PAGE:
                break
        return found

    def mine(self, things: list[dict[str, object]], key: str, marker: str, author: object) -> dict[str, object] | None:
        """The first one that begins with the marker and that we wrote ourselves."""
        for thing in things:
            writer = thing.get("user") or thing.get("author")
            name = None if not isinstance(writer, dict) else writer.get("login") or writer.get("username")
            if str(thing.get(key) or "").splitlines()[:1] == [marker] and name == author:
                return thing
        return None


class GitHub(Forge):
    def __init__(self) -> None:
        token = os.environ.get("STEP_FORGE_TOKEN", "")
        self.repository = os.environ.get("GITHUB_REPOSITORY", "")
        if not token or not re.fullmatch(r"[\w.-]+/[\w.-]+", self.repository, re.ASCII):
            raise Silent("There is no token for GitHub here.")
        self.author = os.environ.get("STEP_COMMENT_AUTHOR") or "github-actions[bot]"
        base = os.environ.get("GITHUB_API_URL", "https://api.github.com")
        super().__init__(base, {"Authorization": f"Bearer {token}", "X-GitHub-Api-Version": "2022-11-28"})

    def comment(self, text: str, *, only_existing: bool) -> str:
        pull = digits("STEP_PULL", "This is no pull request.")
        place = f"/repos/{self.repository}/issues/{pull}/comments"
        old = self.mine(self.every(place), "body", text.splitlines()[0], self.author)
        if old is not None:
            self.call("PATCH", f"/repos/{self.repository}/issues/comments/{old['id']}", {"body": text})
            return "The comment was updated."
        if only_existing:
            return "There is nothing to comment on."
        self.call("POST", place, {"body": text})
        return "The comment was written."

    def issue(self, text: str, *, close: bool) -> str:
        place = f"/repos/{self.repository}/issues"
        found = [thing for thing in self.every(f"{place}?state=open") if "pull_request" not in thing]
        old = self.mine(found, "body", text.splitlines()[0], self.author)
        if old is None:
            if not close:
                self.call("POST", place, {"title": self.title, "body": text})
            return "There is no issue to close." if close else "An issue was opened."
        self.call("PATCH", f"{place}/{old['number']}", {"state": "closed"} if close else {"body": text})
        return "The issue was closed." if close else "The issue was updated."


class GitLab(Forge):
    def __init__(self) -> None:
        token = os.environ.get("STEP_FORGE_TOKEN", "")
        if not token:
            raise Silent("There is no token for GitLab here (a project access token with the scope api).")
        super().__init__(os.environ.get("CI_API_V4_URL", ""), {"PRIVATE-TOKEN": token})
        self.project = f"/projects/{digits('CI_PROJECT_ID', 'This is no project of GitLab.')}"

    def author(self) -> object:
        user = self.call("GET", "/user")
        return user.get("username") if isinstance(user, dict) else None

    def comment(self, text: str, *, only_existing: bool) -> str:
        request = digits("CI_MERGE_REQUEST_IID", "This is no merge request.")
        place = f"{self.project}/merge_requests/{request}/notes"
        old = self.mine(self.every(place), "body", text.splitlines()[0], self.author())
        if old is not None:
            self.call("PUT", f"{place}/{old['id']}", {"body": text})
            return "The comment was updated."
        if only_existing:
            return "There is nothing to comment on."
        self.call("POST", place, {"body": text})
        return "The comment was written."

    def issue(self, text: str, *, close: bool) -> str:
        place = f"{self.project}/issues"
        found = self.every(f"{place}?state=opened&scope=all")
        old = self.mine(found, "description", text.splitlines()[0], self.author())
        if old is None:
            if not close:
                self.call("POST", place, {"title": self.title, "description": text})
            return "There is no issue to close." if close else "An issue was opened."
        self.call("PUT", f"{place}/{old['iid']}", {"state_event": "close"} if close else {"description": text})
        return "The issue was closed." if close else "The issue was updated."


def digits(name: str, otherwise: str) -> str:
    """A number from the environment, fit to stand in an address."""
    value = os.environ.get(name, "")
    if not re.fullmatch(r"[0-9]{1,18}", value, re.ASCII):
        raise Silent(otherwise)
    return value


def marker(kind: str, root: str) -> str:
    """The line that render.markdown.gate.marker_line writes; a test holds both to it."""
    safe = re.sub(r"[^A-Za-z0-9._:/@+-]|-(?=-)", lambda found: f"%{ord(found[0]):02X}", f"reconciler:{kind}:{root}")
    return f"<!-- {safe} -->"


def written(arguments: argparse.Namespace) -> str:
    forge = GitLab() if os.environ.get("GITLAB_CI") else GitHub()
    text = Path(arguments.file).read_text(encoding="utf-8", errors="replace")
    if arguments.what == "comment":
        return forge.comment(text, only_existing=arguments.existing)
    return forge.issue(text, close=arguments.close)


def main() -> int:
    parser = argparse.ArgumentParser(prog="forge.py")
    commands = parser.add_subparsers(dest="what", required=True)
    mark = commands.add_parser("marker")
    mark.add_argument("kind", choices=("plan", "drift"))
    mark.add_argument("root")
    for name, flag in (("comment", "--existing"), ("issue", "--close")):
        command = commands.add_parser(name)
        command.add_argument(flag, action="store_true")
        command.add_argument("file")
    arguments = parser.parse_args()
    if arguments.what == "marker":
        sys.stdout.write(marker(arguments.kind, arguments.root) + "\n")
        return 0
    try:
        said, code = written(arguments), 0
    except Silent as reason:
        said, code = f"{reason} Nothing was written.", 0
    except urllib.error.HTTPError as error:
        said, code = f"The forge answered {error.code}.", 0 if error.code in DENIED else 1
    except (OSError, ValueError, KeyError) as error:
        said, code = f"The forge could not be reached or understood: {type(error).__name__}.", 1
    sys.stderr.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
