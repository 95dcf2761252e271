//! The application over real HTTP: rows W1 to W8 and S1 to S8, each an attack that is performed.

mod acts;
mod charts;
mod client;
mod clock;
mod crawl;
mod data;
mod deployment;
mod emergency;
mod faults;
mod forged;
mod headers;
mod limits;
mod mail;
mod openapi;
mod outages;
mod page;
mod process;
mod safeguards;
mod scene;
mod second_factor;
mod sessions;
