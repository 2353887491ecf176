# One file for every way to run the project; `make help` lists the targets.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Whoever forbids bytecode has every process of the tests compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test check format long chaos peers bench pins clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: .venv/run.stamp ## install, make a demo workspace, start the tracker and print where it is
	@$(BIN)/tracker demo --up

test: .venv/dev.stamp ## everything that must hold, in under five minutes
	@$(PYTEST) -n 3 -m "not long and not chaos and not peers"

check: .venv/dev.stamp ## format, lint, types, import order, the catalogue
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --cache-dir .cache/import-linter
	@$(BIN)/tracker catalog check

format: .venv/dev.stamp ## put the code into shape
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

long: .venv/dev.stamp ## the sets that need minutes: every combination of parameters, launches in any order
	@$(PYTEST) -n 2 -m long

chaos: .venv/dev.stamp ## kill everything, take Redis away, and tell what was lost or repeated: half an hour
	@$(PYTEST) -s -m chaos

peers: .venv/dev.stamp .cache/peers.stamp ## Matrix against a real Synapse, installed into an environment of its own
	@$(PYTEST) -m peers tests/peers

bench: .venv/dev.stamp ## ratios beside their budgets and yardsticks
	@$(BIN)/python -m tests.benchmarks

pins: .venv/dev.stamp ## pin the dependencies anew, hashes and all
	@for target in "requirements.txt" "requirements-dev.txt --group dev --constraint requirements.txt"; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --output-file $$target; done

clean: ## remove everything that the targets above made
	rm -rf .venv .cache .hypothesis dist var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the tracker needs …"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@ .venv/run.stamp

.cache/peers.stamp: pyproject.toml
	@echo "Installing a homeserver to test against …"
	@$(PYTHON) -m venv .cache/peers
	@.cache/peers/bin/python -m pip install --quiet "pip>=25.1" # the first that knows groups
	@.cache/peers/bin/python -m pip install --quiet --group peers
	@touch $@
