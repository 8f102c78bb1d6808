#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "CByteScanning.h"

#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

// Clang makes one mask instruction, two or four of a comparison of 64 bytes, as the processor has them.
typedef uint8_t Bytes __attribute__((ext_vector_type(64), aligned(1)));
typedef int8_t Comparison __attribute__((ext_vector_type(64)));
typedef _Bool Bits __attribute__((ext_vector_type(64)));

#define MASK(comparison) mask(__builtin_convertvector((Comparison)(comparison), Bits))
#define IN_RANGE(bytes, first, last) ((bytes) - (uint8_t)(first) <= (uint8_t)((last) - (first)))

#define INLINED static inline __attribute__((always_inline))

INLINED uint64_t mask(Bits bits) {
    uint64_t value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#if defined(__x86_64__) && defined(__linux__)
#define CLONED __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define CLONED
#endif

CLONED void c_byte_classes(const uint8_t *bytes, CByteClasses *classes) {
    Bytes text = *(const Bytes *)bytes;
    Bytes folded = text | (uint8_t)0x20;
    classes->letters = MASK(IN_RANGE(folded, 'a', 'z'));
    classes->digits = MASK(IN_RANGE(text, '0', '9'));
    classes->spaces = MASK(text == (uint8_t)0x20);
    classes->newlines = MASK(text == (uint8_t)0x0A) | MASK(text == (uint8_t)0x0D);
    classes->whiteSpace = MASK(IN_RANGE(text, 0x09, 0x0D)) | classes->spaces;
    classes->apostrophes = MASK(text == (uint8_t)0x27);
    classes->controls = (MASK(text < (uint8_t)0x20) & ~classes->whiteSpace) | MASK(text == (uint8_t)0x7F);
    classes->high = MASK(text >= (uint8_t)0x80);
    classes->latinLeads = 0;
    if (classes->high == 0) return;
    classes->latinLeads = MASK(IN_RANGE(text, 0xC3, 0xC8));
    classes->continuations = MASK(IN_RANGE(text, 0x80, 0xBF));
    classes->signsAfterC3 = MASK(text == (uint8_t)0x97) | MASK(text == (uint8_t)0xB7);
    classes->c3 = MASK(text == (uint8_t)0xC3);
}

CLONED int64_t c_stable_bytes(const uint8_t *bytes, int64_t count) {
    int64_t at = 0;
    for (; at + 66 <= count; at += 64) {
        Bytes first = *(const Bytes *)(bytes + at);
        uint64_t others = MASK(first >= (uint8_t)0xCC) & ~MASK(IN_RANGE(first, 0xE4, 0xE9));
        if (others == 0) continue;
        Bytes second = *(const Bytes *)(bytes + at + 1), third = *(const Bytes *)(bytes + at + 2);
        uint64_t marks = (MASK(second == (uint8_t)0x80) & MASK(IN_RANGE(third, 0xAA, 0xAF))) |
                         (MASK(second == (uint8_t)0x82) & MASK(IN_RANGE(third, 0x99, 0x9A)));
        uint64_t kana = MASK(first == (uint8_t)0xE3) & MASK(second <= (uint8_t)0x83) & ~marks;
        uint64_t signs = MASK(first == (uint8_t)0xE2) & MASK(second == (uint8_t)0x80) & MASK(third >= (uint8_t)0x90);
        uint64_t wide = MASK(first == (uint8_t)0xEF) & MASK(IN_RANGE(second, 0xBC, 0xBD));
        if ((others & ~(kana | signs | wide)) != 0) break;
    }
    return at;
}

typedef uint64_t Slots __attribute__((ext_vector_type(8), aligned(64)));
typedef int64_t SlotComparison __attribute__((ext_vector_type(8)));
typedef _Bool SlotBits __attribute__((ext_vector_type(8)));
typedef int32_t Results __attribute__((ext_vector_type(16), aligned(8)));

INLINED int32_t find(CMergeTable table, uint64_t pair) {
    const uint64_t *slots = c_merge_line(table, pair);
    const uint64_t *end = table.slots + ((uint64_t)8 << (64 - table.shift));
    while (1) {
        SlotBits bits = __builtin_convertvector((SlotComparison)(*(const Slots *)slots >> 21 == pair), SlotBits);
        uint8_t found;
        memcpy(&found, &bits, sizeof found);
        uint64_t slot = slots[__builtin_ctz(found | 0x80)];
        // An unused slot has its highest bit set, a used one has not. What is in no full line is in no other.
        if (found | slots[7] >> 63) return found ? (int32_t)(slot & 0x1FFFFF) : C_MERGE_NONE;
        slots = slots + 8 == end ? table.slots : slots + 8;
    }
}

int32_t c_merge_find(CMergeTable table, uint64_t pair) { return find(table, pair); }

CLONED void c_merge_look_up(CMergeTable table, CMergeLane *lanes, const int64_t *order, int64_t count) {
    for (int64_t at = 0; at < count; at++) {
        CMergeLane *lane = lanes + order[at];
        for (int side = 0; side < 2; side++)
            lane->results[lane->places[side]] = find(table, lane->pairs[side]) << C_MERGE_PLACE_BITS | lane->places[side];
    }
    // Not in the same loop: what was just stored in parts is slow to be read as a whole.
    for (int64_t at = 0; at < count; at++) {
        CMergeLane *lane = lanes + order[at];
        const Results *results = (const Results *)lane->results;
        Results lowest = results[0];
        if (lane->isWide)
            for (int part = 1; part < C_MERGE_WIDTH / 16; part++)
                lowest = __builtin_elementwise_min(lowest, results[part]);
        lane->lowest = __builtin_reduce_min(lowest);
    }
}

INLINED uint64_t contains(CNeighbours neighbours, uint32_t left, uint32_t right) {
    uint64_t bit = (((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15) >> neighbours.shift;
    return neighbours.pairs[bit >> 6] >> (bit & 63) & 1;
}

INLINED int isSafe(CNeighbours neighbours, uint32_t left, uint32_t right) {
    uint32_t last = left & 0xFF, first = right >> 16 ? right >> 16 : right;
    return !(contains(neighbours, left, right) | contains(neighbours, left, first) |
             contains(neighbours, last, right) | neighbours.edges[last << 8 | first]);
}

// A character is the bytes of one of ASCII or of three bytes, and 0 is a byte of which nothing is known.
CCuts c_safe_cuts(CNeighbours neighbours, const uint8_t *bytes, int64_t start, int64_t count, uint32_t left) {
    uint64_t cuts = 0;
    int64_t at = start;
    int64_t end = count - start > 64 ? start + 64 : count;
    while (at < end) {
        uint64_t eight;
        // Between two of ASCII is no cut.
        if (left < 0x80 && at + 8 <= end && !(memcpy(&eight, bytes + at, 8), eight & 0x8080808080808080)) {
            left = bytes[at + 7];
            at += 8;
            continue;
        }
        uint32_t right = bytes[at];
        int64_t length = 1;
        if (right >= 0x80) {
            uint32_t code = at + 3 <= count ? right << 16 | (uint32_t)bytes[at + 1] << 8 | bytes[at + 2] : 0;
            right = 0;
            // A branch, so that the next character need not wait for this one.
            if (__builtin_expect((code & 0xF0C0C0) == 0xE08080, 1)) {
                right = code;
                length = 3;
            }
        }
        if (left != 0 && right != 0 && (left | right) >= 0x80)
            cuts |= (uint64_t)isSafe(neighbours, left, right) << (at - start);
        left = right;
        at += length;
    }
    CCuts found = {cuts, at, left};
    return found;
}

void *c_allocate_table(size_t size) {
    const size_t page = (size_t)1 << 21;
    if (size < page / 2) return aligned_alloc(64, (size + 63) & ~(size_t)63);
    size_t whole = (size + page - 1) & ~(page - 1);
    void *memory = aligned_alloc(page, whole);
#if defined(__linux__)
    // Advice only: where it is not taken, the table is slower and nothing else.
    if (memory) (void)madvise(memory, whole, MADV_HUGEPAGE);
#endif
    return memory;
}

void c_free_table(void *memory) { free(memory); }

void c_give_back_freed_memory(void) {
#if defined(__GLIBC__)
    (void)malloc_trim(0);
#endif
}
