//! What somebody outside has seen: checkpoints that a witness or a caller kept.

use crate::audit::{Receipt, SignedCheckpoint};

/// A signed checkpoint from outside the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub(super) head: SignedCheckpoint,
    pub(super) receipt: Option<Receipt>,
}

impl Anchor {
    /// A head that a witness kept.
    #[must_use]
    pub const fn head(head: SignedCheckpoint) -> Self {
        Self { head, receipt: None }
    }

    /// A receipt that a caller kept: its head, and the entry that it is about.
    #[must_use]
    pub fn receipt(receipt: Receipt) -> Self {
        Self { head: receipt.head.clone(), receipt: Some(receipt) }
    }
}
