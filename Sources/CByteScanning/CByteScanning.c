#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "CByteScanning.h"

#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>
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
__attribute__((target_clones("avx512bw", "avx2", "default")))
#endif
void c_byte_classes(const uint8_t *bytes, CByteClasses *classes) {
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
