//! The parts of every log, over as many threads as there are sources.

use super::chunk::{CHUNK, Examined, Part, examine};
use super::cursor::Cursor;
use super::finding::{Break, Class};
use super::log::LogState;
use super::run::Progress;
use super::source::Source;
use super::sum::SumKey;
use crate::audit::StoredHead;

/// The parts of the logs, in their order.
pub(super) struct Scan<'a> {
    from: Cursor,
    pub(super) cursor: Cursor,
    tiles: bool,
    pub(super) done: u64,
    total: u64,
    progress: Option<Progress<'a>>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        heads: &[StoredHead],
        from: Cursor,
        key: SumKey,
        tiles: bool,
        progress: Option<Progress<'a>>,
    ) -> Self {
        let total = heads.iter().map(|head| head.size).fold(0, u64::saturating_add);
        Self { from, cursor: Cursor { key, logs: Vec::new() }, tiles, done: 0, total, progress }
    }

    /// Examines the parts of one log that were not examined before, and puts them together.
    pub(super) fn log<S: Source + Send>(
        &mut self,
        first: &mut S,
        others: &mut [S],
        head: &StoredHead,
        found: &mut dyn FnMut(Break),
    ) -> Result<LogState, S::Error>
    where
        S::Error: Send,
    {
        let known = self.from.log(head.log, head.tenant).cloned();
        if let Some(longer) = known.as_ref().map(|known| known.range.size()).filter(|size| *size > head.size) {
            found(Break::at(Class::Rollback, head.log, head.size, longer - 1));
        }
        let known = known.filter(|known| known.range.size() <= head.size);
        let mut state = known.unwrap_or_else(|| LogState::new(head.log, head.tenant));
        self.cursor.logs.push(state.clone());
        let (mut at, key) = (state.range.size(), self.cursor.key.clone());
        while at < head.size {
            let there = first.next_place(head.log, (at, head.size))?.map_or(head.size, |place| place / CHUNK * CHUNK);
            if there > at {
                found(Break::at(Class::Gap, head.log, at, there - 1));
                (state.holed, state.last, at) = (true, None, there);
                continue;
            }
            let mut parts = Vec::new();
            while at < head.size && parts.len() <= others.len() {
                let to = head.size.min(at.saturating_add(CHUNK));
                parts.push(Part { log: head.log, tenant: head.tenant, from: at, to, tiles: self.tiles });
                at = to;
            }
            for examined in wave(first, others, &parts, &key) {
                let examined = examined?;
                let part = examined.part;
                state.join(first, examined, found)?;
                self.done += part.to - part.from;
                if part.to - part.from == CHUNK && !state.holed {
                    let _ = self.cursor.logs.pop();
                    self.cursor.logs.push(state.clone());
                }
                if let Some(progress) = &mut self.progress {
                    progress(self.done, self.total, &self.cursor);
                }
            }
        }
        Ok(state)
    }
}

/// Examines as many parts at once as there are sources.
fn wave<S: Source + Send>(
    first: &mut S,
    others: &mut [S],
    parts: &[Part],
    key: &SumKey,
) -> Vec<Result<Examined, S::Error>>
where
    S::Error: Send,
{
    let Some((own, rest)) = parts.split_first() else { return Vec::new() };
    std::thread::scope(|scope| {
        let spawned = rest.iter().zip(others).map(|(part, source)| scope.spawn(|| examine(source, *part, key)));
        let spawned = spawned.collect::<Vec<_>>();
        let mut examined = vec![examine(first, *own, key)];
        for thread in spawned {
            examined.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        examined
    })
}
