/* Sets of small numbers as bits. A set spans the words between its smallest and its largest number,
 * so one of a few neighbours takes a word or two wherever they are, and union, the one operation that
 * matters, takes 64 numbers at a time.
 *
 *     struct bits s = {0}, news = {0}, t = {0};
 *     bits_add(&s, &arena, 1000);
 *     bits_add(&t, &arena, 1001);
 *     bits_union(&s, &news, &t, &arena);      s = {1000, 1001}, news = {1001}
 *
 * Invariant: bits outside [first, first + len) words are clear, though the word in memory may hold
 * anything until `len` covers it.
 */
#include "bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Word number W of the set. */
static uint64_t word(const struct bits *b, uint32_t w)
{
    uint32_t at = w - b->first;
    return at < b->len ? b->words[at] : 0;
}

/* Makes words [lo, hi] part of the range. */
static void cover(struct bits *b, struct arena *a, uint32_t lo, uint32_t hi)
{
    uint32_t first = lo, end = hi + 1;
    if (b->len) {
        first = b->first < lo ? b->first : lo;
        end = b->first + b->len > end ? b->first + b->len : end;
    }
    uint32_t len = end - first;
    if (b->len && first == b->first && len == b->len)
        return;
    if (len > BITS_LIMIT / 64) {
        fprintf(stderr, "goescape: internal error: a set of numbers beyond %d\n", BITS_LIMIT);
        abort();
    }
    uint32_t shift = b->len ? b->first - first : 0;
    uint64_t *from = b->words;
    if (len > b->cap) {
        uint32_t cap = b->cap ? 2u * b->cap : 1;
        if (cap < len)
            cap = len;
        b->cap = (uint16_t)(cap > UINT16_MAX ? UINT16_MAX : cap);
        b->words = arena_alloc(a, b->cap * sizeof *b->words);
    }
    if (b->len)
        memmove(b->words + shift, from, b->len * sizeof *from);
    memset(b->words, 0, shift * sizeof *from);
    memset(b->words + shift + b->len, 0, (len - shift - b->len) * sizeof *from);
    b->first = first;
    b->len = (uint16_t)len;
}

bool bits_has(const struct bits *b, uint32_t i)
{
    return word(b, i / 64) >> i % 64 & 1;
}

bool bits_add(struct bits *b, struct arena *a, uint32_t i)
{
    if (bits_has(b, i))
        return false;
    cover(b, a, i / 64, i / 64);
    b->words[i / 64 - b->first] |= (uint64_t)1 << i % 64;
    return true;
}

bool bits_union(struct bits *b, struct bits *news, const struct bits *from, struct arena *a)
{
    uint32_t lo = UINT32_MAX, hi = 0;
    for (uint32_t i = 0; i < from->len; i++)
        if (from->words[i] & ~word(b, from->first + i)) {
            hi = from->first + i;
            if (lo == UINT32_MAX)
                lo = hi;
        }
    if (lo == UINT32_MAX)
        return false;
    cover(b, a, lo, hi);
    cover(news, a, lo, hi);
    for (uint32_t w = lo; w <= hi; w++) {
        uint64_t more = from->words[w - from->first] & ~b->words[w - b->first];
        b->words[w - b->first] |= more;
        news->words[w - news->first] |= more;
    }
    return true;
}

void bits_minus(struct bits *b, const struct bits *from, const struct bits *less, struct arena *a)
{
    b->len = 0;
    if (!from->len)
        return;
    cover(b, a, from->first, from->first + from->len - 1u);
    for (uint32_t i = 0; i < from->len; i++)
        b->words[i] = from->words[i] & ~word(less, from->first + i);
}

bool bits_meet(const struct bits *a, const struct bits *b)
{
    for (uint32_t i = 0; i < a->len; i++)
        if (a->words[i] & word(b, a->first + i))
            return true;
    return false;
}

void bits_remove(struct bits *b, const struct bits *less)
{
    for (uint32_t i = 0; i < b->len; i++)
        b->words[i] &= ~word(less, b->first + i);
}

void bits_clear(struct bits *b)
{
    b->len = 0;
}

uint32_t bits_next(const struct bits *b, uint32_t i)
{
    uint32_t w = i / 64;
    uint64_t mask = ~(uint64_t)0 << i % 64;
    if (w < b->first) {
        w = b->first;
        mask = ~(uint64_t)0;
    }
    for (; w - b->first < b->len; w++, mask = ~(uint64_t)0) {
        uint64_t left = b->words[w - b->first] & mask;
        if (left)
            return w * 64 + (uint32_t)__builtin_ctzll(left);
    }
    return BITS_END;
}

bool bits_equal(const struct bits *a, const struct bits *b)
{
    for (uint32_t i = 0; i < a->len; i++)
        if (a->words[i] != word(b, a->first + i))
            return false;
    for (uint32_t i = 0; i < b->len; i++)
        if (b->words[i] != word(a, b->first + i))
            return false;
    return true;
}

uint64_t bits_hash(const struct bits *b)
{
    uint64_t h = 0;
    for (uint32_t i = 0; i < b->len; i++)
        if (b->words[i]) { /* the range may be wider than the set */
            h = (h ^ (b->first + i)) * 0xff51afd7ed558ccdu;
            h = (h ^ h >> 32 ^ b->words[i]) * 0xc4ceb9fe1a85ec53u;
            h ^= h >> 29;
        }
    return h;
}
