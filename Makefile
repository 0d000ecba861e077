# The commands of the product; `make help` lists them. Needs Python 3.11+, Node 20+ and nothing else; no root.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that is new enough; `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --no-emit-index-url --generate-hashes --quiet
FRONTEND := $(shell find frontend \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)
export PIP_NO_WARN_SCRIPT_LOCATION := 1

.PHONY: help run test verify bench lock clean python-needed node-needed

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.base $(BIN)/ipaas frontend/dist/index.html ## install, build, migrate, seed the demo, serve on port $IPAAS_PORT (8000)
	@$(BIN)/python manage.py migrate --no-input -v 0
	@$(BIN)/python manage.py seed_demo
	@exec $(BIN)/python manage.py serve

test: $(VENV)/.test $(BIN)/ipaas frontend/dist/index.html ## every test: Python, TypeScript, real Chromium, PostgreSQL, Redis, crashes
	@$(BIN)/python -m tests.suite all

verify: $(VENV)/.test $(BIN)/ipaas ## the fast part: lint, types, layers, house rules, engine, contract
	@$(BIN)/python -m tests.suite verify

bench: $(VENV)/.test $(BIN)/ipaas ## the benchmarks, one JSON line per figure
	@$(BIN)/python -m tests.bench

lock: $(VENV)/.test ## write requirements/*.txt anew from requirements/*.in
	$(LOCK) requirements/base.in -o requirements/base.txt
	$(LOCK) requirements/test.in -o requirements/test.txt

clean: ## remove what was installed and built (never the data)
	rm -rf $(VENV) frontend/node_modules frontend/dist var

python-needed:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python"; exit 1; }

node-needed:
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null \
		|| { echo "Node.js 20 or newer is needed to build the browser app."; exit 1; }

$(BIN)/python: | python-needed
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python's venv module is needed (on Debian: the package python3-venv)."; exit 1; }

$(VENV)/.base: requirements/base.txt | $(BIN)/python
	@echo "Installing the Python packages …"
	@$(PIP_INSTALL) -r requirements/base.txt
	@touch $@

$(VENV)/.test: requirements/test.txt | $(BIN)/python
	@echo "Installing the Python packages of product and tests …"
	@$(PIP_INSTALL) -r requirements/test.txt
	@touch $(VENV)/.base $@

$(BIN)/ipaas: Makefile | $(BIN)/python
	@printf '#!/bin/sh\nexec "%s/$(BIN)/python" "%s/manage.py" "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $@
	@chmod +x $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json | node-needed
	@echo "Installing the packages of the browser app …"
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(FRONTEND)
	@echo "Building the browser app …"
	@cd frontend && npm run build --silent
	@touch $@
