"""One living comment on a pull or merge request, one issue about drift: found again by their marker, then updated.

    forge.py label ROOT [STAGE]               print the part of a name that tells a root, and a stage of it, apart
    forge.py marker plan|drift ROOT [STAGE]   print the marker line
    forge.py comment [--existing] FILE        the first line of FILE is the marker
    forge.py issue [--close] FILE ROOT [STAGE]

Only the standard library, run with `python3 -I`: nothing of the tree under review is imported. The address and the
token come from the environment that the CI system sets. What somebody else wrote is never touched, marker or not.
"""

import argparse
import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

Thing = dict[str, object]

PAGE = 100
PAGES = 50
ANSWER_LIMIT = 20_000_000
DENIED = {401, 403, 404}
NOT_UNDERSTOOD = (OSError, ValueError, KeyError, http.client.HTTPException)


class Silent(Exception):
    """There is no forge to talk to, which is no failure where something was to be said: a fork, a job without a token."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token along."""

    def redirect_request(self, *_: object) -> None:
        return None


class Forge:
    """What GitHub and GitLab have in common; the words in which they differ are attributes."""

    place: str
    """The address of the repository."""
    update: str
    text: str
    """The field of an issue that holds its text."""
    handle: str
    """The field of an issue that its address holds."""
    is_open: str
    closing: Thing

    def __init__(self, base: str, headers: dict[str, str]) -> None:
        if not base.startswith("https://") and not is_loopback(base):
            raise Silent("The address of the forge's API is not an https address.")
        self.base = base.rstrip("/")
        self.headers = {"Accept": "application/json", "Content-Type": "application/json", **headers}
        self.opener = urllib.request.build_opener(NoRedirect)

    def request(self, path: str, method: str = "GET", data: bytes | None = None) -> urllib.request.Request:
        return urllib.request.Request(self.base + path, data=data, headers=self.headers, method=method)  # noqa: S310

    def call(self, method: str, path: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        with self.opener.open(self.request(path, method, data), timeout=30) as answer:
            return json.loads(answer.read(ANSWER_LIMIT) or b"null")

    def every(self, path: str, key: str = "") -> list[Thing]:
        """All things of a list, page by page; `key` is where an answer holds the list, if it is not the answer."""
        found: list[Thing] = []
        for page in range(1, PAGES + 1):
            part = self.call("GET", f"{path}{'&' if '?' in path else '?'}per_page={PAGE}&page={page}")
            part = part.get(key) if isinstance(part, dict) else part
            items = part if isinstance(part, list) else []
            found.extend(item for item in items if isinstance(item, dict))
            if len(items) < PAGE:
                break
        return found

    def mine(self, things: list[Thing], key: str, marker: str) -> Thing | None:
        """The first one that begins with the marker and that we wrote ourselves."""
        author = self.author()
        for thing in things:
            writer = thing.get("user") or thing.get("author")
            name = None if not isinstance(writer, dict) else writer.get("login") or writer.get("username")
            if str(thing.get(key) or "").splitlines()[:1] == [marker] and name == author:
                return thing
        return None

    def comment(self, text: str, *, only_existing: bool) -> str:
        place, edited = self.comments()
        old = self.mine(self.every(place), "body", text.splitlines()[0])
        if old is not None:
            self.call(self.update, f"{edited}/{old['id']}", {"body": text})
            return "The comment was updated."
        if only_existing:
            return "There is nothing to comment on."
        self.call("POST", place, {"body": text})
        return "The comment was written."

    def issue(self, text: str, title: str, *, close: bool) -> str:
        place = f"{self.place}/issues"
        found = [thing for thing in self.every(f"{place}?{self.is_open}") if "pull_request" not in thing]
        old = self.mine(found, self.text, text.splitlines()[0])
        if old is None:
            if not close:
                self.call("POST", place, {"title": title, self.text: text})
            return "There is no issue to close." if close else "An issue was opened."
        self.call(self.update, f"{place}/{old[self.handle]}", self.closing if close else {self.text: text})
        return "The issue was closed." if close else "The issue was updated."

    def author(self) -> object:
        raise NotImplementedError

    def comments(self) -> tuple[str, str]:
        """Where comments are, and where one is updated."""
        raise NotImplementedError


class GitHub(Forge):
    update, text, handle = "PATCH", "body", "number"
    is_open, closing = "state=open", {"state": "closed"}

    def __init__(self) -> None:
        token = os.environ.get("STEP_FORGE_TOKEN", "")
        repository = os.environ.get("GITHUB_REPOSITORY", "")
        if not token or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
            raise Silent("There is no token for GitHub here.")
        base = os.environ.get("GITHUB_API_URL", "https://api.github.com")
        super().__init__(base, {"Authorization": f"Bearer {token}", "X-GitHub-Api-Version": "2022-11-28"})
        self.place = f"/repos/{repository}"

    def author(self) -> object:
        return os.environ.get("STEP_COMMENT_AUTHOR") or "github-actions[bot]"

    def comments(self) -> tuple[str, str]:
        pull = digits("STEP_PULL", "This is no pull request.")
        return f"{self.place}/issues/{pull}/comments", f"{self.place}/issues/comments"


class GitLab(Forge):
    update, text, handle = "PUT", "description", "iid"
    is_open, closing = "state=opened&scope=all", {"state_event": "close"}

    def __init__(self) -> None:
        token = os.environ.get("STEP_FORGE_TOKEN", "")
        if not token:
            raise Silent("There is no token for GitLab here (a project access token with the scope api).")
        super().__init__(os.environ.get("CI_API_V4_URL", ""), {"PRIVATE-TOKEN": token})
        self.place = f"/projects/{digits('CI_PROJECT_ID', 'This is no project of GitLab.')}"

    def author(self) -> object:
        user = self.call("GET", "/user")
        return user.get("username") if isinstance(user, dict) else None

    def comments(self) -> tuple[str, str]:
        place = f"{self.place}/merge_requests/{digits('CI_MERGE_REQUEST_IID', 'This is no merge request.')}/notes"
        return place, place


def is_loopback(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}


def digits(name: str, otherwise: str) -> str:
    """A number from the environment, fit to stand in an address."""
    value = os.environ.get(name, "")
    if not re.fullmatch(r"[0-9]{1,18}", value, re.ASCII):
        raise Silent(otherwise)
    return value


def shown(root: str) -> str:
    """A root as others may read it: of an absolute path only the last name."""
    return Path(root).name if Path(root).is_absolute() else Path(root).as_posix()


def marker(kind: str, root: str, stage: str = "") -> str:
    """The line by which `plan --format markdown` begins for this root and stage; a test holds both to it."""
    whole = f"reconciler:{kind}:{shown(root)}" + (f"@{stage}" if stage else "")
    safe = re.sub(r"[^A-Za-z0-9._:/@+-]|-(?=-)", lambda found: f"%{ord(found[0]):02X}", whole)
    return f"<!-- {safe} -->"


def label(root: str, stage: str = "") -> str:
    """`brand~manifests@production`: a root and a stage in the name of an artifact, which may hold no slash."""
    parts = [shown(root), stage] if stage else [shown(root)]
    return "@".join(re.sub(r"[^A-Za-z0-9._/-]", _escaped, part).replace("/", "~") for part in parts)


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))


def title(root: str, stage: str = "") -> str:
    """What an issue about drift is called."""
    return f"Live models differ from git: {shown(root)}" + (f" ({stage})" if stage else "")


def forge_of_this_job() -> Forge:
    return GitLab() if os.environ.get("GITLAB_CI") else GitHub()


def written(arguments: argparse.Namespace) -> tuple[str, int]:
    """What became of a comment or an issue: none is no failure where none could be expected."""
    try:
        forge = forge_of_this_job()
        text = Path(arguments.file).read_text(encoding="utf-8", errors="replace")
        if arguments.what == "comment":
            return forge.comment(text, only_existing=arguments.existing), 0
        return forge.issue(text, title(arguments.root, arguments.stage), close=arguments.close), 0
    except Silent as reason:
        return f"{reason} Nothing was written.", 0
    except urllib.error.HTTPError as error:
        return f"The forge answered {error.code}.", 0 if error.code in DENIED else 1
    except NOT_UNDERSTOOD as error:
        return f"The forge could not be reached or understood: {type(error).__name__}.", 1


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="forge.py")
    commands = parser.add_subparsers(dest="what", required=True)
    made = {name: commands.add_parser(name) for name in ("label", "marker", "comment", "issue")}
    made["marker"].add_argument("kind", choices=("plan", "drift"))
    made["comment"].add_argument("--existing", action="store_true")
    made["issue"].add_argument("--close", action="store_true")
    for name in ("comment", "issue"):
        made[name].add_argument("file")
    for name in ("label", "marker", "issue"):
        made[name].add_argument("root")
        made[name].add_argument("stage", nargs="?", default="")
    return parser.parse_args()


def main() -> int:
    arguments = parsed()
    if arguments.what == "marker":
        sys.stdout.write(marker(arguments.kind, arguments.root, arguments.stage) + "\n")
        return 0
    if arguments.what == "label":
        sys.stdout.write(label(arguments.root, arguments.stage) + "\n")
        return 0
    said, code = written(arguments)
    sys.stderr.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
