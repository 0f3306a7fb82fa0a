# Rapport: build and test. Everything here works on a fresh Debian with git,
# make and Go 1.26; "make test" installs the rest or says what is missing.

export CGO_ENABLED := 0
export GOFLAGS := -buildvcs=false

VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: help setup generate check test test-plain test-race bench build demo clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r t d; do printf '%-12s %s\n' "$$t" "$$d"; done

setup: ## install what the tests use from Debian, or say what is missing
	@.ci/setup

generate: ## make the pages' Go code from the .templ files
	@.ci/tool templ generate

check: setup ## form, meaning, architecture, generated code, known vulnerabilities
	@.ci/check

test: setup check ## check, then every test on SQLite and PostgreSQL, then the concurrent ones with -race
	@.ci/test all

test-plain: setup ## every test on SQLite and PostgreSQL
	@.ci/test plain

test-race: setup ## the concurrent tests with the race detector
	@.ci/test race

bench: setup build ## the benchmarks, and the figures beside their goals
	@.ci/bench

# Copying small functions into their callers makes hot code fast and all code
# large. These packages wait for people or databases, or are hardly used; without
# it the program is five megabytes smaller. The rules and the types of PostgreSQL
# are small functions by the hundred, a third of a megabyte.
COLD = rapport/web rapport/api rapport/referral rapport/cmd github.com/danielgtaylor github.com/riverqueue \
	github.com/go-webauthn github.com/google/go-tpm google.golang.org/protobuf github.com/alecthomas github.com/pressly \
	gonum.org github.com/molecule-man github.com/lib github.com/fxamacker github.com/tinylib go.yaml.in \
	github.com/klauspost/compress github.com/tidwall github.com/wneessen html/template text/template encoding/gob \
	encoding/xml crypto/x509 net/http gorm.io/driver rapport/documents github.com/andybalholm github.com/tink-crypto github.com/a-h github.com/jinzhu \
	golang.org/x/net golang.org/x/text github.com/gofiber crypto/tls math/big net regexp image archive mime log go vendor \
	github.com/clipperhouse github.com/go-viper github.com/pquerna github.com/boombuler encoding/asn1 text container \
	crypto/internal/fips140/nistec crypto/internal/fips140/mlkem crypto/internal/fips140/rsa crypto/internal/fips140/ecdsa crypto/internal/fips140/bigmod

build: ## bin/rapport, one static binary
	@go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" $(foreach p,$(COLD),-gcflags='$(p)/...=-l') \
		-gcflags='rapport/models=-l' -gcflags='github.com/jackc/pgx/v5/pgtype=-l' -gcflags='rapport/referral/nppes=' -o bin/rapport ./cmd/rapport
	@ls -l bin/rapport | awk '{ printf "bin/rapport  %.1f MB\n", $$5 / 1e6 }'

demo: build ## build, then serve a believable network to try
	@bin/rapport demo

clean: ## remove what was built
	@rm -rf bin .cache
