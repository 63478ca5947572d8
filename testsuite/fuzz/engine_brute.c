/* engine_brute: the engine against an interpreter, on random programs.
 *
 *     engine_brute [-n PROGRAMS] [-s FIRST_SEED] [-S SECONDS] [-e EFFORT] [-p] [-b] [-k FAULTS]
 *
 * Each program is run along many paths by the interpreter and judged by the engine with its default
 * budget and with small ones, and every second one with its functions in two files that know each
 * other's summaries. A fault is reduced (statements are taken out as long as the same kind of fault is
 * there) and printed; -p prints the program of FIRST_SEED as it is, -k leaves out kinds of faults
 * ("warning,leak"), -b does not reduce. Ends with the statistics; the exit status is 1 if there was a
 * fault.
 */
#include "brute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NBUDGETS = 4, REDUCE_EFFORT = 4, MAX_REPORTS = 5, MAX_TRIES = 1500 };

/* 0: the default; the next make nearly everything give up, the last only some. */
static const uint32_t budgets[NBUDGETS] = {0, 1, 150, 1201};

struct totals {
    uint64_t programs, runs, steps, moved[NBUDGETS], must, extended, stays, gave_up[NBUDGETS];
    uint64_t promoted, warnings, unconfirmed, faults[NFAULTS];
    uint64_t parted, apart, unsettled; /* programs in two files; variables moved there; no end */
};

struct state {
    struct prog p;
    struct flat flats[MAX_FNS];
    struct truth truth;
    unsigned effort, ignore;
};

static bool lay_out(struct state *s)
{
    for (uint32_t f = 0; f < s->p.nfns; f++)
        if (!flatten(&s->p, f, &s->flats[f]))
            return false;
    return true;
}

/* ---- reduction ---- */

struct reducer {
    struct state *s;
    enum fault fault;
    uint32_t budget;
    uint32_t part; /* functions of the first file; 0: it is all one */
    unsigned tries;
    bool progress;
};

static void judge_as(const struct reducer *r, struct answer *a)
{
    const struct state *s = r->s;
    if (r->part)
        judge_parts(&s->p, s->flats, &s->truth, r->part, r->budget, ~(1u << r->fault), a);
    else
        judge(&s->p, s->flats, &s->truth, r->budget, ~(1u << r->fault), a);
}

static bool still_fails(struct reducer *r)
{
    struct answer a;
    if (r->tries++ > MAX_TRIES || !lay_out(r->s))
        return false;
    find_truth(&r->s->p, r->s->flats, r->s->effort * REDUCE_EFFORT, &r->s->truth);
    judge_as(r, &a);
    return a.fault == r->fault;
}

static bool compound(const struct bstmt *s)
{
    return s->kind == B_IF || s->kind == B_LOOP || s->kind == B_SWITCH;
}

static void try_simpler_ref(struct reducer *r, struct esc_ref *ref)
{
    struct esc_ref old = *ref;
    if (ref->kind == ESC_NONE)
        return;
    *ref = esc_none();
    if (!still_fails(r))
        *ref = old;
    else
        r->progress = true;
    if (ref->kind != ESC_NONE && (ref->add || ref->flags)) {
        ref->add = 0;
        ref->flags &= ESC_REF_FITS;
        if (ref->flags == old.flags && ref->add == old.add)
            return;
        if (!still_fails(r))
            *ref = old;
        else
            r->progress = true;
    }
}

static void try_without(void *context, struct bstmt *s)
{
    struct reducer *r = context;
    s->gone = true;
    if (still_fails(r)) {
        r->progress = true;
        return;
    }
    s->gone = false;
    if (compound(s) && !s->hollow) {
        s->hollow = true;
        if (still_fails(r))
            r->progress = true;
        else
            s->hollow = false;
    }
    if (compound(s) && !s->hollow && s->cond) {
        s->cond = false;
        if (still_fails(r))
            r->progress = true;
        else
            s->cond = true;
    }
}

static void try_simpler(void *context, struct bstmt *s)
{
    struct reducer *r = context;
    if (s->kind != B_ASSIGN && s->kind != B_CALL && s->kind != B_RETURN && s->kind != B_ASM)
        return;
    if (s->kind == B_CALL)
        try_simpler_ref(r, &s->dst);
    for (uint32_t i = s->kind == B_ASM ? s->outs : 0; i < s->n; i++)
        try_simpler_ref(r, &s->refs[i]);
    if (s->kind == B_ASSIGN && s->n == 2) {
        s->n = 1;
        if (!still_fails(r))
            s->n = 2;
    }
}

static void try_flags(struct reducer *r, uint32_t *flags)
{
    for (uint32_t bit = 1; bit; bit <<= 1) {
        if (!(*flags & bit & (ESC_SYM_LOCAL | ESC_SYM_REPLACE | ESC_SYM_TAKEN)))
            continue;
        *flags &= ~bit;
        if (!still_fails(r))
            *flags |= bit;
    }
}

static void reduce(struct reducer *r)
{
    struct prog *p = &r->s->p;
    do {
        r->progress = false;
        for (uint32_t f = 0; f < p->nfns; f++) {
            struct bstmt *body = p->fn[f].body; /* all of a function at once, if possible */
            p->fn[f].body = NULL;
            if (body && still_fails(r))
                continue;
            p->fn[f].body = body;
            each_stmt(p->fn[f].body, try_without, r);
        }
    } while (r->progress);
    for (uint32_t f = 0; f < p->nfns; f++)
        each_stmt(p->fn[f].body, try_simpler, r);
    for (uint32_t i = 0; i < p->nfns; i++)
        try_flags(r, &p->sym[i].flags);
    bool keeps = p->extern_keeps;
    p->extern_keeps = false;
    if (keeps && !still_fails(r))
        p->extern_keeps = true;
    r->tries = 0;
}

static void report(struct state *s, uint64_t seed, uint32_t budget, uint32_t part,
                   const struct answer *a, bool reduces)
{
    struct reducer r = {.s = s, .fault = a->fault, .budget = budget, .part = part};
    struct answer again;
    printf("seed %llu, budget %u", (unsigned long long)seed, budget);
    if (part)
        printf(", first file %x", part);
    printf(": %s: %s\n", fault_name[a->fault], a->text);
    if (!reduces)
        return;
    if (still_fails(&r))
        reduce(&r);
    lay_out(s);
    find_truth(&s->p, s->flats, s->effort * REDUCE_EFFORT, &s->truth);
    judge_as(&r, &again);
    printf("reduced to: %s\n", again.text);
    prog_print(&s->p);
    printf("\n");
    fflush(stdout);
}

/* ---- all of it ---- */

static void add_answer(struct totals *t, unsigned b, const struct answer *a)
{
    t->moved[b] += a->moved;
    t->gave_up[b] += a->gave_up;
    if (b)
        return;
    t->must += a->must;
    t->extended += a->extended;
    t->stays += a->stays;
    t->promoted += a->promoted;
    t->warnings += a->warnings;
    t->unconfirmed += a->unconfirmed;
}

/* Everything of the program can be named from another file, and is what runs. */
static void export_all(struct prog *p)
{
    for (uint32_t i = 0; i < p->nsyms; i++)
        if (i < p->nfns || p->sym[i].kind == ESC_SYM_DATA)
            p->sym[i].flags &= ~(uint32_t)(ESC_SYM_LOCAL | ESC_SYM_REPLACE);
}

/* The same program in two files. */
static bool test_parts(struct state *s, uint64_t seed, struct totals *t, bool show)
{
    uint64_t random = seed + 77;
    if (s->p.nfns < 2 || seed % 2)
        return false;
    uint32_t part = 1 + rnd(&random, (1u << s->p.nfns) - 2);
    export_all(&s->p);
    find_truth(&s->p, s->flats, s->effort, &s->truth);
    for (unsigned b = 0; b < NBUDGETS; b += 2) {
        struct answer a;
        bool settled =
            judge_parts(&s->p, s->flats, &s->truth, part, budgets[b], s->ignore, &a);
        t->parted += b == 0;
        t->apart += b == 0 ? a.moved : 0;
        t->unsettled += !settled;
        if (a.fault == FAULT_NONE)
            continue;
        t->faults[a.fault]++;
        report(s, seed, budgets[b], part, &a, show);
        return true;
    }
    return false;
}

/* True if the program of SEED is at fault. */
static bool test(struct state *s, uint64_t seed, struct totals *t, bool show)
{
    bool bad = false;
    prog_make(&s->p, seed);
    if (lay_out(s)) {
        t->programs++;
        find_truth(&s->p, s->flats, s->effort, &s->truth);
        t->runs += s->truth.runs;
        t->steps += s->truth.steps;
        for (unsigned b = 0; b < NBUDGETS && !bad; b++) {
            struct answer a;
            judge(&s->p, s->flats, &s->truth, budgets[b], s->ignore, &a);
            add_answer(t, b, &a);
            if (a.fault == FAULT_NONE)
                continue;
            bad = true;
            t->faults[a.fault]++;
            report(s, seed, budgets[b], 0, &a, show);
        }
        bad = bad || test_parts(s, seed, t, show);
    }
    prog_free(&s->p);
    return bad;
}

static void print_totals(const struct totals *t)
{
    printf("%llu programs, %llu paths, %llu statements run\n", (unsigned long long)t->programs,
           (unsigned long long)t->runs, (unsigned long long)t->steps);
    printf("variables moved: %llu; seen to outlive: %llu; extended: %llu; left alone: %llu\n",
           (unsigned long long)t->moved[0], (unsigned long long)t->must,
           (unsigned long long)t->extended, (unsigned long long)t->stays);
    printf("moved for each that outlives: %.2f\n",
           t->must ? (double)t->moved[0] / (double)t->must : 0.0);
    printf("in two files: %llu programs, %llu variables moved; without an end: %llu\n",
           (unsigned long long)t->parted, (unsigned long long)t->apart,
           (unsigned long long)t->unsettled);
    for (unsigned b = 1; b < NBUDGETS; b++)
        printf("budget %u: %llu moved, gave up on %llu functions\n", budgets[b],
               (unsigned long long)t->moved[b], (unsigned long long)t->gave_up[b]);
    printf("blocks promoted: %llu; definite warnings: %llu, of which not seen to come true: %llu\n",
           (unsigned long long)t->promoted, (unsigned long long)t->warnings,
           (unsigned long long)t->unconfirmed);
    for (unsigned f = 1; f < NFAULTS; f++)
        if (t->faults[f])
            printf("FAULTS %s: %llu programs\n", fault_name[f], (unsigned long long)t->faults[f]);
}

static unsigned faults_named(char *list)
{
    unsigned bits = 0;
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
        unsigned f = 1;
        while (f < NFAULTS && strcmp(name, fault_name[f]) != 0)
            f++;
        if (f == NFAULTS) {
            fprintf(stderr, "engine_brute: no fault is called '%s'\n", name);
            exit(2);
        }
        bits |= 1u << f;
    }
    return bits;
}

int main(int argc, char **argv)
{
    static struct state s = {.effort = 1};
    struct totals t = {0};
    uint64_t n = 3000, seed = 1;
    long seconds = 0;
    bool print = false, brief = false;
    int c;
    while ((c = getopt(argc, argv, "n:s:S:e:k:pb")) != -1)
        switch (c) {
        case 'n':
            n = strtoull(optarg, NULL, 10);
            break;
        case 's':
            seed = strtoull(optarg, NULL, 10);
            break;
        case 'S':
            seconds = atol(optarg);
            break;
        case 'e':
            s.effort = (unsigned)atoi(optarg);
            break;
        case 'k':
            s.ignore = faults_named(optarg);
            break;
        case 'p':
            print = true;
            break;
        case 'b':
            brief = true;
            break;
        default:
            fprintf(stderr, "usage: engine_brute [-n PROGRAMS] [-s FIRST_SEED] [-S SECONDS] "
                            "[-e EFFORT] [-k FAULT,...] [-p] [-b]\n");
            return 2;
        }
    if (print) {
        prog_make(&s.p, seed);
        prog_print(&s.p);
        prog_free(&s.p);
        return 0;
    }
    time_t start = time(NULL);
    unsigned bad = 0;
    for (uint64_t i = 0; seconds ? time(NULL) - start < seconds : i < n; i++)
        bad += test(&s, seed + i, &t, !brief && bad < MAX_REPORTS);
    print_totals(&t);
    return bad != 0;
}
