//! `choose-a-password-policy.md`, `migrate-bcrypt-users.md`.

use super::clinic::Failed;
use hipaa_core::audit::Actor;
use hipaa_core::auth::history::PasswordHistory;
use hipaa_core::auth::password::{DEFAULT_PATIENCE, HashParams, HashingPermits, Password, PasswordHash};
use hipaa_core::auth::policy::{BreachCorpus, HashPrefix, PasswordContext, PasswordLists, PasswordPolicy, PolicyError};
use hipaa_core::authority::user::NewUser;
use hipaa_core::identity::Identity;
use hipaa_sqlite::{Database, Error};
use std::path::PathBuf;
use std::sync::Arc;

#[expect(clippy::let_and_return, reason = "as the guide says it")]
fn stricter() -> PasswordPolicy {
    let policy = PasswordPolicy::clinic().with_chars(14).with_strength(4);
    policy
}

fn lists() -> Result<PasswordLists, Failed> {
    let lists = PasswordLists::new(&std::fs::read_to_string("common.txt")?, &["Norte", "Clínica Norte"])?;
    Ok(lists)
}

#[expect(clippy::let_and_return, reason = "as the guide says it")]
fn breached(lists: PasswordLists, folder: PathBuf) -> PasswordLists {
    struct Mirror {
        folder: PathBuf,
    }
    impl BreachCorpus for Mirror {
        fn range(&self, prefix: HashPrefix) -> Option<String> {
            std::fs::read_to_string(self.folder.join(prefix.as_str())).ok()
        }
    }
    let lists = lists.with_corpus(Arc::new(Mirror { folder }));
    lists
}

fn judge(
    (policy, lists): (&PasswordPolicy, PasswordLists),
    permits: &HashingPermits,
    (password, history): (Password, PasswordHistory),
    ([given, family, email], salt): ([&str; 3], [u8; 16]),
) -> Result<(), Failed> {
    let about = PasswordContext { names: &[given, family, email], second_factor: true, lists: &lists };
    let permit = permits.acquire(DEFAULT_PATIENCE)?; // inside the blocking task
    match policy.judge(&password, &about, &history, &permit) {
        Ok(accepted) => {
            let hash = PasswordHash::of_accepted(&accepted, &HashParams::DEFAULT, salt, &permit)?;
        }
        Err(PolicyError::Refused(rules)) => { /* show every rule: rules.iter().map(ToString::to_string) */ }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

struct Imported {
    email: String,
    name: String,
    password_hash: String,
}

fn import(db: &mut Database, identity: &Identity, operator: Actor, row: Imported) -> Result<(), Failed> {
    let hash = PasswordHash::parse(row.password_hash.into())?; // $2a$, $2b$, $2y$; cost 4 to 14
    let new = NewUser { login: &row.email, display_name: &row.name, role: "CLINICIAN", must_change: false };
    let user = db.write(|unit| Ok::<_, Error>(identity.import_user(unit, &operator, new, &hash)?))?.into_inner();
    Ok(())
}
