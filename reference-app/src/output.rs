//! The only room that prints: answers to standard output, problems to standard error.

use crate::error::Error;
use core::fmt;
use serde::Serialize;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// How a piece of text is shown on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// As it is.
    Plain,
    /// A heading.
    Title,
    /// What is as it should be.
    Good,
    /// What is not.
    Bad,
    /// What matters less.
    Faint,
}

impl Paint {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Title => "1",
            Self::Good => "32",
            Self::Bad => "1;31",
            Self::Faint => "2",
        }
    }
}

/// One cell of a table: text and how it is shown. Control characters are replaced, so that no record can steer the
/// terminal.
#[derive(Clone)]
pub struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    /// A cell.
    #[must_use]
    pub fn new(text: &str, paint: Paint) -> Self {
        Self { text: text.replace(char::is_control, "\u{fffd}"), paint }
    }

    fn width(&self) -> usize {
        self.text.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count()
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::new(text, Paint::Plain)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::new(&text, Paint::Plain)
    }
}

/// Where answers and problems go.
pub struct Output {
    answers: Box<dyn Write>,
    problems: Box<dyn Write>,
    json: bool,
    colour: bool,
    live: bool,
    progress: usize,
}

impl Output {
    /// Standard output and standard error. Coloured on a terminal only, and not where `NO_COLOR` is set.
    #[must_use]
    pub fn standard(json: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = !json && !unwanted && io::stdout().is_terminal();
        Self {
            answers: Box::new(io::stdout()),
            problems: Box::new(io::stderr()),
            json,
            colour,
            live: io::stderr().is_terminal(),
            progress: 0,
        }
    }

    /// Whether answers are JSON.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        self.json
    }

    /// Answers with one line of JSON.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let text = serde_json::to_string(value).map_err(|_| Error::Output(ErrorKind::InvalidData))?;
        self.line(&text)
    }

    /// Answers with one line of text.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn line(&mut self, text: &str) -> Result<(), Error> {
        let written = writeln!(self.answers, "{text}").and_then(|()| self.answers.flush());
        match written {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|error| Error::Output(error.kind())),
        }
    }

    /// Reports a problem. There is nowhere to report that this failed.
    pub fn problem(&mut self, text: &str) {
        self.progress("");
        let _unreported = writeln!(self.problems, "{text}");
    }

    /// Shows how far a command is, over what was shown before; nothing where nobody watches.
    pub fn progress(&mut self, text: &str) {
        if self.live && (self.progress > 0 || !text.is_empty()) {
            let text = Cell::from(text).text;
            let shown = text.chars().count();
            let gone = " ".repeat(self.progress.saturating_sub(shown));
            let _unreported = write!(self.problems, "\r{text}{gone}{}", if shown == 0 { "\r" } else { "" });
            let _unreported = self.problems.flush();
            self.progress = shown;
        }
    }

    /// Text as it is shown on this output.
    #[must_use]
    pub fn paint(&self, cell: &Cell) -> String {
        if self.colour && cell.paint != Paint::Plain {
            format!("\x1b[{}m{}\x1b[0m", cell.paint.code(), cell.text)
        } else {
            cell.text.clone()
        }
    }

    /// A heading.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn title(&mut self, text: &str) -> Result<(), Error> {
        let title = self.paint(&Cell::new(text, Paint::Title));
        self.line(&title)
    }

    /// Aligned rows, each with `indent` blanks before it; columns are two blanks apart.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn table(&mut self, indent: usize, rows: &[Vec<Cell>]) -> Result<(), Error> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(Cell::width).max().unwrap_or_default();
        let widths = (0..columns).map(width).collect::<Vec<_>>();
        for row in rows {
            let mut line = " ".repeat(indent);
            let mut owed = 0;
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&" ".repeat(owed));
                line.push_str(&self.paint(cell));
                owed = width - cell.width() + 2;
            }
            self.line(line.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(…)")
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("json", &self.json).field("colour", &self.colour).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(Cell::from("Roe\x1b[2J\n").text, "Roe\u{fffd}[2J\u{fffd}");
    }

    #[test]
    fn a_combining_mark_takes_no_room() {
        assert_eq!(Cell::from("Mu\u{308}ller").width(), Cell::from("M\u{fc}ller").width());
    }
}
