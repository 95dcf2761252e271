//! The writer thread: drains the queue, commits a batch, answers.

use super::job::{Job, Verdict};
use super::metrics::Counters;
use crate::Database;
use crate::batch::Lost;
use hipaa_core::clock::Stopwatch;
use std::collections::VecDeque;
use tokio::sync::mpsc::Receiver;

type Queue = VecDeque<Box<dyn Job>>;

/// Works until the queue is closed and empty.
pub(super) fn run(database: &Database, mut receiver: Receiver<Box<dyn Job>>, counters: &Counters, most: usize) {
    let mut waiting = Queue::new();
    // Whether the journal may hold the seed of a signing period that has ended.
    let mut soiled = false;
    loop {
        if waiting.is_empty() {
            match receiver.blocking_recv() {
                Some(job) => waiting.push_back(job),
                None => return,
            }
        }
        while waiting.len() < most
            && let Ok(job) = receiver.try_recv()
        {
            waiting.push_back(job);
        }
        soiled |= commit(database, &mut waiting, counters);
        soiled = soiled && !database.empty_journal().unwrap_or(false);
    }
}

/// Commits the jobs that wait, up to the first that loses the batch or ends a signing period; those behind it go into the
/// next one. The result is whether a period ended.
fn commit(database: &Database, waiting: &mut Queue, counters: &Counters) -> bool {
    let started = Stopwatch::start();
    let mut ran = Vec::with_capacity(waiting.len());
    let mut ended = false;
    let outcome = database.batch(|batch| {
        while let Some(mut job) = waiting.pop_front() {
            counters.dequeued();
            let lost = job.run(batch);
            ran.push(job);
            lost?;
            if batch.is_full() {
                ended = true;
                break;
            }
        }
        Ok(())
    });
    if ran.is_empty() {
        // The transaction could not begin: everybody in this batch is told.
        counters.batch(waiting.len(), started.elapsed(), false);
        let error = outcome.err().map_or(super::unavailable(), |lost| lost.error);
        for job in waiting.drain(..) {
            counters.dequeued();
            job.answer(Verdict::Failed(error));
        }
        return false;
    }
    counters.batch(ran.len(), started.elapsed(), outcome.is_ok());
    for job in ran {
        job.answer(match &outcome {
            Ok(durable) => Verdict::Committed(durable),
            Err(Lost { error, recovered: true }) => Verdict::Lost(*error),
            Err(Lost { error, recovered: false }) => Verdict::Failed(*error),
        });
    }
    ended
}
