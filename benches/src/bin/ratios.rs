//! Ours against the floor, in one run.

fn main() -> std::process::ExitCode {
    benches::cli::run()
}
