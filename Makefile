# Each target is a line that a person would type. `make demo` and `make test` need nothing but Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test chaos load fuzz bench lint docs up down lock

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null \
		|| { echo "huiyu needs Python >= 3.11; $(PYTHON) is not installed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "huiyu needs Python >= 3.11; $(PYTHON) is older: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "huiyu needs Python's venv support: install the package python3-venv"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup
	$(BIN)/huiyu demo

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/unit tests/spec tests/property tests/contract tests/planted tests/fuzz
	$(BIN)/python -m pytest tests/integration

# Needs the right to mount: root's, or user namespaces. RUN=light-shuffled-end-3 makes one run, RUN="heavy and daily" some.
chaos: setup
	unshare --map-root-user --mount $(BIN)/python -m pytest tests/chaos/test_matrix.py $(if $(RUN),-k "$(RUN)")
	$(BIN)/python -m tests.chaos.results

load: setup
	LOAD_RATE=2500 LOAD_SECONDS=180 LOAD_BEHIND=1000000 $(BIN)/python -m pytest -s tests/chaos/test_load.py

# SEED=7 makes that round, INPUTS=1000 fewer of them.
fuzz: setup
	$(BIN)/python -m tests.fuzz.run --write $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED))

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup
	$(BIN)/python -m streams.catalogue

bench: setup
	$(BIN)/huiyu bench --write docs/figures.md --picture docs/figures-curve.svg

up: setup
	$(BIN)/huiyu up

down: setup
	$(BIN)/huiyu down

lock: setup
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" --output-file requirements-base.lock
	$(BIN)/uv pip compile pyproject.toml --extra sheets --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" --output-file requirements-sheets.lock
