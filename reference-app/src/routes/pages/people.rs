//! From user ids to the names by which people know each other. The log and every row hold ids alone.

use crate::page::Viewer;
use crate::web::Problem;
use hipaa_core::authority::Authority;
use hipaa_core::identity::Active;
use hipaa_core::schema::{RecordId, UserId};
use hipaa_core::unit::Unit;
use std::collections::BTreeMap;

/// Names by id.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<String, String>);

impl People {
    /// Those of the active user's clinic who have these ids. A user whose row was altered has no name, and that is an entry.
    pub(super) fn of<'a>(unit: &mut dyn Unit, active: &Active, ids: impl IntoIterator<Item = &'a str>) -> Self {
        let door = Authority::new(active.actor().clone());
        let mut names = BTreeMap::new();
        for id in ids {
            let Some(user) = user_id(id).filter(|_| !names.contains_key(id)) else { continue };
            let Ok(Some(user)) = door.user(unit, user) else { continue };
            if user.tenant() == active.user().tenant() && !user.display_name().is_empty() {
                names.insert(id.to_owned(), user.display_name().to_owned());
            }
        }
        Self(names)
    }

    /// The same in a unit of its own.
    pub(super) async fn known(viewer: &Viewer, ids: Vec<String>) -> Result<Self, Problem> {
        let look = viewer
            .signed_in
            .account(move |unit, _, active, _| Ok(Self::of(unit, &active, ids.iter().map(String::as_str))));
        Ok(look.await?.into_inner())
    }

    /// The name of a user; where nobody of the clinic has this id, the id.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

/// What is no user's id is a program's name, such as `cli:ada`.
fn user_id(text: &str) -> Option<UserId> {
    let id = RecordId::parse(text).ok()?;
    Some(UserId::from_bytes(id.as_bytes().try_into().ok()?))
}
