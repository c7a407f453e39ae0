# Every target does the set-up it needs: a virtual environment, locked dependencies, generated adapters.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SETUP := .venv/.ready
SETUP_LOG := .venv/setup.log
SETUP_FAILED := { tail -n 20 $(SETUP_LOG); echo "set-up failed; all that pip said: $(SETUP_LOG)"; exit 1; } >&2
PIP := $(BIN)/python -m pip install --disable-pip-version-check
# Compiled once here, read by every process: tests write modules of their own, whose compiled forms would be mistaken.
COMPILED := $(BIN)/python -m compileall -q gateway adapters cli contract_tests
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: demo test run check bench torture setup lock clean
demo: setup
	@$(BIN)/insurehub demo

# Four on two cores too: half of the time a test waits, for a gateway that was killed or a carrier that is slow on purpose.
test: setup
	@$(COMPILED)
	@$(BIN)/python -m pytest --numprocesses 4 --dist worksteal

run: setup
	@$(BIN)/insurehub serve --with-mocks

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/insurehub check
	@$(BIN)/insurehub generate --check

bench: setup
	@$(BIN)/insurehub bench

# The long proof, two to three hours: a thousand kills on each database, planted bugs, many keys at once, ten thousand seeds.
torture: setup
	@$(BIN)/insurehub torture --kills 1000 --db sqlite --report .insurehub/torture-sqlite.html
	@$(BIN)/insurehub torture --kills 1000 --db postgres --report .insurehub/torture-postgres.html
	@$(BIN)/insurehub torture --planted all
	@$(BIN)/insurehub torture --keys 100000
	@$(BIN)/insurehub simulate --seeds 10000

setup: $(SETUP)

$(SETUP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: none was found on PATH (set PYTHON=...)"; exit 3; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock >$(SETUP_LOG) 2>&1 || $(SETUP_FAILED)
	@$(PIP) --no-deps --no-build-isolation -e . >$(SETUP_LOG) 2>&1 || $(SETUP_FAILED)
	@$(BIN)/insurehub generate
	@$(COMPILED)
	@touch $@

# Writes the lock anew from pyproject.toml; needs `uv` once (pip install uv).
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .insurehub
