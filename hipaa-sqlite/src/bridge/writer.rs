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
        commit(database, &mut waiting, counters);
    }
}

/// Commits the jobs that wait, up to the first that loses the batch; those behind it go into the next one.
fn commit(database: &Database, waiting: &mut Queue, counters: &Counters) {
    let started = Stopwatch::start();
    let mut ran = Vec::with_capacity(waiting.len());
    let outcome = database.batch(|batch| {
        while let Some(mut job) = waiting.pop_front() {
            counters.dequeued();
            let lost = job.run(batch);
            ran.push(job);
            lost?;
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
        return;
    }
    counters.batch(ran.len(), started.elapsed(), outcome.is_ok());
    for job in ran {
        job.answer(match &outcome {
            Ok(durable) => Verdict::Committed(durable),
            Err(Lost { error, recovered: true }) => Verdict::Lost(*error),
            Err(Lost { error, recovered: false }) => Verdict::Failed(*error),
        });
    }
}
