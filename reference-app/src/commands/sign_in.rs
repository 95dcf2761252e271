//! A named user who signs in on the command line, for what must not be done in nobody's name.

use super::Private;
use super::user::operator;
use crate::clinic::Clinic;
use crate::error::{Error, Exit};
use clap::Args;
use hipaa_core::identity::{Active, Client, Finished, Identity, IdentityError, Use};
use hipaa_sqlite::Database;
use secrecy::SecretString;
use std::io::{BufRead, stdin};
use std::net::Ipv4Addr;

/// The longest line that is read as a password, in bytes.
const MAX_LINE: u64 = 4_096;

/// Who does it: the password is read from standard input.
#[derive(Debug, Args)]
pub struct SignIn {
    /// The tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: String,
    /// The login name of whoever does it
    #[arg(long, value_name = "LOGIN")]
    pub login: Private,
    /// The current code, where the user has a second factor
    #[arg(long, value_name = "CODE")]
    pub code: Option<Private>,
}

impl SignIn {
    /// Logs in, does the work, and ends the session whatever came of it.
    ///
    /// # Errors
    /// [`Error`]: no such tenant, a login that was refused, or the work's.
    pub fn run(
        &self,
        database: &mut Database,
        identity: &Identity,
        work: impl FnOnce(&mut Database, &Active) -> Result<(), Error>,
    ) -> Result<Exit, Error> {
        operator(database, &self.tenant)?;
        let active = self.log_in(database, identity)?;
        let done = work(database, &active);
        let ended = database.write(|unit| Ok::<_, Error>(identity.end_session(unit, &active, active.id())?));
        done.and(ended.map(|_| Exit::Done))
    }

    /// The same login as everywhere: counted, locked, and an entry.
    fn log_in(&self, database: &mut Database, identity: &Identity) -> Result<Active, Error> {
        let client = Client::from_address(Ipv4Addr::LOCALHOST.into());
        let (login, permit) = (self.login.as_str(), identity.permit()?);
        let password = read_password()?;
        let attempt = database.write(|unit| Ok::<_, Error>(identity.begin(unit, login, &client, permit)?))?.open()?;
        let verified = attempt.verify(password).map_err(IdentityError::from)?;
        let finished = database.write(|unit| Ok::<_, Error>(identity.finish(unit, verified, &client)?))?.open()?;
        let finished = match (finished, &self.code) {
            (Finished::SecondFactor(pending), Some(code)) => {
                let answer = |unit: &mut hipaa_sqlite::Unit<'_>| {
                    Ok::<_, Error>(identity.second_factor(unit, &pending.token, code.as_str(), &client)?)
                };
                database.write(answer)?.open()?
            }
            (finished, _) => finished,
        };
        let Finished::Session(session) = finished else {
            return Err(Error::Argument("the login was refused: password, or code, or too many attempts"));
        };
        let active = database
            .write(|unit| Ok::<_, Error>(identity.authorize(unit, &session.token, &client, Use::WORK)?))?
            .into_inner();
        let known = active.user().tenant() == Clinic::open(database, &self.tenant)?.tenant().id;
        if known { Ok(active) } else { Err(Error::Argument("the user is of another tenant")) }
    }
}

/// One line of standard input, without its end.
fn read_password() -> Result<SecretString, Error> {
    let mut line = zeroize::Zeroizing::new(String::new());
    let read = std::io::Read::take(stdin().lock(), MAX_LINE).read_line(&mut line);
    read.map_err(|_| Error::Argument("the password is one line of standard input"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}
