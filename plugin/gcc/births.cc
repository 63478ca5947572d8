/* SPDX-License-Identifier: GPL-3.0-or-later */
/* births.cc: which variables get their object where they are first mentioned, not where their life begins.

     {
         struct record r;         <- the begin marker: r.heap = 0
         if (rare) {
             read_into (&r);      <- if (r.heap == 0) r.heap = __goe_new (...)
             use (&r);
         }
     }

   A variable that many ways through its block never mention would cost each of them an object. One that
   all ways mention gets it at once: to wait gains nothing. Whether all do is a backward dataflow ("very
   busy"): a variable is awaited at a point if each way from there mentions it before its life ends or
   begins anew. The largest solution counts, so ways that never come back (abort, endless loops) ask for
   nothing.

   What is found wanting an object is lives.cc's business, which also spares the test where there is one
   already. In a loop the test would be made again and again, and stand in the way of moving the access out
   of it: there only calls may make an object, beside which a test is nothing.

   Not at all: without optimisation, where a debugger is to show the variable from the start; in functions
   that control may come back to (setjmp, nonlocal goto), where what the pointer has become may be lost. */
#include "compat.h"
#include "adapter.h"
#include "rewrite_parts.h"

namespace
{

enum event_kind { MENTION, BEGIN, END };

/* What happens to one variable in a statement. */
struct event {
    gimple *stmt;
    unsigned var; /* position in moved_vars */
    event_kind kind;
};

/* Where: the index of a block, and the position among its events. */
typedef std::pair<int, size_t> place;

struct births {
    function *fn;
    moved_vars &vars;
    std::vector<std::vector<event>> events; /* of each block, in order */
    std::vector<std::vector<place>> places; /* of the events of each variable, sorted */
    std::vector<bitmap_head> awaited;       /* at the start of each block */

    births(function *f, moved_vars *v)
        : fn(f), vars(*v), events(last_basic_block_for_fn(f)), places(v->list.size()),
          awaited(events.size())
    {
    }
    void collect(void);
    void solve(void);
    bool awaited_after(place at) const;
    bool loop_mentions(unsigned var) const;
    const event &event_at(place at) const { return events[at.first][at.second]; }

  private:
    const event *next(place from, unsigned var) const;
    bool comes_back(basic_block from, unsigned var) const;
};

void births::collect(void)
{
    basic_block bb;
    FOR_EACH_BB_FN (bb, fn)
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
            std::vector<unsigned> mentioned;
            tree decl;
            int var;
            gimple *stmt = gsi_stmt(s);
            std::vector<event> &here = events[bb->index];
            if ((decl = marker_begins(stmt)) && (var = vars.find(decl)) >= 0)
                here.push_back({stmt, (unsigned)var, BEGIN});
            else if ((decl = marker_ends(stmt)) && (var = vars.find(decl)) >= 0)
                here.push_back({stmt, (unsigned)var, END});
            else
                mentions(stmt, &vars, &mentioned);
            for (unsigned m : mentioned)
                here.push_back({stmt, m, MENTION});
        }
    for (size_t block = 0; block < events.size(); block++)
        for (size_t i = 0; i < events[block].size(); i++)
            places[events[block][i].var].push_back({(int)block, i});
}

/* The first event of VAR at or behind FROM in the same block, or null. */
const event *births::next(place from, unsigned var) const
{
    const std::vector<place> &all = places[var];
    auto found = std::lower_bound(all.begin(), all.end(), from);
    return found != all.end() && found->first == from.first ? &event_at(*found) : NULL;
}

void births::solve(void)
{
    for (bitmap_head &b : awaited) {
        bitmap_initialize(&b, &bitmap_default_obstack);
        bitmap_set_range(&b, 0, vars.list.size());
    }
    bitmap_clear(&awaited[EXIT_BLOCK]);
    int *order = XNEWVEC(int, n_basic_blocks_for_fn(fn));
    int n = post_order_compute(order, false, false);
    for (bool again = true; again;) {
        again = false;
        for (int i = 0; i < n; i++) {
            basic_block bb = BASIC_BLOCK_FOR_FN(fn, order[i]);
            auto_bitmap set;
            bitmap_set_range(set, 0, vars.list.size());
            edge e;
            edge_iterator ei;
            FOR_EACH_EDGE (e, ei, bb->succs)
                bitmap_and_into(set, &awaited[e->dest->index]);
            const std::vector<event> &here = events[bb->index];
            for (size_t k = here.size(); k-- > 0;)
                if (here[k].kind == MENTION)
                    bitmap_set_bit(set, here[k].var);
                else
                    bitmap_clear_bit(set, here[k].var);
            again |= bitmap_and_into(&awaited[bb->index], set);
        }
    }
    free(order);
}

/* Whether the variable of the event at AT is awaited behind it. */
bool births::awaited_after(place at) const
{
    unsigned var = event_at(at).var;
    if (const event *then = next({at.first, at.second + 1}, var))
        return then->kind == MENTION;
    edge e;
    edge_iterator ei;
    FOR_EACH_EDGE (e, ei, BASIC_BLOCK_FOR_FN(fn, at.first)->succs)
        if (!bitmap_bit_p(&awaited[e->dest->index], var))
            return false;
    return true;
}

/* Whether control may leave FROM, which ends in a life of VAR, and come back to a mention of it there in the same life. */
bool births::comes_back(basic_block from, unsigned var) const
{
    std::vector<basic_block> todo = {from};
    auto_bitmap seen;
    while (!todo.empty()) {
        basic_block bb = todo.back();
        todo.pop_back();
        edge e;
        edge_iterator ei;
        FOR_EACH_EDGE (e, ei, bb->succs) {
            int to = e->dest->index;
            const event *first = next({to, 0}, var);
            if (first && first->kind != MENTION)
                continue;
            if (e->dest == from)
                return true;
            bool goes_on = true;
            for (auto i = std::lower_bound(places[var].begin(), places[var].end(), place(to, 0));
                 i != places[var].end() && i->first == to; ++i)
                goes_on &= event_at(*i).kind == MENTION;
            if (goes_on && bitmap_set_bit(seen, to))
                todo.push_back(e->dest);
        }
    }
    return false;
}

/* Whether something else than a call mentions VAR, and again before its life ends or begins anew. */
bool births::loop_mentions(unsigned var) const
{
    const std::vector<place> &all = places[var];
    bool mentioned = false; /* in the life that the block at hand ends in */
    for (size_t i = 0; i < all.size(); i++) {
        const event &v = event_at(all[i]);
        mentioned = v.kind == MENTION && (mentioned || !is_gimple_call(v.stmt));
        if (i + 1 < all.size() && all[i + 1].first == all[i].first)
            continue;
        if (mentioned && comes_back(BASIC_BLOCK_FOR_FN(fn, all[i].first), var))
            return true;
        mentioned = false;
    }
    return false;
}

} // namespace

void find_late_births(moved_vars *vars, hash_set<gimple *> *late)
{
    function *fn = cfun;
    if (!opt_for_fn(fn->decl, optimize) || opt_for_fn(fn->decl, optimize_debug) ||
        fn->calls_setjmp || fn->has_nonlocal_label)
        return;
    births b(fn, vars);
    b.collect();
    b.solve();
    for (unsigned var = 0; var < vars->list.size(); var++) {
        std::vector<gimple *> may_wait;
        for (place at : b.places[var])
            if (b.event_at(at).kind == BEGIN && !b.awaited_after(at))
                may_wait.push_back(b.event_at(at).stmt);
        if (!may_wait.empty() && !b.loop_mentions(var))
            for (gimple *begin : may_wait)
                late->add(begin);
    }
    for (bitmap_head &set : b.awaited)
        bitmap_clear(&set);
}
