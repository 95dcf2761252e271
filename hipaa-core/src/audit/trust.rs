//! What an outsider must hold to judge a log: written when the deployment is founded, kept apart from its database.
//!
//! The text has six lines, each ended by a line feed:
//!
//! ```text
//! hipaa-core trust 1
//! deployment <32 hexadecimal digits>
//! log <32 hexadecimal digits>
//! genesis <64 hexadecimal digits>
//! head-key <64 hexadecimal digits>
//! operator-key <64 hexadecimal digits, or none>
//! ```

use super::body::{Body, EntryKind, leaf_of};
use super::field::tag;
use super::{Leaf, LogId};
use core::fmt;

const TITLE: &str = "hipaa-core trust 1";
/// The longest trust file, in bytes.
pub const MAX_TRUST_BYTES: usize = 1024;

/// A text that is not a trust file of this version, or an entry that founds no deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a trust file of version 1")]
pub struct TrustError;

/// The pin of a deployment: what no later state of its database can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    /// The deployment.
    pub deployment: [u8; 16],
    /// Its own log.
    pub log: LogId,
    /// The leaf of that log's entry 0.
    pub genesis: Leaf,
    /// The Ed25519 public key that signs the first heads.
    pub head_key: [u8; 32],
    /// The operator's offline Ed25519 public key, where there is one.
    pub operator_key: Option<[u8; 32]>,
}

impl Trust {
    /// What the genesis entry of a deployment's own log says.
    ///
    /// # Errors
    /// [`TrustError`] unless the bytes are entry 0 of a deployment's log.
    pub fn of_genesis(body: &[u8]) -> Result<Self, TrustError> {
        let entry = Body::decode(body).map_err(|_| TrustError)?;
        let fixed = |tag| <[u8; 32]>::try_from(entry.field(tag)?).ok();
        let operator = entry.field(tag::OPERATOR_KEY).ok_or(TrustError)?;
        let founds = entry.prefix.kind == EntryKind::Genesis && entry.prefix.sequence == 0;
        let deployment = entry.field(tag::DEPLOYMENT).and_then(|id| id.try_into().ok());
        Ok(Self {
            deployment: deployment.filter(|_| founds).ok_or(TrustError)?,
            log: entry.prefix.log,
            genesis: leaf_of(body),
            head_key: fixed(tag::HEAD_KEY).ok_or(TrustError)?,
            operator_key: if operator.is_empty() { None } else { Some(fixed(tag::OPERATOR_KEY).ok_or(TrustError)?) },
        })
    }

    /// Reads a trust file.
    ///
    /// # Errors
    /// [`TrustError`] for any text that is not written like this.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        if text.len() > MAX_TRUST_BYTES {
            return Err(TrustError);
        }
        let mut lines = text.split('\n');
        let title = lines.next();
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let mut read = || {
            Some(Self {
                deployment: digits(value("deployment")?)?,
                log: LogId(digits(value("log")?)?),
                genesis: digits(value("genesis")?)?,
                head_key: digits(value("head-key")?)?,
                operator_key: match value("operator-key")? {
                    "none" => None,
                    key => Some(digits(key)?),
                },
            })
        };
        let trust = read().filter(|_| title == Some(TITLE)).ok_or(TrustError)?;
        if trust.to_string() == text { Ok(trust) } else { Err(TrustError) }
    }
}

fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}\ndeployment {}\nlog {}", hex::encode(self.deployment), self.log)?;
        writeln!(f, "genesis {}\nhead-key {}", hex::encode(self.genesis), hex::encode(self.head_key))?;
        writeln!(f, "operator-key {}", self.operator_key.map_or_else(|| "none".to_owned(), hex::encode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(operator_key: Option<[u8; 32]>) -> Trust {
        Trust { deployment: [1; 16], log: LogId([2; 16]), genesis: [3; 32], head_key: [0xab; 32], operator_key }
    }

    #[test]
    fn a_trust_file_reads_back() {
        for trust in [trust(None), trust(Some([5; 32]))] {
            assert_eq!(Trust::parse(&trust.to_string()), Ok(trust));
        }
    }

    #[test]
    fn any_other_text_is_refused() {
        let good = trust(None).to_string();
        let wrong = [
            good.replace("trust 1", "trust 2"),
            good.replace("ab", "AB"),
            good.replace("log 02", "log 2"),
            good.replace("none", ""),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            good.replace('\n', "\r\n"),
            good.replace("genesis", "Genesis"),
        ];
        for text in wrong {
            assert_ne!(text, good);
            assert_eq!(Trust::parse(&text), Err(TrustError), "{text}");
        }
    }
}
