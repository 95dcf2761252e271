//! What is examined: bytes as they are stored, whatever they are.

use crate::audit::{LogId, StoredHead};
use crate::schema::TenantId;

/// One stored value, of whatever type somebody stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored<'a> {
    /// Nothing.
    Null,
    /// A number.
    Integer(i64),
    /// Text, of whatever encoding.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
    /// Anything that we never store.
    Foreign,
}

impl<'a> Stored<'a> {
    pub(super) const fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// One row of a log.
#[derive(Debug, Clone, Copy)]
pub struct EntryView<'a> {
    /// Its place.
    pub sequence: Stored<'a>,
    /// The bytes that were hashed.
    pub body: Stored<'a>,
    /// Their hash.
    pub leaf: Stored<'a>,
    /// Sealed details.
    pub details: Stored<'a>,
    /// The projected time.
    pub time: Stored<'a>,
    /// The projected name.
    pub name: Stored<'a>,
    /// The projected user.
    pub actor: Stored<'a>,
}

/// One row of the projection of subjects: the subject and the place.
pub type SubjectRow<'a> = (&'a [u8], u64);

/// A set of logs, read only. What does not have the shape that is written comes as `None`, never as an error.
pub trait Source {
    /// Why it cannot be read.
    type Error;

    /// Whether every table of the logs is there, as a table.
    ///
    /// # Errors
    /// Those of the source.
    fn is_whole(&mut self) -> Result<bool, Self::Error>;

    /// The id of the deployment.
    ///
    /// # Errors
    /// Those of the source.
    fn deployment(&mut self) -> Result<Option<[u8; 16]>, Self::Error>;

    /// Every head.
    ///
    /// # Errors
    /// Those of the source.
    fn heads(&mut self) -> Result<Vec<Option<StoredHead>>, Self::Error>;

    /// Every tenant and its log.
    ///
    /// # Errors
    /// Those of the source.
    fn tenants(&mut self) -> Result<Vec<Option<(TenantId, LogId)>>, Self::Error>;

    /// Every log of which there are entries, subjects or tiles, once.
    ///
    /// # Errors
    /// Those of the source.
    fn logs(&mut self) -> Result<Vec<Option<LogId>>, Self::Error>;

    /// The entries of a log from place `from` up to before `to`, ascending.
    ///
    /// # Errors
    /// Those of the source.
    fn entries(
        &mut self,
        log: LogId,
        places: (u64, u64),
        each: &mut dyn FnMut(&EntryView<'_>),
    ) -> Result<(), Self::Error>;

    /// The first place of an entry from `from` up to before `to`; none where there is none. Keeps an examination from
    /// walking through a gap that somebody made as wide as a number can be.
    ///
    /// # Errors
    /// Those of the source.
    fn next_place(&mut self, log: LogId, places: (u64, u64)) -> Result<Option<u64>, Self::Error>;

    /// The places of a log's rows that are no places below `size`; none for what is not even a number.
    ///
    /// # Errors
    /// Those of the source.
    fn strays(&mut self, log: LogId, size: u64, each: &mut dyn FnMut(Option<u64>)) -> Result<(), Self::Error>;

    /// Every row of the projection of subjects of a log: the subject and the place.
    ///
    /// # Errors
    /// Those of the source.
    fn subjects(&mut self, log: LogId, each: &mut dyn FnMut(Option<SubjectRow<'_>>)) -> Result<(), Self::Error>;

    /// Whether the projection has this row.
    ///
    /// # Errors
    /// Those of the source.
    fn has_subject(&mut self, log: LogId, subject: &[u8], sequence: u64) -> Result<bool, Self::Error>;

    /// The bytes of a head that was kept for good.
    ///
    /// # Errors
    /// Those of the source.
    fn checkpoint(&mut self, log: LogId, size: u64) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The log and size of every head that was kept for good.
    ///
    /// # Errors
    /// Those of the source.
    fn checkpoints(&mut self, each: &mut dyn FnMut(Option<(LogId, u64)>)) -> Result<(), Self::Error>;

    /// Whether tiles are kept at all: logs of an older schema have none.
    ///
    /// # Errors
    /// Those of the source.
    fn keeps_tiles(&mut self) -> Result<bool, Self::Error>;

    /// The level and index of every tile of a log.
    ///
    /// # Errors
    /// Those of the source.
    fn tiles(&mut self, log: LogId, each: &mut dyn FnMut(Option<(u8, u64)>)) -> Result<(), Self::Error>;

    /// The bytes of a tile.
    ///
    /// # Errors
    /// Those of the source.
    fn tile(&mut self, log: LogId, place: (u8, u64)) -> Result<Option<Vec<u8>>, Self::Error>;
}
