//! Mail: what notices say, and how they get out. Never PHI: a mail says that something happened, and where to look.

use crate::site::MailTo;
use hipaa_core::outbox::{Taken, Topic};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Tokio1Executor};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// How long a relay may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a mail did not get out. It says nothing of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// No mail can be made of the notice.
    #[error("the notice has no address, or none that mail can go to")]
    Address,
    /// The relay or the folder did not take it.
    #[error("the mail was not taken")]
    NotTaken,
}

/// How mail gets out.
#[derive(Debug, Clone)]
pub struct Mailer {
    to: MailTo,
    from: String,
    origin: String,
}

impl Mailer {
    /// Mail in the name of `from`, with links to `origin`.
    #[must_use]
    pub const fn new(to: MailTo, from: String, origin: String) -> Self {
        Self { to, from, origin }
    }

    /// Sends a notice.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(&self, notice: &Taken) -> Result<(), MailError> {
        let id = notice.id().to_string();
        let message = self.message(notice, &id).ok_or(MailError::Address)?;
        match &self.to {
            MailTo::Relay(relay) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.ip().to_string());
                let transport = transport.port(relay.port()).timeout(Some(PATIENCE)).build();
                transport.send(message).await.map(drop).map_err(|_| MailError::NotTaken)
            }
            MailTo::Folder(folder) => file(folder, &id, &message.formatted()).map_err(|_| MailError::NotTaken),
        }
    }

    fn message(&self, notice: &Taken, id: &str) -> Option<Message> {
        let to = notice.address()?.parse::<Mailbox>().ok()?;
        let (subject, text) = words(notice);
        let link = match notice.payload().filter(|_| notice.is(Topic::RESET_REQUESTED)) {
            Some(token) => format!("{}/reset#{token}", self.origin),
            None => self.origin.clone(),
        };
        let message = Message::builder().from(self.from.parse().ok()?).to(to).subject(subject);
        let message = message.message_id(Some(format!("<{id}@reference-app>"))).header(ContentType::TEXT_PLAIN);
        message.body(format!("{text}\r\n\r\n{link}\r\n")).ok()
    }
}

fn words(notice: &Taken) -> (&'static str, &'static str) {
    const WAS_IT_YOU: &str = "If it was not you, tell your administrator at once.";
    let is = |topic| notice.is(topic);
    match () {
        () if is(Topic::RESET_REQUESTED) => (
            "Set a new password",
            "Somebody, probably you, asked for a new password. The link works once, for 30 minutes.",
        ),
        () if is(Topic::PASSWORD_CHANGED) || is(Topic::PASSWORD_RESET) => ("Your password was changed", WAS_IT_YOU),
        () if is(Topic::CONTACT_CHANGED) => ("Your address for notices was changed", WAS_IT_YOU),
        () if is(Topic::FACTOR_ENROLLED) => ("An authenticator app was added", WAS_IT_YOU),
        () if is(Topic::FACTOR_REMOVED) => ("Your authenticator app was removed", WAS_IT_YOU),
        () if is(Topic::RECOVERY_CODES_CREATED) => ("New recovery codes were made", WAS_IT_YOU),
        () if is(Topic::RECOVERY_CODE_USED) => ("A recovery code was used", WAS_IT_YOU),
        () if is(Topic::NEW_DEVICE) => ("A new device signed in", WAS_IT_YOU),
        () => ("Something happened that you should look at", "Sign in to see what it is."),
    }
}

/// Whole or not at all, and for its owner alone.
fn file(folder: &Path, id: &str, message: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(message)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(format!("{id}.eml"))).map(drop).map_err(|error| error.error)
}
