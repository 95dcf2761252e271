//! `audit restore`: going on after a backup was put back, with the word of an operator whose key is kept offline.

use crate::clinic;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::Output;
use clap::Subcommand;
use hipaa_core::audit::{Restore, SignedRestore, operator_key};
use hipaa_core::entropy::generate_from_system;
use hipaa_sqlite::witness::Folder;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The longest file that is read here, in bytes: that of a signed note.
const MAX_BYTES: u64 = 16_384;

/// The subcommands of `audit restore`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the operator's key, on a machine of its own: the secret half goes into a file, the public half is shown
    Key {
        /// The file, which must not exist
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Say which end of the log was lost, compared with what a witness has seen: the text that the operator signs
    Plan {
        /// The folder of `audit checkpoint`
        #[arg(long, value_name = "DIR")]
        seen: PathBuf,
    },
    /// Sign such a text with the operator's key, on its machine: needs no database
    Sign {
        /// The operator's key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The text
        #[arg(value_name = "PLAN")]
        plan: PathBuf,
    },
    /// Write the signed text into the log: the witness vouches again, and every later examination shows what was lost
    Record {
        /// The signed text
        #[arg(value_name = "SIGNED")]
        signed: PathBuf,
    },
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        // The witness refuses this database: that is why it is to be restored.
        let config = Config { witness: None, ..config.clone() };
        match self {
            Self::Key { file } => make_key(file, output),
            Self::Plan { seen } => {
                let heads = Folder::new(seen).heads().map_err(hipaa_sqlite::Error::from)?;
                print(output, &config.open()?.plan_restore(&heads)?.text())
            }
            Self::Sign { key, plan } => {
                let text = read(plan)?;
                let plan =
                    Restore::parse(&text).map_err(|_| Error::Argument("PLAN is no text of `audit restore plan`"))?;
                print(output, &plan.sign(&*seed(key)?).encode())
            }
            Self::Record { signed } => {
                let wrong = Error::Argument("SIGNED is no text of `audit restore sign`");
                let signed = SignedRestore::decode(read(signed)?.as_bytes()).map_err(|_| wrong)?;
                let written = config.open()?.record_restore(&clinic::deployment_operator()?, &signed)?;
                output.line(&format!("The loss is entry {} of the deployment's log.", written.sequence))?;
                Ok(Exit::Done)
            }
        }
    }
}

/// As it is, so that it can be sent into a file.
fn print(output: &mut Output, text: &str) -> Result<Exit, Error> {
    for line in text.trim_end_matches('\n').split('\n') {
        output.line(line)?;
    }
    Ok(Exit::Done)
}

fn make_key(path: &Path, output: &mut Output) -> Result<Exit, Error> {
    let seed = generate_from_system::<32>().map_err(|_| Error::File(io::ErrorKind::Other))?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(*seed)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(path).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| Error::File(error.kind()))?;
    print(output, &hex::encode(operator_key(&seed)))
}

fn seed(path: &Path) -> Result<Zeroizing<[u8; 32]>, Error> {
    let text = Zeroizing::new(read(path)?);
    let mut seed = Zeroizing::new([0; 32]);
    let wrong = Error::Argument("--key: the file holds no key of `audit restore key`");
    hex::decode_to_slice(text.trim_end(), seed.as_mut_slice()).map_err(|_| wrong)?;
    Ok(seed)
}

fn read(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let limited = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
    let read = limited.map_err(|error| Error::Unreadable(error.kind()))?;
    if read as u64 > MAX_BYTES { Err(Error::Argument("the file is longer than 16,384 bytes")) } else { Ok(text) }
}
