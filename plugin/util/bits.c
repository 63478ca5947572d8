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

static uint64_t *words_of(struct bits *b)
{
    return b->cap ? b->words : &b->word;
}

/* Word number W of the set. */
static uint64_t word(const struct bits *b, uint32_t w)
{
    uint32_t at = w - b->first;
    return at < b->len ? bits_words(b)[at] : 0;
}

static void clear(uint64_t *words, uint32_t n)
{
    if (n == 1)
        *words = 0;
    else if (n)
        memset(words, 0, n * sizeof *words);
}

/* Makes room for LEN words, of which those that are in use now come to stand at SHIFT. */
static void make_room(struct bits *b, struct arena *a, uint32_t len, uint32_t shift)
{
    if (len > BITS_LIMIT / 64) {
        fprintf(stderr, "goescape: internal error: a set of numbers beyond %d\n", BITS_LIMIT);
        abort();
    }
    uint64_t *from = words_of(b), *to = from;
    uint32_t cap = b->cap;
    if (len > (cap ? cap : 1u)) {
        cap = cap ? 2u * cap : 1;
        if (cap < len)
            cap = len;
        cap = cap > UINT16_MAX ? UINT16_MAX : cap;
        to = arena_raw(a, cap * sizeof *to);
    }
    if (b->len && (shift || to != from))
        memmove(to + shift, from, b->len * sizeof *from);
    if (to != from) {
        b->words = to;
        b->cap = (uint16_t)cap;
    }
}

/* Makes words [lo, hi] part of the range. */
static void cover(struct bits *b, struct arena *a, uint32_t lo, uint32_t hi)
{
    uint32_t first = lo, end = hi + 1, used = b->len;
    if (used) {
        if (lo >= b->first && hi - b->first < used)
            return;
        first = b->first < lo ? b->first : lo;
        end = b->first + used > end ? b->first + used : end;
    }
    uint32_t len = end - first, shift = used ? b->first - first : 0;
    make_room(b, a, len, shift);
    uint64_t *words = words_of(b);
    clear(words, shift);
    clear(words + shift + used, len - shift - used);
    b->first = first;
    b->len = (uint16_t)len;
}

/* Adds the bits MORE of word W. */
static void put(struct bits *b, struct arena *a, uint32_t w, uint64_t more)
{
    if (!b->len) {
        b->first = w;
        b->len = 1;
        *words_of(b) = more;
        return;
    }
    if (w - b->first >= b->len)
        cover(b, a, w, w);
    words_of(b)[w - b->first] |= more;
}

bool bits_add(struct bits *b, struct arena *a, uint32_t i)
{
    if (bits_has(b, i))
        return false;
    put(b, a, i / 64, (uint64_t)1 << i % 64);
    return true;
}

bool bits_union(struct bits *b, struct bits *news, const struct bits *from, struct arena *a)
{
    const uint64_t *f = bits_words(from);
    if (from->len == 1) {
        uint64_t more = *f & ~word(b, from->first);
        if (!more)
            return false;
        put(b, a, from->first, more);
        put(news, a, from->first, more);
        return true;
    }
    uint32_t lo = UINT32_MAX, hi = 0;
    for (uint32_t i = 0; i < from->len; i++)
        if (f[i] & ~word(b, from->first + i)) {
            hi = from->first + i;
            if (lo == UINT32_MAX)
                lo = hi;
        }
    if (lo == UINT32_MAX)
        return false;
    cover(b, a, lo, hi);
    cover(news, a, lo, hi);
    uint64_t *to = words_of(b) + (lo - b->first), *new = words_of(news) + (lo - news->first);
    f += lo - from->first;
    for (uint32_t i = 0; i <= hi - lo; i++) {
        uint64_t more = f[i] & ~to[i];
        to[i] |= more;
        new[i] |= more;
    }
    return true;
}

void bits_minus(struct bits *b, const struct bits *from, const struct bits *less, struct arena *a)
{
    b->len = 0;
    if (!from->len)
        return;
    cover(b, a, from->first, from->first + from->len - 1u);
    uint64_t *to = words_of(b);
    const uint64_t *f = bits_words(from);
    for (uint32_t i = 0; i < from->len; i++)
        to[i] = f[i] & ~word(less, from->first + i);
}

bool bits_meet(const struct bits *a, const struct bits *b)
{
    if (!a->len || !b->len)
        return false;
    const uint64_t *words = bits_words(a);
    for (uint32_t i = 0; i < a->len; i++)
        if (words[i] & word(b, a->first + i))
            return true;
    return false;
}

void bits_remove(struct bits *b, const struct bits *less)
{
    uint64_t *words = words_of(b);
    for (uint32_t i = 0; i < b->len; i++)
        words[i] &= ~word(less, b->first + i);
}

bool bits_equal(const struct bits *a, const struct bits *b)
{
    for (uint32_t i = 0; i < a->len; i++)
        if (bits_words(a)[i] != word(b, a->first + i))
            return false;
    for (uint32_t i = 0; i < b->len; i++)
        if (bits_words(b)[i] != word(a, b->first + i))
            return false;
    return true;
}

uint64_t bits_hash(const struct bits *b)
{
    uint64_t h = 0;
    const uint64_t *words = bits_words(b);
    for (uint32_t i = 0; i < b->len; i++)
        if (words[i]) { /* the range may be wider than the set */
            h = (h ^ (b->first + i)) * 0xff51afd7ed558ccdu;
            h = (h ^ h >> 32 ^ words[i]) * 0xc4ceb9fe1a85ec53u;
            h ^= h >> 29;
        }
    return h;
}
