# The commands that people type. `make` alone lists them.

.PHONY: help setup run test fuzz compat bench million lint

help: ## Lists these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: ## Installs what building and testing need (Debian, as root or with sudo); nothing to do when it is there
	@scripts/setup.sh

run: ## Builds, fills an embedded SQLite database with demonstration data when there is none, and serves it
	@scripts/setup.sh build
	cargo run --release --bin otterdesk -- demo

test: setup ## Runs every test on SQLite, then on a throw-away MariaDB and a throw-away PostgreSQL
	@scripts/test.sh

fuzz: ## Receives damaged messages: `make fuzz ROUNDS=10000 SEED=7`
	OTTERDESK_FUZZ_ROUNDS=$(or $(ROUNDS),10000) OTTERDESK_FUZZ_SEED=$(or $(SEED),1) \
		cargo test --package otterdesk --test it damaged_messages

compat: ## Asks a live Znuny and us the same questions on one database, MySQL, then PostgreSQL; prints the differences in answers and rows
	@scripts/compat.sh

bench: ## Measures the reference system and us on the same database
	cargo build --release --workspace --bins
	$(or $(CARGO_TARGET_DIR),target)/release/bench

million: setup ## Fills MariaDB, PostgreSQL and SQLite with a million tickets each, and measures us on them
	@scripts/million.sh

lint: ## Checks the formatting and every lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
