//! The command line as a child process, and the whole Synthea file through the library part.

#[cfg(test)]
mod cli {
    mod altered;
    mod audit;
    mod browser;
    mod charts;
    mod commands;
    mod crash;
    mod demo;
    #[cfg(target_os = "linux")]
    mod doctor;
    mod failures;
    mod generated;
    mod grant;
    mod guard;
    mod how_to;
    mod http;
    mod import;
    mod leak;
    #[cfg(target_os = "linux")]
    mod memory;
    mod safeguard;
    mod scanner;
    mod seed;
    mod show;
    mod support;
    mod synthea;
    mod user;
    mod waiting;
}
