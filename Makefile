# What each target covers is told in README.md.

GO ?= go
BIN := bin/reactorls
export CGO_ENABLED ?= 0

.PHONY: run build test lint unit race clients oracle generate bench fuzz clean

run: build
	@$(BIN) check --demo --deny error

build:
	@$(GO) build -trimpath -ldflags="-s -w" -o $(BIN) ./cmd/reactorls

test: lint unit race clients

lint:
	@unformatted=$$(gofmt -l cmd diagnostics engine lsp testdata); \
	if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags oracle ./...
	$(GO) tool staticcheck -tags oracle ./...

unit:
	$(GO) test ./...

# What runs concurrently; the race detector needs a C compiler.
race:
	CGO_ENABLED=1 $(GO) test -race ./engine ./diagnostics ./lsp

generate:
	$(GO) generate ./...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

FUZZTIME ?= 60s
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
		for name in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "$$pkg $$name"; $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

clean:
	rm -rf bin .cache
