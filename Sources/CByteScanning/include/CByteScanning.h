// What Swift has no words for: classes of 64 bytes as masks, one bit a byte, words of a few bytes as integers, and
// memory for tables in large pages. Nothing reads other bytes than it names.
#ifndef CBYTESCANNING_H
#define CBYTESCANNING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Which of 64 bytes are what; bit i is byte i.
typedef struct {
    uint64_t letters;      // A-Z, a-z
    uint64_t digits;       // 0-9
    uint64_t whiteSpace;   // TAB, LF, VT, FF, CR, space
    uint64_t spaces;       // space
    uint64_t newlines;     // LF, CR
    uint64_t apostrophes;  // '
    uint64_t controls;     // below space but no white space, and DEL
    uint64_t high;         // 0x80 and above
    uint64_t latinLeads;   // C3-C8: the first bytes of U+00C0 to U+023F, all letters but U+00D7 and U+00F7
    uint64_t continuations;  // 80-BF
    uint64_t signsAfterC3;   // 97, B7: behind C3 they make U+00D7 and U+00F7
    uint64_t c3;
} CByteClasses;

/// The classes of the 64 bytes at `bytes`.
void c_byte_classes(const uint8_t *bytes, CByteClasses *classes);

/// The first of `count` bytes, in blocks of 64, in which only such characters begin as Unicode's form C leaves as they are
/// wherever they stand: those below U+0300, U+2010 to U+203F, U+3000 to U+30FF but U+302A to U+302F, U+3099 and U+309A,
/// U+4000 to U+9FFF, U+FF00 to U+FF7F.
int64_t c_stable_bytes(const uint8_t *bytes, int64_t count);

/// Memory for a table that is read here and there: in huge pages where the system has them, since each page that is
/// read costs a look at the page tables else. 64-byte aligned; null if there is none.
void *c_allocate_table(size_t size);
void c_free_table(void *memory);

/// Gives memory that was freed, and that the allocator keeps, back to the system, where it can.
void c_give_back_freed_memory(void);

/// Whether two runs of bytes are the same.
static inline int c_bytes_equal(const void *left, const void *right, size_t count) {
    return memcmp(left, right, count) == 0;
}

/// Asks for the cache line at `address`, which need not be readable.
static inline void c_prefetch(const void *address) { __builtin_prefetch(address); }

/// Where the first `length` bytes of a key are kept: `c_byte_key_masks + 16 - length`.
static const uint8_t c_byte_key_masks[32] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

typedef struct {
    uint64_t low;
    uint64_t high;
} CByteKey;

/// The first `length` of 16 bytes as two little-endian integers with zeros behind them; `length` is at most 16.
static inline CByteKey c_byte_key(const uint8_t *bytes, int64_t length) {
    CByteKey key, mask;
    memcpy(&key, bytes, 16);
    memcpy(&mask, c_byte_key_masks + 16 - length, 16);
    key.low &= mask.low;
    key.high &= mask.high;
    return key;
}

enum { C_MERGE_WIDTH = 64, C_MERGE_PLACE_BITS = 6 };

/// A word whose symbols are being merged: what `c_merge_look_up` reads of it and writes. A symbol has at most 21 bits.
typedef struct {
    /// For each position the symbol that its own and the next one become, and in the lowest six bits the position.
    int32_t results[C_MERGE_WIDTH];
    int32_t symbols[C_MERGE_WIDTH];
    /// The pairs to look up, left symbol first, and the positions for what they become.
    uint64_t pairs[2];
    int32_t places[2];
    /// The lowest result, of the first 16 or of all.
    int32_t lowest;
    int32_t isWide;
    /// The positions at which a symbol begins, as bits.
    uint64_t alive;
    void *word;
} CMergeLane;

/// A table of pairs, eight slots of a left symbol, a right symbol and a result to a line: 2^(64 - shift) lines. An unused
/// slot has all its bits set. What finds its line full is in the next one.
typedef struct {
    const uint64_t *slots;
    uint64_t shift;
} CMergeTable;

/// What a pair becomes that does not merge.
#define C_MERGE_NONE (INT32_MAX >> C_MERGE_PLACE_BITS)

static inline const uint64_t *c_merge_line(CMergeTable table, uint64_t pair) {
    return table.slots + ((((pair ^ pair >> 29) * 0x9E3779B97F4A7C15) >> table.shift) << 3);
}

/// What a pair becomes.
int32_t c_merge_find(CMergeTable table, uint64_t pair);

/// Looks up the pairs of those of `lanes` that `order` names, and then finds the lowest result of each.
void c_merge_look_up(CMergeTable table, CMergeLane *lanes, const int64_t *order, int64_t count);

/// Which two characters some token has side by side: see `SafeCuts`.
typedef struct {
    const uint64_t *pairs;
    uint64_t shift;
    const _Bool *edges;
} CNeighbours;

/// Where a word may be cut, from a position on.
typedef struct {
    /// The cuts, as bits counted from that position.
    uint64_t cuts;
    /// Where to go on, and the character before that.
    int64_t end;
    uint32_t left;
} CCuts;

/// Looks at the characters of `bytes` from `start` on, at most 64 bytes of them, behind the character `left`.
CCuts c_safe_cuts(CNeighbours neighbours, const uint8_t *bytes, int64_t start, int64_t count, uint32_t left);

#endif
