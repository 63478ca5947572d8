/* oracle: random programs against goescape, Go and an interpreter.
 *
 *     oracle -n 1000                 programs of seeds 1..1000
 *     oracle -S 60                   for sixty seconds (0: for ever), from the seed given by -s
 *     oracle -s 17 -p c              print the program of seed 17 as C (or go)
 *
 * Worker processes take every jobs-th batch; each batch's report goes to a file, printed in order
 * of the batches, so the output does not depend on who was faster.  Exit status 1: failures. */
#include "prog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct totals {
    int programs, failed;
    int by_fault[NFAULTS];
    long needed, held, moved, go_moved;
};

struct options {
    struct setup su;
    struct gen_options gen;
    unsigned long first; /* seed of the first program */
    int n;               /* programs; with `seconds` >= 0: a round of them */
    int batch;           /* programs a compilation */
    int jobs;
    int reduce;    /* how many failing programs each worker reduces */
    int seconds;   /* -1: one round */
    unsigned only; /* faults looked for */
    bool tap;      /* a line "ok SEED" or "not ok SEED" for each program */
};

/* Which faults fail a program, worst first; the others are counted. */
static const enum fault failing[] = {FAULT_CRASH,  FAULT_UNSOUND, FAULT_OUTPUT, FAULT_COARSE,
                                     FAULT_SILENT, FAULT_LEVEL,   FAULT_GO};

static unsigned failing_set(void)
{
    unsigned set = 0;
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++)
        set |= 1u << failing[i];
    return set;
}

static void show(FILE *out, const struct setup *su, struct prog *p)
{
    static char tag[1][16] = {""};
    print_prelude(out, LANG_C, su->cprofile);
    print_program(out, p, LANG_C, "");
    print_main(out, LANG_C, &p, 1, tag);
    fputc('\n', out);
}

static void report(struct options *o, FILE *out, struct prog *p, const struct finding *f,
                   int *reduced, unsigned report_set)
{
    for (int k = 0; k < NFAULTS; k++) {
        if (!(f->faults & report_set & 1u << k))
            continue;
        fprintf(out, "seed %llu: %s: %s\n", (unsigned long long)p->seed, fault_name[k], f->what[k]);
        if (*reduced >= o->reduce)
            continue;
        ++*reduced;
        struct prog *q = gen_program(p->seed, &o->gen);
        reduce_program(&o->su, q, (enum fault)k);
        struct finding g;
        check_programs(&o->su, &q, 1, 1u << k, &g);
        fprintf(out, "/* reduced from seed %llu: %s: %s */\n", (unsigned long long)p->seed,
                fault_name[k], g.what[k]);
        show(out, &o->su, q);
        prog_free(q);
    }
}

static void do_batch(struct options *o, int batch, FILE *out, struct totals *t, int *reduced)
{
    int from = batch * o->batch, n = o->n - from < o->batch ? o->n - from : o->batch;
    struct prog **p = calloc((size_t)n, sizeof(struct prog *));
    struct finding *f = calloc((size_t)n, sizeof *f);
    if (!p || !f)
        abort();
    for (int i = 0; i < n; i++)
        p[i] = gen_program(o->first + (unsigned long)(from + i), &o->gen);
    check_programs(&o->su, p, n, o->only, f);
    for (int i = 0; i < n; i++) {
        t->programs++;
        t->failed += (f[i].faults & failing_set()) != 0;
        t->needed += f[i].needed;
        t->held += f[i].held;
        t->moved += f[i].moved;
        t->go_moved += f[i].go_moved;
        for (int k = 0; k < NFAULTS; k++)
            t->by_fault[k] += (f[i].faults >> k) & 1;
        if (o->tap)
            fprintf(out, "%sok oracle program %llu\n", f[i].faults & failing_set() ? "not " : "",
                    (unsigned long long)p[i]->seed);
        unsigned set = o->only == ~0u ? failing_set() : o->only;
        if (f[i].faults & set)
            report(o, out, p[i], &f[i], reduced, set);
    }
    for (int i = 0; i < n; i++)
        prog_free(p[i]);
    free(p);
    free(f);
}

static void worker(struct options *o, int me, const char *dir)
{
    char path[4096];
    struct totals t = {0};
    int reduced = 0, batches = (o->n + o->batch - 1) / o->batch;
    snprintf(path, sizeof path, "%s/w%d", dir, me);
    mkdir(path, 0777);
    o->su.dir = path;
    for (int b = me; b < batches; b += o->jobs) {
        char name[4200];
        snprintf(name, sizeof name, "%s/report%d", dir, b);
        FILE *out = fopen(name, "w");
        if (!out) {
            perror(name);
            exit(2);
        }
        do_batch(o, b, out, &t, &reduced);
        fclose(out);
    }
    char name[4200];
    snprintf(name, sizeof name, "%s/totals%d", dir, me);
    FILE *out = fopen(name, "wb");
    if (!out || fwrite(&t, sizeof t, 1, out) != 1)
        exit(2);
    fclose(out);
    exit(0);
}

static void gather(struct options *o, const char *dir, struct totals *sum)
{
    char name[4200], buf[4096];
    for (int b = 0; b < (o->n + o->batch - 1) / o->batch; b++) {
        snprintf(name, sizeof name, "%s/report%d", dir, b);
        FILE *in = fopen(name, "r");
        while (in && fgets(buf, sizeof buf, in))
            fputs(buf, stdout);
        if (in)
            fclose(in);
        unlink(name);
    }
    for (int j = 0; j < o->jobs; j++) {
        struct totals t;
        snprintf(name, sizeof name, "%s/totals%d", dir, j);
        FILE *in = fopen(name, "rb");
        if (!in || fread(&t, sizeof t, 1, in) != 1) {
            fprintf(stderr, "oracle: a worker gave up\n");
            sum->failed++;
            continue;
        }
        fclose(in);
        unlink(name);
        sum->programs += t.programs;
        sum->failed += t.failed;
        sum->needed += t.needed;
        sum->held += t.held;
        sum->moved += t.moved;
        sum->go_moved += t.go_moved;
        for (int k = 0; k < NFAULTS; k++)
            sum->by_fault[k] += t.by_fault[k];
    }
}

static void one_round(struct options *o, const char *dir, struct totals *sum)
{
    fflush(stdout);
    for (int j = 0; j < o->jobs; j++)
        if (fork() == 0)
            worker(o, j, dir);
    while (wait(NULL) > 0) {}
    gather(o, dir, sum);
}

static void print_totals(const struct options *o, const struct totals *t)
{
    double held = t->held ? (double)t->held : 1;
    for (int k = 0; k < NFAULTS; k++)
        if (t->by_fault[k])
            printf("oracle: %s: %d programs\n", fault_name[k], t->by_fault[k]);
    printf("oracle: outlive %ld (used %ld)", t->held, t->needed);
    if (o->su.plugin && !o->su.moved_all)
        printf(", moved %ld, ratio %.2f", t->moved, (double)t->moved / held);
    if (o->su.go)
        printf(", moved by Go %ld, ratio %.2f", t->go_moved, (double)t->go_moved / held);
    printf("\noracle: %d passed, %d failed\n", t->programs - t->failed, t->failed);
}

static void usage(void)
{
    fputs("usage: oracle [options]\n"
          "  -n N        programs (1000)          -s SEED     first seed (1)\n"
          "  -b N        programs a file (25)     -j N        worker processes (2)\n"
          "  -r N        reduce N failures each   -S SECONDS  go on (0: for ever)\n"
          "  -C GCC      compiler (gcc)           -P FILE     goescape.so; none: no plugin\n"
          "  -L FILE     libgoescape.a            -A ARGS     more compiler arguments\n"
          "  -d DIR      scratch folder           -z SIZE     statements a function (12)\n"
          "  -R N        interpreter's runs beside the one compared (30)\n"
          "  -g          without Go               -t          without GOESCAPE=stress=1\n"
          "  -a          select=all: only output  -c          C only, disguised\n"
          "  -f          closures, without Go\n"
          "  -T          one line ok or not ok for each program\n"
          "  -k FAULT    look only for fault number: ",
          stderr);
    for (int k = 0; k < NFAULTS; k++)
        fprintf(stderr, "%d %s%s", k, fault_name[k], k + 1 < NFAULTS ? ", " : "\n");
    fputs("  -p c|go     print the program of SEED\n", stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    struct options o = {
        .su = {.gcc = "gcc", .args = "", .lib = "", .go = true, .stress = true},
        .gen = {.size = 12, .runs = 30},
        .first = 1,
        .n = 1000,
        .batch = 25,
        .jobs = 2,
        .reduce = 2,
        .seconds = -1,
        .only = ~0u,
    };
    const char *dir = "oracle.tmp", *print = NULL;
    int opt;
    while ((opt = getopt(argc, argv, "n:s:b:j:r:R:S:C:P:L:A:d:z:gtacfTk:p:")) != -1) {
        switch (opt) {
        case 'n':
            o.n = atoi(optarg);
            break;
        case 's':
            o.first = strtoul(optarg, NULL, 0);
            break;
        case 'b':
            o.batch = atoi(optarg);
            break;
        case 'j':
            o.jobs = atoi(optarg);
            break;
        case 'r':
            o.reduce = atoi(optarg);
            break;
        case 'R':
            o.gen.runs = atoi(optarg);
            break;
        case 'S':
            o.seconds = atoi(optarg);
            break;
        case 'C':
            o.su.gcc = optarg;
            break;
        case 'P':
            o.su.plugin = optarg;
            break;
        case 'L':
            o.su.lib = optarg;
            break;
        case 'A':
            o.su.args = optarg;
            break;
        case 'd':
            dir = optarg;
            break;
        case 'z':
            o.gen.size = atoi(optarg);
            break;
        case 'g':
            o.su.go = false;
            break;
        case 't':
            o.su.stress = false;
            break;
        case 'a':
            o.su.moved_all = true;
            break;
        case 'c':
            o.su.cprofile = o.gen.cprofile = true;
            o.su.go = false;
            break;
        case 'f':
            o.su.closures = o.gen.closures = true;
            o.su.go = false;
            break;
        case 'T':
            o.tap = true;
            break;
        case 'k':
            o.only = 1u << atoi(optarg);
            break;
        case 'p':
            print = optarg;
            break;
        default:
            usage();
        }
    }
    if (o.n < 1 || o.batch < 1 || o.jobs < 1 || optind != argc)
        usage();
    if (print) {
        static char tag[1][16] = {""};
        enum lang lang = strcmp(print, "go") ? LANG_C : LANG_GO;
        struct prog *p = gen_program(o.first, &o.gen);
        print_prelude(stdout, lang, o.su.cprofile);
        print_program(stdout, p, lang, "");
        print_main(stdout, lang, &p, 1, tag);
        return 0;
    }
    mkdir(dir, 0777);
    struct totals sum = {0};
    time_t start = time(NULL);
    do {
        one_round(&o, dir, &sum);
        o.first += (unsigned long)o.n;
    } while (o.seconds == 0 || (o.seconds > 0 && time(NULL) - start < o.seconds));
    print_totals(&o, &sum);
    return sum.failed ? 1 : 0;
}
