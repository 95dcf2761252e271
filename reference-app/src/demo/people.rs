//! The users of the demo: one of each role, with a password and a second factor, and one who must still change the password.

use crate::clinic::{Clinic, NameQuery};
use crate::error::Error;
use data_encoding::BASE32_NOPAD;
use hipaa_core::audit::Actor;
use hipaa_core::auth::history::PasswordHistory;
use hipaa_core::auth::password::{HashingPermit, Password, PasswordHash};
use hipaa_core::auth::policy::PasswordContext;
use hipaa_core::authority::user::NewUser;
use hipaa_core::clock::Clock;
use hipaa_core::entropy::generate_from_system;
use hipaa_core::identity::{Active, Client, FactorChange, Finished, Identity, Use};
use hipaa_core::schema::{Date, RecordId};
use hipaa_core::unit::UnitError;
use hipaa_sqlite::{Database, Unit};
use secrecy::SecretString;
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr};
use totp_lite::{Sha1, totp_custom};

/// Someone of the demo.
struct Member {
    clinic: usize,
    login: &'static str,
    name: &'static str,
    role: &'static str,
    /// Whether the password is a temporary one and there is no second factor yet.
    new: bool,
    /// Family name, given name and birth date of the patient who this is.
    patient: Option<(&'static str, &'static str, &'static str)>,
}

const fn member(clinic: usize, login: &'static str, name: &'static str, role: &'static str) -> Member {
    Member { clinic, login, name, role, new: false, patient: None }
}

const MEMBERS: [Member; 11] = [
    member(0, "clinician.north", "Dr. Ines Okafor", "CLINICIAN"),
    member(0, "staff.north", "Sam Whitlock", "STAFF"),
    member(0, "billing.north", "Bea Lindqvist", "BILLING"),
    member(0, "privacy.north", "Paul Verhoeven", "PRIVACY_OFFICER"),
    member(0, "admin.north", "Ada Mercer", "ORG_ADMIN"),
    member(0, "super.north", "Rosa Thornbury", "SUPER_ADMIN"),
    Member {
        patient: Some(("Müller", "Jürgen", "1980-02-29")),
        ..member(0, "patient.north", "Jürgen Peter Müller", "PATIENT")
    },
    Member { new: true, ..member(0, "new.north", "Dr. Noor Haddad", "CLINICIAN") },
    member(1, "clinician.south", "Dr. Tomás Rivera", "CLINICIAN"),
    member(1, "privacy.south", "Greta Solberg", "PRIVACY_OFFICER"),
    member(1, "staff.south", "Uma Castellan", "STAFF"),
];

/// How somebody signs in. It is printed: the demo's people and patients are made up.
#[derive(Debug, Serialize)]
pub(super) struct Credentials {
    pub(super) clinic: String,
    pub(super) role: &'static str,
    pub(super) login: &'static str,
    pub(super) password: String,
    /// For an authenticator app; none for who has no second factor yet.
    pub(super) totp: Option<String>,
}

/// Makes the users of the clinics.
pub(super) fn create(
    database: &mut Database,
    (identity, clock): (&Identity, &Clock),
    clinics: &[&str],
) -> Result<Vec<Credentials>, Error> {
    let mut made = Vec::new();
    for member in &MEMBERS {
        let Some(clinic) = clinics.get(member.clinic) else { continue };
        let mut opened = Clinic::open(database, clinic)?;
        let record = record(&mut opened, member)?;
        let actor = opened.parts().0.actor().clone();
        let password = password()?;
        let hash = hash(identity, (&password, member))?;
        database.write(|unit| enter(unit, identity, (&actor, member, record), &hash))?.into_inner();
        let totp = if member.new { None } else { Some(enrol(database, (identity, clock), (member.login, &password))?) };
        let (role, login) = (member.role, member.login);
        made.push(Credentials { clinic: (*clinic).to_owned(), role, login, password, totp });
    }
    Ok(made)
}

/// The record of somebody who is a patient.
fn record(clinic: &mut Clinic<'_>, member: &Member) -> Result<Option<RecordId>, Error> {
    let Some((family, given, born)) = member.patient else { return Ok(None) };
    let born = Date::parse(born).map_err(|_| MADE)?;
    let found = clinic.find(NameQuery { family, given, born })?;
    found.records.first().map(|record| Some(record.id())).ok_or(MADE)
}

/// 75 random bits and what else the rules of the default policy ask for.
fn password() -> Result<String, Error> {
    let random = generate_from_system::<10>().map_err(UnitError::from).map_err(hipaa_sqlite::Error::from)?;
    let text = BASE32_NOPAD.encode(random.as_slice()).to_lowercase();
    let (first, rest) = text.split_at(5);
    let (second, third) = rest.split_at(5);
    Ok(format!("N9-{first}-{second}-{third}"))
}

fn hash(identity: &Identity, (password, member): (&str, &Member)) -> Result<PasswordHash, Error> {
    let settings = identity.settings();
    let typed = Password::new(SecretString::from(password)).map_err(|_| MADE)?;
    let about = PasswordContext { names: &[member.name, member.login], second_factor: true, lists: &settings.lists };
    let permit = identity.permit()?;
    let accepted = settings.password.judge(&typed, &about, &PasswordHistory::default(), &permit).map_err(|_| MADE)?;
    let salt = generate_from_system().map_err(UnitError::from).map_err(hipaa_sqlite::Error::from)?;
    PasswordHash::of_accepted(&accepted, &settings.hash, *salt, &permit).map_err(|_| MADE)
}

const MADE: Error = Error::Argument("the demo's own users cannot be made");

fn enter(
    unit: &mut Unit<'_>,
    identity: &Identity,
    (actor, member, record): (&Actor, &Member, Option<RecordId>),
    hash: &PasswordHash,
) -> Result<(), Error> {
    let new = NewUser { login: member.login, display_name: member.name, role: member.role, must_change: member.new };
    let user = identity.import_user(unit, actor, new, hash)?;
    if let Some(record) = record {
        identity.link_patient(unit, actor, user, record)?;
    }
    Ok(identity.put_contact(unit, actor, user, &format!("{}@example.org", member.login))?)
}

/// Signs in, sets up the second factor and signs out; the secret for an authenticator app.
fn enrol(
    database: &mut Database,
    (identity, clock): (&Identity, &Clock),
    (login, password): (&str, &str),
) -> Result<String, Error> {
    let client = Client::from_address(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let permit: HashingPermit = identity.permit()?;
    let attempt = database.write(|unit| Ok::<_, Error>(identity.begin(unit, login, &client, permit)?))?.open()?;
    let verified = attempt.verify(SecretString::from(password)).map_err(|_| MADE)?;
    let finished = database.write(|unit| Ok::<_, Error>(identity.finish(unit, verified, &client)?))?.open()?;
    let Finished::Session(session) = finished else { return Err(MADE) };
    let active = |unit: &mut Unit<'_>| -> Result<Active, Error> {
        Ok(identity.authorize(unit, &session.token, &client, Use::WORK)?)
    };
    let seed = database.write(|unit| {
        let active = active(unit)?;
        Ok::<_, Error>(identity.enrol_totp(unit, &active)?)
    });
    let seed = seed?.open()?;
    // The code of the step before: the one of now is left for whoever signs in at once.
    let before = u64::try_from(clock.now().micros() / 1_000_000).unwrap_or_default().saturating_sub(30);
    let code = totp_custom::<Sha1>(30, 6, seed.expose(), before);
    let confirmed = database.write(|unit| {
        let active = active(unit)?;
        Ok::<_, Error>(identity.confirm_totp(unit, &active, &code, &client)?)
    });
    let FactorChange::Done(session) = confirmed?.open()? else { return Err(MADE) };
    database.write(|unit| Ok::<_, Error>(identity.log_out(unit, &session.token, &client)?))?.into_inner();
    Ok(BASE32_NOPAD.encode(seed.expose()))
}
