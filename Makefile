# make PYTHON=python3.12 …  chooses the interpreter that .venv is made from.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CONFIG ?= training/configs/default.yaml
SAMPLES := annotations/samples/ar.txt annotations/samples/en.txt

# Idle OpenMP threads that spin slow down whatever else runs on the machine.
export OMP_WAIT_POLICY ?= PASSIVE

.DEFAULT_GOAL := help
.PHONY: help demo test lint format train clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## Read the two sample articles: a table here, a page in out/demo.html
	$(BIN)/rasad predict $(SAMPLES)
	$(BIN)/rasad predict $(SAMPLES) --out out/demo.html
	@echo "The same as a page: open $(CURDIR)/out/demo.html in a browser"

test: $(VENV)/.installed-dev ## Run the tests (offline, on one core)
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev ## Check style (ruff), form and types (mypy)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev ## Mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

train: $(VENV)/.installed ## Fine-tune on the repository's corpus (CONFIG=training/configs/…)
	$(BIN)/rasad train --config $(CONFIG)

clean: ## Remove .venv and what tools leave behind (runs/ and out/ stay)
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# An environment that stands is never made anew; the stamps say what was installed into it, and from which pyproject.toml.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; sys.exit("rasad needs Python 3.11 or newer, $(PYTHON) is " + v + "; try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[dev]'
	@touch $(VENV)/.installed $@
