# Tradewind. Needs Python 3.11 or newer with pip, and make; nothing else.
#
#   make run      start everything: http://127.0.0.1:8000       PORT=8000  DATA_DIR=.data
#   make test     the whole test suite                          ARGS="-k orders"
#   make check    format, lint, types, floors, migrations, deploy check
#   make bench    benchmarks, as a table
#   make lock     write requirements*.txt anew from requirements*.in
#   make clean    remove .venv and the tools' caches; data stays

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
DATA_DIR ?= .data
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
# Stamps carry the checksum of what was installed: other requirements, other stamp.
checksum = $(shell cat $(1) | cksum | tr ' ' '-')
RUN_STAMP := $(VENV)/.run-$(call checksum,requirements.txt)
DEV_STAMP := $(VENV)/.dev-$(call checksum,requirements.txt requirements-dev.txt)

CODE := config ops analytics commerce payments crm notifications accounts core rehearsal
TEST_DATA := $(DATA_DIR)/tests

# Settings of a real installation, to check that they are safe together. None of it is secret.
PRODUCTION := DEBUG=false BASE_URL=https://shop.example.com ALLOWED_HOSTS=shop.example.com \
	DATABASE_URL=postgres://tradewind_app:x@db.example.com/tradewind \
	REDIS_URL=rediss://:x@redis.example.com/0 TRUSTED_PROXIES=1 \
	SECRET_KEY=checked-only-8Kq2vYw5Rz7Tn3Xb6Jd9Fh4Lm1Pc0Gs-Ua_Ei \
	FIELD_ENCRYPTION_KEYS=MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA= \
	STRIPE_SECRET_KEY=sk_live_checked STRIPE_WEBHOOK_SECRET=whsec_checked \
	EMAIL_URL=smtp+tls://user:x@mail.example.com:587 ADMIN_EMAIL=ops@example.com

.PHONY: help run test check bench lock clean
.DELETE_ON_ERROR:

help:
	@sed -n '3,8s/^# \{0,1\}//p' Makefile

run: $(RUN_STAMP)
	@PORT=$(PORT) DATA_DIR="$(DATA_DIR)" exec $(PY) manage.py up

# Two parts: all that may run side by side, then what kills processes and wants the machine alone.
test: $(DEV_STAMP)
	@DATA_DIR="$(TEST_DATA)" $(PY) -m pytest -n auto --dist loadfile $(or $(ARGS),-m "not faults")
	@$(if $(ARGS),true,DATA_DIR="$(TEST_DATA)" $(PY) -m pytest -n0 -s -m faults tests/faults tests/fresh_machine)

check: $(DEV_STAMP)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	@echo 'mypy $(CODE) manage.py'
	@$(PRODUCTION) $(PY) -m mypy $(CODE) manage.py
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint(["--no-logo"])'
	DATA_DIR="$(TEST_DATA)" $(PY) manage.py makemigrations --check --dry-run
	DATA_DIR="$(TEST_DATA)" $(PY) manage.py lintmigrations --settings config.settings.lint --quiet ok ignore
	@echo 'manage.py check --deploy, with the settings of a real installation'
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

bench: $(DEV_STAMP)
	@DATA_DIR="$(DATA_DIR)/bench" $(PY) -m benchmarks $(ARGS)

$(RUN_STAMP): | $(PY)
	@echo "Installing what Tradewind runs on into $(VENV) (once, under a minute)."
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps -r requirements.txt
	@rm -f $(VENV)/.run-* && touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@echo "Installing what checks Tradewind into $(VENV) (once)."
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@

# Some systems ship Python without the part that puts pip into a new environment.
$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11. Name a newer one: make run PYTHON=..."; exit 1; }
	@echo "Making a virtual environment in $(VENV)."
	@$(PYTHON) -m venv --clear $(VENV) 2>/dev/null || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(PY) install -qq --disable-pip-version-check pip; }

lock: $(DEV_STAMP)
	@$(PY) -m pip install -qq --disable-pip-version-check uv
	@for name in requirements requirements-dev; do \
		$(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url \
			--no-header --no-annotate --python-version 3.11 $$name.in -o $$name.txt; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
