# `make demo` and `make test` are all that a fresh machine needs (Python 3.11 or newer, git, make).
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
unexport PYTHONDONTWRITEBYTECODE # with it, each of the many processes that tests start would compile the package anew

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
WORKERS ?= 2
# What .venv was made from; the last one holds the version.
INSTALLED := pyproject.toml constraints.txt reconciler/__init__.py

.PHONY: help venv browser demo test compiled quick lint format types contracts unit coverage update-golden switches walks benchmarks images release clean

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

# The stamp holds a checksum of what was installed, so that an unchanged tree installs nothing and needs no network.
venv: ## Set up .venv with the pinned versions of constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=/path/to/python3" >&2; exit 1; }
	@cksum $(INSTALLED) | cmp -s - $(VENV)/.installed || { \
		echo "Setting up $(VENV) (once) ..."; \
		test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
			--no-build-isolation -e '.[dev]' && \
		cksum $(INSTALLED) > $(VENV)/.installed; }

browser: venv ## Find or fetch a Chromium for the tests of the HTML report; BROWSER=none skips those tests
	@$(BIN)/python -m tests.chromium

demo: venv ## Watch the main job on the built-in simulator: no account, no network
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

# What needs one core each goes side by side. Meanwhile the tests are compiled once, which else each worker would do.
test: ## Everything that has to hold: the gate
	@$(MAKE) --no-print-directory -j 2 types lint contracts compiled browser
	@$(MAKE) --no-print-directory unit

compiled: venv
	@$(BIN)/pytest -qq --collect-only > $(VENV)/compiled.log 2>&1 || { cat $(VENV)/compiled.log; exit 1; }

quick: venv browser ## The tests that take no time
	$(BIN)/pytest -q -n $(WORKERS) -m "not slow"

lint: venv ## Style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: venv ## Mend what a machine can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: venv ## mypy, strict, tests too
	$(BIN)/mypy

contracts: venv ## Which room may import which
	$(BIN)/lint-imports --no-logo

unit: venv browser ## All tests, without measuring
	$(BIN)/pytest -n $(WORKERS)

coverage: venv browser ## All tests, with branch coverage
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term:skip-covered

update-golden: venv browser ## Write the golden files and the documents' output anew; then read the diff
	$(BIN)/pytest -q --update-golden

switches: venv ## Every value of every switch of the simulator, through every story that meets it
	$(BIN)/pytest -q -n $(WORKERS) --all-switches tests/execute/test_switch.py

walks: venv ## 300 random histories of a tree, each planned with a warm cache and without (five minutes)
	$(BIN)/pytest -q -n $(WORKERS) --walks 300 tests/laws/test_touched_part.py

benchmarks: venv browser ## Measure what the documents claim in figures, into benchmarks/RESULTS.md (a quarter of an hour)
	$(BIN)/python -m benchmarks

images: venv ## Draw the images of manifests/ and examples/ anew
	$(BIN)/python -m examples.draw

release: venv ## Make a release of this commit (VERSION=1.2.3 names a new one); nothing leaves this machine
	@PYTHONPATH=.ci $(BIN)/python -m release $(VERSION)

clean: ## Remove what tools left behind, .venv, and a Chromium that was fetched
	rm -rf $(VENV) .browsers .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* \
		htmlcov dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
