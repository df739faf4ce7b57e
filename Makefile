# `make synth` and `make test` need Python 3.11 or newer and nothing else; everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.PHONY: synth test slow lint types conformance integration bench clean

synth: .venv/.test ## write dist/ from the charts in apps/
	@$(BIN)/python -m apps

test: .venv/.test ## the fast tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

slow: .venv/.test ## the tests that take seconds
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m slow

lint: .venv/.lint ## style, layers and shell scripts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/shellcheck .ci/run
	@$(BIN)/shellcheck --shell=sh $$(git ls-files '*.sh')

types: .venv/.lint ## mypy and pyright
	@$(BIN)/mypy
	@$(BIN)/pyright

conformance: .venv/.test ## compare with kubectl's decoder and a real API server; needs Go, and ten minutes the first time
	@$(BIN)/python -m pytest -m conformance

integration: .venv/.integration ## run the containers' real programs; needs Go and Debian's packages, and says which are missing
	@$(BIN)/python -m pytest -m integration tests/integration

bench: .venv/.test ## measure against the peers
	@$(BIN)/python -m benchmarks

clean: ## remove what these commands made
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.test: requirements/test.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes --requirement requirements/test.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.integration: .venv/.test requirements/integration.txt
	@$(PIP) install --require-hashes --requirement requirements/integration.txt
	@touch $@

.venv/.lint: .venv/.test requirements/lint.txt
	@$(PIP) install --require-hashes --requirement requirements/lint.txt
	@touch $@
