"""`make release [VERSION=1.2.3]`: a commit, a wheel and an sdist of it, and what to do next. Nothing leaves this machine.

The commit is made if the tree is not prepared for this version. In a checkout of a release nothing is written but dist/, so
that anybody can build it again and compare the digests.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from release.build import Distribution, build_checked
from release.naming import ref_of, version_of
from release.prepare import ReleaseRefused, git, prepare
from release.trial import install, try_out

ROOT = Path(__file__).parent.parent.parent

_TAGGED = """\
The tag {tag} is on this commit. If its release has other digests, find out why before anybody uses it: another zlib packs
the same files otherwise, and that is the only harmless reason.
"""

_NEXT = """\
Nothing was tagged, pushed or published. Next:

  1. Send the commit through review. If the merge makes another commit of it, run `make release` there again.
  2. Wait until CI is green on it.
  3. git tag --annotate {tag} --message "reconciler {version}" {commit}
  4. git push origin {tag}
  5. Attach the three files in dist/ to the release of this tag.
"""


def main(arguments: list[str]) -> int:
    """Make the release; 1 where it is refused."""
    version = arguments[0] if arguments else version_of(ROOT)
    try:
        if prepare(ROOT, version):
            say(
                f"Committed the release: `git show` has it, `git reset --hard {git(ROOT, 'rev-parse', 'HEAD^')}` undoes it."
            )
        commit = git(ROOT, "rev-parse", "HEAD")
        is_tagged = tag_is_on(ref_of(version), commit)
        with tempfile.TemporaryDirectory(prefix="release-") as work:
            made = build_checked(ROOT, commit, Path(work))
            say(
                "Built twice, and the wheel from the sdist, with the same bytes each time. They hold what the commit holds."
            )
            command = install(made.wheel, Path(work, "one", "constraints.txt"), Path(work, "environment"))
            trial = Path(work, "trial")
            trial.mkdir()
            try_out(command, version, Path(work, "one", "examples", "quickstart"), trial)
            say("Installed into a fresh environment. The quickstart was planned, applied and trained there.")
            keep(made, version)
    except ReleaseRefused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    say("")
    say((ROOT / "dist" / f"reconciler-{version}.sha256").read_text(encoding="utf-8"))
    say((_TAGGED if is_tagged else _NEXT).format(tag=ref_of(version), version=version, commit=commit))
    return 0


def tag_is_on(tag: str, commit: str) -> bool:
    """Does the tag name this commit? ReleaseRefused if it names another one: a tag is never moved."""
    if not git(ROOT, "tag", "--list", tag):
        return False
    tagged = git(ROOT, "rev-parse", f"{tag}^{{commit}}")
    if tagged != commit:
        raise ReleaseRefused(f"{tag} is commit {tagged[:12]} already. Check it out to build it again.")
    return True


def keep(made: Distribution, version: str) -> None:
    """Put both files into dist/, with their digests in the form that `sha256sum --check` reads."""
    folder = ROOT / "dist"
    folder.mkdir(exist_ok=True)
    for path in (made.wheel, made.sdist):
        shutil.copyfile(path, folder / path.name)
    lines = "".join(f"{digest}  {name}\n" for name, digest in made.digests().items())
    (folder / f"reconciler-{version}.sha256").write_text(lines, encoding="utf-8", newline="\n")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
