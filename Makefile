# Everything a contributor needs. `make` prints what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help environments setup demo screenshots up test test-fast lint types layers train bench check migration format chromium bundle

# uv from the PATH, else one of our own in a private environment
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTHON3 := $(shell for p in python3.12 python3.13 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import venv' 2>/dev/null && echo $$p && break; done)
RUN := $(UV) run --locked --no-sync
CHROMIUM = $(or $(AMPARO_CHROMIUM),$(shell command -v chromium || command -v chromium-browser || command -v google-chrome-stable || command -v google-chrome))

help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.uv/bin/uv:
	$(PYTHON3) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv

environments: $(filter .uv/bin/uv,$(UV))
	$(UV) sync --locked --quiet
	$(UV) sync --locked --quiet --project bot/engine

setup: environments train ## both environments and a trained model; starts nothing

train: environments ## train the language model, if what it is made of has changed
	$(RUN) amparo train

demo: setup ## sample data and everything running on port 8080 (PORT=8080), without Twilio
	$(RUN) amparo demo --port $(or $(PORT),8080)

up: setup ## the hotline itself on port 8080 (PORT=8080); needs Twilio's settings, see README
	$(RUN) amparo up --port $(or $(PORT),8080)

test: setup chromium lint types layers ## the whole suite, as CI runs it
	$(RUN) pytest

test-fast: environments ## tests that start no whole processes and no engine
	$(RUN) pytest -m "not slow and not engine"

lint: environments ## ruff: rules and format
	$(RUN) ruff check .
	$(RUN) ruff format --check .

format: environments ## let ruff format and mend what it can
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

types: environments ## mypy, strict
	$(RUN) mypy

layers: environments ## the five floors: imports only downward
	$(RUN) lint-imports

check: lint types layers test-fast ## what to run before a commit

bench: setup ## figures of docs/performance.md
	$(RUN) python -m benchmarks

# never fails: without a browser its tests are skipped, and say so
chromium: ## a browser for the tests of the console, if there is none (Debian's package, as root)
	@if [ -n "$(CHROMIUM)" ]; then echo "browser for tests: $(CHROMIUM)"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; } \
	  || echo "Chromium could not be installed; tests of the console's pages will be skipped"; \
	else echo "no Chromium: install it (apt-get install chromium) or set AMPARO_CHROMIUM to its path;" \
	  "until then tests of the console's pages are skipped"; fi

bundle: ## build the console's scripts into console/static (needs Node 20; not needed to run Amparo)
	cd console/web && npm ci --no-fund --no-audit && npm run --silent build

screenshots: setup chromium ## pictures of every page into docs/screenshots, from a demo of its own
	$(RUN) python -m docs.screenshots

migration: environments ## write a migration for changed models: make migration NAME=add_x
	$(RUN) python -m migrations.new $(NAME)
