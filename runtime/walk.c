/* SPDX-License-Identifier: BSL-1.0
 *
 * walk.c: whether marking walks one structure at a time, or many in turn.
 *
 * Idea: where neighbours in memory point to each other over long stretches, it is fastest to follow them one after the
 * other, and to fetch what lies ahead. Where each such stretch is short, or leads back and forth, the same way waits for
 * memory at each turn, and takes up to six times as long as if many are followed in turn; which in turn takes half as
 * long again on the former. No property of the heap that would be known tells one from the other on each processor, so
 * it is measured: the other way gets a sample of the work now and then, and is gone on with if it was faster.
 *
 * Each trial that was lost doubles the time to the next. So if the other way is six times slower, trials cost two parts in a
 * hundred. A sample that the system has interrupted looks slow; it costs a few samples more the wrong way.
 *
 * Worked example: 32,000 objects in lists of 64, 5 us a sample in turn, 18 us alone. After 8 samples one alone: 18 > 5, so
 * in turn again, for 16 samples; then 32.
 */
#include "internal.h"

enum {
    SHORTEST = 8,  /* samples before the other way is tried */
    LONGEST = 256, /* likewise, if that was in vain each time */
    SMOOTH = 4,    /* a sample is this part of what is taken for the cost of one */
};

void goe__walk_init(struct walk *w)
{
    *w = (struct walk){.left = WALK_SAMPLE, .wait = SHORTEST, .patience = SHORTEST};
}

void goe__walk_resume(struct walk *w, uint64_t now)
{
    w->since = now;
}

void goe__walk_pause(struct walk *w, uint64_t now)
{
    w->spent += now - w->since;
}

bool goe__walk_turn(struct walk *w, uint64_t now)
{
    uint64_t took = w->spent + (now - w->since);
    w->since = now;
    w->spent = 0;
    if (w->trial) {
        w->trial = false;
        if (took < w->cost) {
            w->cost = took;
            w->patience = SHORTEST;
        } else {
            w->alone = !w->alone;
            w->patience = w->patience < LONGEST ? w->patience * 2 : LONGEST;
        }
        w->wait = w->patience;
    } else {
        w->cost = w->cost ? w->cost - w->cost / SMOOTH + took / SMOOTH : took;
        if (--w->wait == 0) {
            w->trial = true;
            w->alone = !w->alone;
        }
    }
    return w->alone;
}
