/* Runs programs through goescape and Go and judges what they did.
 *
 * N programs share one C file and one Go file, each name tagged p<k>; so a note "moved to heap:
 * p3v12" names a variable, and a line "3 12345" of the output a program's checksum.  When the
 * shared file does not compile, or a program ends the run of those behind it, each is done alone.
 *
 * The judge's scale, for every variable that was executed:
 *     used  <=  held  <=  moved by Go         used, held: by the interpreter, see interp.c
 *     used  <=  moved by goescape  <=  moved by Go
 */
#include "prog.h"

#include <stdlib.h>
#include <string.h>

const char *const fault_name[NFAULTS] = {
    [FAULT_CRASH] = "CRASH",
    [FAULT_UNSOUND] = "UNSOUND",
    [FAULT_HELD] = "HELD NOT MOVED",
    [FAULT_OUTPUT] = "WRONG OUTPUT",
    [FAULT_COARSE] = "LESS FINE THAN GO",
    [FAULT_SILENT] = "NO VERDICT",
    [FAULT_LEVEL] = "LEVELS DIFFER",
    [FAULT_NEEDLESS] = "NEEDLESS",
    [FAULT_GO] = "ORACLE WRONG",
};

enum { CMD = 4096 };

/* Faults that need the program compiled at -O2 also. */
static const unsigned both_levels = 1u << FAULT_LEVEL | 1u << FAULT_OUTPUT | 1u << FAULT_CRASH;

struct check {
    const struct setup *su;
    struct prog **p;
    int n;
    unsigned wanted;
    struct finding *f;
    char (*tag)[16];
    bool compiled_o2; /* there are verdicts of -O2 */
};

static void fault(struct check *ck, int k, enum fault what, struct var *v, const char *detail)
{
    struct finding *f = &ck->f[k];
    if (!(ck->wanted & 1u << what) || f->faults & 1u << what)
        return;
    f->faults |= 1u << what;
    f->var[what] = v;
    if (v)
        snprintf(f->what[what], sizeof f->what[what], "%s v%d", detail, v->id);
    else
        snprintf(f->what[what], sizeof f->what[what], "%s", detail);
}

static bool run(const char *cmd)
{
    return system(cmd) == 0;
}

static FILE *open_in(const struct setup *su, const char *name, const char *mode)
{
    char path[CMD];
    snprintf(path, sizeof path, "%s/%s", su->dir, name);
    FILE *f = fopen(path, mode);
    if (!f && *mode == 'w') {
        perror(path);
        exit(2);
    }
    return f;
}

static void write_source(struct check *ck, enum lang lang, const char *name)
{
    FILE *out = open_in(ck->su, name, "w");
    print_prelude(out, lang, ck->su->cprofile);
    for (int i = 0; i < ck->n; i++)
        print_program(out, ck->p[i], lang, ck->tag[i]);
    print_main(out, lang, ck->p, ck->n, ck->tag);
    fclose(out);
}

/* Which variable does a note "... KEY: p3v12" or "...: p3v12 KEY" name? */
static struct var *named(struct check *ck, const char *name)
{
    int k, v;
    if (sscanf(name, "p%dv%d", &k, &v) != 2 || k < 0 || k >= ck->n || v < 0 || v >= ck->p[k]->nvars)
        return NULL;
    return ck->p[k]->var[v];
}

/* Reads -m notes; both compilers word them alike. */
static void read_notes(struct check *ck, const char *file, void (*note)(struct var *, enum said))
{
    char buf[1024];
    FILE *in = open_in(ck->su, file, "r");
    while (in && fgets(buf, sizeof buf, in)) {
        char *s;
        struct var *v;
        if ((s = strstr(buf, "moved to heap: ")) && (v = named(ck, s + 15)))
            note(v, MOVED);
        else if ((s = strstr(buf, "lifetime extended to function: ")) && (v = named(ck, s + 31)))
            note(v, EXTENDED);
        else if (strstr(buf, " does not escape") && (s = strstr(buf, "note: ")) &&
                 (v = named(ck, s + 6)))
            note(v, STAYS);
    }
    if (in)
        fclose(in);
}

static void note_ours(struct var *v, enum said said)
{
    v->said = said;
}

static void note_level(struct var *v, enum said said)
{
    v->said_o2 = said;
}

static void note_go(struct var *v, enum said said)
{
    v->go_moved |= said == MOVED;
}

/* Reads "k checksum" lines.  Returns how many programs ran to their end. */
static int read_sums(struct check *ck, const char *file, const char *how, enum fault what)
{
    char detail[96];
    int done = 0, k;
    unsigned sum;
    FILE *in = open_in(ck->su, file, "r");
    while (in && fscanf(in, "%d %u", &k, &sum) == 2 && k == done) {
        snprintf(detail, sizeof detail, "%s: %u, not %u", how, sum, ck->p[k]->sum);
        if (sum != ck->p[k]->sum)
            fault(ck, k, what, NULL, detail);
        done++;
    }
    if (in)
        fclose(in);
    return done;
}

/* One level: compile, run, perhaps under stress.  False: some program has to be looked at alone. */
static bool do_level(struct check *ck, const char *level, void (*note)(struct var *, enum said))
{
    const struct setup *su = ck->su;
    char cmd[CMD], plugin[CMD / 2] = "";
    bool execute = ck->wanted & (1u << FAULT_OUTPUT | 1u << FAULT_CRASH);
    if (su->plugin)
        snprintf(plugin, sizeof plugin, "-fplugin=%s -fplugin-arg-goescape-m %s", su->plugin,
                 su->moved_all ? "-fplugin-arg-goescape-select=all" : "");
    else
        snprintf(plugin, sizeof plugin, "-fstack-reuse=none");
    snprintf(cmd, sizeof cmd, "%s -std=gnu11 %s %s %s %s %s/b.c -o %s/b%s %s 2>%s/notes%s", su->gcc,
             level, su->cprofile ? "-fno-strict-aliasing" : "", plugin, su->args, su->dir, su->dir,
             execute ? "" : ".s -S", execute && su->plugin ? su->lib : "", su->dir, level);
    if (execute)
        strncat(cmd, " -lpthread", sizeof cmd - strlen(cmd) - 1);
    if (!run(cmd)) {
        if (ck->n == 1)
            fault(ck, 0, FAULT_CRASH, NULL, level);
        return false;
    }
    ck->compiled_o2 |= note == note_level;
    char name[64];
    snprintf(name, sizeof name, "notes%s", level);
    read_notes(ck, name, note);
    if (!execute)
        return true;
    bool ok = true;
    for (int stress = 0; stress <= (su->stress && su->plugin); stress++) {
        char how[64];
        snprintf(how, sizeof how, "%s%s", level, stress ? " GOESCAPE=stress=1" : "");
        snprintf(cmd, sizeof cmd, "cd %s && %s timeout %d ./b >out 2>err", su->dir,
                 stress ? "GOESCAPE=stress=1" : "", 20 + 2 * ck->n);
        run(cmd);
        int done = read_sums(ck, "out", how, FAULT_OUTPUT);
        if (done < ck->n) {
            if (ck->n == 1) {
                char detail[96];
                snprintf(detail, sizeof detail, "%s: does not end well", how);
                fault(ck, 0, FAULT_OUTPUT, NULL, detail);
            }
            ok = false;
        }
    }
    return ok;
}

static bool do_go(struct check *ck)
{
    const struct setup *su = ck->su;
    char cmd[CMD];
    bool execute = ck->wanted & 1u << FAULT_GO;
    write_source(ck, LANG_GO, "b.go");
    if (execute)
        snprintf(
            cmd, sizeof cmd,
            "cd %s && GO111MODULE=off GOFLAGS= GOTOOLCHAIN=local GOCACHE=${GOCACHE:-$PWD/../gocache} "
            "go build -gcflags=-m -o bgo b.go 2>notesgo",
            su->dir);
    else
        snprintf(
            cmd, sizeof cmd,
            "cd %s && GO111MODULE=off GOFLAGS= GOTOOLCHAIN=local go tool compile -m -p main -o bgo.o b.go "
            ">notesgo 2>&1",
            su->dir);
    if (!run(cmd)) {
        for (int i = 0; i < ck->n; i++)
            fault(ck, i, FAULT_GO, NULL, "the Go program does not compile");
        return false;
    }
    read_notes(ck, "notesgo", note_go);
    if (!execute)
        return true;
    snprintf(cmd, sizeof cmd, "cd %s && timeout 60 ./bgo 2>outgo", su->dir);
    run(cmd);
    for (int i = read_sums(ck, "outgo", "Go", FAULT_GO); i < ck->n; i++)
        fault(ck, i, FAULT_GO, NULL, "the Go program does not end well");
    return true;
}

static void judge(struct check *ck, int k)
{
    struct prog *p = ck->p[k];
    struct finding *f = &ck->f[k];
    bool verdicts = ck->su->plugin && !ck->su->moved_all;
    bool levels = ck->wanted & both_levels && ck->compiled_o2;
    for (int i = 0; i < p->nvars; i++) {
        struct var *v = p->var[i];
        if (!v->executed)
            continue;
        bool moved = v->said == MOVED, used = v->used_after || v->used_next,
             held = v->held_after || v->held_next;
        f->needed += used;
        f->held += held;
        f->moved += moved;
        f->go_moved += v->go_moved;
        if (ck->su->go && held && !v->go_moved)
            fault(ck, k, FAULT_GO, v,
                  used ? "Go did not move the used" : "Go did not move the held");
        if (!ck->su->plugin && held) /* plain C is not meant to get this right */
            f->faults &= ~(1u << FAULT_OUTPUT);
        if (!verdicts)
            continue;
        if (used && !moved)
            fault(ck, k, FAULT_UNSOUND, v,
                  v->used_after ? "used after its call returned:"
                                : "used after its next instance began:");
        else if (v->used_block && !moved && v->said != EXTENDED)
            fault(ck, k, FAULT_UNSOUND, v, "used after its block ended:");
        else if (held && !moved)
            fault(ck, k, FAULT_HELD, v,
                  v->held_after ? "held after its call returned:"
                                : "held when its next instance began:");
        if (moved && ck->su->go && !v->go_moved)
            fault(ck, k, FAULT_COARSE, v, "Go does not move");
        if (moved && !held)
            fault(ck, k, FAULT_NEEDLESS, v, "moved for nothing:");
        if (levels && v->said != v->said_o2)
            fault(ck, k, FAULT_LEVEL, v, "the verdict changes with -O2:");
        /* of what a closure uses and nothing moves, nothing is said */
        if (v->addr_taken && !v->param && v->said == SILENT && !ck->su->closures)
            fault(ck, k, FAULT_SILENT, v, "nothing is said about");
    }
}

void check_programs(const struct setup *su, struct prog **p, int n, unsigned wanted,
                    struct finding *f)
{
    char(*tag)[16] = calloc((size_t)n, sizeof *tag);
    struct check ck = {.su = su, .p = p, .n = n, .wanted = wanted, .f = f, .tag = tag};
    if (!tag)
        abort();
    memset(f, 0, (size_t)n * sizeof *f);
    for (int i = 0; i < n; i++) {
        snprintf(tag[i], sizeof tag[i], "p%d", i);
        prog_mark_used(p[i]);
        for (int k = 0; k < p[i]->nvars; k++) {
            struct var *v = p[i]->var[k];
            v->said = v->said_o2 = SILENT;
            v->go_moved = false;
        }
    }
    write_source(&ck, LANG_C, "b.c");
    unsigned beside = 1u << FAULT_GO | 1u << FAULT_COARSE;
    bool ours = wanted != 1u << FAULT_GO, ok = true;
    if (ours)
        ok = do_level(&ck, "-O0", note_ours);
    if (ours && wanted & both_levels) {
        ok &= do_level(&ck, "-O2", note_level);
    }
    if (!ok && n > 1) { /* one spoils it for the others */
        for (int i = 0; i < n; i++)
            check_programs(su, &p[i], 1, wanted, &f[i]);
        free(tag);
        return;
    }
    if (su->go && wanted & beside)
        do_go(&ck);
    for (int i = 0; i < n; i++)
        judge(&ck, i);
    free(tag);
}
