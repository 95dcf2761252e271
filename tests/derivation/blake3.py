"""BLAKE3, keyed mode, 32 bytes of output (the BLAKE3 paper, section 2)."""

import struct

from .common import same

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED = 1, 2, 4, 8, 16
MASK = 0xFFFFFFFF


def mix(state, a, b, c, d, x, y):
    for word, first, second in ((x, 16, 12), (y, 8, 7)):
        state[a] = (state[a] + state[b] + word) & MASK
        state[d] = turn(state[d] ^ state[a], first)
        state[c] = (state[c] + state[d]) & MASK
        state[b] = turn(state[b] ^ state[c], second)


def turn(word, by):
    return (word >> by | word << (32 - by)) & MASK


def compress(chaining, block, counter, length, flags):
    words = list(struct.unpack("<16I", block.ljust(64, b"\0")))
    state = [*chaining, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for _ in range(7):
        for at in range(4):
            mix(state, at, at + 4, at + 8, at + 12, words[2 * at], words[2 * at + 1])
        for at in range(4):
            right = (at + 1) % 4 + 4, (at + 2) % 4 + 8, (at + 3) % 4 + 12
            mix(state, at, *right, words[2 * at + 8], words[2 * at + 9])
        words = [words[at] for at in PERMUTATION]
    return tuple(state[at] ^ state[at + 8] for at in range(8))


def keyed_blake3(key, data):
    key = struct.unpack("<8I", key)

    def chunk(data, counter, root):
        chaining = key
        blocks = [data[at : at + 64] for at in range(0, len(data), 64)] or [b""]
        for at, block in enumerate(blocks):
            last = at + 1 == len(blocks)
            flags = KEYED | CHUNK_START * (at == 0) | CHUNK_END * last | ROOT * (last and root)
            chaining = compress(chaining, block, counter, len(block), flags)
        return chaining

    def tree(data, counter, root):
        if len(data) <= 1024:
            return chunk(data, counter, root)
        chunks = (len(data) - 1) // 1024
        left = 1 << (chunks.bit_length() - 1)
        halves = tree(data[: left * 1024], counter, False) + tree(data[left * 1024 :], counter + left, False)
        return compress(key, struct.pack("<16I", *halves), 0, 64, KEYED | PARENT | ROOT * root)

    return struct.pack("<8I", *tree(data, 0, True))


# The first 32 bytes of `keyed_hash` in the official test vectors, by input length.
PUBLISHED = {
    0: "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26",
    1: "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b",
    1023: "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e",
    1024: "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4",
    1025: "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69",
    2048: "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1",
    2049: "9f29700902f7c86e514ddc4df1e3049f258b2472b6dd5267f61bf13983b78dd5",
    3073: "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a",
    5121: "6ccf1c34753e7a044db80798ecd0782a8f76f33563accaddbfbb2e0ea4b2d024",
    7169: "ed9b1a922c046fdb3d423ae34e143b05ca1bf28b710432857bf738bcedbfa511",
}


def check_blake3(_):
    key = b"whats the Elvish word for friend"
    for length, expected in PUBLISHED.items():
        data = bytes(at % 251 for at in range(length))
        same(f"BLAKE3 of {length} bytes", keyed_blake3(key, data).hex(), expected)
    return len(PUBLISHED)
