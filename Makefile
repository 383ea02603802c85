# Every habit of this project as a target; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
ADAPTERS := .venv-adapters

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types fast rules adapters rule bench resource-types wheels clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

$(INSTALLED): pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(READY): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(INSTALLED) ## install guardrun, check the examples, write reports/examples.xml
	$(BIN)/guardrun check examples --output console --output junit:reports/examples.xml --exit-zero
	@echo "JUnit report: reports/examples.xml"
	$(BIN)/guardrun score examples/answers/worker.md

test: $(READY) ## install everything, run all tests: pytest and the rules' own
	$(BIN)/python -m pytest -q
	$(BIN)/guardrun test --output console --output junit:reports/rules.xml

check: format lint types test ## what CI runs: format, lint, types, tests, rules

format: $(READY) ## check the formatting
	$(BIN)/ruff format --check .

lint: $(READY) ## lint
	$(BIN)/ruff check .

types: $(READY) ## check the types
	$(BIN)/mypy

fast: $(READY) ## only the tests that start neither the engine nor a build
	$(BIN)/python -m pytest -q -m 'not browser and not build and not engine'

rules: $(READY) ## only the rules' own tests
	$(BIN)/guardrun test

adapters: $(ADAPTERS)/.ready ## install TRL, verifiers, inspect_ai and promptfoo (4 GB), run the adapters of docs/rewards.md
	$(ADAPTERS)/bin/python -m pytest -q tests/test_adapters.py

$(ADAPTERS)/.ready: pyproject.toml
	$(PYTHON) -m venv $(ADAPTERS)
	$(ADAPTERS)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[adapters]'
	PATH="$(CURDIR)/$(ADAPTERS)/bin:$$PATH" && npm install --silent --global --prefix $(ADAPTERS) --omit=optional promptfoo@0.123.1 \
		"@libsql/$$(node -p 'process.platform + "-" + process.arch + (process.platform === "linux" ? "-gnu" : "")')@0.5.29"
	@touch $@

rule: $(READY) ## start a rule and its tests: make rule NAME=... CATEGORY=...
	$(BIN)/python tools/new_rule.py '$(NAME)' '$(CATEGORY)'

resource-types: $(READY) ## take what resource types have from the newest cfn-lint
	rm -rf build/cfn-lint && $(BIN)/python -m pip download --quiet --no-deps --dest build/cfn-lint cfn-lint
	$(BIN)/python tools/resource_types.py build/cfn-lint/cfn_lint-*.whl

bench: $(READY) ## measure start-up, throughput and memory against the bare engine
	$(BIN)/python tools/bench.py

wheels: $(READY) ## build the sdist and the wheels of all four platforms into dist/
	rm -rf dist
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build --sdist --outdir dist
	for platform in linux-x86_64 linux-aarch64 macos-x86_64 macos-aarch64; do \
		GUARDRUN_BUILD_PLATFORM=$$platform $(BIN)/python -m build --wheel --outdir dist || exit 1; \
	done

clean: ## remove what the targets made
	rm -rf $(VENV) $(ADAPTERS) dist build reports runner/guardrun/_bin .pytest_cache .mypy_cache .ruff_cache
