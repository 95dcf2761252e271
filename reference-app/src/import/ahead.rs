//! Reading ahead: a thread of its own reads and parses the next lines while the database takes the last ones.

use super::lines::{Line, Lines};
use super::parsed::{Parsed, rank_of};
use super::source::Source;
use super::{BATCH_BYTES, BATCH_LINES, ImportError, Place, Reason};
use crate::fhir::shape::{FIRST_RANK, LAST_RANK};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many batches wait for the database at most; one more is being read, and one is being written.
const AHEAD: usize = 1;

/// Lines of one file and rank that are written together.
pub(super) struct Batch {
    /// The file, and the last line that was read.
    pub(super) place: Place,
    /// Which time the file is read.
    pub(super) pass: u8,
    /// How many bytes of this pass were read, and how many there are.
    pub(super) bytes: (u64, u64),
    pub(super) numbers: Vec<u64>,
    pub(super) parsed: Vec<Result<Parsed, Reason>>,
}

/// What the reading thread sends: batches, or why there are no more.
pub(super) type Sent = Result<Batch, ImportError>;

/// Reads on a thread of its own. It ends when nobody takes batches any more.
pub(super) fn read_ahead<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    read: impl FnOnce(&mut Sender) -> Result<(), ImportError> + Send + 'scope,
) -> Receiver<Sent> {
    let (sender, receiver) = sync_channel(AHEAD);
    scope.spawn(move || {
        let mut sender = Sender { sender };
        if let Err(error) = read(&mut sender) {
            // Whoever does not listen any more has stopped for a reason of its own.
            let _unheard = sender.sender.send(Err(error));
        }
    });
    receiver
}

pub(super) struct Sender {
    sender: SyncSender<Sent>,
}

impl Sender {
    /// Every file once for each rank that it has.
    pub(super) fn all(&mut self, mut source: Source) -> Result<(), ImportError> {
        for rank in FIRST_RANK..=LAST_RANK {
            for at in 0..source.len() {
                let Some(lines) = source.lines(at, rank)? else { continue };
                let start = (source.place(at), Some(rank));
                let Some(ranks) = self.pass(lines, start, source.bytes(at, rank))? else { return Ok(()) };
                source.set_ranks(at, ranks);
            }
        }
        Ok(())
    }

    /// The lines of one rank, or all; the result has a bit for each rank that was met, and is none if nobody listens any
    /// more.
    pub(super) fn pass(
        &mut self,
        mut lines: Lines,
        (mut place, rank): (Place, Option<u8>),
        (before, total): (u64, u64),
    ) -> Result<Option<u8>, ImportError> {
        let (mut batch, mut bytes, mut ranks) = (Vec::new(), 0, 0);
        loop {
            let next = lines.next();
            place.line = lines.number();
            let ended = !matches!(next, Ok(Some(_)));
            let failed = next.map(|line| {
                let own = line.as_ref().map_or(FIRST_RANK, rank_of);
                ranks |= 1 << own;
                if let Some(line) = line.filter(|_| rank.is_none_or(|rank| rank == own)) {
                    bytes += line.len();
                    batch.push(line);
                }
            });
            if ended || batch.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
                let read = before.saturating_add(lines.bytes_read());
                if !self.send(core::mem::take(&mut batch), (&place, rank), (read, total)) {
                    return Ok(None);
                }
                bytes = 0;
            }
            failed.map_err(|error| ImportError::Damaged {
                place: Place { line: place.line + 1, ..place.clone() },
                kind: error.kind(),
            })?;
            if ended {
                return Ok(Some(ranks));
            }
        }
    }

    /// Whether anybody listens.
    fn send(&self, lines: Vec<Line>, (place, rank): (&Place, Option<u8>), bytes: (u64, u64)) -> bool {
        if lines.is_empty() {
            return true;
        }
        let numbers = lines.iter().map(|line| line.number).collect();
        // One after another, so that a line is gone as soon as it is parsed.
        let parsed = lines.into_iter().map(|line| Parsed::parse(&line)).collect();
        let batch = Batch { place: place.clone(), pass: rank.unwrap_or(FIRST_RANK) + 1, bytes, numbers, parsed };
        self.sender.send(Ok(batch)).is_ok()
    }
}
