# The commands of this project. `make help` lists them.
PYTHON ?= python3
BIN    := .venv/bin
TOOLS  := .venv/tools/bin
# One worker more than there are cores: the tests of screens mostly wait.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# In the order that tests/conftest.py gives them: the longest first.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Some images set it: then each program that a test starts compiles its modules anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test deep soak check fix snap shots bench mutate audit sbom lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.run ## the dashboard over the embedded sandbox: no account, no network
	@$(BIN)/ticketdeck demo

test: .venv/.dev ## every test, the built wheel included
	$(PYTEST) -q

deep: .venv/.dev ## every law and every fuzzed input, 20,000 examples each, for a night (DEEP=FILES)
	HYPOTHESIS_PROFILE=deep $(PYTEST) --timeout 0 -q $(DEEP)

soak: .venv/.dev ## the program among random faults for SOAK_MINUTES (2): nothing may grow
	$(BIN)/python tests/soak/soak.py

check: .venv/.dev ## format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/.dev ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

snap: .venv/.dev ## accept the pictures of the screens as they are now; look at the diff
	$(BIN)/python -m pytest -q -m snapshot --snapshot-update tests/snapshots

shots: .venv/.dev ## draw the pictures of the README anew
	$(BIN)/python docs/screenshots/make.py

bench: .venv/.dev ## speed and size, as ratios side by side in one run
	$(BIN)/python tests/bench/run.py

mutate: .venv/.tools ## break the program on purpose; what no test notices is named (MUTATE=clean ...)
	$(TOOLS)/python tests/mutation/run.py $(MUTATE)

audit: .venv/.tools ## known vulnerabilities of all that is locked; what cannot be asked is an error
	$(TOOLS)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off $(LOCKS:%=-r %)

sbom: .venv/.tools ## dist/sbom.cdx.json: what an install from the lock consists of
	@rm -rf .venv/clean && $(PYTHON) -m venv --without-pip .venv/clean
	@$(BIN)/python -m pip --python .venv/clean/bin/python install --quiet \
		--disable-pip-version-check --require-hashes -r requirements.lock
	@mkdir -p dist
	$(TOOLS)/cyclonedx-py environment --output-reproducible --of JSON --pyproject pyproject.toml \
		-o dist/sbom.cdx.json .venv/clean/bin/python

lock: .venv/.dev ## renew the lock files (needs uv on the PATH)
	uv pip compile pyproject.toml --group build $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml --group dev --extra keyring $(LOCK) -o requirements-dev.lock
	uv pip compile pyproject.toml --group tools --extra keyring -c requirements-dev.lock \
		$(LOCK) -o requirements-tools.lock

clean: ## remove what the other commands made
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache dist

# Every file with a law in it, or with something that is repeated more often in a night.
DEEP ?= $(shell grep -rlE 'import.* given|hypothesis.stateful|support.repeats' tests --include='test_*.py')
LOCKS := requirements.lock requirements-dev.lock requirements-tools.lock
LOCK := --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-index-url

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$$($(PYTHON) --version) is too old: 3.11 or newer is needed; name it with: make PYTHON=..." >&2; exit 1; }
	@echo "Building .venv (once)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "No venv here. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }

# Two steps, because pip takes no editable install under --require-hashes.
.venv/.run: .venv/bin/python requirements.lock pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@echo "Adding the development tools to .venv (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# An environment of their own: what the program and its tests run with holds none of them.
.venv/.tools: .venv/bin/python requirements-tools.lock
	@echo "Building .venv/tools (once)"
	@$(PYTHON) -m venv .venv/tools
	@$(TOOLS)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock
	@touch $@
