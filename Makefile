# SIGMA: install, run, check. GNU make 3.81 or newer.

PYTHON ?=
ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
IN_VENV := $(BIN)/python
KERNELS := $(shell find sigma_engine/kernels -name '*.py' -o -name '*.pxd')
# Three for two processors: tests that wait for sockets and processes leave a third of them idle.
WORKERS = $(shell $(IN_VENV) -c "import os; print(3 * (os.cpu_count() or 2) // 2)")
WITHOUT_AWS := env $(foreach name,$(filter AWS_%,$(.VARIABLES)),-u $(name))
LOCK := pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.lock

.PHONY: help install run test bench compare campaign faults crashes kills live-day lock format clean system-libraries

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install: system-libraries .venv/.kernels ## make .venv ready: libraries of the lock, SIGMA itself, compiled kernels

run: install ## install what is missing and open the terminal on the demo market
	@$(BIN)/sigma --demo

test: install ## every check: style, types, import direction, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(WITHOUT_AWS) QT_QPA_PLATFORM=offscreen $(IN_VENV) -m pytest --numprocesses $(WORKERS) --dist loadfile

campaign: install ## 200,000 hostile expression texts (about a minute)
	@PYTHONPATH=. $(IN_VENV) tests/campaigns/expressions.py

faults: install ## every variant of every fault of network and exchange, and of the second exchange's habits (some minutes)
	@SIGMA_ALL_FAULTS=1 $(IN_VENV) -m pytest --numprocesses auto --dist loadfile tests/scenarios

crashes: install ## death at each of 336 moments of an order's life, and what is found afterwards (some 15 minutes)
	@PYTHONPATH=. $(IN_VENV) tests/campaigns/crash_matrix.py

kills: install ## kill -9 of the running program at 14 boundaries x 6 fates of an entry, and its restart (some 20 minutes)
	@PYTHONPATH=. $(IN_VENV) tests/campaigns/kills.py

live-day: install ## 24 hours of live trading on the practice exchange, compared with its own history (some 15 minutes)
	@PYTHONPATH=. $(IN_VENV) tests/campaigns/live_day.py

bench: install ## how fast SIGMA is on this machine
	@$(BIN)/sigma-engine bench

compare: install ## the same backtest by SIGMA and by backtesting.py, side by side
	@PYTHONPATH=. $(IN_VENV) tests/benchmarks/against_backtesting_py.py

lock: .venv/.libraries ## renew requirements.lock from pyproject.toml
	@env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS -u UV_NO_INDEX \
		-u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS -u PIP_CONFIG_FILE \
		$(BIN)/uv --no-config --quiet $(LOCK)

format: .venv/.libraries ## put the code into the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## back to a fresh checkout: environment, compiled kernels, caches
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find sigma_engine sigma_desktop tests -name '__pycache__' -prune -exec rm -rf {} +
	@find sigma_engine/kernels \( -name '*.so' -o -name '*.pyd' -o -name '*.c' \) -exec rm -f {} +

system-libraries:
	@sh packaging/linux/system_libraries.sh

$(IN_VENV):
	@PYTHON="$(PYTHON)" sh packaging/create_environment.sh

.venv/.libraries: requirements.lock | $(IN_VENV)
	@echo "Installing the libraries of requirements.lock into .venv (some minutes the first time) ..."
	@$(IN_VENV) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.project: pyproject.toml .venv/.libraries
	@echo "Installing SIGMA itself ..."
	@SIGMA_KERNELS_LATER=1 $(IN_VENV) -m pip install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/.kernels: $(KERNELS) setup.py .venv/.project packaging/compile_kernels.py
	@$(IN_VENV) packaging/compile_kernels.py
	@touch $@
