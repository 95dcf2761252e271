//! Rows of values below the names of their columns: `{"columns":["mrn","dob"],"data":[["8804271","1946-03-03"]]}`,
//! or an array whose first row has the names.

use super::{Hint, Hints};
use crate::guard::Reason;
use crate::guard::cue::CueClass;
use crate::guard::json::key::{LONGEST_KEY, Role};
use crate::guard::json::parse::{Node, Type};
use crate::guard::scan::{COLUMNS, Tally, label};
use crate::guard::words::WordSet;

/// How many arrays around the rows are read as names.
const HEADS: usize = 4;
/// How many members of a column's description are read.
const MEMBERS: usize = 8;

/// Keys of arrays that hold names of columns; descriptions of columns may have any key.
static NAMES: WordSet<64> = WordSet::new(
    "columns cols col fields header headers head names labels keys column_names columnnames params schema \
    attributes titles variables",
);

/// The names of columns, and the array that holds the rows, or is the only one.
#[derive(Debug)]
pub(super) struct Grid {
    rows: usize,
    columns: Vec<Option<(CueClass, bool)>>,
}

impl<'d> Hints<'d> {
    /// Whether the array is a row with as many members as there are names of columns.
    pub(super) fn is_row(&mut self, row: usize) -> bool {
        let node = self.tape.nodes()[row];
        let rows = if node.key.is_some() { row } else { node.parent };
        let alone = rows == row && node.next < row + 3;
        if alone || node.kind != Type::Array || self.tape.nodes()[rows].kind != Type::Array {
            return false;
        }
        if self.grid.as_ref().is_none_or(|grid| grid.rows != rows) {
            let columns = self.columns_of(rows, row).unwrap_or_default();
            self.grid = Some(Grid { rows, columns });
        }
        let width = self.grid.as_ref().map_or(0, |grid| grid.columns.len());
        width > 0 && self.tape.members(row).take(COLUMNS + 1).count() == width
    }

    /// What the name of a column says.
    pub(super) fn column(&self, place: usize) -> Option<Hint> {
        let (class, weak) = (*self.grid.as_ref()?.columns.get(place)?)?;
        Some(Hint::new(class, Reason::Column, weak))
    }

    /// What the first of two members says of the second: `["mrn","4482913"]`.
    pub(super) fn pair(&mut self, array: usize) -> Option<Hint> {
        let mut members = self.tape.members(array).map(|(_, node)| *node);
        let (first, _, None) = (members.next()?, members.next()?, members.next()) else { return None };
        let label = &self.raw[first.start..first.end];
        if first.kind != Type::String || label.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let said = self.read(label);
        Hint::of(said).filter(|hint| said.whole && (!hint.weak || hint.outer.class.kind().is_none()))
    }

    /// The columns that are named by the first of the rows, or around them.
    fn columns_of(&mut self, rows: usize, row: usize) -> Option<Vec<Option<(CueClass, bool)>>> {
        if rows == row {
            let names = self.beside(rows).find(|(_, node)| node.kind == Type::Array && self.lists_names(node));
            return self.names(names?.0);
        }
        let first = self.tape.members(rows).next().map(|(at, _)| at).filter(|first| *first != row);
        let around: Vec<usize> = self.arrays_around(rows).filter(|at| self.holds_names(*at)).take(HEADS).collect();
        first.into_iter().chain(around).find_map(|names| self.names(names))
    }

    /// Whether an array may hold names of columns, or describes them.
    fn holds_names(&self, array: usize) -> bool {
        let node = self.tape.nodes()[array];
        let described = || self.tape.members(array).next().is_some_and(|(_, node)| node.kind == Type::Object);
        node.kind == Type::Array && (self.lists_names(&node) || described())
    }

    /// Whether its key is that of names of columns.
    fn lists_names(&self, node: &Node) -> bool {
        self.name(node).is_some_and(|key| NAMES.has(key.as_bytes()))
    }

    /// Arrays beside the rows, in objects beside them, and the same for what the rows stand in.
    fn arrays_around(&self, rows: usize) -> impl Iterator<Item = usize> + use<'d> {
        let (tape, keyed) = (self.tape, |at: usize| self.tape.nodes()[at].key.is_some());
        let levels = [rows, tape.nodes()[rows].parent];
        let beside = levels.map(|at| keyed(at).then(|| self.beside(at))).into_iter().flatten().flatten();
        let inner = move |(at, node): (usize, &Node)| {
            let object = (node.kind == Type::Object).then(|| tape.members(at).take(MEMBERS));
            let inside = object.into_iter().flatten().filter(|(_, node)| node.kind == Type::Array).map(|(at, _)| at);
            (node.kind == Type::Array).then_some(at).into_iter().chain(inside)
        };
        beside.flat_map(inner)
    }

    /// Reads an array of names by the rules of a heading.
    fn names(&mut self, names: usize) -> Option<Vec<Option<(CueClass, bool)>>> {
        let (mut columns, mut tally) = (Vec::new(), Tally::default());
        if self.tape.nodes()[names].kind != Type::Array {
            return None;
        }
        for (at, node) in self.tape.members(names) {
            let text = match node.kind {
                _ if columns.len() == COLUMNS => return None,
                Type::String => *node,
                Type::Object => self.described(at)?,
                _ => return None,
            };
            let span = (text.start, text.end);
            columns.push(tally.take(label(self.rules, &mut self.words, self.raw.as_bytes(), span))?);
        }
        tally.names_columns().then_some(columns)
    }

    /// The name in the description of a column: `{"name":"mrn","type":"text"}`.
    fn described(&self, column: usize) -> Option<Node> {
        let mut members = self.tape.members(column).take(MEMBERS).map(|(_, node)| *node);
        members.find(|node| {
            let key = self.name(node).filter(|key| key.len() <= LONGEST_KEY && node.kind == Type::String);
            key.is_some_and(|key| key == "id" || key == "title" || Role::of(key) == Role::Label)
        })
    }
}
