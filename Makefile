# Every target sets up .venv by itself, with the versions pinned in constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
STAMP := $(VENV)/.installed
MUTMUT := $(VENV)/.installed-mutmut

.DEFAULT_GOAL := help
.PHONY: help demo test prove mutants swarm soak bench lint venv

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP) ## Open positions in fifteen weathers at once and compare with the exchange's truth
	@$(BIN)/atomicpos demo

test: $(STAMP) ## Run the tests, in WORKERS processes
	@$(BIN)/pytest -n $(WORKERS)

prove: $(STAMP) ## Prove the promise: every interleaving within bounds, planted defects, swarm, hostile replies
	@$(BIN)/python tests/prove

mutants: $(MUTMUT) ## Change the core in one small place at a time, and see a test turn red: ONLY="states plan"
	@$(BIN)/python tests/mutation --workers $(WORKERS) --memory .mutants.json $(if $(ONLY),--only $(ONLY))

swarm: $(STAMP) ## Play seeded worlds: SEEDS=200 or SEEDS=201-400; FROM=, OPENS=, SIZE=large|brief|throng, ONCE=1, LOG=file.jsonl
	@$(BIN)/python -m atomicpos.testing.swarm --workers $(WORKERS) --seeds $(or $(SEEDS),200) $(if $(FROM),--from $(FROM)) \
		$(if $(OPENS),--opens $(OPENS)) $(if $(SIZE),--size $(SIZE)) $(if $(ONCE),--once) $(if $(LOG),--log $(LOG))

soak: $(STAMP) ## Kill, stop and cut off real processes by the hundred, on both databases
	@$(BIN)/python tests/soak

bench: $(STAMP) ## Measure seconds without a stop (also on each exchange, some minutes), opens a second, recovery at scale, bad listeners
	@$(BIN)/python benchmarks/exposure.py
	@$(BIN)/python benchmarks/store.py
	@$(BIN)/python benchmarks/recovery.py
	@$(BIN)/python benchmarks/listeners.py

lint: $(STAMP) ## Check style, types and the layers
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/layers.log || { cat $(VENV)/layers.log; exit 1; }

venv: $(STAMP) ## Only set up .venv

# The stamp is renewed when what is to be installed has changed; a second run is instant.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "atomicpos needs Python 3.11 or newer; set PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# What makes the mutants is wanted by one target only.
$(MUTMUT): $(STAMP)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev,mutation]'
	@touch $@
