//! What callers send to the writer: each knows how to run in a batch and how to answer its caller.

use crate::batch::{Batch, Ran};
use crate::{Error, Unit};
use hipaa_core::audit::Event;
use hipaa_core::unit::{Committed, Durable, Position, Reading, Ticket, UnitError};
use tokio::sync::oneshot;

/// What a caller gets: the result, or the panic of its closure.
pub(super) type Reply<T, E> = std::thread::Result<Result<Committed<T>, E>>;

/// What became of a batch.
#[derive(Clone, Copy)]
pub(super) enum Verdict<'a> {
    Committed(&'a Durable),
    /// Nothing was committed but the refusals.
    Lost(Error),
    /// Not even they.
    Failed(Error),
}

/// One caller's work.
pub(super) trait Job: Send {
    /// Runs in the batch; an error means that the whole batch is lost.
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Error>;
    /// Answers the caller.
    fn answer(self: Box<Self>, verdict: Verdict<'_>);
}

/// A closure.
pub(super) struct Write<T, E, F> {
    work: Option<F>,
    ran: Option<Ran<T, E>>,
    reply: oneshot::Sender<Reply<T, E>>,
}

impl<T, E, F> Write<T, E, F> {
    pub(super) const fn new(work: F, reply: oneshot::Sender<Reply<T, E>>) -> Self {
        Self { work: Some(work), ran: None, reply }
    }
}

impl<T, E, F> Job for Write<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnOnce(&mut Unit<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Error> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let ran = batch.closure(work)?;
        let lost = ran.ticket.as_ref().err().copied().filter(|error| batch.is_lost_by(error));
        self.ran = Some(ran);
        lost.map_or(Ok(()), Err)
    }

    fn answer(self: Box<Self>, verdict: Verdict<'_>) {
        let answer = match (self.ran, verdict) {
            (None, Verdict::Committed(_)) => Ok(Err(Error::Unit(UnitError::NotCommitted).into())),
            (None, Verdict::Lost(error) | Verdict::Failed(error)) => Ok(Err(error.into())),
            (Some(ran), verdict) => settle(ran.outcome, ran.ticket, verdict),
        };
        // A caller that went away wants no answer.
        let _gone = self.reply.send(answer);
    }
}

/// The answer for a closure that ran.
fn settle<T, E: From<Error>>(
    outcome: std::thread::Result<Result<T, E>>,
    ticket: Result<Ticket, Error>,
    verdict: Verdict<'_>,
) -> Reply<T, E> {
    let result = outcome?;
    Ok(match (result, ticket, verdict) {
        (Ok(value), Ok(ticket), Verdict::Committed(durable)) => Ok(durable.release(&ticket, value)),
        // The closure was torn, or it failed and its refusals could not be written.
        (_, Err(error), Verdict::Committed(_)) => Err(error.into()),
        (Ok(_), _, Verdict::Lost(_)) => Err(Error::Unit(UnitError::NotCommitted).into()),
        (_, _, Verdict::Failed(error)) => Err(error.into()),
        // The closure's own error: its refusals are durable.
        (Err(error), ..) => Err(error),
    })
}

/// One entry.
pub(super) struct Append {
    event: Event,
    written: Option<Result<(Ticket, Position), Error>>,
    reply: oneshot::Sender<Reply<Position, Error>>,
}

impl Append {
    pub(super) const fn new(event: Event, reply: oneshot::Sender<Reply<Position, Error>>) -> Self {
        Self { event, written: None, reply }
    }
}

impl Job for Append {
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Error> {
        let written = batch.append(&self.event);
        let lost = written.as_ref().err().copied().filter(|error| batch.is_lost_by(error));
        self.written = Some(written);
        lost.map_or(Ok(()), Err)
    }

    fn answer(self: Box<Self>, verdict: Verdict<'_>) {
        let answer = match (self.written, verdict) {
            (Some(Ok((ticket, position))), Verdict::Committed(durable)) => Ok(durable.release(&ticket, position)),
            (Some(Err(error)), Verdict::Committed(_)) | (_, Verdict::Failed(error)) => Err(error),
            (None, Verdict::Committed(_)) | (_, Verdict::Lost(_)) => Err(UnitError::NotCommitted.into()),
        };
        let _gone = self.reply.send(Ok(answer));
    }
}

/// What a reader has read, whose entries are to be written.
pub(super) struct Disclose<T, E> {
    outcome: std::thread::Result<Result<T, E>>,
    reading: Reading,
    ticket: Option<Result<Ticket, Error>>,
    reply: oneshot::Sender<Reply<T, E>>,
}

impl<T, E> Disclose<T, E> {
    pub(super) const fn new(
        outcome: std::thread::Result<Result<T, E>>,
        reading: Reading,
        reply: oneshot::Sender<Reply<T, E>>,
    ) -> Self {
        Self { outcome, reading, ticket: None, reply }
    }
}

impl<T: Send, E: From<Error> + Send> Job for Disclose<T, E> {
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), Error> {
        let ticket = batch.append_reading(&self.reading);
        let lost = ticket.as_ref().err().copied().filter(|error| batch.is_lost_by(error));
        self.ticket = Some(ticket);
        lost.map_or(Ok(()), Err)
    }

    fn answer(self: Box<Self>, verdict: Verdict<'_>) {
        let ticket = self.ticket.unwrap_or(Err(UnitError::NotCommitted.into()));
        let _gone = self.reply.send(settle(self.outcome, ticket, verdict));
    }
}
