# Needs only make, git and Python 3.11 or newer. Everything else goes into .venv in this folder.

PORT ?= 8501
WORKERS ?= 2
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --annotation-style line

.PHONY: help setup run demo test check format bench lock dev browser

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/installed ## make .venv with what the dashboard needs

run: setup ## start the dashboard on http://127.0.0.1:8501 (PORT=… for another), with a demo CRM if there is none
	@if [ -z "$$CRM_DATABASE_URL" ]; then $(BIN)/python -m crm_data demo --if-empty; fi
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.address 127.0.0.1 --server.headless true

demo: setup ## make a demo CRM (EVENTS=… e-mails); refuses to overwrite another
	@$(BIN)/python -m crm_data demo $(if $(EVENTS),--events $(EVENTS))

test: dev browser ## run every test, those in a real browser and on PostgreSQL included
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations 15

check: dev ## check format, style, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: dev ## put the code into the common format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: dev browser ## measure how fast everything is (EVENTS=… e-mails, PARTS=… some parts)
	@$(BIN)/python -m tests.bench $(PARTS) $(if $(EVENTS),--events $(EVENTS))

lock: dev ## compile requirements*.txt from requirements*.in
	@$(LOCK) requirements.in --output-file requirements.txt
	@$(LOCK) requirements-dev.in --output-file requirements-dev.txt

dev: .venv/installed-dev

browser: dev
	@$(BIN)/python -m tests.browser.chromium

.venv/bin/python:
	@for python in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$python cannot make virtual environments. On Debian or Ubuntu, type: sudo apt-get install -y python3-venv" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making .venv with $$python"; \
	  exec "$$python" -m venv --clear .venv; \
	done; \
	echo "No Python 3.11 or newer was found. Install one, or name it: make setup PYTHON=/path/to/python3" >&2; \
	exit 1

# A stamp a list: installed once, and again when the list changes. An interrupted venv may lack pip.
.venv/installed: requirements.txt .venv/bin/python
.venv/installed-dev: requirements-dev.txt .venv/bin/python
.venv/installed .venv/installed-dev:
	@echo "Installing $< into .venv (the first time takes a minute or two)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
