//! Chance, the only room that asks the operating system for randomness.
//!
//! Nonces and salts come from a userspace ChaCha20 generator, because a system call per field costs more than the
//! cipher. Roots, seeds and tokens come straight from the operating system. May import nothing of ours.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use core::fmt;
use zeroize::Zeroizing;

/// Bytes after which the generator takes a new seed from the operating system.
pub const RESEED_BYTES: usize = 64 * 1024;

/// The operating system gave no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct EntropyError;

/// A source of randomness, owned by one unit of work at a time.
///
/// # Security
/// Not for sharing across `fork`: [`Entropy::refresh`] notices a new process id and reseeds; units of work call it
/// when they begin.
pub struct Entropy {
    generator: ChaCha20Rng,
    used: usize,
    process: u32,
}

impl Entropy {
    /// A generator with a fresh seed from the operating system.
    ///
    /// # Errors
    /// [`EntropyError`] when the operating system gives none.
    pub fn from_system() -> Result<Self, EntropyError> {
        let mut seed = Zeroizing::new([0; 32]);
        fill_from_system(seed.as_mut())?;
        Ok(Self { generator: ChaCha20Rng::from_seed(*seed), used: 0, process: std::process::id() })
    }

    /// A generator with a known seed, so that formats can be frozen in vectors.
    #[cfg(test)]
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self { generator: ChaCha20Rng::from_seed(seed), used: 0, process: std::process::id() }
    }

    /// Reseeds if this is another process than the one that made the generator.
    ///
    /// # Errors
    /// [`EntropyError`] when a new seed is needed and the operating system gives none.
    pub fn refresh(&mut self) -> Result<(), EntropyError> {
        if self.process != std::process::id() {
            *self = Self::from_system()?;
        }
        Ok(())
    }

    /// Random bytes for nonces and salts.
    ///
    /// # Errors
    /// [`EntropyError`] when a new seed is due and the operating system gives none.
    pub fn generate<const N: usize>(&mut self) -> Result<[u8; N], EntropyError> {
        if self.used > RESEED_BYTES {
            *self = Self::from_system()?;
        }
        self.used += N;
        let mut bytes = [0; N];
        self.generator.fill_bytes(&mut bytes);
        Ok(bytes)
    }
}

/// Random bytes straight from the operating system, for keys, seeds and identifiers.
///
/// # Errors
/// [`EntropyError`] when the operating system gives none.
pub fn generate_from_system<const N: usize>() -> Result<Zeroizing<[u8; N]>, EntropyError> {
    let mut bytes = Zeroizing::new([0; N]);
    fill_from_system(bytes.as_mut())?;
    Ok(bytes)
}

#[expect(clippy::disallowed_methods, reason = "this room is the door to the system's randomness")]
fn fill_from_system(bytes: &mut [u8]) -> Result<(), EntropyError> {
    getrandom::fill(bytes).map_err(|_| EntropyError)
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entropy").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generator_reseeds_after_its_limit() {
        let mut entropy = Entropy::from_seed([7; 32]);
        let mut unseeded = Entropy::from_seed([7; 32]);
        assert_eq!(entropy.generate::<32>(), unseeded.generate::<32>());
        entropy.used = RESEED_BYTES + 1;
        assert_ne!(entropy.generate::<32>(), unseeded.generate::<32>());
        assert_eq!(entropy.used, 32);
    }

    #[test]
    fn a_generator_of_another_process_reseeds() {
        let mut parent = Entropy::from_seed([7; 32]);
        let mut child = Entropy::from_seed([7; 32]);
        child.process = child.process.wrapping_add(1);
        child.refresh().unwrap();
        parent.refresh().unwrap();
        assert_ne!(child.generate::<32>(), parent.generate::<32>());
        assert_eq!(parent.generate::<32>(), {
            let mut same = Entropy::from_seed([7; 32]);
            let _ = same.generate::<32>();
            same.generate::<32>()
        });
    }
}
