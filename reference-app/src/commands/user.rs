//! `user create`, `user list`, `user unlock`, `user reset-mfa`, `user repair` and `user disable`.

use super::Private;
use crate::clinic::Clinic;
use crate::config::Config;
use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use clap::{Args, Subcommand};
use core::num::NonZeroUsize;
use hipaa_core::audit::Actor;
use hipaa_core::auth::password::{DEFAULT_QUEUE, HashingPermits};
use hipaa_core::authority::user::{NewUser, User, UserError};
use hipaa_core::authority::{Authority, MAX_ROWS};
use hipaa_core::identity::{Activation, Identity, IdentityError, Settings};
use hipaa_core::schema::UserId;
use hipaa_sqlite::{Database, Unit};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a user; prints a token for the first password, once: it works once, within 24 hours
    Create(Create),
    /// List the users of a tenant
    List(InTenant),
    /// Forget the failed logins of a user
    Unlock(Named),
    /// Take the second factor of a user away, and end all that the user has open
    ResetMfa(Named),
    /// Take away what of a user's was altered in the database, and end all that the user has open
    Repair(Named),
    /// Disable a user for good, and end all that the user has open
    Disable(Named),
}

/// The tenant.
#[derive(Debug, Args)]
pub struct InTenant {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
}

/// One user of a tenant.
#[derive(Debug, Args)]
pub struct Named {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The login name
    #[arg(long, value_name = "LOGIN")]
    pub login: Private,
}

/// A user to be made.
#[derive(Debug, Args)]
pub struct Create {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The login name: unique in all of the deployment, whatever its case
    #[arg(long, value_name = "LOGIN")]
    pub login: Private,
    /// The name that is shown
    #[arg(long, value_name = "NAME")]
    pub name: Private,
    /// The role: letters, digits and '_'
    #[arg(long)]
    pub role: String,
    /// Where notices and resets go
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<Private>,
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`].
    pub fn run(&self, config: &Config, output: &mut Output) -> Result<Exit, Error> {
        match self {
            Self::Create(new) => create(config, output, new),
            Self::List(list) => list_users(config, output, &list.tenant),
            Self::Unlock(named) => {
                change(config, named, |identity, unit, actor, user| identity.unlock(unit, actor, user))
            }
            Self::ResetMfa(named) => {
                change(config, named, |identity, unit, actor, user| identity.reset_second_factor(unit, actor, user))
            }
            Self::Repair(named) => {
                change(config, named, |identity, unit, actor, user| identity.repair(unit, actor, user).map(drop))
            }
            Self::Disable(named) => {
                change(config, named, |identity, unit, actor, user| identity.disable(unit, actor, user))
            }
        }
    }
}

/// The default rules: policy `clinic`. One command hashes one password at a time at most.
pub(super) fn identity() -> Result<Identity, Error> {
    Ok(Identity::new(Settings::default(), HashingPermits::new(NonZeroUsize::MIN, DEFAULT_QUEUE))?)
}

/// Whoever uses the command line, for this tenant: claimed, not proven.
pub(super) fn operator(database: &mut Database, tenant: &str) -> Result<Actor, Error> {
    Ok(Clinic::open(database, tenant)?.parts().0.actor().clone())
}

fn create(config: &Config, output: &mut Output, new: &Create) -> Result<Exit, Error> {
    let (mut database, identity) = (config.open()?, identity()?);
    let actor = operator(&mut database, &new.tenant)?;
    let named = NewUser {
        login: new.login.as_str(),
        display_name: new.name.as_str(),
        role: &new.role,
        must_change: identity.settings().password.changes_at_first_login(),
    };
    let made = database.write(|unit| Ok::<_, Error>(identity.create_user(unit, &actor, named)?))?.open()?;
    let Activation { user, token, expires } = made;
    if let Some(email) = &new.email {
        database.write(|unit| Ok::<_, Error>(identity.put_contact(unit, &actor, user, email.as_str())?))?.into_inner();
    }
    let (token, until) = (token.text(), time(expires.micros()));
    if output.is_json() {
        output.value(&json!({ "id": user.to_string(), "activation": token.expose_secret(), "expires": until }))?;
    } else {
        let pair = |name: &str, value: &str| vec![Cell::new(name, Paint::Faint), value.into()];
        let rows =
            [pair("user", &user.to_string()), pair("activation", token.expose_secret()), pair("works until", &until)];
        output.table(0, &rows)?;
    }
    Ok(Exit::Done)
}

fn list_users(config: &Config, output: &mut Output, tenant: &str) -> Result<Exit, Error> {
    let mut database = config.open()?;
    let door = Authority::new(operator(&mut database, tenant)?);
    let (mut users, mut altered, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page =
            database.write(|unit| Ok::<_, Error>(door.users(unit, after, MAX_ROWS).map_err(IdentityError::from)?));
        let page = page?.into_inner();
        users.extend(page.users);
        altered.extend(page.altered);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if output.is_json() {
        output.value(&users.iter().map(value).collect::<Vec<_>>())?;
    } else {
        let head = ["USER", "ROLE", "STATE", "NAME"].map(|text| Cell::new(text, Paint::Faint)).to_vec();
        output.table(0, &core::iter::once(head).chain(users.iter().map(row)).collect::<Vec<_>>())?;
    }
    if !altered.is_empty() {
        let ids = altered.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        output.problem(&format!("reference-app: users that were altered behind the application's back: {ids}"));
        return Ok(Exit::Altered);
    }
    Ok(if users.is_empty() { Exit::NotFound } else { Exit::Done })
}

fn change(
    config: &Config,
    named: &Named,
    work: impl FnOnce(&Identity, &mut Unit<'_>, &Actor, UserId) -> Result<(), IdentityError>,
) -> Result<Exit, Error> {
    let (mut database, identity) = (config.open()?, identity()?);
    let actor = operator(&mut database, &named.tenant)?;
    let changed = database.write(|unit| {
        let found =
            Authority::new(actor.clone()).user_named(unit, named.login.as_str()).map_err(IdentityError::from)?;
        let user = found.ok_or(IdentityError::User(UserError::Unknown))?;
        Ok::<_, Error>(work(&identity, unit, &actor, user.id())?)
    });
    changed.map(|_| Exit::Done)
}

fn state(user: &User) -> &'static str {
    if user.is_disabled() { "disabled" } else { "active" }
}

fn value(user: &User) -> serde_json::Value {
    json!({
        "id": user.id().to_string(),
        "role": user.role(),
        "state": state(user),
        "name": user.display_name(),
        "created": user.created().map(|created| time(created.micros())),
    })
}

fn row(user: &User) -> Vec<Cell> {
    vec![user.id().to_string().into(), user.role().into(), state(user).into(), user.display_name().into()]
}

pub(super) fn time(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map(|time| time.to_string()).unwrap_or_default()
}
