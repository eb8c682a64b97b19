# The course's commands. `make` alone lists them.

# Python for the virtual environment: 3.11, 3.12 or 3.13.
PYTHON ?= python3
# What pip is told besides when it installs torch. On Linux the plain install takes the build for
# NVIDIA GPUs, several GB larger; PyTorch's "Get started" page has the arguments for the CPU build.
TORCH_PIP_ARGS ?=
# What the benchmarks are told: --quick, or --help for more.
BENCH_ARGS ?=
# What pytest is told besides. Tests of one group stay on one worker.
PYTEST_ARGS ?= -n 2 --dist loadgroup --durations=15

VENV := .venv
BIN := $(VENV)/bin
NBGRADER_VENV := .venv-nbgrader
SOLUTIONS := $(sort $(wildcard solutions/*.ipynb))
LABS := $(foreach path,$(SOLUTIONS),$(firstword $(subst _, ,$(notdir $(path)))))
DEMO := build/demo

export PYTHON TORCH_PIP_ARGS

# Data sets kept beside the checkout are used as they are; without them the course downloads its own.
ifndef COURSE_DATA
ifneq ($(wildcard ../shared/data/mnist),)
export COURSE_DATA := $(abspath ../shared/data)
endif
endif

.DEFAULT_GOAL := help
.PHONY: help course test study setup setup-test lint bench lock clean
.PHONY: system-packages environment environment-nbgrader

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

course: setup ## run the labs' reference solutions, then grade a demonstration class of each
	$(BIN)/grader run $(SOLUTIONS) --profile quick
	$(BIN)/python -m tests.demo_class $(DEMO)
	@# 1 says that some submissions could not be read; each demonstration has one such.
	@set -e; for lab in $(LABS); do \
	  $(BIN)/grader grade $(DEMO)/$$lab/submissions --lab $$lab --out $(DEMO)/$$lab/grades --jobs 2 \
	    || [ $$? -eq 1 ]; \
	done
	@echo "The class reports:"
	@for lab in $(LABS); do echo "  $(abspath $(DEMO))/$$lab/grades/index.html"; done

test: setup-test ## everything that continuous integration runs
	$(BIN)/ruff check .
	$(BIN)/python -m pytest $(PYTEST_ARGS)

study: setup ## open the course in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root)

# At the same time: each mostly waits for one core, or for the network.
setup: ## what all of the above need: system packages, and .venv from requirements.lock
	@$(MAKE) --no-print-directory -j 2 system-packages environment

setup-test:
	@$(MAKE) --no-print-directory -j 3 system-packages environment environment-nbgrader

system-packages:
	@setup/system_packages.sh

environment:
	@setup/environment.sh $(VENV) requirements.lock project

environment-nbgrader:
	@# One pip at a time talks to the terminal; this one says errors only.
	@PIP_QUIET=2 setup/environment.sh $(NBGRADER_VENV) requirements-nbgrader.lock

lint: setup ## ruff
	$(BIN)/ruff check .

bench: setup ## measure the grader next to others (hours): benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

lock: ## make both lock files anew, with the newest versions that go together
	setup/lock.sh

clean: ## remove what runs and tests leave behind; the environments stay
	rm -rf build .pytest_cache .ruff_cache
	find . -path './.venv*' -prune -o -type d -name __pycache__ -exec rm -rf {} +
