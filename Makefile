# Everything a newcomer needs: `make demo` and `make test` do all set-up themselves.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.dev-ready
# What the tests run for real. The other extras are drivers of warehouses that need an account.
EXTRAS := demo http simulate gateway telemetry notify load cost drill scoring postgres pdf duplicates spark web board

.PHONY: demo test test-quick lint audit format bench docs clean

demo: $(READY)
	$(BIN)/proveout demo

test: $(DEV_READY)
	$(BIN)/pytest -n auto --dist loadfile

test-quick: $(DEV_READY)
	$(BIN)/pytest -n auto --dist loadfile -m "not slow"

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Fails on known vulnerabilities that have a fix; says so where it cannot ask.
audit: $(DEV_READY)
	@locked=$$(mktemp) && trap 'rm -f "$$locked"' EXIT && \
	  $(UV) export --quiet --frozen --all-extras --no-emit-project --output-file "$$locked" && \
	  $(BIN)/python .ci/audit.py "$$locked"

format: $(DEV_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(DEV_READY)
	$(BIN)/python -m benchmarks.audit --peers

docs: $(DEV_READY)
	$(BIN)/proveout metrics --markdown > docs/metrics.md
	$(BIN)/python -c 'from proveout.charter.json_schema import schema_text; print(schema_text(), end="")' > src/proveout/charter/pilot.schema.json
	$(BIN)/proveout schema --of report --out src/proveout/report/report.schema.json
	$(BIN)/python -c 'from proveout.evidence.catalogue import *; from proveout.gate.page import gates_page; print(gates_page(Catalogue(SHIPPED)), end="")' > docs/gates.md
	$(BIN)/python -c 'from proveout.portfolio.frameworks.page import frameworks_page; print(frameworks_page(), end="")' > docs/frameworks.md

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(READY): $(UV) pyproject.toml uv.lock
	$(UV) sync --quiet --frozen --no-dev --extra demo --extra http --inexact
	@touch $@

$(DEV_READY): $(UV) pyproject.toml uv.lock
	$(UV) sync --quiet --frozen $(addprefix --extra ,$(EXTRAS)) --inexact
	@touch $@ $(READY)

clean:
	rm -rf $(VENV) proveout-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
