# The newcomer's two commands are `make demo` and `make test`; the rest is for those who stay.
VENV ?= .venv
PY := $(VENV)/bin/python

.PHONY: help demo test check pcsc fuzz bench fix clean

help: ## List the targets.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.demo: requirements/demo.lock pyproject.toml
	@sh tools/make_venv.sh $(VENV) requirements/demo.lock
	@touch $@

$(VENV)/.test: requirements/test.lock pyproject.toml
	@sh tools/make_venv.sh $(VENV) requirements/test.lock
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## Open the kiosk on the embedded demo town, a card in the tray.
	@$(VENV)/bin/risai demo $(ARGS)

# The tests of the one card reader run alone; outside tools/pcsc_room.sh they skip, saying why.
test: check ## Everything that CI runs: lint, types, contracts, tests.
ifeq ($(RISAI_TEST_PCSC),)
	$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)
else
	$(PY) -m pytest -n 2 --dist loadgroup -m "not pcsc" $(ARGS)
	$(PY) -m pytest -m pcsc $(ARGS)
endif

check: $(VENV)/.test ## Lint, types and the one direction, without the tests.
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

pcsc: $(VENV)/.demo ## Card readers over PC/SC; first: apt-get install pcscd libpcsclite-dev gcc.
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/pcsc.lock

fuzz: $(VENV)/.test ## Millions of commands for the card; ARGS="--count N --seed S".
	$(PY) -m tests.cardsim.fuzz $(ARGS)

bench: $(VENV)/.test ## Sheets per second and the ratio to the floor of this very run.
	$(PY) -m bench $(ARGS)

fix: $(VENV)/.test ## Format and mend what can be mended.
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

clean: ## Remove the environment and caches.
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
