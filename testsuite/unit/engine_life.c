/* engine_life.c - lifetimes: blocks, loops, pins, large objects, and blocks of the heap. */
#include "engine_ir.h"

static struct esc_models *models;

static void with_models(void)
{
    struct esc_options o = usual_options();
    if (!models)
        models = esc_models_new(&esc_models_builtin);
    o.models = models;
    new_unit(o);
}

/* A loop: before -> head -> body -> head, head -> after. Body and after are built by the caller. */
struct loop {
    uint32_t head, body;
};

static struct loop open_loop(void)
{
    struct loop l;
    uint32_t before = last_block;
    l.head = block();
    esc_edge(fn, before, l.head);
    l.body = block();
    esc_edge(fn, l.head, l.body);
    return l;
}

static void close_loop(struct loop l)
{
    esc_edge(fn, last_block, l.head);
    esc_edge(fn, l.head, block());
}

static void begin(uint32_t var)
{
    esc_begin(fn, var, sites++);
}

static void end(uint32_t var)
{
    esc_end(fn, var, sites++);
}

/* ---- blocks ---- */

START_TEST(used_after_its_block)
{
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p");
    uint32_t y = scoped("y", 8, ESC_ADDRESSED, s), q = reg("q"), r = reg("r");
    begin(x);
    begin(y);
    set(value(p), address(x));
    set(value(q), address(y));
    set(value(r), through(q, 0));
    end(x);
    end(y);
    set(value(r), through(p, 0));
    end_function();
    solve();
    ck_assert_extended(x);
    ck_assert_stays(y);
}
END_TEST

START_TEST(held_after_its_block_by_memory)
{
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), m = memory("m", 8);
    uint32_t r = reg("r");
    begin(x);
    set(value(m), address(x));
    end(x);
    set(value(r), value(m));
    end_function();
    solve();
    ck_assert_extended(x);
    ck_assert_stays(m);
}
END_TEST

START_TEST(a_comparison_is_no_use)
{
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p");
    begin(x);
    set(value(p), address(x));
    end(x);
    esc_branch(fn, value(p), ESC_EQ, esc_const(0), 0);
    uint32_t top = last_block, then = block();
    esc_edge(fn, then, ESC_EXIT);
    esc_edge(fn, top, then);
    esc_edge(fn, top, ESC_EXIT);
    solve();
    ck_assert_stays(x);
}
END_TEST

START_TEST(what_moves_is_not_extended)
{
    function("f", 1);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p");
    begin(x);
    set(value(p), address(x));
    end(x);
    set(through(0, 0), value(p));
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_STORED);
}
END_TEST

/* ---- loops ---- */

/* for (;;) { int x; p = &x; use(*p); }   and with list[n++] = &x */
START_TEST(born_again)
{
    for (int kept = 0; kept < 2; kept++) {
        new_unit(usual_options());
        function("f", 0);
        uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p");
        uint32_t list = memory("list", 80), r = reg("r");
        struct loop l = open_loop();
        begin(x);
        set(value(p), address(x));
        set(value(r), through(p, 0));
        if (kept)
            set(esc_value(list, ESC_ANY, 8), value(p));
        end(x);
        close_loop(l);
        end_function();
        solve();
        ck_assert_stays(list);
        if (kept)
            ck_assert_moved(x, ESC_WHY_LOOP);
        else
            ck_assert_stays(x);
    }
}
END_TEST

/* for (;;) { int x; if (p) use(*p); p = &x; } */
START_TEST(carried_into_the_next_iteration)
{
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p"), r = reg("r");
    struct loop l = open_loop();
    begin(x);
    set(value(r), through(p, 0));
    set(value(p), address(x));
    close_loop(l);
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_LOOP);
}
END_TEST

/* for (;;) { int x; struct t y = {&x}; } and with y outside */
START_TEST(a_holder_born_with_it)
{
    for (int outside = 0; outside < 2; outside++) {
        new_unit(usual_options());
        function("f", 0);
        uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s);
        uint32_t y = scoped("y", 8, ESC_ADDRESSED, outside ? 0 : s);
        if (outside)
            begin(y);
        struct loop l = open_loop();
        begin(x);
        if (!outside)
            begin(y);
        set(value(y), address(x));
        end(x);
        if (!outside)
            end(y);
        close_loop(l);
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), outside ? ESC_MOVED : ESC_STAYS);
        ck_assert_stays(y);
    }
}
END_TEST

/* for (;;) { int x; int **block = malloc(8); *block = &x; list = block; } */
START_TEST(carried_by_a_block_of_the_heap)
{
    with_models();
    uint32_t malloc_ = declare("malloc", 0);
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), list = memory("list", 8);
    uint32_t p = reg("p"), r = reg("r");
    esc_begin(fn, list, sites++);
    struct loop l = open_loop();
    begin(x);
    set(value(r), value(list));
    set(value(r), through(r, 0));
    call(value(p), address(malloc_), esc_none());
    set(through(p, 0), address(x));
    set(value(list), value(p));
    end(x);
    close_loop(l);
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_LOOP);
    ck_assert_stays(list);
}
END_TEST

START_TEST(one_birth_in_a_nested_loop_is_no_rebirth)
{
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p"), r = reg("r");
    begin(x);
    struct loop l = open_loop();
    set(value(r), through(p, 0));
    set(value(p), address(x));
    close_loop(l);
    end_function();
    solve();
    ck_assert_stays(x);
}
END_TEST

/* A cycle with two entries: nothing finer is known of what happens before what. */
START_TEST(an_irregular_loop)
{
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), m = memory("m", 8);
    uint32_t top = last_block, a = block();
    begin(x);
    set(value(m), address(x));
    uint32_t b = block();
    set(value(m), value(m));
    uint32_t out = block();
    esc_edge(fn, top, a);
    esc_edge(fn, top, b);
    esc_edge(fn, a, b);
    esc_edge(fn, b, a);
    esc_edge(fn, b, out);
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_LOOP);
}
END_TEST

/* ---- pins and sizes ---- */

START_TEST(pinned_to_the_heap)
{
    function("f", 0);
    uint32_t x = local("x", 8, ESC_ADDRESSED | ESC_PIN_HEAP);
    uint32_t fixed = local("fixed", 8, ESC_ADDRESSED | ESC_PIN_HEAP | ESC_FIXED);
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_ASKED);
    ck_assert_stays(fixed);
}
END_TEST

START_TEST(pinned_to_the_stack_says_so_if_it_cannot)
{
    function("f", 0);
    uint32_t x = local("x", 8, ESC_ADDRESSED | ESC_PIN_STACK);
    uint32_t y = local("y", 8, ESC_ADDRESSED | ESC_PIN_STACK);
    give_back(address(x));
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_RESULT);
    ck_assert_stays(y);
}
END_TEST

START_TEST(large_objects)
{
    struct esc_options o = usual_options();
    for (int limit = 0; limit < 2; limit++) {
        o.large = limit ? 1000 : 0;
        new_unit(o);
        function("f", 0);
        uint32_t small = memory("small", 1000), large = memory("large", 1001);
        uint32_t pinned = local("pinned", 5000, ESC_ADDRESSED | ESC_PIN_STACK);
        end_function();
        solve();
        ck_assert_stays(small);
        ck_assert_stays(pinned);
        if (limit)
            ck_assert_moved(large, ESC_WHY_LARGE);
        else
            ck_assert_stays(large);
    }
}
END_TEST

START_TEST(a_parameter_whose_address_is_taken)
{
    uint32_t sym = declare("f", 0), p;
    fn = fns[sym & ~ESC_SYM] = esc_define(unit, sym);
    p = local("p", 8, ESC_PARAM | ESC_ADDRESSED);
    block();
    give_back(address(p));
    end_function();
    solve();
    ck_assert_moved(p, ESC_WHY_RESULT);
    ck_assert_str_eq(leaks(p), "heap"); /* what p points to stands in p, which lives on */
}
END_TEST

START_TEST(memory_of_an_alloca)
{
    function("f", 0);
    uint32_t a = local("a", 0, ESC_ADDRESSED | ESC_ALLOCA);
    uint32_t b = local("b", 0, ESC_ADDRESSED | ESC_ALLOCA), p = reg("p"), q = reg("q");
    struct loop l = open_loop();
    set(value(q), through(p, 0));
    set(value(p), address(a)); /* each is another, and all last as long as the function */
    close_loop(l);
    give_back(address(b));
    end_function();
    solve();
    ck_assert_stays(a);
    ck_assert_int_eq(verdict(b), ESC_MOVED);
}
END_TEST

/* ---- blocks of the heap ---- */

static const struct esc_alloc *only_block(void)
{
    const struct esc_alloc *a;
    ck_assert_uint_eq(esc_fn_allocs(fn, &a), 1);
    return a;
}

/* P = malloc(...) where a local buffer could stand for it. */
static uint32_t allocate(uint32_t p, uint32_t malloc_)
{
    return call(flagged(value(p), ESC_REF_FITS), address(malloc_), esc_none());
}

START_TEST(a_block_that_is_freed_here)
{
    with_models();
    uint32_t malloc_ = declare("malloc", 0), free_ = declare("free", 0);
    function("f", 0);
    uint32_t p = reg("p"), x = memory("x", 8);
    uint32_t stmt = allocate(p, malloc_);
    set(through(p, 0), address(x));
    uint32_t site = sites;
    call(esc_none(), address(free_), value(p));
    end_function();
    solve();
    const uint32_t *frees;
    ck_assert_stays(x);
    ck_assert(only_block()->promoted);
    ck_assert(!only_block()->escapes && !only_block()->loops);
    ck_assert_uint_eq(only_block()->stmt, stmt);
    ck_assert_uint_eq(esc_fn_dropped_frees(fn, &frees), 1);
    ck_assert_uint_eq(frees[0], site);
}
END_TEST

START_TEST(a_block_that_does_not_fit)
{
    with_models();
    uint32_t malloc_ = declare("malloc", 0);
    function("f", 0);
    uint32_t p = reg("p");
    call(value(p), address(malloc_), esc_none());
    end_function();
    solve();
    ck_assert(!only_block()->promoted);
    ck_assert(!only_block()->escapes);
}
END_TEST

START_TEST(a_block_that_escapes)
{
    with_models();
    uint32_t malloc_ = declare("malloc", 0);
    function("f", 0);
    uint32_t p = reg("p");
    allocate(p, malloc_);
    give_back(value(p));
    end_function();
    solve();
    ck_assert(only_block()->escapes);
    ck_assert(!only_block()->promoted);
    ck_assert_int_eq(only_block()->reason, ESC_WHY_RESULT);
}
END_TEST

START_TEST(a_free_that_may_be_of_another_block)
{
    with_models();
    uint32_t malloc_ = declare("malloc", 0), free_ = declare("free", 0);
    function("f", 1);
    uint32_t p = reg("p"), q = reg("q");
    allocate(p, malloc_);
    struct esc_ref either[] = {value(p), value(0)};
    esc_assign(fn, value(q), either, 2, 0);
    call(esc_none(), address(free_), value(q));
    end_function();
    solve();
    const uint32_t *frees;
    ck_assert(!only_block()->promoted);
    ck_assert(!only_block()->escapes);
    ck_assert_uint_eq(esc_fn_dropped_frees(fn, &frees), 0);
}
END_TEST

START_TEST(a_block_that_somebody_else_may_free)
{
    for (int who = 0; who < 3; who++) {
        with_models();
        uint32_t malloc_ = declare("malloc", 0), free_ = declare("free", 0);
        uint32_t other = declare("other", 0);
        if (who == 1) {
            define(other, 1);
            call(esc_none(), address(free_), value(0));
            end_function();
        } else if (who == 2) {
            define(other, 1);
            end_function();
        }
        function("f", 0);
        uint32_t p = reg("p");
        allocate(p, malloc_);
        call(esc_none(), address(other), value(p));
        end_function();
        solve();
        ck_assert_int_eq(only_block()->promoted, who == 2);
    }
}
END_TEST

/* while (...) { prev = cur; cur = malloc(8); } use(*prev): two blocks live at a time */
START_TEST(a_block_of_an_earlier_iteration)
{
    for (int used = 0; used < 2; used++) {
        with_models();
        uint32_t malloc_ = declare("malloc", 0);
        function("f", 0);
        uint32_t prev = reg("prev"), cur = reg("cur"), r = reg("r");
        struct loop l = open_loop();
        set(value(prev), value(cur));
        allocate(cur, malloc_);
        close_loop(l);
        set(value(r), through(used ? prev : cur, 0));
        end_function();
        solve();
        ck_assert_int_eq(only_block()->loops, used);
        ck_assert_int_eq(only_block()->promoted, !used);
    }
}
END_TEST

/* list = cons(list): every block is still reachable from the next */
START_TEST(a_list_made_in_a_loop)
{
    with_models();
    uint32_t malloc_ = declare("malloc", 0);
    function("f", 0);
    uint32_t list = reg("list"), node = reg("node"), r = reg("r");
    set(value(list), esc_none());
    struct loop l = open_loop();
    allocate(node, malloc_);
    set(through(node, 0), value(list));
    set(value(list), value(node));
    close_loop(l);
    set(value(r), through(list, 0));
    end_function();
    solve();
    ck_assert(only_block()->loops);
    ck_assert(!only_block()->promoted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        used_after_its_block,
        held_after_its_block_by_memory,
        a_comparison_is_no_use,
        what_moves_is_not_extended,
        born_again,
        carried_into_the_next_iteration,
        a_holder_born_with_it,
        carried_by_a_block_of_the_heap,
        one_birth_in_a_nested_loop_is_no_rebirth,
        an_irregular_loop,
        pinned_to_the_heap,
        pinned_to_the_stack_says_so_if_it_cannot,
        large_objects,
        a_parameter_whose_address_is_taken,
        memory_of_an_alloca,
        a_block_that_is_freed_here,
        a_block_that_does_not_fit,
        a_block_that_escapes,
        a_free_that_may_be_of_another_block,
        a_block_that_somebody_else_may_free,
        a_block_of_an_earlier_iteration,
        a_list_made_in_a_loop,
        NULL,
    };
    int failed = run_suite("engine_life", tests);
    esc_models_free(models);
    return failed;
}
