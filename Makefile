# Everything a reader or a developer does here, by name. `make` alone lists it. Plain pip, nothing else to install.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON ?= python3
VENV   := .venv
PIP    := $(VENV)/bin/python -m pip --disable-pip-version-check --no-input
PY     := $(VENV)/bin/python
MODEL  ?= london-2024
OUT    ?= out
# Sizes of the continuous proofs; see docs/reliability.md.
EXAMPLES ?= 2000
SECONDS  ?= 60
ROOM     ?= economics
SAMPLE   ?= 160
SEED     ?= 2
# Files of few long tests begin first, so that no processor waits for them at the end. pytest leaves out
# what lies inside another argument, so that the others are named one by one.
LONGEST  := tests/slow tests/test_site.py tests/test_run_money.py tests/test_series_run.py tests/verify tests/faults
OTHERS   := $(filter-out $(LONGEST) tests/__pycache__,$(patsubst %/,%,$(wildcard tests/*/)) $(wildcard tests/*.py))
ROOMS    := tests/economics tests/activity tests/own_calls tests/faults/test_bad_inputs.py econ111/economics econ111/activity

export MPLBACKEND := Agg
# Compiled bytecode is kept: without it every start pays several seconds again.
unexport PYTHONDONTWRITEBYTECODE

RUNTIME := $(VENV)/.runtime-installed
DEV     := $(VENV)/.dev-installed

.PHONY: help run test short quick lint format types slow calibration benchmark performance large faults fuzz coverage mutation docs lock clean

help: ## list these commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

run: $(RUNTIME) ## evaluate MODEL (london-2024) into out/MODEL
	$(VENV)/bin/econ111 run $(MODEL) --out $(OUT)

test: lint ## everything a change must pass: lint, types, everyday tests, short slow tests
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target types short

# The types beside the tests: one processor would wait for them otherwise. The first test compiles the densities for all
# that follow, which would each compile them otherwise.
short: $(DEV)
	@$(PY) -m pytest -q tests/checks/test_likelihood.py
	$(PY) -m pytest -q -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder -m "not full and not calibration" \
		$(LONGEST) econ111 $(OTHERS)

quick: $(DEV) ## the everyday tests only: under a minute, no sampling
	$(PY) -m pytest -q

lint: $(DEV) ## style and layout, changing nothing
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(DEV) ## mend style and layout
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(DEV) ## strict types of the package
	$(PY) -m mypy

slow: $(DEV) ## the sampling tests in their long form
	$(PY) -m pytest -q tests/slow -m "slow and not calibration"

calibration: $(DEV) ## many fits to simulated services into docs/calibration (hours; goes on where it stopped)
	$(PY) -m econ111.checks.call_report $(if $(SCHEDULER),--scheduler $(SCHEDULER))

benchmark: $(DEV) ## wall times of import, cold run and second run
	$(PY) benchmarks/run_times.py

performance: $(DEV) ## beside plain PyMC and, under Pythons of their own, CAUSALPY and TFCAUSALIMPACT; growth; refits (an hour)
	$(PY) benchmarks/plain_pymc.py
	$(PY) benchmarks/growth.py
	$(PY) benchmarks/growth.py --trusts 200 --months 60 --draws 1000
	$(PY) benchmarks/refits.py
	$(PY) benchmarks/peers.py $(if $(CAUSALPY),--causalpy $(CAUSALPY)) $(if $(TFCAUSALIMPACT),--tfcausalimpact $(TFCAUSALIMPACT))

large: $(DEV) ## a million draws through the economics, value of information, and five million synthetic calls
	$(PY) benchmarks/economics_large.py
	$(PY) benchmarks/value_of_information.py
	$(PY) benchmarks/aggregate_records.py

faults: $(DEV) ## bad inputs and faults of the machine, each really tried
	$(PY) -m pytest -q tests/faults -m "slow or not slow"

fuzz: $(DEV) ## every reader under spoilt files: 2,000 examples each, then a minute each, guided where atheris is
	ECON111_FUZZ_EXAMPLES=$(EXAMPLES) $(PY) -m pytest -q tests/faults/test_fuzz.py -m slow
	$(PY) benchmarks/fuzz_readers.py --seconds $(SECONDS) --out docs/reliability/fuzz.csv

coverage: $(DEV) ## lines and branches of economics and activity that their tests reach
	$(PY) -m coverage run --branch --source=econ111/economics,econ111/activity -m pytest -q $(ROOMS)
	$(PY) -m coverage report --skip-covered --precision=1

mutation: $(DEV) ## share of small faults in the code of a ROOM (economics) that a test notices
	$(PY) benchmarks/mutation.py $(ROOM) $(if $(SAMPLE),--sample $(SAMPLE)) --seed $(SEED) --out docs/reliability/mutation-$(ROOM).csv

docs: $(DEV) ## the documentation as a site in docs/_build/html
	$(PY) -m sphinx -W --keep-going -b html docs docs/_build/html

lock: ## choose the newest allowed packages again (maintainers; needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the path; using econ111 does not."; exit 1; }
	$(call compile,requirements.lock,run,--group build)
	$(call compile,requirements-dev.lock,test and document,--group dev --constraints requirements.lock)

clean: ## remove the environment and everything made from it; out/ stays
	rm -rf $(VENV) docs/_build dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find econ111 tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# One file of pinned packages: $(1) the file, $(2) what for, $(3) which groups. It must name no address.
define compile
	uv --no-config --quiet pip compile pyproject.toml $(3) --upgrade --universal --python-version 3.12 \
		--generate-hashes --no-emit-index-url --no-header --output-file $(1).new >/dev/null
	@! grep -nE 'https?:|file:|--(extra-)?index|--find-links' $(1).new
	@{ echo "# Every package that econ111 needs to $(2), fixed by version and checksum. Made by: make lock"; \
		cat $(1).new; } >$(1) && rm $(1).new
endef

# ----------------------------------------------------------------------------------------------------------------------
# The environment. A stamp file per step, so that nothing is installed twice until what it depends on changes.

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { \
		echo "econ111 needs Python 3.12 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
		echo "Install one, then say which: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(PY)
	$(PIP) install -q --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(PIP) install -q --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@
