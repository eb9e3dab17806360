# What CI runs, a person runs: the same targets, a few lines each. `make run` and `make test` set up whatever is missing.
PYTHON ?= python3
BUILDER ?= docker
BIN := .venv/bin
FAST := tests/unit $(wildcard tests/contract tests/architecture)
.PHONY: setup run test check contracts docs dashboards deploy-files image image-test preview bench chaos long-test watch-test

setup: .venv/.ready  ## virtual environment, Kafka, PostgreSQL; idempotent
	@$(BIN)/python -m chuanyu.embedded

run: setup  ## the bus with its sample day; Ctrl-C ends everything
	@$(BIN)/chuanyu up --demo

test: check  ## every check and test
	$(BIN)/pytest -n 2 --dist loadfile --durations=25 $(addprefix --ignore=,$(FAST))

check: setup  ## the fast part: contracts, lint, types, architecture, unit
	$(BIN)/ruff check services tests monitoring deploy
	$(BIN)/ruff format --check services tests monitoring deploy
	$(BIN)/mypy
	$(BIN)/chuanyu contracts check
	$(BIN)/pytest -n 2 $(FAST)

contracts: .venv/.ready  ## schemas and proto → services/chuanyu/contracts, LOCK
	$(BIN)/chuanyu contracts generate

docs: .venv/.ready  ## the pages that follow from the code: metrics, configuration
	$(BIN)/python docs/generate.py

dashboards: .venv/.ready  ## monitoring/boards → monitoring/dashboards, Grafana's JSON
	cd monitoring && ../$(BIN)/python -m boards

deploy-files: .venv/.ready  ## the files of deploy/ that follow from the code: topics, users, parts, routes, mirror
	cd deploy && ../$(BIN)/python -m generator

image: .venv/.ready  ## the image of all parts, from hashed wheels without network; BUILDER=docker|podman|buildah, BASE=
	$(BIN)/python deploy/wheelhouse.py build/wheelhouse
	$(BUILDER) build $(if $(BASE),--build-arg BASE=$(BASE)) -t chuanyu-bus:0.1.0 -f deploy/Dockerfile build/wheelhouse

image-test: setup  ## builds the image with buildah on a base of Debian's packages, starts every part of it; as root
	IMAGE=1 $(BIN)/pytest -s tests/integration/deploy/test_image.py

preview: setup  ## every panel of the dashboards, drawn from a running bus into preview.html
	monitoring/tools
	cd monitoring && ../$(BIN)/python -m preview --into ../preview.html

bench: setup  ## benchmarks; QUICK=1 for a short run
	$(BIN)/python tests/bench $(if $(QUICK),--quick)

chaos: setup  ## fault tests; QUICK=1 for a short run
	$(if $(QUICK),,CHAOS=full )$(BIN)/pytest tests/chaos

long-test: setup  ## every container of deploy/compose.yaml killed, one after the other; ten times the sample month
	$(BIN)/pytest -m "not watch" -s tests/integration/deploy/test_compose.py tests/integration/casework/test_month.py

watch-test: setup  ## ten faults under a real Prometheus and Alertmanager, ten minutes
	monitoring/tools
	$(BIN)/pytest -m watch -s tests/integration/monitoring

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Error: $(PYTHON) is not Python 3.11 or newer with venv. Install it (Debian: apt-get install python3-venv) or name another one: make setup PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv from requirements.lock, every file checked against its hash (about a minute) ..."
	@began=$$(date +%s); $(PYTHON) -m venv .venv && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . && \
	  echo "  .venv is ready after $$(($$(date +%s) - began)) s" || \
	  { echo "Error: pip could not install the packages (above). Connect to the network, or name a package index in PIP_INDEX_URL, and repeat make setup."; exit 1; }
	@touch $@
