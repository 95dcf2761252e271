//! Skeleton.

pub mod guard;
