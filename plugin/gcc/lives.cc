/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lives.cc: where the pointer of a moved variable may be null.

   A begin marker makes an object, unless that waits (births.cc), an end marker ends it. Control may also come into
   a block without passing its begin marker:

     switch (n) {
         int x;          <- the begin marker is here and never runs
     case 1: x = 1;      <- this reference finds no object and must make it
     }

   A forward dataflow over the CFG answers, for each variable at each point: may its pointer be
   null? may it be an object? Both bits only ever get set, so it ends after at most
   2 * blocks * variables changes. */
#include "compat.h"
#include "adapter.h"
#include "rewrite_parts.h"

void mentions(gimple *stmt, moved_vars *vars, std::vector<unsigned> *out)
{
    if (is_gimple_debug(stmt) || gimple_call_internal_p(stmt, IFN_ASAN_MARK))
        return;
    struct search {
        moved_vars *vars;
        std::vector<unsigned> *out;
    } s = {vars, out};
    auto look = [](tree *tp, int *walk_subtrees, void *data) -> tree {
        search *found = (search *)data;
        if (TYPE_P(*tp))
            *walk_subtrees = 0;
        int i = DECL_P(*tp) ? found->vars->find(*tp) : -1;
        bool known = i < 0;
        for (unsigned seen : *found->out)
            known |= (int)seen == i;
        if (!known)
            found->out->push_back(i);
        return NULL_TREE;
    };
    for (unsigned i = 0; i < gimple_num_ops(stmt); i++)
        if (tree *op = gimple_op_ptr(stmt, i))
            walk_tree(op, look, &s, NULL);
}

void analyse_lives(moved_vars *vars, hash_set<gimple *> *late, std::vector<lazy_allocation> *lazy,
                   hash_set<gimple *> *dead_ends)
{
    function *fn = cfun;
    struct state {
        bitmap_head null, object;         /* at the end of the block */
        bitmap_head set_null, set_object; /* what the block leaves behind, whatever came in */
    };
    int blocks = last_basic_block_for_fn(fn);
    std::vector<state> at(blocks);
    for (state &s : at)
        for (bitmap b : {&s.null, &s.object, &s.set_null, &s.set_object})
            bitmap_initialize(b, &bitmap_default_obstack);
    auto step = [&](gimple *stmt, auto set_object, auto waits, auto set_null, auto refer) {
        tree decl;
        int i;
        if ((decl = marker_begins(stmt)) && (i = vars->find(decl)) >= 0)
            late->contains(stmt) ? waits((unsigned)i) : set_object((unsigned)i);
        else if ((decl = marker_ends(stmt)) && (i = vars->find(decl)) >= 0)
            set_null((unsigned)i);
        else {
            std::vector<unsigned> refs;
            mentions(stmt, vars, &refs);
            for (unsigned r : refs)
                if (TREE_CODE(vars->list[r].decl) != PARM_DECL)
                    refer(r);
        }
    };

    basic_block bb;
    FOR_EACH_BB_FN (bb, fn) {
        state &here = at[bb->index];
        auto object = [&](unsigned i) {
            bitmap_set_bit(&here.set_object, i);
            bitmap_clear_bit(&here.set_null, i);
        };
        auto null = [&](unsigned i) {
            bitmap_set_bit(&here.set_null, i);
            bitmap_clear_bit(&here.set_object, i);
        };
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s))
            step(gsi_stmt(s), object, null, null, object);
    }
    for (unsigned i = 0; i < vars->list.size(); i++)
        bitmap_set_bit(&at[ENTRY_BLOCK].null, i);

    auto incoming = [&](basic_block b, bitmap null, bitmap object) {
        edge e;
        edge_iterator ei;
        FOR_EACH_EDGE (e, ei, b->preds) {
            bitmap_ior_into(null, &at[e->src->index].null);
            bitmap_ior_into(object, &at[e->src->index].object);
        }
    };
    int *order = XNEWVEC(int, n_basic_blocks_for_fn(fn));
    int n = pre_and_rev_post_order_compute(NULL, order, false);
    for (bool again = true; again;) {
        again = false;
        for (int i = 0; i < n; i++) {
            basic_block b = BASIC_BLOCK_FOR_FN(fn, order[i]);
            state &s = at[b->index];
            auto_bitmap null, object;
            incoming(b, null, object);
            bitmap_and_compl_into(null, &s.set_object);
            bitmap_ior_into(null, &s.set_null);
            bitmap_and_compl_into(object, &s.set_null);
            bitmap_ior_into(object, &s.set_object);
            again |= bitmap_ior_into(&s.null, null);
            again |= bitmap_ior_into(&s.object, object);
        }
    }
    free(order);

    FOR_EACH_BB_FN (bb, fn) {
        auto_bitmap null, object;
        incoming(bb, null, object);
        gimple *stmt = NULL;
        auto refer = [&](unsigned i) {
            if (bitmap_bit_p(null, i)) {
                lazy->push_back({stmt, i, !bitmap_bit_p(object, i)});
                vars->list[i].start_null = true;
            }
            bitmap_clear_bit(null, i);
            bitmap_set_bit(object, i);
        };
        auto born = [&](unsigned i) {
            bitmap_clear_bit(null, i);
            bitmap_set_bit(object, i);
        };
        auto waits = [&](unsigned i) {
            bitmap_set_bit(null, i);
            bitmap_clear_bit(object, i);
        };
        auto dies = [&](unsigned i) {
            if (!bitmap_bit_p(object, i))
                dead_ends->add(stmt);
            else if (bitmap_bit_p(null, i))
                vars->list[i].start_null = true;
            bitmap_set_bit(null, i);
            bitmap_clear_bit(object, i);
        };
        for (gimple_stmt_iterator s = gsi_start_bb(bb); !gsi_end_p(s); gsi_next(&s)) {
            stmt = gsi_stmt(s);
            step(stmt, born, waits, dies, refer);
        }
    }
    for (state &s : at)
        for (bitmap b : {&s.null, &s.object, &s.set_null, &s.set_object})
            bitmap_clear(b);
}
