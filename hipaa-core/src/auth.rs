//! Who may sign in, and for how long: passwords, lockout, second factors, sessions, tokens and limits.
//!
//! Pure rules and values: a decide function takes a state and the time and returns the next state with a verdict. What
//! stores the states, counts them in one transaction and writes the audit entries joins these values in the login flow.
//! May import `clock`, `entropy`, `encoding`, `schema` and `text`. Must never enter: storage, keys of records, protocols, and any
//! reading of the clock or of randomness, which come by argument.
//!
//! | module | holds |
//! |---|---|
//! | [`login_name`] | the one form of a login name |
//! | [`password`], [`policy`], [`history`] | hashes; what a new password must be; what it must not be again |
//! | [`lockout`] | counting failures, locks, delays, the hard stop |
//! | [`limit`], [`network`] | exact sliding windows; which network a request comes from |
//! | [`totp`], [`recovery`] | the second factor and its codes on paper |
//! | [`session`], [`token`], [`reset`] | sessions, bearer tokens, password reset |
//! | [`device`] | the cookie of a device that has signed in before |
//! | [`grant`], [`control`] | emergency access in numbers; safeguards that may be off by decision |
//! | [`role`], [`mask`], [`reason`] | what each role may do, and what it sees; why somebody sees more |
//!
//! Each number here is a choice that is labelled and sourced in `docs/reference/auth-defaults.md`: the Security Rule
//! names none of them.

mod bounded;
pub mod control;
pub mod device;
pub mod grant;
pub mod history;
pub mod limit;
pub mod lockout;
pub mod login_name;
pub mod mask;
pub mod network;
pub mod password;
pub mod policy;
pub mod reason;
pub mod recovery;
pub mod reset;
pub mod role;
pub mod session;
pub mod token;
pub mod totp;

/// Minutes as a duration, for the tables of defaults.
const fn minutes(count: u64) -> core::time::Duration {
    core::time::Duration::from_secs(count * 60)
}
