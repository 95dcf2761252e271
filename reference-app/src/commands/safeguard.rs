//! `safeguard list`, `safeguard decide` and `safeguard withdraw`: what a deployment does without, and who decided so.

use super::Private;
use super::sign_in::SignIn;
use super::user::{identity, operator, time};
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use crate::policy;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use hipaa_core::audit::Actor;
use hipaa_core::auth::control::Control;
use hipaa_core::auth::reason::{Reason, ReasonCode};
use hipaa_core::identity::{ControlDecision, StartUp, StartUpError};
use hipaa_core::tenancy::list_tenants;
use hipaa_sqlite::Database;
use serde_json::json;

/// What can be switched off. TLS and a witness are no matter of decision: `serve` refuses to go without.
const DECIDABLE: [Control; 3] = [Control::AutomaticLogoff, Control::LoginLockout, Control::SecondFactor];

/// What to do with decisions.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the safeguards that somebody decided to do without: exit code 1 if there are none
    List(List),
    /// Decide to do without a safeguard, as a user who may: the password is read from standard input
    Decide(Decide),
    /// Take a decision back: the safeguard must be on from the next start
    Withdraw(Withdraw),
}

/// The tenant.
#[derive(Debug, Args)]
pub struct List {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
}

/// One safeguard.
#[derive(Debug, Args)]
pub struct Which {
    /// The safeguard
    #[arg(value_name = "SAFEGUARD", value_parser = PossibleValuesParser::new(DECIDABLE.map(Control::label)))]
    pub control: String,
}

/// One decision.
#[derive(Debug, Args)]
pub struct Decide {
    /// The safeguard
    #[command(flatten)]
    pub which: Which,
    /// Who decides
    #[command(flatten)]
    pub by: SignIn,
    /// Why, in at least 10 characters
    #[arg(long, value_name = "TEXT")]
    pub because: Private,
}

/// One decision that is taken back.
#[derive(Debug, Args)]
pub struct Withdraw {
    /// The safeguard
    #[command(flatten)]
    pub which: Which,
    /// Who takes it back
    #[command(flatten)]
    pub by: SignIn,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::List(wanted) => list(config, output, wanted),
            Self::Decide(decision) => decision.run(config),
            Self::Withdraw(decision) => decision.run(config),
        }
    }
}

impl Which {
    fn control(&self) -> Result<Control, Error> {
        Control::from_label(&self.control).ok_or(Error::Argument("there is no such safeguard"))
    }
}

impl Decide {
    fn run(&self, config: &Config) -> Result<Exit, Error> {
        let control = self.which.control()?;
        let reason = Reason::new(ReasonCode::Other, self.because.as_str())
            .map_err(|_| Error::Argument("--because takes 10 characters to 2,000 bytes, without control characters"))?;
        let (mut database, identity, policy) = (config.open()?, identity()?, policy::policy()?);
        self.by.run(&mut database, &identity, |database, active| {
            let decide = |unit: &mut hipaa_sqlite::Unit<'_>| {
                Ok::<_, Error>(identity.decide(unit, active, &policy, (control, &reason))?)
            };
            database.write(decide).map(drop)
        })
    }
}

impl Withdraw {
    fn run(&self, config: &Config) -> Result<Exit, Error> {
        let control = self.which.control()?;
        let (mut database, identity, policy) = (config.open()?, identity()?, policy::policy()?);
        self.by.run(&mut database, &identity, |database, active| {
            let withdraw =
                |unit: &mut hipaa_sqlite::Unit<'_>| Ok::<_, Error>(identity.withdraw(unit, active, &policy, control)?);
            database.write(withdraw).map(drop)
        })
    }
}

fn list(config: &Config, output: &mut Output, wanted: &List) -> Result<Exit, Error> {
    let mut database = config.open()?;
    let actor = operator(&mut database, &wanted.tenant)?;
    let mut decisions = Vec::new();
    for control in Control::ALL {
        let one = StartUp::default().without(*control);
        decisions.extend(check(&mut database, &one, &actor)?.unwrap_or_default());
    }
    if output.is_json() {
        output.value(&decisions.iter().map(value).collect::<Vec<_>>())?;
    } else {
        let head = ["SAFEGUARD", "SERVES", "USER", "DECIDED"].map(|text| Cell::new(text, Paint::Faint)).to_vec();
        output.table(0, &core::iter::once(head).chain(decisions.iter().map(row)).collect::<Vec<_>>())?;
    }
    Ok(if decisions.is_empty() { Exit::NotFound } else { Exit::Done })
}

/// The decisions of one tenant, or the safeguards of which it has none.
fn check(
    database: &mut Database,
    start: &StartUp,
    actor: &Actor,
) -> Result<Result<Vec<ControlDecision>, Vec<Control>>, Error> {
    let checked = database.write(|unit| match start.check(unit, actor) {
        Ok(cleared) => Ok(Ok(cleared.decisions().to_vec())),
        Err(StartUpError::Undecided(undecided)) => Ok(Err(undecided)),
        Err(StartUpError::Identity(error)) => Err(Error::from(error)),
        Err(_) => Err(Error::Argument("the decisions could not be read")),
    });
    Ok(checked?.into_inner())
}

/// Every reason why a deployment must not start without these safeguards: one line for each of which a tenant has not decided.
/// Where there is no tenant, nobody has decided.
///
/// # Errors
/// [`Error`]: the decisions could not be read.
pub fn undecided(database: &mut Database, start: &StartUp) -> Result<Vec<String>, Error> {
    if start.off().next().is_none() {
        return Ok(Vec::new());
    }
    let tenants = database.write(|unit| Ok::<_, Error>(list_tenants(unit)?))?.into_inner();
    let line = |control: Control, whose: &str| format!("{}: off, and {whose} decided so", control.label());
    if tenants.is_empty() {
        return Ok(start.off().map(|control| line(control, "nobody")).collect());
    }
    let mut wrong = Vec::new();
    for tenant in tenants {
        let actor = operator(database, &tenant.name)?;
        let missing = check(database, start, &actor)?.err().unwrap_or_default();
        wrong.extend(missing.into_iter().map(|control| line(control, &format!("nobody of tenant {}", tenant.id))));
    }
    Ok(wrong)
}

fn value(decision: &ControlDecision) -> serde_json::Value {
    json!({
        "safeguard": decision.control.label(),
        "serves": decision.control.paragraph(),
        "user": decision.user.to_string(),
        "decided": time(decision.decided.micros()),
    })
}

fn row(decision: &ControlDecision) -> Vec<Cell> {
    vec![
        decision.control.label().into(),
        decision.control.paragraph().into(),
        decision.user.to_string().as_str().into(),
        time(decision.decided.micros()).into(),
    ]
}
