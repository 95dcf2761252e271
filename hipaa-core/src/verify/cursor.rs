//! From where an examination can go on: the whole parts that were found sound, per log.
//!
//! | line | meaning |
//! |---|---|
//! | `hipaa-core cursor 1` | title |
//! | `key <hex>` | key of the sums, 32 bytes |
//! | `log <log> <tenant> <size> <last leaf> <last time> <sum> <range or ->` | one per log |
//! | `opened <log> <tenant> <genesis leaf>` | one per log that the deployment's own log names |
//!
//! # Security
//! Whoever can write the cursor can hide a break before it: keep it where the trust file is kept.

use super::chunk::Opened;
use super::log::LogState;
use super::sum::{Sum, SumKey};
use crate::audit::{LogId, Range};
use crate::schema::TenantId;
use core::fmt;

const TITLE: &str = "hipaa-core cursor 1";
/// The longest cursor, in bytes.
const MAX_CURSOR_BYTES: usize = 64 * 1024 * 1024;

/// A text that is not a cursor of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of version 1")]
pub struct CursorError;

/// From where an examination can go on.
#[derive(Clone, PartialEq, Default)]
pub struct Cursor {
    pub(super) key: SumKey,
    pub(super) logs: Vec<LogState>,
}

impl Cursor {
    /// Reads what [`Cursor`] shows.
    ///
    /// # Errors
    /// [`CursorError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, CursorError> {
        let read = || {
            let mut lines = text.lines();
            (text.len() <= MAX_CURSOR_BYTES && lines.next()? == TITLE).then_some(())?;
            let mut cursor = Self { key: SumKey::new(fixed(lines.next()?.strip_prefix("key ")?)?), logs: Vec::new() };
            for line in lines {
                match line.split_once(' ')? {
                    ("log", rest) => cursor.logs.push(read_log(rest)?),
                    ("opened", rest) => cursor.logs.last_mut()?.opened.push(read_opened(rest)?),
                    _ => return None,
                }
            }
            Some(cursor)
        };
        read().filter(|cursor| cursor.to_string() == text).ok_or(CursorError)
    }

    pub(super) fn log(&self, log: LogId, tenant: TenantId) -> Option<&LogState> {
        self.logs.iter().find(|known| known.log == log && known.tenant == tenant)
    }
}

fn fixed<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn read_log(line: &str) -> Option<LogState> {
    let [log, tenant, size, leaf, time, sum, range] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let range = if range == "-" { Vec::new() } else { hex::decode(range).ok()? };
    Some(LogState {
        log: LogId(fixed(log)?),
        tenant: TenantId::from_bytes(fixed(tenant)?),
        range: Range::from_parts(size.parse().ok()?, &range)?,
        last: Some((fixed(leaf)?, time.parse().ok()?)),
        subjects: Sum(u128::from_be_bytes(fixed(sum)?)),
        opened: Vec::new(),
        holed: false,
    })
}

fn read_opened(line: &str) -> Option<Opened> {
    let [log, tenant, genesis] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
    Some(Opened { log: LogId(fixed(log)?), tenant: TenantId::from_bytes(fixed(tenant)?), genesis: fixed(genesis)? })
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}\nkey {}", hex::encode(self.key.bytes()))?;
        for state in self.logs.iter().filter(|state| !state.holed) {
            let Some((leaf, time)) = state.last else { continue };
            let (tenant, sum) = (hex::encode(state.tenant.as_bytes()), hex::encode(state.subjects.0.to_be_bytes()));
            let range = Some(hex::encode(state.range.to_bytes())).filter(|range| !range.is_empty());
            let (size, range) = (state.range.size(), range.as_deref().unwrap_or("-"));
            writeln!(f, "log {} {tenant} {size} {} {time} {sum} {range}", state.log, hex::encode(leaf))?;
            for Opened { log, tenant, genesis } in &state.opened {
                writeln!(f, "opened {log} {} {}", hex::encode(tenant.as_bytes()), hex::encode(genesis))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({} logs)", self.logs.len())
    }
}
