# Needs Python 3.11+, pip and make; everything else is installed into .venv from the pinned lock.

.DELETE_ON_ERROR:
.PHONY: demo test test-slow test-all fuzz check format openapi clients bench bench-quick soak lock clean

BIN := .venv/bin
RUNTIME := .venv/runtime.installed
DEV := .venv/dev.installed
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" --quiet

demo: $(RUNTIME)
	@$(BIN)/python manage.py demo

PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# The fast tier: docs/testing.md describes the tiers.
test: $(DEV)
	@BROWSER=$$($(BIN)/python e2e/browser.py) && \
	$(MAKE) --no-print-directory check && \
	CARETALLY_BROWSER="$$BROWSER" $(PYTEST)

# The slow tier; with MINUTES=8, no test starts after 8 minutes.
test-slow: $(DEV)
	@BROWSER=$$($(BIN)/python e2e/browser.py) && \
	CARETALLY_BROWSER="$$BROWSER" $(PYTEST) --slow $(if $(MINUTES),--minutes $(MINUTES))

test-all:
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-slow
	@$(MAKE) --no-print-directory bench-quick

# Sends the API requests generated from its schema, as every role: make fuzz MINUTES=60
fuzz: $(DEV)
	@CARETALLY_FUZZ_MINUTES=$(or $(MINUTES),10) $(BIN)/pytest tests/api/test_fuzz.py --slow -n 0 -o faulthandler_timeout=0

check: $(DEV)
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

format: $(DEV)
	@$(BIN)/ruff check --fix --exit-zero --quiet
	@$(BIN)/ruff format
	@git ls-files -z --cached --others --exclude-standard 'templates/*.html' | \
		xargs -0r $(BIN)/djade --target-version 5.2

openapi: $(DEV)
	@DJANGO_SETTINGS_MODULE=clinic.settings.test $(BIN)/python manage.py openapi

# Uses the Node.js that the lock installs.
NPM := env PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --prefix clients/typescript --silent
clients: $(DEV)
	@env PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/openapi-python-client generate --meta none \
		--path docs/openapi.yaml --config clients/python/config.yaml \
		--output-path clients/python/caretally_client --overwrite --fail-on-warning
	@$(NPM) ci && $(NPM) run generate

# Measures performance and checks it against bench/budgets.toml; needs an otherwise idle machine.
bench: $(DEV)
	@BROWSER=$$($(BIN)/python e2e/browser.py) && \
	CARETALLY_BROWSER="$$BROWSER" $(BIN)/python -m bench

# Short measurements are noisy, so it fails only if three runs in a row break a budget.
bench-quick: $(DEV)
	@for again in 2 1 0; do \
		$(BIN)/python -m bench --quick && exit 0; \
		[ $$again = 0 ] || echo "Measuring once more."; \
	done; exit 1

# Kills processes at random under load, then counts lost writes: make soak MINUTES=60
soak: $(DEV)
	@$(BIN)/python -m bench.soak --minutes $(or $(MINUTES),10)

lock: $(DEV)
	$(LOCK) --upgrade --output-file requirements/runtime.txt
	$(LOCK) --upgrade --group dev --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt

# Removes everything that was installed; keeps var/ with the demo's data.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/pip:
	@scripts/make-venv .venv

$(RUNTIME): requirements/runtime.txt | $(BIN)/pip
	@echo "Installing what requirements/runtime.txt pins ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(DEV): requirements/dev.txt | $(BIN)/pip
	@echo "Installing what requirements/dev.txt pins ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(RUNTIME)
