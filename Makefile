# Every target sets up what it needs from Python 3.11+ and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := .venv/bin
PACKAGES := $(wildcard core cartridges/*)
SOURCES := $(wildcard core/src cartridges/*/src)
TESTS := core/tests $(wildcard cartridges/*/tests) tests
DEMO_DATA := var/demo
SOAK := --minutes 10 --database postgresql

export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export UV_PYTHON := $(shell $(PYTHON) -c 'import sys; print(sys.executable)')

.PHONY: help demo serve test check unit browser soak bench wheels pins format clean

help: ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: $(UV) pyproject.toml $(addsuffix /pyproject.toml,$(PACKAGES))
	$(UV) sync --quiet --all-packages
	touch $@

.venv/.browser: .venv/.ready tools/find_browser.py
	$(RUN)/python tools/find_browser.py > $@.new
	mv $@.new $@

.venv/.systemd: .venv/.ready tools/find_systemd.py
	$(RUN)/python tools/find_systemd.py > $@.new
	mv $@.new $@

demo: .venv/.ready ## place, break, export and compare several hundred orders
	IOMC_DATA_DIRECTORY=$(DEMO_DATA) $(RUN)/iomconnector demo

serve: .venv/.ready ## look around after the demo: web application, exporter, IOM stand-in
	IOMC_DATA_DIRECTORY=$(DEMO_DATA) $(RUN)/iomconnector serve

test: check unit ## everything that must pass: lint, types, imports, tests

check: .venv/.ready ## lint, types, imports, assemblies
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy $(SOURCES) $(TESTS) conftest.py benchmarks tools
	$(RUN)/lint-imports
	for assembly in assemblies/*.toml; do $(RUN)/iomconnector assembly check $$assembly; done

unit: .venv/.ready .venv/.browser .venv/.systemd ## the tests alone
	$(RUN)/python -m pytest -n 3 --dist worksteal

browser: .venv/.browser ## the tests in a browser alone, with new screenshots for the docs
	UPDATE_SCREENSHOTS=1 $(RUN)/python -m pytest -n 0 tests/browser

soak: .venv/.ready ## place orders for minutes while everything fails: make soak SOAK="--minutes 60 --seed 1"
	$(RUN)/iomconnector soak $(SOAK)

bench: .venv/.ready ## measure, each figure beside its limit
	$(RUN)/python benchmarks/http_client.py
	$(RUN)/python benchmarks/export_costs.py
	$(RUN)/python benchmarks/order_export.py
	$(RUN)/python benchmarks/export_latency.py
	$(RUN)/python benchmarks/export_backlog.py
	$(RUN)/python benchmarks/start_up.py
	$(RUN)/python benchmarks/cartridge_loading.py
	$(RUN)/python benchmarks/hook_calls.py
	$(RUN)/python benchmarks/order_numbers.py
	$(RUN)/python benchmarks/takeover.py
	$(RUN)/python benchmarks/job_engine.py
	$(RUN)/python benchmarks/order_history.py --orders 20000
	$(RUN)/python benchmarks/inventory.py

wheels: .venv/.ready ## build the wheels of the core and of every cartridge into dist/
	$(UV) build --quiet --all-packages --wheel --out-dir dist

pins: .venv/.ready ## write the newest versions of all dependencies into pyproject.toml
	rm -f uv.lock
	$(RUN)/python tools/pin_versions.py $(UV)
	$(UV) sync --quiet --all-packages

format: .venv/.ready ## format and mend what can be mended
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

clean: ## remove what the other targets made
	rm -rf .venv .tools dist build var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
