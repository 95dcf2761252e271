//! `guard scan` and `guard redact`: the PHI guard for files and pipes. Needs no database, and a key for surrogates only;
//! writes its text as it goes, past the room `output`.

mod lines;
mod pieces;
mod show;

use crate::config::{Config, ConfigError};
use crate::error::Exit;
use clap::{Args, Subcommand, ValueEnum};
use hipaa_core::guard::{Day, Guard, Kind, Mode, Profile, Redaction, SurrogateKey};
use pieces::Piece;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// The subcommands of the guard.
#[derive(Debug, Args)]
pub struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Marks what was found; exit code 1 when something was.
    Scan(ScanArgs),
    /// Writes the text without what was found; exit code 1 when something was.
    Redact(RedactArgs),
}

#[derive(Debug, Args)]
struct Source {
    /// Files to read; standard input when none is given.
    files: Vec<PathBuf>,
    /// A profile in TOML: formats, kinds, thresholds, cue words.
    #[arg(long)]
    profile: Option<PathBuf>,
    /// Today's date (YYYY-MM-DD), for ages and birth dates.
    #[arg(long, value_parser = day)]
    today: Option<Day>,
    /// The input must be a JSON document, or one on each line; without this it is read as text when it is none.
    #[arg(long = "json-input")]
    json_input: bool,
}

#[derive(Debug, Args)]
struct ScanArgs {
    #[command(flatten)]
    source: Source,
    /// One `{"text": …}` object a line in, one `{"labels": […]}` object a line out.
    #[arg(long, conflicts_with = "json_input")]
    jsonl: bool,
    /// Low confidences too.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct RedactArgs {
    #[command(flatten)]
    source: Source,
    /// What stands in the place of a value.
    #[arg(long, value_enum, default_value = "label")]
    mode: ModeName,
    /// Another mode for one kind, such as `date=safe-harbor`; may be given several times.
    #[arg(long = "kind-mode", value_name = "KIND=MODE", value_parser = kind_mode)]
    kind_modes: Vec<(Kind, ModeName)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    /// The name of the kind: `[SSN]`
    Label,
    /// A star for each letter and digit
    Mask,
    /// Stars, but the last four of long numbers
    LastFour,
    /// Kind and keyed digest: equal values stay equal; the key comes from --kek-file, --kek-fd or HIPAA_KEK
    Surrogate,
    /// ZIP to three digits or 000, dates to the year, ages to 90+, labels for the rest
    SafeHarbor,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Label => Self::Label,
            ModeName::Mask => Self::Mask,
            ModeName::LastFour => Self::LastFour,
            ModeName::Surrogate => Self::Surrogate,
            ModeName::SafeHarbor => Self::SafeHarbor,
        }
    }
}

impl Source {
    /// The pieces of an input.
    fn pieces<'t>(&self, text: &'t str) -> Result<Vec<Piece<'t>>, Failure> {
        let pieces = pieces::pieces(text);
        match pieces.iter().position(|piece| piece.is_prose()) {
            Some(_) if self.json_input && pieces.len() == 1 => {
                // A number or a string alone is a document, too; for the rest its reader says what is wrong.
                Guard::new().scan_json(text)?;
                Ok(vec![Piece::Document(text)])
            }
            Some(at) if self.json_input => {
                let lines = pieces[..at].iter().filter(|piece| piece.raw().ends_with('\n')).count();
                Err(Failure::Document(lines + 1))
            }
            _ => Ok(pieces),
        }
    }
}

impl RedactArgs {
    /// The redaction; asks for the key only where a mode needs one.
    fn redaction(&self, config: &Config) -> Result<Redaction, ConfigError> {
        let keyed = self.kind_modes.iter().map(|(_, mode)| *mode).chain([self.mode]).any(|m| m == ModeName::Surrogate);
        let base = if keyed {
            Redaction::surrogate(SurrogateKey::from_secret(config.kek()?.derive_surrogate_key()))
        } else {
            Redaction::label()
        };
        let base = Kind::ALL.iter().fold(base, |all, kind| all.with(*kind, self.mode.into()));
        Ok(self.kind_modes.iter().fold(base, |all, (kind, mode)| all.with(*kind, (*mode).into())))
    }
}

/// Why a run ended early; no message carries content of the input.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read {0}: {1}")]
    Read(String, io::ErrorKind),
    #[error("cannot write: {0}")]
    Write(io::ErrorKind),
    #[error("profile: {0}")]
    Profile(#[from] hipaa_core::guard::ProfileError),
    #[error("{0}")]
    Json(#[from] hipaa_core::guard::JsonError),
    #[error("line {0} is no JSON object with a `text`")]
    Line(usize),
    #[error("line {0} is no JSON document")]
    Document(usize),
    #[error("surrogates: {0}")]
    Key(#[from] ConfigError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Write(error.kind())
    }
}

impl Command {
    /// Runs a subcommand: code 0 when nothing was found, 1 when something was, 2 when the input is bad.
    #[must_use]
    pub fn run(&self, config: &Config) -> Exit {
        let done = match &self.action {
            Action::Scan(args) => scan(args),
            Action::Redact(args) => redact(args, config),
        };
        match done {
            Ok(false) | Err(Failure::Write(io::ErrorKind::BrokenPipe)) => Exit::Done,
            Ok(true) => Exit::NotFound,
            Err(failure @ Failure::Key(_)) => {
                let _ = writeln!(io::stderr(), "guard: {failure}");
                Exit::Environment
            }
            Err(failure) => {
                // The exit code tells it too, when even this cannot be written.
                let _ = writeln!(io::stderr(), "guard: {failure}");
                Exit::Refused
            }
        }
    }
}

fn scan(args: &ScanArgs) -> Result<bool, Failure> {
    let guard = guard_for(&args.source)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let colour = io::stdout().is_terminal();
    let mut found = false;
    for_each_input(&args.source, |name, input| {
        if args.jsonl {
            found |= lines::label(&guard, input, &mut out, args.all)?;
            return Ok(());
        }
        let text = text_of(name, input)?;
        let pieces = args.source.pieces(&text)?;
        let lines = pieces.len() > 1;
        let mut line = 1;
        for piece in pieces {
            found |= match piece {
                Piece::Document(raw) => show::json(&guard, (raw, lines.then_some(line)), &mut out, args.all)?,
                Piece::Text(text) => show::text(&guard, (text, line), &mut out, show::Style { colour, all: args.all })?,
            };
            line += usize::from(piece.raw().ends_with('\n'));
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(found)
}

fn redact(args: &RedactArgs, config: &Config) -> Result<bool, Failure> {
    let guard = guard_for(&args.source)?;
    let redaction = args.redaction(config)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut found = false;
    for_each_input(&args.source, |name, input| {
        let text = text_of(name, input)?;
        for piece in args.source.pieces(&text)? {
            match piece {
                Piece::Document(raw) => {
                    let done = guard.redact_json(raw, &redaction)?;
                    found |= !done.findings().is_empty();
                    out.write_all(done.text().as_bytes())?;
                }
                Piece::Text(text) => {
                    let done = guard.redact(text, &redaction);
                    found |= !done.findings().is_empty();
                    out.write_all(done.text().as_bytes())?;
                }
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(found)
}

fn guard_for(source: &Source) -> Result<Guard, Failure> {
    let mut profile = match &source.profile {
        Some(path) => Profile::from_toml(&text_of(&name_of(path), &mut open(path)?)?)?,
        None => Profile::new(),
    };
    if let Some(today) = source.today {
        profile.today(today);
    }
    Ok(Guard::with_profile(&profile))
}

fn for_each_input(
    source: &Source,
    mut with: impl FnMut(&str, &mut dyn Read) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if source.files.is_empty() {
        return with("standard input", &mut io::stdin().lock());
    }
    source.files.iter().try_for_each(|path| with(&name_of(path), &mut open(path)?))
}

fn name_of(path: &Path) -> String {
    path.display().to_string()
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::Read(name_of(path), error.kind()))
}

fn text_of(name: &str, input: &mut dyn Read) -> Result<String, Failure> {
    let mut text = String::new();
    let read = input.read_to_string(&mut text);
    read.map(|_| text).map_err(|error| Failure::Read(name.to_owned(), error.kind()))
}

fn kind_mode(text: &str) -> Result<(Kind, ModeName), &'static str> {
    let (kind, mode) = text.split_once('=').ok_or("a kind and a mode are written KIND=MODE")?;
    let kind = Kind::from_name(kind).ok_or("no such kind")?;
    Ok((kind, ModeName::from_str(mode, false).map_err(|_| "no such mode")?))
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day is written YYYY-MM-DD")
}
