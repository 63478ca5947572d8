/* Sets of small numbers as bits, stored from the first word that is not zero. See bits.c. */
#ifndef ESC_BITS_H
#define ESC_BITS_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Lives in an arena that is handed to whatever may enlarge it. Zero-initialise before use. */
struct bits {
    union {
        uint64_t word;   /* cap 0: the one word */
        uint64_t *words; /* else len of them; bits below and above are clear */
    };
    uint32_t first; /* the first word holds bits 64 * first and up */
    uint16_t len;   /* words in use */
    uint16_t cap;   /* words there is room for; 0: one, right here */
};

enum {
    BITS_END = 0xffffffffu,  /* no further number */
    BITS_LIMIT = 32767 * 64, /* numbers are below this */
};

static inline const uint64_t *bits_words(const struct bits *b)
{
    return b->cap ? b->words : &b->word;
}

/* True if number I is there. O(1). */
static inline bool bits_has(const struct bits *b, uint32_t i)
{
    uint32_t at = i / 64 - b->first;
    return at < b->len && bits_words(b)[at] >> i % 64 & 1;
}
/* Adds number I; true if it was not there. Amortised O(1) for numbers close to one another. */
bool bits_add(struct bits *b, struct arena *, uint32_t i);
/* Adds all of FROM; what was not there yet is added to *news, too. True if there was any. Linear in
 * the words of FROM. FROM must be neither B nor NEWS. */
bool bits_union(struct bits *b, struct bits *news, const struct bits *from, struct arena *);
/* Makes B, which keeps its room, equal to FROM without LESS. */
void bits_minus(struct bits *b, const struct bits *from, const struct bits *less, struct arena *);
/* True if some number is in both. */
bool bits_meet(const struct bits *a, const struct bits *b);
/* Takes out of B what is in LESS. */
void bits_remove(struct bits *b, const struct bits *less);
/* Makes B empty; it keeps its room. */
static inline void bits_clear(struct bits *b)
{
    b->len = 0;
}
/* The smallest number from I on, or BITS_END. */
static inline uint32_t bits_next(const struct bits *b, uint32_t i)
{
    const uint64_t *words = bits_words(b);
    uint32_t at = i / 64 - b->first;
    uint64_t mask = ~(uint64_t)0 << i % 64;
    if (i / 64 < b->first) {
        at = 0;
        mask = ~(uint64_t)0;
    }
    for (; at < b->len; at++, mask = ~(uint64_t)0)
        if (words[at] & mask)
            return (b->first + at) * 64 + (uint32_t)__builtin_ctzll(words[at] & mask);
    return BITS_END;
}
/* True if both hold the same numbers. */
bool bits_equal(const struct bits *a, const struct bits *b);
/* Equal sets have equal hashes. */
uint64_t bits_hash(const struct bits *b);

#endif
