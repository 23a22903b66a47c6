# Gatepass. `make help` lists what there is.

PYTHON ?= python3
PORT   ?= 8000
# The Python of the other programs that are measured: some of them have wheels for 3.12 and not for older or newer ones.
PEERS_PYTHON ?= $(shell bench/verification/find_python.sh $(BIN)/python)
VENV   := .venv
BIN    := $(VENV)/bin
PEERS  := $(VENV)/peers/bin/python
# The locks name versions and hashes, never an address, so the same files are installed today and in a year.
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
PACKAGES := --editable packages/gatepass --editable packages/gatepass-server
PROJECTS := packages/gatepass/pyproject.toml packages/gatepass-server/pyproject.toml
LOCK   := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-package gatepass --no-header --no-annotate
# What was compiled stays, whatever the environment says of it: Python takes an empty variable for none.
KEPT    := PYTHONDONTWRITEBYTECODE=
# Modules compiled once at install: a server must not compile itself at every start.
COMPILE := $(KEPT) $(BIN)/python -m compileall -q packages

.PHONY: help serve test check format bench fuzz storm screenshots translations docs lock chromium slapd nginx clean
.DEFAULT_GOAL := help

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Gatepass needs Python 3.11 or newer; '$(PYTHON)' is older. Name another: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.serve: $(VENV)/.python locks/serve.txt packages/gatepass/pyproject.toml packages/gatepass-server/pyproject.toml
	@echo "Installing Gatepass into $(VENV) ..."
	@$(PIP) install --require-hashes --requirement locks/serve.txt
	@$(PIP) install --no-deps --no-build-isolation $(PACKAGES)
	@$(COMPILE)
	@touch $@

$(VENV)/.dev: $(VENV)/.serve locks/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes --requirement locks/dev.txt
	@touch $@

serve: $(VENV)/.serve ## Install into .venv and serve on http://127.0.0.1:8000 (PORT=9000 for another port)
	@exec $(BIN)/gatepass serve --port $(PORT)

test: $(VENV)/.dev $(VENV)/.node $(VENV)/.browser-node $(VENV)/.relying-node $(VENV)/.peers chromium slapd nginx ## Run all tests, on SQLite and on a real PostgreSQL
	@$(KEPT) $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev ## Formatting, lint, types and the import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

# The other programs that check tokens, and our library, apart from everything else: $(VENV)/peers/bin/python.
$(VENV)/.peers: locks/peers.txt packages/gatepass/pyproject.toml | $(VENV)/.python
	@echo "Installing the programs that the library is compared with ..."
	@$(PEERS_PYTHON) -m venv --clear $(VENV)/peers
	@$(PEERS) -m bench.verification.install_peers locks/peers.txt
	@$(PEERS) -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable packages/gatepass
	@touch $@

$(VENV)/.peers-node: bench/verification/node/package-lock.json | $(VENV)/.python
	@if ! command -v npm >/dev/null; then echo "npm is not here: Node's libraries will not be measured."; \
	 elif npm ci --silent --no-audit --no-fund --prefix bench/verification/node; then touch $@; \
	 else echo "npm could not install Node's libraries: they will not be measured."; fi

bench: $(VENV)/.dev $(VENV)/.peers $(VENV)/.peers-node ## Print the benchmarks, each a ratio within one run
	@$(BIN)/python -m bench $(ARGS)

# What the usual run tries less often.
THOROUGH := TESTS_THOROUGH=1 $(BIN)/python -m pytest -q --no-header

fuzz: $(VENV)/.dev ## Refuse 200,000 mutated tokens (ARGS="--seed 7" for others), and draw many requests, proofs and stories
	@$(BIN)/python -m tests.fuzz $(ARGS)
	@$(THOROUGH) tests/web/test_openapi.py tests/fuzz tests/dpop/test_fuzz.py tests/verify/test_fuzz.py tests/terminal/test_hostile_tokens.py

storm: $(VENV)/.dev ## Race 50 tabs 200 times and kill servers 20 times on each database (ARGS="--rounds 20" for less)
	@$(BIN)/python -m tests.storm $(ARGS)
	@$(THOROUGH) tests/e2e/test_durability.py tests/e2e/test_stopping.py

screenshots: $(VENV)/.dev ## Take pictures of every page into a folder (ARGS=../pictures)
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

translations: $(VENV)/.dev ## Bring the catalogues of the pages up to date, and say what they lack
	@$(BIN)/python packages/gatepass-server/scripts/translations.py

docs: $(VENV)/.dev ## Write the generated pages of docs/reference anew
	@$(BIN)/python -m docs.generate

lock: $(VENV)/.python ## Resolve the dependencies anew and write the locks
	@$(PIP) install uv
	@$(LOCK) --output-file locks/serve.txt $(PROJECTS) locks/serve.in
	@$(LOCK) --output-file locks/dev.txt --constraint locks/serve.txt $(PROJECTS) locks/serve.in locks/dev.in
	@$(LOCK) --output-file locks/peers.txt packages/gatepass/pyproject.toml locks/peers.in

# The interoperability tests with Node's jose run where Node is; in CI they must.
$(VENV)/.node: tests/interop/node/package-lock.json | $(VENV)/.python
	@if ! command -v npm >/dev/null; then echo "npm is not here: the tests with Node's jose will be skipped."; \
	 elif npm ci --silent --no-audit --no-fund --prefix tests/interop/node; then touch $@; \
	 elif [ -n "$$CI" ]; then echo "npm could not install what the tests with Node's jose need."; exit 1; \
	 else echo "npm could not install Node's jose: its tests will be skipped."; fi

# axe looks at the pages where Node is; in CI it must.
$(VENV)/.browser-node: tests/browser/node/package-lock.json | $(VENV)/.python
	@if ! command -v npm >/dev/null; then echo "npm is not here: axe will not look at the pages."; \
	 elif npm ci --silent --no-audit --no-fund --prefix tests/browser/node; then touch $@; \
	 elif [ -n "$$CI" ]; then echo "npm could not install axe."; exit 1; \
	 else echo "npm could not install axe: it will not look at the pages."; fi

# So do those with programs of Node that people sign in to; in CI they must.
$(VENV)/.relying-node: tests/relying/node/package-lock.json | $(VENV)/.python
	@if ! command -v npm >/dev/null; then echo "npm is not here: the tests with programs of Node will be skipped."; \
	 elif npm ci --silent --no-audit --no-fund --prefix tests/relying/node; then touch $@; \
	 elif [ -n "$$CI" ]; then echo "npm could not install what programs of Node need."; exit 1; \
	 else echo "npm could not install what programs of Node need: their tests will be skipped."; fi

# The tests in a real browser run where Chromium is; in CI they must, so it is installed there.
chromium:
	@if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then :; \
	 elif [ -z "$$CI" ]; then echo "Chromium is not here: the tests in a real browser will be skipped."; \
	 elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	   apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium >/dev/null; \
	 else echo "The tests in a real browser need Chromium, and nobody here may install it."; exit 1; fi

# So do those with a directory, where OpenLDAP's server is.
slapd:
	@if command -v slapd >/dev/null || [ -x /usr/sbin/slapd ]; then :; \
	 elif [ -z "$$CI" ]; then echo "slapd is not here: the tests with an LDAP directory will be skipped."; \
	 elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	   apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends slapd >/dev/null; \
	 else echo "The tests with an LDAP directory need slapd, and nobody here may install it."; exit 1; fi

# So do those behind a real reverse proxy, where nginx is.
nginx:
	@if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then :; \
	 elif [ -z "$$CI" ]; then echo "nginx is not here: the tests behind it will be skipped."; \
	 elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	   apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends nginx-light >/dev/null; \
	 else echo "The tests behind nginx need it, and nobody here may install it."; exit 1; fi

clean: ## Remove what make made (not gatepass-data)
	@rm -rf $(VENV) tests/interop/node/node_modules tests/relying/node/node_modules tests/browser/node/node_modules bench/verification/node/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
