# Cầu Nối. `make` alone lists the targets; each target does the set-up it needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Python keeps what it compiles, whatever the machine's setting is: otherwise each process compiles thousands of modules
# again, and every test run takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
COMPONENT_TESTS := tests/contracts tests/services tests/guards tests/unit

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: setup
setup: ## Python and npm packages, stubs, assets, Kafka's jars; makes only what has changed (PYTHON=/path/to/python3)
	@$(MAKE) --question made .local/kafka/lib/.made 2>/dev/null || deploy/local/setup.sh begin "$(MAKE)"

.PHONY: run
run: setup ## the whole system on this machine, until Ctrl-C (CAUNOI_HOME, CAUNOI_PORT)
	@exec $(BIN)/python -m deploy.local

.PHONY: test
test: setup ## all tests: unit, services, contracts, end to end, browser, chaos (about 30 minutes on two cores)
	@# Four on two cores: contracts mostly wait for Kafka, for stalled connections, for processes that come up. In the
	@# order of the list, so that they begin first.
	$(PYTEST) -q -n 4 --dist loadfile --no-loadscope-reorder $(COMPONENT_TESTS)
	$(PYTEST) -q -n 2 --dist loadgroup tests/chaos tests/e2e tests/browser

.PHONY: coverage
coverage: setup ## lines and branches of the product that tests in one process reach; prints a table
	$(PYTEST) -q -n 3 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(COMPONENT_TESTS)

.PHONY: containers
containers: setup ## run each container as its manifest says; needs podman and the images (deploy/kubernetes/README.md)
	$(PYTEST) -q -n 0 tests/containers

.PHONY: unit
unit: setup ## the tests that need no network and no database (about 20 s on two cores)
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
format: setup ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: setup ## measure a running stack of its own (BESIDE=a checkout to measure beside it); prints tables
	$(BIN)/python -m tests.load.bench $(if $(BESIDE),--beside $(BESIDE))

.PHONY: bench-million
bench-million: setup ## measure lists, searches and jobs of a ward with a million dossiers beside a thousand
	$(BIN)/python -m tests.load.million $(if $(KEEP),--home $(KEEP))

.PHONY: bench-cells
bench-cells: setup ## measure a ward with processes of its own beside a loaded one
	$(BIN)/python -m tests.load.cells

.PHONY: bench-sign-in
bench-sign-in: setup ## measure a sign-in, which asks all wards: with all wards up, and with one hanging
	$(BIN)/python -m tests.load.signing_in

.PHONY: fuzz
fuzz: setup ## try the reader of uploads with mutated files for longer than the tests do (FILES=20000, SEED=…)
	FUZZED_FILES=$(or $(FILES),20000) $(if $(SEED),FUZZ_SEED=$(SEED)) \
	  $(PYTEST) -q -s -n 0 tests/services/dossiers_papers/test_mutated_files.py

.PHONY: screenshots
screenshots: setup ## take the pictures in docs/ again
	$(BIN)/python -m tests.browser.screenshots

.PHONY: clean
clean: ## remove everything that set-up made; the stack's data stay
	rm -rf .venv node_modules generated gateway/static/govuk .local/setup.lock .local/kafka/lib
	rm -rf .coverage .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: forget
forget: ## remove the stack's data: accounts, dossiers, keys, events, messages
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m deploy.local --forget

# Set-up. Each target is a file that is written last, so an interrupted step is done again.

STEP := @deploy/local/setup.sh step
FETCH := @deploy/local/setup.sh fetch
ASSETS := gateway/static/govuk/govuk-frontend.min.js

.PHONY: made
made: .venv/.made generated/.made node_modules/.package-lock.json $(ASSETS)

# A virtual environment works only in the folder and with the Python that it was made for.
MADE_FOR := $(shell [ -x $(BIN)/python ] && cat .venv/.made 2>/dev/null)
ifneq ($(MADE_FOR),$(CURDIR) $(or $(PYTHON),$(lastword $(MADE_FOR))))
.PHONY: .venv/.made
endif

# The locked packages, by hash. `uv sync` would do the same, but only from the addresses in the lock, not from a mirror:
# docs/decisions/0024.
.venv/.made: uv.lock
	$(FETCH) "Python packages" ' \
	  python=$$(deploy/local/setup.sh find_python); \
	  $$python -m venv --clear .venv; \
	  $(BIN)/python deploy/uv.py | $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r /dev/stdin; \
	  export UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$$(deploy/local/setup.sh pip_setting index-url)}}; \
	  cert=$${SSL_CERT_FILE:-$$(deploy/local/setup.sh pip_setting cert)}; \
	  [ -z "$$cert" ] || export SSL_CERT_FILE=$$cert; \
	  $(BIN)/uv export -q --frozen --output-file .venv/requirements.txt; \
	  $(BIN)/uv pip sync -q --python .venv --require-hashes .venv/requirements.txt; \
	  echo "$$PWD/generated" >$$(echo .venv/lib/python*/site-packages)/caunoi_generated.pth; \
	  echo "$$PWD $$python" >$@'

# Directories are prerequisites, too: their times change when a file is added, removed or renamed.
generated/.made: $(shell find proto -type d -o -name "*.proto") .venv/.made
	$(STEP) "gRPC stubs" ' \
	  rm -rf generated.new; mkdir generated.new; touch generated.new/.made; \
	  PATH="$$PWD/$(BIN):$$PATH" python -m grpc_tools.protoc -Iproto --python_out=generated.new \
	    --grpc_python_out=generated.new --mypy_out=quiet:generated.new --mypy_grpc_out=quiet:generated.new \
	    $(filter %.proto,$^); \
	  rm -rf generated; mv generated.new generated'

node_modules/.package-lock.json: package.json package-lock.json
	@# With npm's default pauses between tries, it would be silent for over a minute without a network.
	$(FETCH) "Node packages" ' \
	  npm ci --no-audit --no-fund --loglevel=error --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=8000; touch $@'

$(ASSETS): node_modules/.package-lock.json deploy/local/assets.py | .venv/.made
	$(STEP) "Assets of the pages" '$(BIN)/python -m deploy.local.assets; ls $@'

.local/kafka/lib/.made: deploy/local/kafka/pom.xml
	@deploy/local/setup.sh kafka ' \
	  rm -rf $(@D); \
	  mvn -q -B -f $< dependency:copy-dependencies -DoutputDirectory="$$PWD/$(@D)"; touch $@'
