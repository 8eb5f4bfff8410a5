# `make setup` prepares everything in .venv; the other targets see to it that it has run.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test check docs lock clean

BIN := .venv/bin
ARGS ?=

help:
	@echo "make setup | demo | test | check | docs | lock | clean     (ARGS=\"...\" is passed on by demo and test)"

setup:
	@.ci/setup
	@.ci/web build

demo: setup
	@exec $(BIN)/jingyin demo $(ARGS)

test: setup
	$(BIN)/python -m pytest --ignore=tests/e2e $(ARGS)
	@[ -n "$(ARGS)" ] || .ci/web test # with ARGS, pytest's alone

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture tests/kernel/test_settings.py
	@.ci/web check

docs: setup
	$(BIN)/python -m kernel.settings_reference > docs/reference/settings.md
	$(BIN)/python -m console.api.openapi > docs/reference/openapi.json
	@.ci/web client

# Locks name no registry host: hashes alone say what is meant (docs/adr/0002).
lock:
	@test -x .venv/.tools/bin/uv || $(MAKE) setup  # a setup would refuse what the locks do not have yet
	@for name in requirements requirements-dev; do \
	  PATH=".venv/.tools/bin:$$PATH" uv pip compile -q --generate-hashes --no-emit-index-url --no-header \
	    --python-version 3.11 $$name.in -o $$name.lock || exit 1; \
	done

clean:
	rm -rf .venv out build dist console/web/dist console/web/node_modules console/web/tools/openapi/node_modules *.egg-info .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis
