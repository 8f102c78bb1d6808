// Classes of 64 bytes as masks, one bit a byte, and words of a few bytes as integers: what Swift has no instructions
// for. Header only, so that it is inlined. Every function reads exactly the bytes that it names.
#ifndef CBYTESCANNING_H
#define CBYTESCANNING_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

#if defined(__SSE2__)

typedef __m128i CByteVector;

static inline uint64_t c_byte_mask(__m128i vector) { return (uint32_t)_mm_movemask_epi8(vector); }

static inline __m128i c_byte_range(__m128i bytes, uint8_t first, uint8_t last) {
    __m128i offset = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
    return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8((char)(last - first))), offset);
}

static inline __m128i c_byte_equal(__m128i bytes, uint8_t value) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)value));
}

/// The classes of the 64 bytes at `bytes`.
static inline CByteClasses c_byte_classes(const uint8_t *bytes) {
    CByteClasses found = {0};
    for (int part = 0; part < 64; part += 16) {
        __m128i vector = _mm_loadu_si128((const __m128i *)(bytes + part));
        __m128i folded = _mm_or_si128(vector, _mm_set1_epi8(0x20));
        __m128i spaces = c_byte_equal(vector, 0x20);
        __m128i white = c_byte_range(vector, 0x09, 0x0D);
        __m128i newlines = _mm_or_si128(c_byte_equal(vector, 0x0A), c_byte_equal(vector, 0x0D));
        __m128i low = c_byte_range(vector, 0x00, 0x1F);
        found.letters |= c_byte_mask(c_byte_range(folded, 'a', 'z')) << part;
        found.digits |= c_byte_mask(c_byte_range(vector, '0', '9')) << part;
        found.whiteSpace |= c_byte_mask(_mm_or_si128(white, spaces)) << part;
        found.spaces |= c_byte_mask(spaces) << part;
        found.newlines |= c_byte_mask(newlines) << part;
        found.apostrophes |= c_byte_mask(c_byte_equal(vector, '\'')) << part;
        found.controls |= c_byte_mask(_mm_or_si128(_mm_andnot_si128(white, low), c_byte_equal(vector, 0x7F))) << part;
        found.high |= c_byte_mask(vector) << part;
        found.latinLeads |= c_byte_mask(c_byte_range(vector, 0xC3, 0xC8)) << part;
        found.continuations |= c_byte_mask(_mm_cmplt_epi8(vector, _mm_set1_epi8((char)0xC0))) << part;
        found.signsAfterC3 |= c_byte_mask(_mm_or_si128(c_byte_equal(vector, 0x97), c_byte_equal(vector, 0xB7))) << part;
        found.c3 |= c_byte_mask(c_byte_equal(vector, 0xC3)) << part;
    }
    return found;
}

#else

/// The classes of the 64 bytes at `bytes`.
static inline CByteClasses c_byte_classes(const uint8_t *bytes) {
    CByteClasses found = {0};
    for (int at = 0; at < 64; at++) {
        uint8_t byte = bytes[at], folded = byte | 0x20;
        int isWhite = byte >= 0x09 && byte <= 0x0D;
        found.letters |= (uint64_t)(folded >= 'a' && folded <= 'z') << at;
        found.digits |= (uint64_t)(byte >= '0' && byte <= '9') << at;
        found.whiteSpace |= (uint64_t)(isWhite || byte == 0x20) << at;
        found.spaces |= (uint64_t)(byte == 0x20) << at;
        found.newlines |= (uint64_t)(byte == 0x0A || byte == 0x0D) << at;
        found.apostrophes |= (uint64_t)(byte == '\'') << at;
        found.controls |= (uint64_t)((byte < 0x20 && !isWhite) || byte == 0x7F) << at;
        found.high |= (uint64_t)(byte >= 0x80) << at;
        found.latinLeads |= (uint64_t)(byte >= 0xC3 && byte <= 0xC8) << at;
        found.continuations |= (uint64_t)((byte & 0xC0) == 0x80) << at;
        found.signsAfterC3 |= (uint64_t)(byte == 0x97 || byte == 0xB7) << at;
        found.c3 |= (uint64_t)(byte == 0xC3) << at;
    }
    return found;
}

#endif

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
