//! The cost of a hash.

/// Memory, passes and lanes of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Why no such cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// Over 128 MiB, 10 passes or 16 lanes, or not what Argon2 takes (8 KiB a lane, one pass, one lane).
    #[error("the parameters are outside 8 KiB a lane to 128 MiB, 1 to 10 passes, 1 to 16 lanes")]
    Bounds,
    /// Less than new hashes should cost: 46 MiB at one pass, 19 MiB at two, 12 MiB at three or more.
    #[error("the parameters make a hash that is too cheap")]
    Weak,
}

impl HashParams {
    /// The most memory: 128 MiB.
    pub const MAX_MEMORY_KIB: u32 = 131_072;
    /// The most passes.
    pub const MAX_PASSES: u32 = 10;
    /// The most lanes.
    pub const MAX_LANES: u32 = 16;

    /// 19,456 KiB, 2 passes, 1 lane.
    pub const DEFAULT: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    /// The cost of hashes that will be made.
    ///
    /// # Errors
    /// [`ParamsError`]: outside the bounds, or too cheap.
    ///
    /// # Source
    /// OWASP ASVS 5.0.0, appendix on storing passwords.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, ParamsError> {
        let params = match Self::stored(memory_kib, passes, lanes) {
            Ok(params) => params,
            Err(error) => return Err(error),
        };
        let floor = match passes {
            1 => 47_104,
            2 => 19_456,
            _ => 12_288,
        };
        if memory_kib < floor { Err(ParamsError::Weak) } else { Ok(params) }
    }

    /// The cost of a hash that was stored: within the bounds, however cheap.
    pub(super) const fn stored(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, ParamsError> {
        let lanes_fit = lanes >= 1 && lanes <= Self::MAX_LANES;
        let passes_fit = passes >= 1 && passes <= Self::MAX_PASSES;
        if !lanes_fit || !passes_fit || memory_kib < 8 * lanes || memory_kib > Self::MAX_MEMORY_KIB {
            return Err(ParamsError::Bounds);
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// A cost for tests that hash a great deal.
    #[cfg(test)]
    pub(in crate::auth) const CHEAP: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// KiB of memory.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }

    /// Whether a hash of this cost is to be made again at `target`: any of memory and passes has risen.
    #[must_use]
    pub const fn is_below(&self, target: &Self) -> bool {
        self.memory_kib < target.memory_kib || self.passes < target.passes
    }
}

impl Default for HashParams {
    fn default() -> Self {
        Self::DEFAULT
    }
}
