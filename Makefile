# What a person types. Everything else is in scripts/.
BIN := bin/saebaan

.PHONY: run build generate lint test soak bench clean

run: build ## the demonstration shop at http://127.0.0.1:8080
	$(BIN) serve --demo --data data

build: ## one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o $(BIN) ./cmd/saebaan

generate: ## pages and golden files
	go tool templ generate -path storefront
	go test ./cmd/saebaan -run Golden -update

lint:
	scripts/lint.sh

test: ## everything, on SQLite and PostgreSQL, with race detector and a browser
	scripts/test.sh

soak: ## the long loops: hundreds of kills, races and properties
	scripts/soak.sh

bench: ## a table of ratios against the limits of the machine
	scripts/bench.sh

clean:
	rm -rf bin
