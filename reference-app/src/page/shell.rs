//! What stands around every page.

use crate::state::App;
use std::borrow::Cow;

/// What stands around a page.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Who is signed in.
    pub who: Option<Who>,
    /// The path that the navigation marks.
    pub here: &'static str,
    /// Whether it is the demo.
    pub demo: bool,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Who {
    /// The name that is shown.
    pub name: String,
    /// The role.
    pub role: String,
    /// The clinic.
    pub clinic: String,
    /// After how many seconds without activity the session ends.
    pub idle_seconds: u64,
    /// The emergency accesses that are open, the newest first.
    pub emergencies: Vec<Emergency>,
    /// The user's own record, where the user is a patient.
    pub record: Option<String>,
    /// Whether the role may look for patients.
    pub finds: bool,
    /// Whether it may read the log.
    pub reads_log: bool,
    /// Whether it reviews emergency access.
    pub reviews: bool,
    /// Whether it is the demo.
    pub demo: bool,
}

/// An emergency access that is open.
#[derive(Debug, Clone)]
pub struct Emergency {
    /// The grant.
    pub grant: String,
    /// The patient.
    pub patient: String,
    /// Until its end.
    pub seconds: u64,
}

impl Emergency {
    /// For who has no script.
    #[must_use]
    pub const fn minutes(&self) -> u64 {
        self.seconds.div_ceil(60)
    }
}

/// A link of the navigation.
#[derive(Debug, Clone)]
pub struct Link {
    /// The heading above it.
    pub group: Option<&'static str>,
    /// The area to which it leads.
    pub area: &'static str,
    /// The path.
    pub href: Cow<'static, str>,
    /// The text.
    pub label: &'static str,
    /// What it is for.
    pub about: &'static str,
}

const fn link(group: Option<&'static str>, area: &'static str, label: &'static str, about: &'static str) -> Link {
    Link { group, area, href: Cow::Borrowed(area), label, about }
}

const CARE: &[Link] = &[link(Some("Patients"), "/patients", "Find a patient", "By name and birth date, MRN or phone.")];
const LOG: &[Link] = &[
    link(Some("Privacy"), "/audit", "Audit log", "Who did what, and who looked at whom."),
    link(None, "/verify", "Verify", "Examine the log as an outsider would."),
    link(None, "/tampered", "Tampered records", "Rows that are not what the application wrote."),
];

const REVIEWS: &[Link] = &[link(None, "/emergency", "Reviews", "Emergency access that waits for a judgement.")];

impl Who {
    /// The work that the role has pages for.
    #[must_use]
    pub fn work(&self) -> Vec<Link> {
        let own = self.record.iter().map(|record| Link {
            href: Cow::Owned(format!("/patients/{record}")),
            ..link(Some("Care"), "/patients", "Your record", "What the clinic has written of you.")
        });
        let care = if self.finds { CARE } else { &[] };
        let log = if self.reads_log { LOG } else { &[] };
        let reviews = if self.reviews { REVIEWS } else { &[] };
        own.chain([care, log, reviews].concat()).collect()
    }

    /// The navigation.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let mut links = vec![link(None, "/dashboard", "Start", "")];
        links.extend(self.work());
        links.push(link(Some("You"), "/account", "Your account", ""));
        if self.demo {
            links.push(link(Some("Demo"), "/lab", "Tamper lab", "Edit the database behind the application's back."));
        }
        links
    }

    /// The role in words.
    #[must_use]
    pub fn role_words(&self) -> String {
        self.role.to_lowercase().replace('_', " ")
    }
}

impl Shell {
    /// Of a page for whoever comes.
    #[must_use]
    pub fn open(app: &App) -> Self {
        Self { demo: app.demo, ..Self::default() }
    }
}
