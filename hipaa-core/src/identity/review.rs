//! The review of emergency access: by somebody else, in time, with a verdict.
//!
//! Body of a review: 1 patient, 2 code of the reason, 3 when the grant began, 4 when it ended, 5 verdict, 6 reviewer, 7 when
//! it was reviewed; the last three once it is. Its id is the grant's, its owner who took the grant. Its secret is
//! `encode("review", [reason, judgement])`. It expires when the review is due, and never once it is done.

use super::active::Active;
use super::emergency::{EmergencyGrant, with_reason};
use super::{Identity, IdentityError};
use crate::audit::{Action, Actor, EventName, Outcome};
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::role::{Ability, RolePolicy};
use crate::authority::{Authority, AuthorityKind, Body, Draft, MAX_ROWS, Row, SweepMark};
use crate::clock::Timestamp;
use crate::encoding::{decode, encode};
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, UserId};
use crate::unit::{Held, Unit};
use core::fmt;
use zeroize::Zeroizing;

const LABEL: &str = "review";

mod tag {
    pub(super) const PATIENT: u8 = 1;
    pub(super) const CODE: u8 = 2;
    pub(super) const BEGAN: u8 = 3;
    pub(super) const ENDED: u8 = 4;
    pub(super) const VERDICT: u8 = 5;
    pub(super) const REVIEWER: u8 = 6;
    pub(super) const REVIEWED: u8 = 7;
}

/// What a review came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// The access was what emergency access is for.
    Justified = 1,
    /// It was not.
    Unjustified = 2,
}

impl Verdict {
    fn from_code(code: u64) -> Option<Self> {
        [Self::Justified, Self::Unjustified].into_iter().find(|verdict| *verdict as u64 == code)
    }

    /// Its label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::Unjustified => "unjustified",
        }
    }
}

/// A grant that waits for its review. `Debug` shows no reason.
#[derive(Clone)]
pub struct OpenReview {
    /// The grant.
    pub grant: EmergencyGrant,
    /// Until when it is to be reviewed.
    pub due: Timestamp,
    /// Whether that time is over.
    pub overdue: bool,
    /// The words of the reason.
    pub reason: Zeroizing<String>,
}

/// The grants that wait for their review, those that are due first before others.
#[derive(Debug)]
pub struct OpenReviews {
    /// The grants.
    pub open: Vec<OpenReview>,
    /// Rows that were altered behind the application's back; each is an entry.
    pub altered: Vec<RecordId>,
    /// Where the next page begins: give it as `after`. None on the last page.
    pub next: Option<SweepMark>,
}

impl Identity {
    /// Up to 500 grants that wait for their review, the overdue ones first.
    ///
    /// # Errors
    /// [`IdentityError::Denied`] for a role without [`Ability::ReviewEmergency`], which is an entry;
    /// [`IdentityError::NoSession`]; or the unit's.
    pub fn reviews(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        after: Option<SweepMark>,
    ) -> Result<Held<OpenReviews>, IdentityError> {
        self.reviews_page(unit, active, policy, (after, MAX_ROWS))
    }

    /// The same, up to `limit` of them.
    ///
    /// # Errors
    /// As [`Identity::reviews`]; [`AuthorityError::TooMany`](crate::authority::AuthorityError::TooMany) unless `limit` is 1
    /// to 500.
    pub fn reviews_page(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        (after, limit): (Option<SweepMark>, usize),
    ) -> Result<Held<OpenReviews>, IdentityError> {
        active.require_live(unit)?;
        active.require_ability(unit, policy, Ability::ReviewEmergency)?;
        page_of_reviews(unit, active.actor(), (after, limit))
    }

    /// The same for a program's own tools, in the actor's tenant.
    ///
    /// # Errors
    /// The unit's.
    ///
    /// # Security
    /// Whether the actor may do this is for the caller to establish.
    pub fn reviews_for(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        after: Option<SweepMark>,
    ) -> Result<Held<OpenReviews>, IdentityError> {
        page_of_reviews(unit, actor, (after, MAX_ROWS))
    }

    /// Reviews a grant of somebody else. Once: a review is not taken back.
    ///
    /// # Errors
    /// [`IdentityError::Denied`] for a role without [`Ability::ReviewEmergency`], and for a grant of one's own: each is an
    /// entry; [`IdentityError::NoReview`] where none is open; [`IdentityError::NoSession`]; or the unit's.
    pub fn review(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        policy: &RolePolicy,
        (grant, verdict, judgement): ([u8; 16], Verdict, &Reason),
    ) -> Result<(), IdentityError> {
        active.require_live(unit)?;
        active.require_ability(unit, policy, Ability::ReviewEmergency)?;
        let (door, now) = (&active.door, unit.parts().1.now());
        let page = door.read_any(unit, AuthorityKind::Review, grant.into())?;
        let row = page.ok_or(IdentityError::NoReview)?;
        let open = open_review(&row, now).ok_or(IdentityError::NoReview)?;
        if row.owner() == active.user.id() && !removed(Safeguard::OtherReviewer) {
            unit.refuse(door.event(EventName::PERMISSION_DENIED, Action::Update).outcome(Outcome::Denied));
            return Err(IdentityError::Denied);
        }
        let body = row.body().clone();
        let body = body.with_number(tag::VERDICT, verdict as u64).with_time(tag::REVIEWED, now);
        let body = body.with_bytes(tag::REVIEWER, active.user.id().as_bytes());
        let secret = secret(&open.reason, judgement.text());
        let draft = Draft::new(AuthorityKind::Review, grant.into(), row.owner()).body(body).secret(&secret);
        let door = Authority::new(active.actor().clone().under_grant(grant));
        let event = door.event(EventName::EMERGENCY_ACCESS_REVIEWED, Action::Update);
        let outcome = if verdict == Verdict::Justified { Outcome::Success } else { Outcome::Failed };
        Ok(door.replace(unit, with_reason(event.outcome(outcome), open.grant.patient, judgement), row, draft)?)
    }

    /// What came of the review of a grant: verdict, reviewer, time. None where it is open, or there is no such grant.
    ///
    /// # Errors
    /// The unit's.
    pub fn review_of(
        &self,
        unit: &mut dyn Unit,
        actor: &Actor,
        grant: [u8; 16],
    ) -> Result<Option<(Verdict, UserId, Timestamp)>, IdentityError> {
        let row = Authority::new(actor.clone()).read_any(unit, AuthorityKind::Review, grant.into())?;
        Ok(row.as_ref().and_then(done))
    }
}

fn page_of_reviews(
    unit: &mut dyn Unit,
    actor: &Actor,
    (after, limit): (Option<SweepMark>, usize),
) -> Result<Held<OpenReviews>, IdentityError> {
    unit.see_time(actor.tenant())?;
    let door = Authority::new(actor.clone());
    let now = unit.parts().1.now();
    let page = door.due(unit, AuthorityKind::Review, after, limit)?;
    let open = page.rows.iter().filter_map(|row| open_review(row, now)).collect::<Vec<_>>();
    let count = u64::try_from(open.len()).unwrap_or(u64::MAX);
    // Who looked at whose emergencies is part of the log, as every look at it is.
    let event = door.event(EventName::AUDIT_READ, Action::Read).count(count);
    let patients = open.iter().map(|review| review.grant.patient).collect::<Vec<_>>();
    unit.note(event.subjects(&patients))?;
    Ok(unit.hold(OpenReviews { open, altered: page.altered, next: page.next }))
}

/// The duty to review a grant.
pub(super) fn duty(grant: &EmergencyGrant, reason: &Reason, due: Timestamp) -> Draft {
    let body = Body::new()
        .with_bytes(tag::PATIENT, grant.patient.as_bytes())
        .with_text(tag::CODE, grant.code.label())
        .with_time(tag::BEGAN, grant.began)
        .with_time(tag::ENDED, grant.ends);
    let draft = Draft::new(AuthorityKind::Review, grant.id.into(), grant.user).expires(due).body(body);
    draft.secret(&secret(reason.text(), ""))
}

fn secret(reason: &str, judgement: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(encode(LABEL, &[reason.as_bytes(), judgement.as_bytes()]))
}

fn open_review(row: &Row, now: Timestamp) -> Option<OpenReview> {
    let (body, due) = (row.body(), row.expires()?);
    let (_, parts) = decode(row.secret()?).ok()?;
    let reason = core::str::from_utf8(parts.first()?).ok()?;
    let grant = EmergencyGrant {
        id: row.id().as_bytes().try_into().ok()?,
        user: row.owner(),
        patient: RecordId::from_slice(body.bytes(tag::PATIENT).ok()?).ok()?,
        code: ReasonCode::from_label(body.text(tag::CODE).ok()?)?,
        began: body.time(tag::BEGAN).ok()?,
        ends: body.time(tag::ENDED).ok()?,
    };
    Some(OpenReview { grant, due, overdue: due <= now, reason: Zeroizing::new(reason.to_owned()) })
}

fn done(row: &Row) -> Option<(Verdict, UserId, Timestamp)> {
    let body = row.body();
    let verdict = Verdict::from_code(body.number(tag::VERDICT).ok()?)?;
    let reviewer = UserId::from_bytes(body.bytes(tag::REVIEWER).ok()?.try_into().ok()?);
    Some((verdict, reviewer, body.time(tag::REVIEWED).ok()?))
}

impl fmt::Debug for OpenReview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenReview").field("grant", &self.grant).field("overdue", &self.overdue).finish_non_exhaustive()
    }
}
