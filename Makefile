# `make run` and `make test` do all the set-up by themselves: they need Python 3.11 or newer and make, nothing else.
# What they set up lies in .venv and follows requirements.lock; removing .venv and running again starts afresh.

VENV := .venv
PYTHON := $(VENV)/bin/python
SYNCED := $(VENV)/.synced
IS_NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.PHONY: help run lab test slow attacks lint format bench schema influence lessons results pages docs lock versions clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## /make \1	/' | expand -t 14

run: $(SYNCED) ## compare Gov1.0, Gov2.0 and Gov3.0 on Korea's regions; results go to outputs/
	$(PYTHON) run_sim.py

lab: $(SYNCED) ## open the lab in a browser: governments side by side, moved while they run, and classes
	$(PYTHON) run_sim.py lab --open

test: $(SYNCED) ## run the test suite
	$(PYTHON) -m pytest -n auto

slow: $(SYNCED) ## run the slow tests as well: kills, real clusters, all engines over ten years
	$(PYTHON) -m pytest -m slow -n auto

attacks: $(SYNCED) ## kill, fill the disk and race at every moment of every command (hours; `slow` takes one in thirty)
	GOVSHIFT_EVERY_MOMENT=1 $(PYTHON) -m pytest -m slow -n auto tests/test_faults.py tests/test_disk_full.py tests/test_races.py tests/test_flipped_bits.py

lint: $(SYNCED) ## check style, format and types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

format: $(SYNCED) ## put the code into its standard format
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench: $(SYNCED) ## measure the speed on this machine, against plain Mesa and NumPy
	$(PYTHON) run_sim.py bench

schema: $(SYNCED) ## write the JSON Schemas of scenario and experiment files again
	$(PYTHON) -m sim.scenario.schema scenarios/scenario.schema.json
	$(PYTHON) -m sim.experiments.schema scenarios/experiments/experiment.schema.json

influence: $(SYNCED) ## measure again how far each parameter, and each row of the figure, moves each outcome
	$(PYTHON) -m sim.explain.influence
	$(PYTHON) -m sim.explain.rows
	$(PYTHON) -m sim.explain.shares

lessons: $(SYNCED) ## measure again in how many worlds the answer keys of the lessons hold
	$(PYTHON) -m sim.lessons.measuring
	$(PYTHON) -m sim.pages.lessons docs/lessons.md

results: $(SYNCED) ## measure again what README and docs/results.md tell, and write their tables
	$(PYTHON) -m scripts.results

pages: $(SYNCED) ## write again what of the documents follows from declarations and measurements
	$(PYTHON) -m sim.odd.validation docs/evidence.md
	$(PYTHON) -m sim.pages.figure_rows docs/figure
	$(PYTHON) -m sim.pages.lessons docs/lessons.md

docs: $(SYNCED) ## build the documents into docs/_build/html; a warning is an error
	$(PYTHON) -m sphinx -b html -W --keep-going -q docs docs/_build/html

lock: $(PYTHON) ## write requirements.lock again from pyproject.toml (all newest: make lock LOCK_FLAGS=--upgrade)
	PYTHON=$(PYTHON) scripts/lock $(LOCK_FLAGS)

versions: $(PYTHON) ## run some tests with the lowest and the newest versions of all libraries, on each Python here
	PYTHON=$(PYTHON) scripts/versions

clean: ## remove the virtual environment and all caches; results in outputs/ stay
	rm -rf $(VENV) .versions dist docs/_build docs/odd.md .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(SYNCED): requirements.lock pyproject.toml | $(PYTHON)
	$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(PYTHON):
	@for python in $${PYTHON_FOR_VENV:-} python3.11 python3.12 python3.13 python3 python; do \
		if "$$python" -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1; then \
			echo "Setting up $(VENV) with $$("$$python" --version); the first time takes some minutes."; \
			exec "$$python" -m venv --clear $(VENV); \
		fi; \
	done; \
	echo "GovShift needs Python 3.11 or newer with its venv module (on Debian and Ubuntu: the package python3-venv)." >&2; \
	echo "None was found as python3.11, python3.12, python3.13 or python3; name yours with PYTHON_FOR_VENV=/path/to/python." >&2; \
	exit 1
