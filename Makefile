# Everything a contributor needs. `make` prints what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help environments setup demo up test test-fast lint types layers train bench check migration format

# uv from the PATH, else one of our own in a private environment
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTHON3 := $(shell for p in python3.12 python3.13 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import venv' 2>/dev/null && echo $$p && break; done)
RUN := $(UV) run --locked --no-sync

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

test: setup lint types layers ## the whole suite, as CI runs it
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

migration: environments ## write a migration for changed models: make migration NAME=add_x
	$(RUN) python -m migrations.new $(NAME)
