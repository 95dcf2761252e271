//! `grant list` and `grant review`: emergency access that waits for its review.

use super::Private;
use super::sign_in::SignIn;
use super::user::{identity, operator, time};
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use crate::policy;
use clap::{Args, Subcommand, ValueEnum};
use hipaa_core::auth::reason::{Reason, ReasonCode};
use hipaa_core::auth::role::RolePolicy;
use hipaa_core::identity::{Active, Identity, OpenReview, Verdict};
use hipaa_sqlite::Database;
use serde_json::json;

/// What to do with emergency access.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the emergency access that waits for its review: exit code 2 if any is overdue
    List(List),
    /// Review one, as a user who may: the password is read from standard input
    Review(Review),
}

/// The tenant.
#[derive(Debug, Args)]
pub struct List {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// Only those whose review is overdue
    #[arg(long)]
    pub overdue: bool,
}

/// One review.
#[derive(Debug, Args)]
pub struct Review {
    /// The grant, as `grant list` names it
    #[arg(value_name = "GRANT")]
    pub grant: Private,
    /// Who reviews: a user who did not take the access
    #[command(flatten)]
    pub by: SignIn,
    /// What the review came to
    #[arg(long)]
    pub verdict: Judged,
    /// Why, in at least 10 characters
    #[arg(long, value_name = "TEXT")]
    pub because: Private,
}

/// A verdict on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Judged {
    /// It was an emergency
    Justified,
    /// It was not
    Unjustified,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::List(wanted) => list(config, output, wanted),
            Self::Review(review) => review.run(config),
        }
    }
}

fn list(config: &Config, output: &mut Output, wanted: &List) -> Result<Exit, Error> {
    let (mut database, identity) = (config.open()?, identity()?);
    let actor = operator(&mut database, &wanted.tenant)?;
    let (mut open, mut altered, mut after) = (Vec::new(), 0, None);
    loop {
        let page = database.write(|unit| Ok::<_, Error>(identity.reviews_for(unit, &actor, after)?))?.open()?;
        open.extend(page.open.into_iter().filter(|review| review.overdue || !wanted.overdue));
        altered += page.altered.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if output.is_json() {
        output.value(&open.iter().map(value).collect::<Vec<_>>())?;
    } else {
        let head = ["GRANT", "USER", "PATIENT", "REASON", "BEGAN", "REVIEW", "WORDS"];
        let head = head.map(|text| Cell::new(text, Paint::Faint)).to_vec();
        output.table(0, &core::iter::once(head).chain(open.iter().map(row)).collect::<Vec<_>>())?;
    }
    if altered > 0 {
        output.problem("reference-app: grants that wait for their review were altered behind the application's back");
        return Ok(Exit::Altered);
    }
    Ok(match open.iter().any(|review| review.overdue) {
        true => Exit::Refused,
        false if open.is_empty() => Exit::NotFound,
        false => Exit::Done,
    })
}

impl Review {
    fn run(&self, config: &Config) -> Result<Exit, Error> {
        let grant = hex::decode(self.grant.as_str()).ok().and_then(|bytes| bytes.try_into().ok());
        let grant = grant.ok_or(Error::Argument("a grant is 32 hexadecimal digits"))?;
        let judgement = Reason::new(ReasonCode::Other, self.because.as_str())
            .map_err(|_| Error::Argument("--because takes 10 characters to 2,000 bytes, without control characters"))?;
        let verdict = match self.verdict {
            Judged::Justified => Verdict::Justified,
            Judged::Unjustified => Verdict::Unjustified,
        };
        let (mut database, identity) = (config.open()?, identity()?);
        let policy = policy::policy()?;
        let what = (grant, verdict, &judgement);
        self.by.run(&mut database, &identity, |database, active| review(database, &identity, (active, &policy), what))
    }
}

fn review(
    database: &mut Database,
    identity: &Identity,
    (active, policy): (&Active, &RolePolicy),
    what: ([u8; 16], Verdict, &Reason),
) -> Result<(), Error> {
    database.write(|unit| Ok::<_, Error>(identity.review(unit, active, policy, what)?)).map(drop)
}

fn value(review: &OpenReview) -> serde_json::Value {
    json!({
        "grant": hex::encode(review.grant.id),
        "user": review.grant.user.to_string(),
        "patient": review.grant.patient.to_string(),
        "code": review.grant.code.label(),
        "reason": review.reason.as_str(),
        "began": time(review.grant.began.micros()),
        "ends": time(review.grant.ends.micros()),
        "due": time(review.due.micros()),
        "overdue": review.overdue,
    })
}

fn row(review: &OpenReview) -> Vec<Cell> {
    let due = if review.overdue { "overdue".to_owned() } else { format!("until {}", time(review.due.micros())) };
    vec![
        hex::encode(review.grant.id).as_str().into(),
        review.grant.user.to_string().into(),
        review.grant.patient.to_string().into(),
        review.grant.code.label().into(),
        time(review.grant.began.micros()).into(),
        due.into(),
        review.reason.as_str().into(),
    ]
}
