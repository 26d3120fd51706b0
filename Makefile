# What each target covers is told in README.md.

GO ?= go
BIN := bin/reactorls
export CGO_ENABLED ?= 0

.PHONY: run build test lint size unit race clients e2e oracle generate matrix bench bench-peers fuzz dist vulncheck clean

run: build
	@$(BIN) check --demo --deny error

build:
	@$(GO) build -trimpath -ldflags="-s -w" -o $(BIN) ./cmd/reactorls

test: lint size unit race clients

lint:
	@unformatted=$$(gofmt -l cmd diagnostics engine lsp testdata); \
	if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags oracle,clients ./...
	$(GO) tool staticcheck -tags oracle,clients ./...

# What makes the binary jump by megabytes is told in main.go.
size: build
	@size=$$(wc -c < $(BIN)); if [ $$size -gt 16000000 ]; then echo "$(BIN) has $$size bytes, more than 16 MB"; exit 1; fi

unit:
	$(GO) test ./...

# What runs concurrently; the race detector needs a C compiler.
race:
	CGO_ENABLED=1 $(GO) test -race ./engine/... ./diagnostics ./lsp

# What cargo and the compiler say. Each part can be run alone; what is fetched and
# built is kept in .cache, so that a second run is much shorter.
ORACLE = $(GO) test -tags oracle -v -count=1 -timeout 2h
oracle: oracle-rust oracle-graphs oracle-rules oracle-panics oracle-moves oracle-needs oracle-fixes oracle-gates oracle-advise oracle-storm

.PHONY: oracle-rust oracle-graphs oracle-rules oracle-panics oracle-moves oracle-needs oracle-fixes oracle-gates oracle-advise oracle-storm
oracle-rust:
	$(ORACLE) -run TestAgainstCompiler ./engine/rust

oracle-graphs:
	$(ORACLE) -run 'TestGraphsAgainstCargo|TestGraphSpeed' ./engine

oracle-rules:
	FIXTURE_TARGET_DIR=$(CURDIR)/.cache/fixtures $(ORACLE) -run 'TestFixedFixturesBuild|TestGraphFixes|TestGraphPaths' ./diagnostics

oracle-panics:
	$(ORACLE) -run 'TestPanics|TestPanicVerdicts' ./diagnostics

oracle-moves:
	$(ORACLE) -run 'TestMoves|TestRenewals|TestMovePublishedCrates' ./diagnostics

oracle-needs:
	$(ORACLE) -run TestNeedsAgainstCompiler ./engine
	ORACLE_LIST=testdata/oracle/tuned.txt $(ORACLE) -run TestNeedsAgainstCompiler ./engine
	ORACLE_LIST=testdata/oracle/blind.txt $(ORACLE) -run TestNeedsAgainstCompiler ./engine

oracle-fixes:
	$(ORACLE) -run 'TestFixPublishedCrates|TestVerdicts' ./cmd/reactorls

oracle-gates:
	$(ORACLE) -run TestGatesAgainstCargo ./engine/runtimes

oracle-advise:
	ADVISE_BUILD_STD=$$(sh testdata/oracle/rustc-with-sources.sh .cache/rustc-with-sources) $(ORACLE) -run TestStartsBuild ./engine/advise

oracle-storm:
	STORM=20000 CGO_ENABLED=1 $(GO) test -race -v -count=1 -run TestStorm ./lsp

generate:
	$(GO) generate ./...

# What becomes of each operation under each executor, for the rules to read.
matrix:
	cd engine/runtimes && $(GO) run ./matrix

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Each stage six times, for benchstat; CONTRIBUTING tells how to compare.
bench-stages:
	@$(GO) test -run '^$$' -bench . -skip 'Growth|Stdio' -count 6 -timeout 30m ./...

# Beside other tools, which it installs, on real workspaces; writes docs/benchmarks.md.
bench-peers:
	$(GO) run ./testdata/bench/peers

FUZZTIME ?= 60s
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
		for name in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$name"; $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s $$pkg; \
		done; \
	done

# A typed client that we did not write, on the built server; wants Python 3 and pip.
clients:
	$(GO) test -count=1 -tags clients -run "TestPytest|TestTrust|TestFaults" ./cmd/reactorls

# What editors/ ships, in the real editors, which it gets.
e2e: build
	sh editors/e2e/run.sh

# What a release consists of, in dist.
dist:
	sh testdata/dist/build.sh dist

# Faults that are known of what is built in; wants vuln.go.dev.
vulncheck:
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

clean:
	rm -rf bin dist .cache
