//! The picture of a log: blocks in rows, each linked to the one before it; where the chain breaks, the block is marked and its
//! link is broken.

/// The most blocks of a picture.
const MAX_BLOCKS: u64 = 60;
/// Blocks of a row.
const ROW: u64 = 15;
const STEP_X: u64 = 48;
const STEP_Y: u64 = 56;
const WIDTH: u64 = 36;
const HEIGHT: u64 = 26;
/// A link that goes on in the next row.
const STUB: u64 = 6;

/// One block: an entry, or several.
pub(super) struct Block {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) first: u64,
    pub(super) bad: bool,
    pub(super) told: String,
}

/// A link between two blocks.
pub(super) struct Link {
    pub(super) x1: u64,
    pub(super) y1: u64,
    pub(super) x2: u64,
    pub(super) y2: u64,
    pub(super) bad: bool,
}

/// The picture.
pub(super) struct Picture {
    pub(super) width: u64,
    pub(super) height: u64,
    /// How many entries a block stands for.
    pub(super) each: u64,
    pub(super) blocks: Vec<Block>,
    pub(super) links: Vec<Link>,
    pub(super) told: String,
}

impl Picture {
    /// Of a log of so many entries, and the places where something is wrong.
    pub(super) fn of(size: u64, wrong: &[(u64, u64)]) -> Self {
        let each = size.div_ceil(MAX_BLOCKS).max(1);
        let count = size.div_ceil(each);
        let blocks = (0..count).map(|at| Block::of(at, (each, size), wrong)).collect::<Vec<_>>();
        let pairs = blocks.iter().zip(blocks.iter().skip(1));
        let links = pairs.flat_map(|(from, to)| Link::between(from, to)).collect();
        let bad = blocks.iter().filter(|block| block.bad).map(|block| block.told.as_str()).collect::<Vec<_>>();
        let told = match bad.as_slice() {
            [] => format!("A chain of {size} entries without a break"),
            bad => format!("A chain of {size} entries that is broken at {}", bad.join(", ")),
        };
        let rows = count.div_ceil(ROW).max(1);
        Self { width: ROW * STEP_X, height: rows * STEP_Y, each, blocks, links, told }
    }
}

impl Block {
    fn of(at: u64, (each, size): (u64, u64), wrong: &[(u64, u64)]) -> Self {
        let (first, last) = (at * each, size.min((at + 1) * each) - 1);
        let bad = wrong.iter().any(|(from, to)| *from <= last && *to >= first);
        let told = if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") };
        Self { x: at % ROW * STEP_X + 6, y: at / ROW * STEP_Y + 6, first, bad, told }
    }
}

impl Link {
    /// To the right within a row; between rows, out at the right and in at the left.
    fn between(from: &Block, to: &Block) -> Vec<Self> {
        let bad = from.bad || to.bad;
        let line = |x1, x2, block: &Block| {
            let y = block.y + HEIGHT / 2;
            Self { x1, y1: y, x2, y2: y, bad }
        };
        if from.y == to.y {
            return vec![line(from.x + WIDTH, to.x, from)];
        }
        vec![line(from.x + WIDTH, from.x + WIDTH + STUB, from), line(to.x - STUB, to.x, to)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_in_one_block_and_a_break_marks_its_own() {
        for size in [1, 15, 60, 61, 1_000, 123_457] {
            let picture = Picture::of(size, &[(size / 2, size / 2)]);
            assert!(picture.blocks.len() as u64 <= MAX_BLOCKS);
            let rows = picture.blocks.iter().filter(|block| block.x == 6).count();
            assert_eq!(picture.links.len() + 1, picture.blocks.len() + rows - 1);
            assert_eq!(picture.blocks.iter().filter(|block| block.bad).count(), 1, "{size}");
            let bad = picture.blocks.iter().find(|block| block.bad).unwrap();
            assert!(bad.first <= size / 2 && size / 2 < bad.first + picture.each);
        }
        assert!(Picture::of(40, &[]).blocks.iter().all(|block| !block.bad));
        assert!(Picture::of(0, &[(3, 3)]).blocks.is_empty());
    }
}
