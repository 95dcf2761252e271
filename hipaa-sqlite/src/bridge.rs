//! From async callers to the one writer: a bounded queue, group commit, and readers on connections of their own.
//!
//! [`Bridge::write`] sends a closure to the writer thread. The writer takes what the queue holds and commits it together:
//! one BEGIN IMMEDIATE, a savepoint per closure, one signature per touched log, one flush to disk; then it answers every
//! caller. [`Bridge::disclose`] reads and opens on a reader's connection and holds what it read until the writer has
//! committed its entries.
//!
//! # Fairness between processes
//! Writers of all processes queue at a turnstile: nobody commits twice in a row while another one waits. A wait
//! that exceeds the database's busy timeout ends in [`StoreError::Busy`] for the whole batch, and nothing of it is written.

mod alarm;
mod heartbeat;
mod job;
mod metrics;
mod pusher;
mod reader;
#[cfg(test)]
mod tests;
mod upkeep;
#[cfg(test)]
mod witnessed;
mod writer;

pub use alarm::Hook;
pub use metrics::Metrics;
pub use upkeep::Upkeep;

use crate::witness::Place;
use crate::{Database, Error, Unit};
use alarm::{Alarm, Subject};
use heartbeat::Heartbeat;
use hipaa_core::audit::{Event, SILENCE};
use hipaa_core::store::StoreError;
use hipaa_core::unit::{Committed, Notary, Position};
use job::{Append, Disclose, Job, Reply, Write};
use metrics::Counters;
use pusher::Pusher;
use reader::Readers;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use upkeep::Listeners;

/// How a bridge works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BridgeOptions {
    /// The most callers that wait in the queue.
    pub queue: usize,
    /// The most closures of one commit.
    pub batch: usize,
    /// How long a caller waits for a place in a full queue.
    pub patience: Duration,
    /// How many readers there are.
    pub readers: usize,
    /// How often it looks after the logs by itself; none leaves that to the host, and pushes to the host as well: the health
    /// then stays unknown.
    pub upkeep: Option<Upkeep>,
    /// The witnesses that are given the head after every round of upkeep, once it is committed, beside the writer. Each is
    /// compared with the database before the bridge starts, and before every push; one that contradicts is never pushed to
    /// again.
    pub witnesses: Vec<Place>,
    /// How long rounds or pushes may be silent before the log's health is unknown.
    pub silence: Duration,
    /// Told whenever the log's health has changed.
    pub hook: Option<Hook>,
}

impl Default for BridgeOptions {
    fn default() -> Self {
        Self {
            queue: 4096,
            batch: 256,
            patience: Duration::from_secs(5),
            readers: 4,
            upkeep: Some(Upkeep::default()),
            witnesses: Vec::new(),
            silence: SILENCE,
            hook: None,
        }
    }
}

/// Why a bridge did not take a closure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BridgeError {
    /// The queue stayed full for as long as a caller waits.
    #[error("the writer's queue is full")]
    Full,
    /// The bridge was called from within a closure that its own writer runs: it would wait for itself.
    #[error("a closure on the writer called its own bridge")]
    Reentrant,
    /// The bridge was closed, or its writer is gone.
    #[error("the bridge is closed")]
    Closed,
}

type Sender = mpsc::Sender<Box<dyn Job>>;

/// The way from async callers to the database. `Clone` it freely; the last clone does not close it, [`Bridge::close`] does.
#[derive(Debug, Clone)]
pub struct Bridge {
    sender: Arc<Mutex<Option<Sender>>>,
    writer: Arc<Mutex<Option<std::thread::JoinHandle<()>>>>,
    /// Dropped to end the upkeep.
    closing: Arc<Mutex<Option<std::sync::mpsc::Sender<()>>>>,
    writer_thread: ThreadId,
    readers: Arc<Readers>,
    counters: Arc<Counters>,
    alarm: Arc<Alarm>,
    heartbeat: Option<Arc<Heartbeat>>,
    notary: Arc<Notary>,
    patience: Duration,
    witnesses: usize,
}

impl Bridge {
    /// Moves the database to a writer thread of its own and opens the readers.
    ///
    /// # Errors
    /// [`Error::CannotOpen`] when a reader's connection, or the thread, cannot be had; [`Error::Witness`] when a witness does
    /// not vouch for the database: nothing is served then; why the entry that it begins with was not written.
    pub fn start(mut database: Database, options: &BridgeOptions) -> Result<Self, Error> {
        database.compare_all(&options.witnesses)?;
        let heartbeat = options.upkeep.map(|upkeep| Arc::new(Heartbeat::new(upkeep)));
        if let Some(heartbeat) = &heartbeat {
            drop(database.write(|unit| heartbeat.begin(unit))?);
        }
        let notary = Arc::clone(database.notary());
        let readers = Arc::new(Readers::open(&database, options.readers)?);
        let counters = Arc::new(Counters::default());
        let alarm = Arc::new(Alarm::new(options.silence, options.witnesses.len(), options.hook.clone()));
        let pusher = Pusher {
            places: options.witnesses.clone(),
            reader: Readers::open(&database, 1)?,
            notary: Arc::clone(&notary),
            alarm: Arc::clone(&alarm),
            counters: Arc::clone(&counters),
        };
        let (sender, receiver) = mpsc::channel(options.queue.max(1));
        let (seen, most) = (Arc::clone(&counters), options.batch.max(1));
        let thread = std::thread::Builder::new().name("hipaa-writer".to_owned());
        let writer =
            thread.spawn(move || writer::run(&database, receiver, &seen, most)).map_err(|_| Error::CannotOpen)?;
        let looked_after = options.upkeep.zip(heartbeat.clone());
        let closing = looked_after.map(|upkeep| look_after(upkeep, sender.downgrade(), pusher)).transpose()?;
        Ok(Self {
            closing: Arc::new(Mutex::new(closing)),
            sender: Arc::new(Mutex::new(Some(sender))),
            writer_thread: writer.thread().id(),
            writer: Arc::new(Mutex::new(Some(writer))),
            readers,
            counters,
            alarm,
            heartbeat,
            notary,
            patience: options.patience,
            witnesses: options.witnesses.len(),
        })
    }

    /// Runs one unit of work on the writer, in one commit with others. A panic of `work` goes on in the caller.
    ///
    /// # Errors
    /// That of `work`, once its refusals are durable; or, converted, why the unit did not commit.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(Write::new(work, reply))).await.map_err(Error::from)?;
        receive(answer).await
    }

    /// Adds one audit entry. It is durable when this returns.
    ///
    /// # Errors
    /// [`Error`]: the entry was not written.
    pub async fn append(&self, event: Event) -> Result<Position, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(Append::new(event, reply))).await?;
        receive(answer).await.map(Committed::into_inner)
    }

    /// Reads and opens on a reader's connection, beside the writer; the writer commits the entries before anything is
    /// released. `work` sees the last commit, and writes nothing.
    ///
    /// # Errors
    /// That of `work`, once its refusals are durable; or, converted, why the entries were not committed.
    pub async fn disclose<T, E>(
        &self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.refuse_reentry().map_err(Error::from)?;
        let bridge = self.clone();
        // A task of its own: what was refused is written even if the caller goes away in the middle.
        finish(tokio::spawn(async move { bridge.note(bridge.read(work).await?).await })).await
    }

    /// The same for what discloses nothing, such as whether a session is live: where `work` has opened no record and was
    /// refused nothing, there is no entry, and nobody waits for the writer. What `work` holds stays held for ever.
    ///
    /// # Errors
    /// As [`Bridge::disclose`].
    pub async fn look<T, E>(&self, work: impl FnOnce(&mut Unit<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.refuse_reentry().map_err(Error::from)?;
        let bridge = self.clone();
        finish(tokio::spawn(async move {
            match bridge.read(work).await? {
                (Ok(outcome), reading) if reading.is_silent() => outcome,
                (outcome, reading) => bridge.note((outcome, reading)).await.map(Committed::into_inner),
            }
        }))
        .await
    }

    async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<reader::Outcome<T, E>, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (readers, notary) = (Arc::clone(&self.readers), Arc::clone(&self.notary));
        let permit = self.readers.permit().await?;
        let read = tokio::task::spawn_blocking(move || {
            let read = readers.read(&notary, work);
            drop(permit);
            read
        });
        read.await.map_err(|_| Error::from(BridgeError::Closed))?
    }

    /// Has the writer append what a reader noted.
    async fn note<T, E>(&self, (outcome, reading): reader::Outcome<T, E>) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(Disclose::new(outcome, reading, reply))).await.map_err(Error::from)?;
        receive(answer).await
    }

    /// What the writer has done so far.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let witnesses = (0..self.witnesses).map(Subject::witness);
        let waits = witnesses.map(|witness| self.alarm.since(witness)).collect::<Option<Vec<_>>>();
        let since_push = waits.and_then(|waits| waits.into_iter().max());
        Metrics { since_push, health: self.alarm.health(), ..self.counters.read() }
    }

    /// Says in the log that recording ends, takes no more, answers what was accepted, and ends the writer.
    ///
    /// # Errors
    /// [`BridgeError::Closed`] when it was closed before; [`BridgeError::Reentrant`] from within a closure on the writer.
    pub async fn close(&self) -> Result<(), BridgeError> {
        self.refuse_reentry()?;
        self.say_the_end().await;
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(sender.ok_or(BridgeError::Closed)?);
        drop(self.closing.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(BridgeError::Closed)?;
        let joined = tokio::task::spawn_blocking(move || writer.join()).await;
        joined.ok().and_then(Result::ok).ok_or(BridgeError::Closed)
    }

    /// A log that cannot be written cannot say so: then it was silent.
    async fn say_the_end(&self) {
        if let Some(heartbeat) = &self.heartbeat {
            heartbeat.end();
            let _said = self.write::<_, Error>(heartbeat::end).await;
        }
    }

    /// A closure that waited for its own writer would wait for ever.
    fn refuse_reentry(&self) -> Result<(), BridgeError> {
        match std::thread::current().id() == self.writer_thread {
            true => Err(BridgeError::Reentrant),
            false => Ok(()),
        }
    }

    async fn send(&self, job: Box<dyn Job>) -> Result<(), BridgeError> {
        self.refuse_reentry()?;
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(BridgeError::Closed)?;
        let place = self.counters.enqueue();
        // Most find a place at once, and then no timer is needed.
        let sent = match sender.try_send(job) {
            Err(mpsc::error::TrySendError::Full(job)) => {
                sender.send_timeout(job, self.patience).await.map_err(|error| match error {
                    mpsc::error::SendTimeoutError::Timeout(_) => BridgeError::Full,
                    mpsc::error::SendTimeoutError::Closed(_) => BridgeError::Closed,
                })
            }
            other => other.map_err(|_| BridgeError::Closed),
        };
        sent?;
        place.keep();
        Ok(())
    }
}

/// Begins the upkeep, which ends when what is returned is dropped.
fn look_after(
    (upkeep, heartbeat): (Upkeep, Arc<Heartbeat>),
    sender: mpsc::WeakSender<Box<dyn Job>>,
    pusher: Pusher,
) -> Result<std::sync::mpsc::Sender<()>, Error> {
    let (closing, closed) = std::sync::mpsc::channel();
    let (push, rounds) = std::sync::mpsc::sync_channel(1);
    let (counters, alarm) = (Arc::clone(&pusher.counters), Arc::clone(&pusher.alarm));
    let listeners = Listeners { counters, alarm, heartbeat, pusher: push };
    let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
    let pushing = thread("hipaa-witness").spawn(move || pusher.run(&rounds, upkeep.interval));
    pushing.map_err(|_| Error::CannotOpen)?;
    let upkeep = thread("hipaa-upkeep").spawn(move || upkeep::run(upkeep, &closed, &sender, &listeners));
    upkeep.map_err(|_| Error::CannotOpen)?;
    Ok(closing)
}

/// What a task came to; its panic goes on in the caller.
async fn finish<T, E: From<Error>>(task: JoinHandle<Result<T, E>>) -> Result<T, E> {
    match task.await {
        Ok(result) => result,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => Err(Error::from(BridgeError::Closed).into()),
        },
    }
}

async fn receive<T, E: From<Error>>(answer: oneshot::Receiver<Reply<T, E>>) -> Result<Committed<T>, E> {
    match answer.await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => resume_unwind(panic),
        // The writer is gone with the closure: whether it was committed is not known.
        Err(_) => Err(Error::from(hipaa_core::unit::UnitError::Uncertain).into()),
    }
}

/// The kind of a store's failure, for a reader that cannot be opened.
pub(crate) const fn unavailable() -> Error {
    Error::Store(StoreError::Other)
}
