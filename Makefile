# The workbench from a clean clone: `make run`. Another Python: `make run PYTHON=python3.12`.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help install run dashboards docs calibration test lint fuzz fix clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY)  ## everything into .venv, in the versions of constraints.txt

run: $(READY)  ## evaluate the sample case files of both packs; the reports go to out/
	$(BIN)/workbench evaluate sample_data/us_fda --pack expectations/us_fda --out out
	$(BIN)/workbench evaluate sample_data/hrss --as-of 2026-06-30 --out out

dashboards: $(READY)  ## the home page and the dashboards of the runs in out/, in the browser
	$(BIN)/workbench serve out $(ARGS)

docs: $(READY)  ## the check catalogue in docs/checks, made of the pack
	$(BIN)/workbench catalogue hrss --to docs/checks

calibration: $(READY)  ## how well weak links are found: docs/calibration.md (half an hour)
	$(BIN)/workbench calibrate --to docs/calibration.md $(ARGS)

test: lint  ## lint, then all tests (ARGS="-k workdays" picks some)
	$(BIN)/python -m pytest $(ARGS)

lint: $(READY)  ## style, types and floors; changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(READY)  ## 50,000 damaged files through the readers (ARGS="--count 1000")
	$(BIN)/python -m tests.fuzz $(ARGS)

fix: $(READY)  ## put the style right as far as a machine can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:  ## throw away .venv and all that was cached; keep out/
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# Made again only when what it is made from has changed: the second time takes no time.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  "The workbench needs Python 3.11 or newer; '$(PYTHON)' is none." \
	  "Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo \
	  "No venv could be made. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@
