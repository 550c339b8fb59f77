# Cầu Nối. `make` alone lists what there is; every target does the set-up it needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# What Python compiles is kept, whatever the machine is used to: without it each process compiles thousands of modules
# anew, and every test run takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

# The first Python on the path that is new enough; `make run PYTHON=/path/to/python3` chooses another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: setup
setup: ## Python and npm packages, stubs, assets, Kafka's jars; skips what is there already
	@[ -n "$(PYTHON)" ] || { echo "Cầu Nối needs Python 3.11 or newer, and none is on the path." >&2; \
	echo "Install one, or name it: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) deploy/local/setup.py

.PHONY: run
run: setup ## the whole system on this machine, until Ctrl-C (CAUNOI_HOME, CAUNOI_PORT)
	@exec $(BIN)/python -m deploy.local

.PHONY: test
test: setup ## all tests: unit, services, contracts, end to end, browser, chaos (under 10 minutes on two cores)
	@# Three on two cores: the tests of Kafka mostly wait. In the order of the list, so that they begin first.
	$(PYTEST) -q -n 3 --dist loadfile --no-loadscope-reorder tests/contracts tests/services tests/guards tests/unit
	$(PYTEST) -q -n 2 --dist loadgroup tests/chaos tests/e2e tests/browser

.PHONY: unit
unit: setup ## the tests that need no network and no database (under 10 s)
	$(PYTEST) -q -n 2 tests/unit

.PHONY: check
check: setup ## style, types, borders between packages, contracts, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	proto/check.sh
	$(BIN)/djlint --lint --quiet gateway/templates

.PHONY: format
format: setup ## put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: setup ## measure a running stack of its own; prints a table
	$(BIN)/python -m tests.load.bench

.PHONY: screenshots
screenshots: setup ## take the pictures in docs/ anew
	$(BIN)/python -m tests.browser.screenshots

.PHONY: clean
clean: ## remove what set-up made; the data of the stack stay
	rm -rf .venv node_modules generated gateway/static/govuk .local/setup.json .local/kafka/lib
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: forget
forget: ## remove the data of the stack: accounts, dossiers, keys, events, messages
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m deploy.local --forget
