"""A release: what names it, the commit that makes it, and the two files that people receive."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from release.build import Distribution, build, contents_faults, files_below
from release.naming import PLACES, named, newest_release, ref_of, version_of
from release.prepare import ReleaseRefused, is_prepared, prepare
from release.trial import try_out

ROOT = Path(__file__).parent.parent.parent
EPOCH = 1_800_000_000


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def copy_of_the_tree(folder: Path) -> Path:
    """What git knows or would take of this checkout, as a commit would hold it."""
    listing = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in set(listing.split("\0")):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with no more than a release writes, one commit, no release yet."""
    root = tmp_path / "checkout"
    for name in ("pyproject.toml", "CHANGELOG.md", "reconciler/__init__.py", "changes/README.md", *PLACES):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    (root / "CHANGELOG.md").write_text("# Changelog\n\n<!-- towncrier release notes start -->\n")
    (root / "changes" / "poses.added.md").write_text("Poses.\n")
    for name, value in {"NAME": "Test", "EMAIL": "test@example.org"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "x")
    return root


# ---------------------------------------------------------------- what names it
def test_people_are_told_to_take_the_newest_release_and_the_branch_while_there_is_none() -> None:
    """What is named has to exist: a tag that nobody made stops the first run of everybody's CI."""
    newest = newest_release((ROOT / "CHANGELOG.md").read_text())
    assert newest in {None, version_of(ROOT)}
    for place, refs in named(ROOT).items():
        assert refs, place
        assert set(refs) == {ref_of(newest)}, place


def test_no_other_place_names_a_release() -> None:
    """One that is not in the table would keep its old name."""
    told = [ROOT / "README.md", ROOT / "action.yml", *(ROOT / "docs").glob("*.md")]
    told += [path for folder in ("templates", "reconciler/files/workflow") for path in (ROOT / folder).rglob("*.*")]
    for path in told:
        if path.suffix != ".pyc" and path.relative_to(ROOT).as_posix() not in PLACES:
            assert not re.search(r"\bv\d+\.\d+\.\d+\b", path.read_text(encoding="utf-8")), path


def test_actions_of_others_are_pinned_by_a_tag_or_by_a_commit_that_says_its_tag() -> None:
    """A branch of theirs could change under us; an id without its tag cannot be looked up by a reader."""
    files = [name for name in git(ROOT, "ls-files", "*.yml", "docs/*.md").splitlines() if (ROOT / name).is_file()]
    used = [
        (name, line)
        for name in files
        for line in re.findall(r"^ *(?:- )?uses: (.+)$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        if not line.startswith(("./", "YOUR-ORGANISATION/"))
    ]
    assert used
    pinned = re.compile(r"[\w.-]+/[\w.-]+(/[\w./-]+)?@(v\d+(\.\d+)*|[0-9a-f]{40} # v\d+(\.\d+)*)")
    assert not [(name, line) for name, line in used if not pinned.fullmatch(line)]


# ---------------------------------------------------------------- the commit
def test_one_commit_holds_version_changelog_and_names(repository: Path) -> None:
    assert prepare(repository, "0.2.0")
    assert is_prepared(repository, "0.2.0")
    assert "- Poses." in (repository / "CHANGELOG.md").read_text()
    assert [path.name for path in (repository / "changes").iterdir()] == ["README.md"]
    assert git(repository, "log", "--format=%s") == "Release 0.2.0\nx"
    assert not git(repository, "status", "--porcelain")
    assert not git(repository, "tag")
    assert not prepare(repository, "0.2.0"), "a checkout of a release is built as it is"


@pytest.mark.parametrize("version", ["0.2", "v0.2.0", "0.2.0rc1", "", "0.2.0\n"])
def test_a_version_is_three_numbers(repository: Path, version: str) -> None:
    with pytest.raises(ReleaseRefused, match="no version"):
        prepare(repository, version)


def test_versions_go_up_and_no_release_is_made_twice(repository: Path) -> None:
    prepare(repository, "0.10.0")
    (repository / "changes" / "more.fixed.md").write_text("More.\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "y")
    for version in ("0.9.0", "0.10.0"):
        with pytest.raises(ReleaseRefused, match=r"has 0\.10\.0 already"):
            prepare(repository, version)


def test_what_is_not_committed_is_in_nobodys_way(repository: Path) -> None:
    """It would be lost, or be released unseen."""
    (repository / "pyproject.toml").write_text("edited")
    with pytest.raises(ReleaseRefused, match="not committed"):
        prepare(repository, "0.2.0")
    assert (repository / "pyproject.toml").read_text() == "edited"


def test_nothing_is_left_behind_where_the_commit_cannot_be_made(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no >&2; exit 1\n")
    hook.chmod(0o755)
    with pytest.raises(ReleaseRefused, match="git commit failed: no"):
        prepare(repository, "0.2.0")
    assert not git(repository, "status", "--porcelain")


def test_nothing_leaves_this_machine() -> None:
    """Of git only what reads, and what makes the commit; a tag is listed and never made."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / ".ci/release").glob("*.py"))
    asked = set(re.findall(r'git\((?:root|ROOT), "([\w-]+)"', source)) | set(re.findall(r'\["git", "([\w-]+)"', source))
    assert asked == {"add", "archive", "commit", "init", "reset", "rev-parse", "show", "status", "tag", "var"}
    assert re.findall(r'"tag", "([^"]+)"', source) == ["--list"]
    assert not re.search("twine|urllib|http", source)


def test_nothing_is_released_without_a_word_to_its_users(repository: Path) -> None:
    git(repository, "rm", "--quiet", "changes/poses.added.md")
    git(repository, "commit", "--quiet", "-m", "y")
    with pytest.raises(ReleaseRefused, match="no fragment"):
        prepare(repository, "0.2.0")


# ---------------------------------------------------------------- the two files
@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Distribution]:
    """The tree as a commit would hold it, and what was built of it."""
    folder = tmp_path_factory.mktemp("release")
    source = copy_of_the_tree(folder / "one")
    return source, build(source, folder / "made", EPOCH)


def test_two_builds_are_the_same_bytes_and_hold_the_tree(made: tuple[Path, Distribution], tmp_path: Path) -> None:
    """From other folders, at another time, with other rights on the files."""
    one, first = made
    two = copy_of_the_tree(tmp_path / "elsewhere" / "two")
    for path in two.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(path.stat().st_mode & 0o700)
    assert build(two, tmp_path / "second", EPOCH).digests() == first.digests()
    source = files_below(one)
    assert contents_faults(first, source) == []
    assert {"reconciler/py.typed", "reconciler/render/html/template/page.html"} <= source.keys()
    with zipfile.ZipFile(first.wheel) as archive:
        (points,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "reconciler = reconciler.__main__:main" in archive.read(points).decode()


def test_a_file_too_few_or_too_many_is_found(made: tuple[Path, Distribution]) -> None:
    folder, built = made
    source = dict(files_below(folder))
    source["reconciler/new.css"] = b""
    source["README.md"] += b"."
    del source["LICENSE"]
    assert contents_faults(built, source) == [
        f"{built.wheel.name}: reconciler/new.css is missing",
        f"{built.sdist.name}: reconciler/new.css is missing",
        f"{built.sdist.name}: LICENSE is no part of the commit",
        f"{built.sdist.name}: README.md differs",
    ]


def test_the_trial_of_a_release_is_a_story_that_this_version_can_play(tmp_path: Path, warm_command: Path) -> None:
    """With another command name in its place, since only a release installs a wheel."""
    folder = tmp_path / "trial"
    folder.mkdir()
    try_out(warm_command, version_of(ROOT), ROOT / "examples" / "quickstart", folder)
    assert (folder / ".github" / "workflows" / "reconciler.yml").is_file()
    with pytest.raises(ReleaseRefused, match="calls itself reconciler"):
        try_out(warm_command, "9.9.9", ROOT / "examples" / "quickstart", tmp_path / "again")
