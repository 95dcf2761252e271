//! Skeleton.

#[cfg(test)]
mod guard;
