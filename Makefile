# A machine with git, make, npm and any Node ≥ 20 is enough: the first target that needs it runs `npm ci`, which brings
# the Node version everything else is run with.
NODE := node_modules/.bin/node
BIN := node_modules/.bin
READY := node_modules/.stamp
# npm must not be run by the very node that it is about to replace.
SYSTEM_PATH := $(PATH)
export PATH := $(CURDIR)/$(BIN):$(PATH)

# Of the command line or the environment, e.g. `make fuzz SEED=7 RUNS=200`.
FILE ?=
SCHEMA ?=
SEED ?=
RUNS ?=
FIRST ?=
CLUSTER ?=
TESTS ?=

.DEFAULT_GOAL := help
.PHONY: help setup build test lint typecheck gen contracts vectors fuzz chaos bench demo demo-pr control-plane clean

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Install the exact versions of package-lock.json (every other target does this by itself)

$(READY): package-lock.json
	@echo "npm ci (once, until package-lock.json changes)"
	@PATH="$(SYSTEM_PATH)" npm ci --no-fund --no-audit
	@ln -sf ../../bin/obol.js $(BIN)/obol
	@$(NODE) --version > $@ || { rm -f $@; \
	  echo "npm did not bring Node: its install scripts were not allowed. Next: npm ci --ignore-scripts=false" >&2; exit 1; }

build: $(READY) ## Bundle the command into dist/ and report its sizes
	$(NODE) tools/build.ts

test: $(READY) lint typecheck ## Lint, type check and all tests; TESTS='test/cli/**' narrows the last
	@$(NODE) tools/control-plane/main.ts build all --optional
	$(NODE) tools/test.ts $(TESTS)

lint: $(READY) ## Style, the arrows between folders, unused code and packages
	$(BIN)/biome check --error-on-warnings .
	$(NODE) $(BIN)/knip

typecheck: $(READY) ## tsc, strict
	$(BIN)/tsc --noEmit

gen: $(READY) ## Regenerate types and validators from schemas/, and docs/errors.md
	$(NODE) tools/gen-types.ts
	$(NODE) tools/errors-doc.ts

contracts: $(READY) ## Recompile contracts/*.sol into the artifacts beside them
	$(NODE) tools/contracts.ts

vectors: $(READY) ## Replay recorded server-side-apply merges: FILE=… SCHEMA=…
	@$(NODE) tools/vectors.ts $(FILE) $(SCHEMA)

fuzz: $(READY) ## Random merges and plans against a real control plane: SEED=… RUNS=… CLUSTER=…
	$(NODE) tools/fuzz.ts $(if $(SEED),--seed=$(SEED)) $(if $(RUNS),--runs=$(RUNS)) $(if $(CLUSTER),--cluster=$(CLUSTER))

chaos: $(READY) ## Registrations killed at every write and call, on a local chain: SEED=… RUNS=… FIRST=…
	@$(NODE) tools/chaos.ts $(if $(SEED),--seed=$(SEED)) $(if $(RUNS),--runs=$(RUNS)) $(if $(FIRST),--first=$(FIRST))

bench: $(READY) ## Start-up, compile, plan and apply, measured
	$(NODE) bench/main.ts

demo: $(READY) ## The sample offers, planned and applied from nothing: CLUSTER=… for a real one
	$(NODE) tools/demo.ts $(if $(CLUSTER),--cluster=$(CLUSTER))

demo-pr: $(READY) ## Ten pull requests planned by the action; their comments are left in out/
	@$(NODE) tools/demo-pr.ts

control-plane: $(READY) ## Build the real kube-apiserver and etcd that some tests use (needs Go)
	$(NODE) tools/control-plane/main.ts build all

clean: ## Remove what was built or installed
	rm -rf dist out node_modules
