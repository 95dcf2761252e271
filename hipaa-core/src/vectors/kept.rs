//! What is kept outside a database: trust file, note, receipt; and the proofs and tiles behind them.

use super::{DEPLOYMENT, TENANT, hexed};
use crate::audit::merkle::{Tile, TileSource, Tiled, complete_tile, prove_consistency, prove_inclusion};
use crate::audit::{Head, Leaf, LogId, Receipt, Restore, SignedCheckpoint, Trust, leaf_of};
use crate::clock::Timestamp;
use core::convert::Infallible;
use ed25519_dalek::SigningKey;
use serde_json::{Value as Js, json};

const SIZE: u64 = 300;
const OLD: u64 = 200;
const INDEX: u64 = 7;
const LOG: LogId = LogId(*b"log-of-vectors-1");

struct Leaves(Vec<Leaf>);

impl TileSource for &Leaves {
    type Error = Infallible;
    fn tile(&mut self, _: u8, _: u64) -> Result<Option<Tile>, Infallible> {
        Ok(None)
    }
    fn leaves(&mut self, from: u64, count: u64) -> Result<Vec<Leaf>, Infallible> {
        let from = usize::try_from(from).unwrap();
        Ok(self.0[from..from + usize::try_from(count).unwrap()].to_vec())
    }
}

/// Leaf n is that of the eight bytes of n.
pub(super) fn kept() -> Js {
    let leaves = Leaves((0..SIZE).map(|n| leaf_of(&n.to_be_bytes())).collect());
    let signer = SigningKey::from_bytes(&[0x88; 32]);
    let key = signer.verifying_key().to_bytes();
    let mut head = Head::empty(LOG, TENANT);
    leaves.0.iter().for_each(|leaf| head.extend(*leaf, Timestamp::from_micros(-1)));
    let note = SignedCheckpoint::of_head(&head.sign(&DEPLOYMENT, &signer, &[0x99; 32]), &DEPLOYMENT, &key).unwrap();
    let proof = prove_inclusion(&mut Tiled(&leaves), INDEX, SIZE).unwrap().unwrap();
    let leaf = leaves.0[usize::try_from(INDEX).unwrap()];
    let receipt = Receipt { sequence: INDEX, leaf, proof, head: note.clone() };
    let trust =
        |operator_key| Trust { deployment: DEPLOYMENT, log: LOG, genesis: [5; 32], head_key: key, operator_key };
    assert!(receipt.verify(&trust(None)).is_ok());
    let consistency = prove_consistency(&mut Tiled(&leaves), OLD, SIZE).unwrap().unwrap();
    let tile = complete_tile(&mut &leaves, 0, 0).unwrap().unwrap();
    let given_up = Restore {
        deployment: DEPLOYMENT,
        log: LOG,
        kept: (OLD, leaves.0[usize::try_from(OLD).unwrap() - 1]),
        lost_size: SIZE,
        lost_root: note.unverified().root,
        lost_leaf: note.unverified().last_leaf,
        lost_time: note.unverified().last_time,
    };
    json!({
        "operator_seed": hexed([0x44; 32]), "restore": given_up.sign(&[0x44; 32]).encode(),
        "size": SIZE, "index": INDEX, "old_size": OLD, "seed": hexed([0x88; 32]), "genesis": hexed([5; 32]),
        "operator_key": hexed([6; 32]), "deployment": hexed(DEPLOYMENT), "log": hexed(LOG.0),
        "note": note.encode(), "receipt": receipt.encode(), "trust": trust(None).to_string(),
        "trust_with_operator": trust(Some([6; 32])).to_string(), "consistency": hexed(consistency.to_bytes()),
        "tile": hexed(tile.to_bytes()), "tile_root": hexed(tile.root()),
    })
}
