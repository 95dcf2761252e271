//! The audit log: what happened, in bytes that are hashed as they are stored.
//!
//! One log per tenant and one for the deployment. An entry's *leaf* is SHA-256(0x00 ‖ body), and every body holds the
//! leaf before it, so one hash is both chain link and Merkle leaf (RFC 6962 § 2.1). One Ed25519 signature per log and
//! commit covers the head. May import `clock`, `encoding` and `schema`, never `cipher` or `index`: a body holds ids,
//! never values.

mod actor;
mod body;
mod checkpoint;
mod event;
mod field;
mod head;
pub mod merkle;
mod name;
pub mod note;
mod range;
mod receipt;
mod restore;
mod status;
mod trust;
mod view;
mod watch;
mod witness;

pub use actor::{Actor, ActorError, MAX_ACTOR_BYTES};
pub use body::{Body, BodyError, EntryKind, LogId, MAX_BODY_BYTES, PREFIX_BYTES, Prefix, leaf_of};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use event::{Action, Event, MAX_RECORDS_PER_ENTRY, Outcome};
pub use field::{Field, RecordState, read_records, read_seen, read_states, read_subjects, tag};
pub use head::{Head, HeadError, StoredHead, origin};
pub use name::EventName;
pub use range::Range;
pub use receipt::{MAX_RECEIPT_BYTES, Receipt, ReceiptError};
pub use restore::{Restore, SignedRestore, operator_key};
pub use status::{HEARTBEAT, Status};
pub use trust::{MAX_TRUST_BYTES, Trust, TrustError};
pub use view::BodyView;
pub use watch::{Broken, Health, SILENCE, Unknown, Watch};
pub use witness::{Witness, WitnessError};

/// The hash of an entry: SHA-256(0x00 ‖ body).
pub type Leaf = [u8; 32];
