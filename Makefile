# run: serve on http://localhost:5000    test: every test    dev: reload, https and a QR code for the phone
# check: what CI checks besides tests    test-long: fuzzing and mutants    bench: speed, side by side    lock: write the lock files anew

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# Stamps make the second start instant: they are newer than what they were made from.
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
NODE := node_modules/.package-lock.json

.PHONY: help run test test-long image-steps shell-test dev check format bench lock install clean

help:
	@sed -n '1,2s/^# //p' Makefile

run: $(RUNTIME)
	@exec $(BIN)/aios serve --migrate

dev: $(RUNTIME)
	@exec $(BIN)/aios serve --migrate --reload --tls

test: $(DEVELOPMENT) $(NODE)
	$(BIN)/python -m pytest

# An hour or two: 10,000 comparisons of pages, as many of everything else that is generated, and all mutants.
test-long: $(DEVELOPMENT) $(NODE)
	AIOS_EXAMPLES=10000 $(BIN)/python -m pytest tests/parity tests/device
	AIOS_EDITS=100000 $(BIN)/python -m pytest tests/sync
	$(BIN)/python tools/template_mutants.py
	$(BIN)/python tools/parity_mutants.py
	$(BIN)/python tools/sync_mutants.py

# The native shells (docs/shell.md): both phones' projects and their core, then the desktop's windows, on a display of their own.
# Two environments, since Toga for GTK on Debian 12 is older than the one the phones get. AIOS_SHELL_PICTURES=folder keeps pictures.
PHONE := .venv-shell/phone
RUNNING := .venv-shell/running
SHELL_PYTEST := -m pytest -c mobile_shell/tests/pytest.ini

shell-test: $(PHONE)/.installed $(RUNNING)/.installed mobile_shell/node_modules/.package-lock.json
	$(PHONE)/bin/python $(SHELL_PYTEST) mobile_shell/tests/dummy
	PYTHONPATH=$(CURDIR):$(CURDIR)/mobile_shell/src $(RUNNING)/bin/python $(SHELL_PYTEST) mobile_shell/tests/running

.venv-shell/%/.installed: mobile_shell/requirements-%.txt
	bash mobile_shell/system-packages
	$(PYTHON) -m venv .venv-shell/$*
	.venv-shell/$*/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

mobile_shell/node_modules/.package-lock.json: mobile_shell/package-lock.json
	cd mobile_shell && npm ci --no-audit --no-fund
	@touch $@

check: $(DEVELOPMENT) $(NODE)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	node_modules/.bin/pyright
	node_modules/.bin/tsc
	$(BIN)/djlint aios --lint --quiet
	$(BIN)/python tools/audit.py

# The Dockerfile's steps without a container engine; a minute or two.
image-steps:
	$(PYTHON) tools/image_steps.py $(shell mktemp -du)

format: $(DEVELOPMENT)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEVELOPMENT)
	$(BIN)/python -m benchmarks

# Versions and hashes, never addresses: whoever installs uses the registry that their machine is set up for.
lock: $(DEVELOPMENT)
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --constraint requirements.txt $(LOCK) --output-file requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --constraint requirements.txt $(LOCK) --output-file requirements-image.txt
	$(BIN)/uv pip compile --group build --constraint requirements-dev.txt $(LOCK) --output-file requirements-build.txt
	npm install --package-lock-only --no-audit --no-fund
	cd mobile_shell && ../$(BIN)/uv pip compile requirements-phone.in $(LOCK) --output-file requirements-phone.txt
	cd mobile_shell && ../$(BIN)/uv pip compile requirements-running.in $(LOCK) --output-file requirements-running.txt
	cd mobile_shell && npm install --package-lock-only --no-audit --no-fund

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url

install: $(RUNTIME)

$(RUNTIME): requirements.txt pyproject.toml | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "AIOS needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv is missing. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

$(NODE): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

clean:
	rm -rf .venv .venv-shell node_modules mobile_shell/node_modules .mypy_cache .ruff_cache .pytest_cache
