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

/// Memory for a table that is read here and there: in huge pages where the system has them, since each page that is
/// read costs a look at the page tables else. 64-byte aligned; null if there is none.
void *c_allocate_table(size_t size);
void c_free_table(void *memory);

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

#endif
