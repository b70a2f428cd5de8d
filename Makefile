# The two commands that matter: make run, make test.
PYTHON311 := $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1 && { command -v $$p; break; }; done)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help python setup setup-dev run test fuzz description lint bench format messages screenshots requirements

help: ## these lines
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1	/' | expand -t 20

python:
	@[ -n "$(PYTHON311)" ] || { echo "Python 3.11 with venv is needed and was not found"; exit 1; }

setup: python ## lays .venv with what the product needs to run
	@"$(PYTHON311)" scripts/setup.py

setup-dev: python ## lays .venv with what testing and checking need too
	@"$(PYTHON311)" scripts/setup.py --dev

run: setup ## serves web and worker with a demonstration house; prints the address and the sign-ins
	@$(BIN)/shouwen serve --demo

test: setup-dev ## all tests on SQLite, the database's on PostgreSQL too where it is installed
	@$(BIN)/python scripts/test.py

fuzz: setup-dev ## calls every operation of the API as it should be and as it should not, on the demonstration
	@$(BIN)/python scripts/fuzz.py

description: setup-dev ## writes the API's description anew into docs/api.json
	@$(BIN)/python scripts/description.py

lint: setup-dev ## style, types, rooms, translations, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/messages.py check
	@SHOUWEN_HOME=$$(mktemp -d) $(BIN)/shouwen manage makemigrations --check --dry-run

bench: setup-dev ## the figures that the product promises, with processor time and load
	@$(BIN)/python scripts/bench

format: setup-dev ## lets ruff write the code's form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

messages: setup-dev ## brings the texts of code and templates into the translation file
	@$(BIN)/python scripts/messages.py update

screenshots: setup-dev ## pictures of the desk at two widths into docs/screenshots
	@$(BIN)/python scripts/screenshots.py

requirements: python ## compiles requirements/*.in anew
	@[ -x $(BIN)/uv ] || $(MAKE) setup
	@for name in uv node run dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command "make requirements" \
		requirements/$$name.in -o requirements/$$name.txt || exit 1; done
