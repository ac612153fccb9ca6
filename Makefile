# Two commands do everything: `make app` and `make test`.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: app test check fix bench prove lock browser

app: .venv/app.done ## start on http://127.0.0.1:8501; builds the demo the first time
	COUNTERSIGN_DEMO=1 $(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/dev.done browser ## all tests, a seeded tenth of the long ones
	$(BIN)/python -m pytest

prove: .venv/dev.done browser ## all tests, the long ones whole
	PROVE=1 $(BIN)/python -m pytest

check: .venv/dev.done ## style, types, imports, dependencies, dead code
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture

fix: .venv/dev.done ## let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/dev.done ## measure what the README promises
	$(BIN)/python -m tests.benchmarks.bench

lock: ## write the lock files anew
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip install -q uv
	.venv-lock/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements.lock
	.venv-lock/bin/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements-dev.lock
	rm -rf .venv-lock

.venv/bin/python:
	$(PYTHON) -c "import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else 'Countersign needs Python 3.11, 3.12 or 3.13; try make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv

.venv/app.done: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.done: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@ .venv/app.done

# Debian's Chromium where apt and root are there, Playwright's own elsewhere.
browser: .venv/dev.done
	@if command -v chromium >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && apt-get install -y -qq chromium; \
	else $(BIN)/playwright install chromium; fi
