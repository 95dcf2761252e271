//! A small EMR on `hipaa-core` and `hipaa-sqlite`: it imports FHIR R4 patients, finds and shows them, and shows who
//! looked.
//!
//! | room | what it is for |
//! |---|---|
//! | `schema` | the tables as constant values |
//! | `inventory` | the schema as the page that an auditor asks for |
//! | `fhir` | reading FHIR R4 resources |
//! | `clinical` | what is done to a chart: functions over a vault in a unit of work |
//! | `clinic` | one tenant of an open database: the only room that asks the vault |
//! | `import` | from NDJSON files to records |
//! | `chart` | from records to what a person or a program reads |
//! | `generate` | fictitious patients, the same for the same seed |
//! | `cli`, `commands`, `config` | what the command line says, and where the key comes from |
//! | `doctor` | settings that weaken what the library promises |
//! | `web` | layers, extractors and replies, which know no route |
//! | `page` | what a page is made of |
//! | `examine` | the examination of the log, beside the application |
//! | `routes` | the routes, one file per area, and the table of what each declares |
//! | `site` | what `serve` is told, and what of it is unsafe in production |
//! | `mail`, `pharmacy`, `post` | what notices say; how they get out |
//! | `upkeep` | deletes what has expired |
//! | `state` | what handlers can reach |
//! | `demo` | the tour |
//! | `guard` | the PHI guard for files and pipes |
//! | `policy` | who may do what, and what of it is seen |
//! | `output` | the only room that prints, but for `guard` |
//! | `error` | one error, and the exit code it leads to |
//!
//! No error, exit message or file name holds a value of a patient: standard output does, where it was asked for.
#![forbid(unsafe_code)]

pub mod chart;
pub mod cli;
pub mod clinic;
pub mod clinical;
pub mod commands;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod error;
pub mod examine;
pub mod fhir;
pub mod generate;
pub mod guard;
pub mod import;
pub mod inventory;
pub mod mail;
pub mod output;
pub mod page;
pub mod pharmacy;
pub mod policy;
pub mod post;
pub mod routes;
pub mod schema;
pub mod site;
pub mod state;
pub mod upkeep;
pub mod web;
