# Laurel's commands. `make help` lists them.
#
# Needed: make, Python >= 3.11 and a package registry; nothing else.

# The Python that makes .venv; empty means the first suitable one on PATH.
PYTHON ?=
# Handed to pytest by `make test`, for example ARGS="-k consent -x".
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

# `make run PORT=8010 SANDBOX_PORT=8011` when the usual ports are taken.
ifneq ($(PORT),)
run: export SITE_URL = http://127.0.0.1:$(PORT)
endif
ifneq ($(SANDBOX_PORT),)
run: export PROVIDER_BASE_URL = http://127.0.0.1:$(SANDBOX_PORT)
endif

# What `make run` writes into a new .env, before keys of its own.
DEMONSTRATION = '\# Written by make run. .env.example describes every variable.' \
	DEMO=on ALLOWED_HOSTS=127.0.0.1,localhost EMAIL_URL=filemail:///var/mail \
	PROVIDER_BASE_URL=http://127.0.0.1:8001 PROVIDER_EMAIL=rewards@example.com \
	PROVIDER_ACCESS_TOKEN=sandbox-access-token PROVIDER_CARD_CARRIERS=on

# What `check --deploy` is shown: a production, with keys of its own.
PRODUCTION = $$($(PY) manage.py newkeys) DEMO=off DEBUG=off \
	SITE_URL=https://rewards.example.com ALLOWED_HOSTS=rewards.example.com \
	DATABASE_URL=postgres://laurel@database.example.com/laurel \
	CACHE_URL=rediscache://redis.example.com/1 \
	BROKER_URL=redis://redis.example.com/0 TRUSTED_PROXY_COUNT=1 \
	EMAIL_URL=smtp+tls://laurel:password@mail.example.com:587 \
	PROVIDER_BASE_URL=https://provider.example.com \
	PROVIDER_EMAIL=rewards@example.com PROVIDER_ACCESS_TOKEN=example

.PHONY: help run test check bench lock
.DEFAULT_GOAL := help

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: $(VENV)/.run .env ## Start a demonstration on this machine; Ctrl-C stops it
	@$(PY) manage.py rundemo

test: $(VENV)/.dev ## Run the tests on every database engine that answers
	@$(PY) -m tests $(ARGS)

check: $(VENV)/.dev ## Run every static check
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	find templates -name '*.html' -exec $(VENV)/bin/djade --check --target-version 5.2 {} +
	env $(PRODUCTION) $(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest --quiet -n0 \
		tests/test_architecture.py tests/test_assets.py tests/test_documents.py
	DJANGO_SETTINGS_MODULE=tests.settings $(PY) manage.py makemigrations --check --dry-run
	env $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.dev ## Measure speed and memory against their targets
	@$(PY) -m tests.benchmarks

lock: $(VENV)/.dev ## Compile the lock files from requirements*.in
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

# Keys are made once; what is there is never overwritten.
.env: | $(VENV)/.run
	@echo "Writing .env with new keys for a demonstration."
	@umask 077 && { printf '%s\n' $(DEMONSTRATION) && $(PY) manage.py newkeys; } \
		> .env.new && mv .env.new .env

$(VENV)/.run: requirements.txt | $(VENV)/.made
	@echo "Installing the packages of requirements.txt."
	@$(PIP) install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(VENV)/.made
	@echo "Installing the packages of requirements-dev.txt."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.made:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
			|| continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "$$python cannot make virtual environments:" \
				"install its venv module (on Debian: apt install python3-venv)."; \
			exit 1; }; \
		echo "Making $(VENV) with $$("$$python" --version)."; \
		"$$python" -m venv $(VENV) && touch $@; \
		exit; \
	done; \
	echo "No Python >= 3.11 $(if $(PYTHON),at $(PYTHON),on PATH):" \
		"install one, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; \
	exit 1
