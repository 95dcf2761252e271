# What .ci/run runs, one recipe a step.

default: test

fmt:
    cargo fmt --all --check

lint:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

deny:
    cargo deny check bans licenses sources

test:
    cargo test --workspace

vectors:
    python3 tests/vectors.py

examples:
    cargo run -q -p hipaa-sqlite --example first_record
    cargo run -q -p hipaa-sqlite --example own_table
    cargo run -q -p hipaa-sqlite --example login

demo:
    cargo run --release -p reference-app -- demo

ratios:
    cargo run --release -p benches --bin ratios -- --quick

ci:
    bash .ci/run
