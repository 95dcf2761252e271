//! What a route declares about itself. What is not declared is not served.

use axum::http::Method;
use hipaa_core::audit::EventName;
use hipaa_core::auth::role::Ability;
use hipaa_core::identity::Use;
use hipaa_core::schema::Table;
use hipaa_core::vault::Operation;

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method; `HEAD` goes with `GET`.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who gets in.
    pub access: Access,
    /// What it leaves in the log.
    pub audit: Audit,
    /// Who masks what it answers.
    pub mask: Mask,
}

/// Who gets in.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has given the password, and whose code is outstanding.
    Pending,
    /// Whoever has a session that may be used so, and the permission.
    Session(Use, Need),
}

/// Which permission a route needs.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// None but the session: it is about the user's own account.
    Account,
    /// This operation on this table.
    Table(&'static Table, Operation),
    /// The same, or an emergency grant of one's own: whether it reaches what is asked for is for the unit that reads.
    TableOrGrant(&'static Table, Operation),
    /// Reading the audit log.
    Trail,
    /// An ability of the role.
    Able(Ability),
    /// An emergency grant of one's own that is live. The unit that reads asks for it, and notes who has none.
    Grant,
}

/// What a route leaves in the log.
#[derive(Debug, Clone, Copy)]
pub enum Audit {
    /// One of these entries, by what it came to.
    Entry(&'static [EventName]),
    /// None, for this reason.
    Exempt(&'static str),
}

/// Who masks what a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// It answers nothing about patients.
    NoPhi,
    /// The vault, by role; the route has no part in it.
    Vault,
}

impl Route {
    /// Whether a request of this method is for this route, if its path is.
    #[must_use]
    pub fn takes(&self, method: &Method) -> bool {
        self.method == *method || (self.method == Method::GET && *method == Method::HEAD)
    }

    /// Who gets in, as text for the golden file.
    #[must_use]
    pub fn permission(&self) -> String {
        match self.access {
            Access::Public => "everybody".to_owned(),
            Access::Pending => "pending login".to_owned(),
            Access::Session(_, Need::Account) => "own account".to_owned(),
            Access::Session(_, Need::Trail) => "audit log".to_owned(),
            Access::Session(_, Need::Able(ability)) => ability.label().to_owned(),
            Access::Session(_, Need::Grant) => "emergency grant".to_owned(),
            Access::Session(_, Need::Table(table, operation)) => format!("{operation:?} {}", table.label()),
            Access::Session(_, Need::TableOrGrant(table, operation)) => {
                format!("{operation:?} {} or emergency grant", table.label())
            }
        }
    }
}
