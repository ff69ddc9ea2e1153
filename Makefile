# The commands of the project. The first one on a fresh clone makes .venv; nothing is installed outside it.
#
# PYTHON=python3.12   another Python than the one called python3 (3.11 to 3.13)
# ONCE=1              make demo: stop after the release
# DEEP=1              make test: the slow and thorough tests as well
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
export DEEP

.PHONY: demo test lint audit run screenshots messages lock clean install
.DELETE_ON_ERROR:

demo: install
	$(BIN)/python manage.py demo $(if $(ONCE),--once)

test: install
	$(BIN)/pytest -n 2 $(ARGS)

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml config accounts surveys responses reports manage.py
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	ENQUIRY_ENV=production ENQUIRY_PROCESS=web \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	ALLOWED_HOSTS=survey.example.org DATABASE_URL=postgresql://enquiry_web:x@localhost/enquiry \
	REDIS_URL=redis://localhost:6379/0 $(BIN)/python manage.py check --deploy --fail-level WARNING

# Asks the advisory service of the package index about every locked version, so it needs a network. A version that the
# service cannot be asked about is a failure: without --strict it would pass as a version without faults.
audit: install
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements/runtime.txt || { echo "The audit found something, or the advisory service could not be asked: what stands above says which. Nothing is known to be safe by this run." >&2; exit 1; }

run: install
	$(BIN)/python -m config.run

screenshots: install
	$(BIN)/python -m docs.take_screenshots

# Gathers every text of the interface into the catalogues. Needs GNU gettext, which nothing else here does.
messages: $(STAMP)
	@command -v xgettext >/dev/null || { echo "Gathering texts needs GNU gettext. Install it (on Debian: apt-get install gettext)." >&2; exit 1; }
	$(BIN)/python manage.py makemessages --locale sv --locale ar --no-location --no-obsolete --ignore .venv --ignore var --ignore tests --ignore bench --ignore docs

install: $(STAMP) $(CATALOGUES)

$(STAMP): requirements/dev.txt
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11, 3.12 or 3.13, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c '$(SUITABLE)' || { echo "$$("$(PYTHON)" --version) does not fit: Enquiry needs Python 3.11, 3.12 or 3.13. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python has no venv. Install it (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $(STAMP)

%.mo: %.po $(STAMP)
	$(BIN)/pybabel compile --input-file $< --output-file $@

# Renews the locks after a change of pyproject.toml. Needs uv, which nothing else here does.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock:
	@command -v uv >/dev/null || { echo "Locking needs uv. Install it: pip install uv" >&2; exit 1; }
	$(LOCK) -o requirements/runtime.txt
	$(LOCK) --group dev -c requirements/runtime.txt -o requirements/dev.txt

# Stops the services of the project and of its tests, and removes their data wherever they lie.
clean:
	if [ -x $(BIN)/python ]; then \
	  for folder in var var/test; do \
	    if [ -d $$folder/services ]; then ENQUIRY_VAR="$(CURDIR)/$$folder" $(BIN)/python -m config.embedded remove || exit 1; fi; \
	  done; \
	fi
	rm -rf var .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
