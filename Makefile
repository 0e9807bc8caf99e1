# Two commands do everything: `make demo` shows Tocsin at work, `make test` proves it.

PYTHON ?= python3
BIN := .venv/bin

# The tests begin hundreds of processes: each would compile all of Tocsin anew where the environment
# forbids Python to keep what it compiled.
export PYTHONDONTWRITEBYTECODE :=

# Tests that wait more than they compute, each with servers of its own or of its worker; the rest start
# whole systems, and go three at a time.
APART := tests/adapters tests/stories/alerting tests/stories/gateway
# These hold an alarm to seconds, or draw the map of a storm without a graphics card: they want the
# machine for themselves.
ALONE := tests/faults/test_paths.py tests/faults/test_store.py tests/stories/console/test_map.py
WORKERS ?= 4
# Tests begin thousands of databases, each commit of which waits for the disk: where there is room they
# lie in memory. No test cuts the power: those that kill a process lose nothing there either.
MEMORY := $(shell [ -w /dev/shm ] && [ $$(df --output=avail -m /dev/shm | tail -1) -gt 6000 ] && echo /dev/shm)
$(if $(MEMORY),$(eval test deep quick faults: export TMPDIR := $(MEMORY)))
DOCUMENTS := $(wildcard *.md docs/*.md docs/adr/*.md deploy/*/README.md)

PAGES := $(shell find console/web -type f -not -path '*/node_modules/*' -not -path '*/generated/*' 2>/dev/null)
WORDS := $(wildcard words/*/*.po)

.PHONY: help demo console pages pictures test deep check quick style faults bench servers format lock audit hooks clean

help:
	@echo "make demo    watch a simulated fire travel from detectors to a command center (ARGS=\"--help\" for options)"
	@echo "make test    every check and every test, with real servers (installs them where it can)"
	@echo "make console build the pages of the duty desk (Node of the system, else from PyPI)"
	@echo "make pictures take the pictures of docs/pictures, in Debian's Chromium"
	@echo "make pages   types, rules of accessibility and tests of the pages"
	@echo "make deep    make test with twice the examples, and a death at each moment: an hour"
	@echo "make check   style, types, import rules and quick unit tests, in under a minute"
	@echo "make quick   the quick unit tests of make check alone"
	@echo "make faults  every named fault again and again (ROUNDS=50), ending in a table of what was lost: nothing"
	@echo "make bench   the measurements, each printing JSON"
	@echo "make lock    bring lock/ up to date with pyproject.toml (ARGS=--upgrade: with the newest versions)"
	@echo "make audit   look up known vulnerabilities of everything in lock/"
	@echo "make format  write Python and documents in the project's format, and mend what can be mended"
	@echo "make hooks   let git check style, types and documents before each commit"
	@echo "make servers install mosquitto, InfluxDB and VictoriaMetrics from Debian's packages"
	@echo "make clean   remove what these commands made here"

# Without the pages there is no duty desk to look at, but the alarm travels all the same.
demo: .venv/demo
	@$(MAKE) --no-print-directory console || echo "The demonstration goes on without the duty desk."
	@$(BIN)/tocsin demo $(ARGS)

console: console/static/index.html

# Either environment will do: Python fills in the words of the catalogues.
console/static/index.html: $(PAGES) $(WORDS) docs/openapi.yaml scripts/build_console.py scripts/console_words.py
	@[ -x $(BIN)/python ] || $(MAKE) --no-print-directory .venv/demo
	@$(BIN)/python scripts/build_console.py build

pictures: .venv/dev servers console
	$(BIN)/python -m scripts.pictures

pages: .venv/dev
	@$(BIN)/python scripts/build_console.py check

test: .venv/dev servers console
	@$(MAKE) --no-print-directory -j 2 --output-sync=target style pages
	$(BIN)/python -m pytest -q -n 3 --dist worksteal --durations=10 tests/unit tests/security
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --durations=10 $(APART) $(ARGS)
	$(BIN)/python -m pytest -q -n 3 --dist loadfile tests/stories tests/faults $(APART:%=--ignore=%) $(ALONE:%=--ignore=%) --durations=10 $(ARGS)
	$(BIN)/python -m pytest $(ALONE) --durations=10 $(ARGS)

# Twice the examples of make test, and a death at each moment.
deep:
	TOCSIN_TEST_PROFILE=full TOCSIN_KILL_STEP=1 $(MAKE) --no-print-directory test

# mypy uses one core and takes half a minute without its cache: the tests run beside it.
check: .venv/dev
	@$(MAKE) --no-print-directory -j 2 --output-sync=target style quick

quick: .venv/dev
	TOCSIN_TEST_PROFILE=quick $(BIN)/python -m pytest -q -n auto -m "not slow and not server" --durations=10 tests/unit $(ARGS)

style: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/dev servers
	$(BIN)/python -m bench $(ARGS)

faults: .venv/dev servers
	TOCSIN_FAULT_ROUNDS=$(or $(ROUNDS),50) $(BIN)/python -m pytest -q -s -o timeout=7200 tests/faults $(ARGS)

servers:
	@sh scripts/install-servers.sh

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python scripts/wrap_documents.py $(DOCUMENTS)
	$(BIN)/python scripts/openapi.py
	$(BIN)/python scripts/exchange_schemas.py
	$(BIN)/python scripts/site_page_words.py
	$(BIN)/python scripts/build_console.py format

lock: .venv-tools/tools
	@sh scripts/make-lock.sh $(ARGS)

hooks: .venv/dev .venv-tools/tools
	@.venv-tools/bin/pre-commit install

audit: .venv-tools/tools
	@.venv-tools/bin/python scripts/audit.py

clean:
	rm -rf .venv .venv-tools .mypy_cache .ruff_cache .pytest_cache .hypothesis dist console/static console/web/node_modules

# An environment is renewed when what it is made of changes.
.venv/demo: pyproject.toml lock/demo.txt lock/build.txt
	@sh scripts/make-venv.sh "$(PYTHON)" demo

.venv/dev: pyproject.toml lock/dev.txt lock/build.txt
	@sh scripts/make-venv.sh "$(PYTHON)" dev

.venv-tools/tools: lock/tools.txt
	@sh scripts/make-tools.sh "$(PYTHON)"
