"""A Chromium for the tests that open the HTML report in a browser.

    python -m tests.chromium        # what `make browser` runs before the tests

It is looked for in this order: `CHROMIUM=/path/to/it`, the PATH, and `.browsers/`, where Playwright's own lies once it was
fetched. If there is none, Playwright's own is fetched; if that fails, root on Debian gets the package `chromium`.
`BROWSER=none` does none of this. Where no Chromium starts, the tests that need one are skipped, and `missing()` says why.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

ROOT = Path(__file__).parent.parent
FETCHED = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or ROOT / ".browsers")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
IN_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
FETCH_SECONDS = 300
"""The download is about 110 MB."""
PACKAGE_SECONDS = 600


def is_unwanted() -> bool:
    """Was `BROWSER=none` given? Any other value is for other programs."""
    return os.environ.get("BROWSER") == "none"


def candidates() -> Iterator[str]:
    """Programs that may be a Chromium, the one to prefer first; some systems put a script there that only prints advice."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        yield chosen
        return
    yield from filter(None, map(shutil.which, NAMES))
    if IN_A_MAC.exists():
        yield str(IN_A_MAC)
    for pattern in ("*/*/chrome-headless-shell*", "*/*/headless_shell*"):
        yield from (str(path) for path in sorted(FETCHED.glob(pattern), reverse=True) if os.access(path, os.X_OK))


def launch(playwright: Playwright) -> Browser | None:
    """The first Chromium that starts, headless; None if none does. Its only way to any network is a proxy that refuses."""
    if is_unwanted():
        return None
    for path in candidates():
        try:
            return playwright.chromium.launch(
                executable_path=path, args=[*FLAGS], proxy={"server": "http://127.0.0.1:9"}
            )
        except Error:
            continue
    return None


def starts() -> bool:
    """Is there a Chromium that starts?"""
    if is_unwanted():
        return False
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is not None:
            browser.close()
        return browser is not None


def missing() -> str:
    """One line: no browser test runs, and how to change that."""
    if is_unwanted():
        return "BROWSER TESTS ARE SKIPPED because of BROWSER=none. Unset it to run them."
    if os.environ.get("CHROMIUM"):
        return "BROWSER TESTS ARE SKIPPED: the program that CHROMIUM names does not start."
    return (
        "BROWSER TESTS ARE SKIPPED: no Chromium starts here. Install Chromium or Chrome (Debian: `apt-get install chromium`), "
        "or name one with CHROMIUM=/path/to/it, or run `make browser` with a network."
    )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - a script speaks


def fetch() -> None:
    """Let Playwright download its own Chromium; a failure is one line, for there is another way."""
    say(f"No Chromium found. Fetching Playwright's own into {FETCHED} (about 110 MB, once) ...")
    environ = {
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000",  # it tries several hosts, each several times
        **os.environ,
        "PLAYWRIGHT_BROWSERS_PATH": str(FETCHED),
    }
    command = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
    try:
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS)
    except subprocess.TimeoutExpired:
        say(f"It could not be fetched within {FETCH_SECONDS} seconds.")
        return
    if ran.returncode != 0:
        errors = [line.strip() for line in (ran.stderr + ran.stdout).splitlines() if "Error: " in line]
        say(f"It could not be fetched: {errors[0] if errors else f'exit code {ran.returncode}'}")


def is_root_on_debian() -> bool:
    """May the package `chromium` be installed here? Ubuntu's package of that name only starts an installer of another kind."""
    release = Path("/etc/os-release")
    is_debian = release.exists() and "ID=debian" in release.read_text(encoding="utf-8").splitlines()
    return is_debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_package() -> None:
    """Install Debian's `chromium` with what it needs."""
    say("Installing the Debian package chromium, since this is root; BROWSER=none opts out ...")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        try:
            ran = subprocess.run(
                ["apt-get", *arguments],
                env=environ,
                capture_output=True,
                text=True,
                check=False,
                timeout=PACKAGE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            say(f"apt-get {arguments[0]} did not end within {PACKAGE_SECONDS} seconds.")
            return
        if ran.returncode != 0:
            lines = (ran.stderr or ran.stdout).strip().splitlines()
            say(f"apt-get {arguments[0]} failed: {lines[-1] if lines else f'exit code {ran.returncode}'}")
            return


def main() -> int:
    """Find or get a Chromium; 1 where there must be one: in CI, and where CHROMIUM names it."""
    is_needed = os.environ.get("CI") == "true" or bool(os.environ.get("CHROMIUM"))
    ways = [] if is_unwanted() or os.environ.get("CHROMIUM") else [fetch]
    if ways and is_root_on_debian():
        ways.append(install_package)
    found = starts()
    while ways and not found:
        ways.pop(0)()
        found = starts()
    if is_needed and not found:
        say(missing())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
