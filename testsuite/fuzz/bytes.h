/* bytes.h - what the targets that read bytes share: one function, driven by libFuzzer or by main below.
 *
 *     #include "bytes.h"
 *     int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { ...; REQUIRE(what must hold); return 0; }
 *
 * Compiled with clang -fsanitize=fuzzer that is a libFuzzer target. Compiled with -DFUZZ_MAIN it is a program,
 *
 *     NAME [-n INPUTS] [-s SEED] [FILE ...]
 *
 * which hands over each file as it is, standard input if there is none (so AFL++ can drive it), and then INPUTS
 * of them with a few changes each: bytes flipped, pieces left out, doubled, moved or taken from another file.
 */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(what)                                                                              \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#ifdef __cplusplus
extern "C"
#endif
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef FUZZ_MAIN

#include <unistd.h>

struct bytes {
    uint8_t *at; /* size bytes */
    size_t size;
};

static uint64_t fuzz_state;

/* 0 .. n-1 (splitmix64). */
static size_t fuzz_below(size_t n)
{
    uint64_t z = fuzz_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return n ? (z ^ z >> 31) % n : 0;
}

static struct bytes fuzz_read(FILE *in)
{
    struct bytes b = {NULL, 0};
    for (int c; (c = getc(in)) != EOF;) {
        b.at = (uint8_t *)realloc(b.at, b.size + 1);
        REQUIRE(b.at);
        b.at[b.size++] = (uint8_t)c;
    }
    return b;
}

/* Puts n bytes in the place of the `out` bytes at `where`. */
static void fuzz_splice(struct bytes *b, size_t where, size_t out, const uint8_t *in, size_t n)
{
    size_t rest = b->size - where - out;
    uint8_t *made = (uint8_t *)malloc(b->size - out + n + 1);
    REQUIRE(made);
    if (b->size)
        memcpy(made, b->at, where);
    if (n)
        memcpy(made + where, in, n);
    if (rest)
        memcpy(made + where + n, b->at + where + out, rest);
    free(b->at);
    b->at = made;
    b->size = where + n + rest;
}

static void fuzz_change(struct bytes *b, const struct bytes *other)
{
    static const char odd[] = "0\n\"\\{}[]=:,-%9k\0 <";
    size_t where = fuzz_below(b->size + 1), left = b->size - where;
    size_t out = fuzz_below((left < 16 ? left : 16) + 1), from = fuzz_below(other->size);
    size_t n = fuzz_below(other->size - from < 40 ? other->size - from + 1 : 40);
    uint8_t byte = (uint8_t)(fuzz_below(2) ? fuzz_below(256) : (uint8_t)odd[fuzz_below(sizeof odd)]);
    switch (fuzz_below(4)) {
    case 0:
        fuzz_splice(b, where, left > 0, &byte, 1);
        break;
    case 1:
        fuzz_splice(b, where, 0, &byte, 1);
        break;
    case 2:
        fuzz_splice(b, where, out, NULL, 0);
        break;
    case 3:
        fuzz_splice(b, where, out, other->at + from, n);
        break;
    }
}

int main(int argc, char **argv)
{
    unsigned long n = 0, nfiles;
    struct bytes *files;
    for (int opt; (opt = getopt(argc, argv, "n:s:")) != -1;) {
        if (opt == '?')
            return 2;
        *(opt == 'n' ? &n : &fuzz_state) = strtoul(optarg, NULL, 10);
    }
    nfiles = argc > optind ? (unsigned long)(argc - optind) : 1;
    files = (struct bytes *)calloc(nfiles, sizeof *files);
    REQUIRE(files);
    for (unsigned long i = 0; i < nfiles; i++) {
        FILE *in = argc > optind ? fopen(argv[optind + (int)i], "rb") : stdin;
        REQUIRE(in);
        files[i] = fuzz_read(in);
        if (in != stdin)
            fclose(in);
        LLVMFuzzerTestOneInput(files[i].at, files[i].size);
    }
    for (unsigned long i = 0; i < n; i++) {
        struct bytes b = {NULL, 0}, *of = &files[fuzz_below(nfiles)];
        fuzz_splice(&b, 0, 0, of->at, of->size);
        for (size_t k = 1 + fuzz_below(4); k; k--)
            fuzz_change(&b, &files[fuzz_below(nfiles)]);
        LLVMFuzzerTestOneInput(b.at, b.size);
        free(b.at);
    }
    for (unsigned long i = 0; i < nfiles; i++)
        free(files[i].at);
    free(files);
    return 0;
}

#endif
#endif
