/* engine_calls.c - flows across calls: summaries, recursion, function pointers, unknown functions,
 * declared parameters, models. */
#include "engine_ir.h"

static struct esc_models *models;

static void complain(void *user, const char *file, unsigned line, unsigned column, const char *text)
{
    ck_abort_msg("%s:%u:%u: %s %s", file, line, column, text, user ? "" : "");
}

/* A unit for which MODEL describes functions without a body. */
static void with_model(const char *text)
{
    struct esc_options o = usual_options();
    esc_models_free(models);
    models = esc_models_new(&esc_models_builtin);
    esc_models_parse(models, "test", text, strlen(text), complain, NULL);
    o.models = models;
    new_unit(o);
}

/* f() { x; *DST = callee(&x) } for callee symbol SYM; x's verdict. */
static int passed_to(uint32_t sym)
{
    function("f", 0);
    uint32_t x = memory("x", 8);
    call(esc_none(), address(sym), address(x));
    end_function();
    solve();
    return verdict(x);
}

/* ---- summaries ---- */

START_TEST(a_callee_that_keeps_nothing)
{
    uint32_t g = function("g", 1), r = reg("r");
    set(value(r), through(0, 0));
    end_function();
    ck_assert_int_eq(passed_to(g), ESC_STAYS);
    look_at(g);
    ck_assert_str_eq(leaks(0), "");
}
END_TEST

START_TEST(a_callee_that_stores_in_static_data)
{
    uint32_t global = data("global", 8, 0), g = function("g", 1);
    set(value(global), value(0));
    end_function();
    ck_assert_int_eq(passed_to(g), ESC_MOVED);
    look_at(g);
    ck_assert_str_eq(leaks(0), "heap");
}
END_TEST

START_TEST(a_callee_that_keeps_what_it_points_to)
{
    uint32_t global = data("global", 8, 0), g = function("g", 1);
    set(value(global), through(0, 0));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    set(value(x), address(y));
    call(esc_none(), address(g), address(x));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    look_at(g);
    ck_assert_str_eq(leaks(0), "content");
}
END_TEST

START_TEST(levels_of_what_is_returned)
{
    uint32_t by_level[4];
    for (uint32_t level = 0; level < 4; level++) {
        by_level[level] = function("g", 1);
        uint32_t r = reg("r");
        set(value(r), value(0));
        for (uint32_t i = 0; i < level; i++)
            set(value(r), through(r, 8));
        give_back(value(r));
        end_function();
    }
    solve();
    for (uint32_t level = 0; level < 4; level++) {
        char want[32];
        snprintf(want, sizeof want, "result %u", level);
        look_at(by_level[level]);
        ck_assert_str_eq(leaks(0), want);
    }
}
END_TEST

/* set(c, v) { c->f = v }: with both local nothing moves, with the first the caller's the second does */
START_TEST(a_parameter_stored_in_another)
{
    uint32_t store = function("store", 2);
    set(through(0, 8), value(1));
    end_function();
    function("f", 1);
    uint32_t c = memory("c", 16), x = memory("x", 8), y = memory("y", 8);
    call(esc_none(), address(store), address(c), address(x));
    call(esc_none(), address(store), value(0), address(y));
    end_function();
    solve();
    ck_assert_stays(c);
    ck_assert_stays(x);
    ck_assert_moved(y, ESC_WHY_STORED);
    look_at(store);
    ck_assert_str_eq(leaks(0), "");
    ck_assert_str_eq(leaks(1), "p0 0");
}
END_TEST

START_TEST(calls_of_one_function_do_not_mix)
{
    uint32_t same = function("same", 1);
    give_back(value(0));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p"), q = reg("q");
    call(value(p), address(same), address(x));
    call(value(q), address(same), address(y));
    give_back(value(p));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(y);
}
END_TEST

/* Parameters that point to the same thing need no thought. */
START_TEST(aliases_meet_in_the_caller)
{
    uint32_t g = function("g", 2), r = reg("r");
    set(value(r), through(1, 0));
    give_back(value(r));
    set(through(0, 0), esc_none());
    end_function();
    uint32_t put = function("put", 2);
    set(through(0, 0), value(1));
    end_function();
    function("f", 0);
    uint32_t a = memory("a", 8), x = memory("x", 8), p = reg("p");
    call(esc_none(), address(put), address(a), address(x));
    call(value(p), address(g), address(a), address(a));
    give_back(value(p));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(a);
}
END_TEST

START_TEST(a_struct_by_value)
{
    uint32_t g = declare("g", 0);
    fn = fns[g & ~ESC_SYM] = esc_define(unit, g);
    local("s", 16, ESC_PARAM);
    block();
    give_back(field(0, 8));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), s = local("s", 16, 0), p = reg("p");
    set(field(s, 0), address(x));
    set(field(s, 8), address(y));
    call(value(p), address(g), esc_value(s, 0, 16));
    give_back(value(p));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

START_TEST(a_block_of_the_callees)
{
    uint32_t make = function("make", 1), x0 = memory("x0", 8);
    set(value(x0), value(0));
    give_back(address(x0));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p"), q = reg("q");
    call(value(p), address(make), address(x));
    call(value(q), address(make), address(y));
    give_back(value(q));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    look_at(make);
    ck_assert_moved(x0, ESC_WHY_RESULT);
    ck_assert_str_eq(leaks(0), "heap");
}
END_TEST

/* ---- recursion ---- */

START_TEST(a_recursive_function)
{
    uint32_t g = function("g", 2), r = reg("r");
    set(value(r), through(0, 0));
    call(esc_none(), address(g), value(r), value(1));
    set(through(0, 8), value(1));
    end_function();
    function("f", 0);
    uint32_t list = memory("list", 16), x = memory("x", 8);
    call(esc_none(), address(g), address(list), address(x));
    end_function();
    solve();
    ck_assert_stays(list);
    ck_assert_stays(x);
    look_at(g);
    ck_assert_str_eq(leaks(1), "p0 0");
}
END_TEST

/* g0 calls g1 calls ... calls g0; the last one leaks one parameter and returns the other. */
START_TEST(a_component_of_many_functions)
{
    enum { N = 40 };
    uint32_t g[N], global = data("global", 8, 0);
    for (uint32_t i = 0; i < N; i++)
        g[i] = declare("g", 0);
    for (uint32_t i = 0; i < N; i++) {
        define(g[i], 3);
        uint32_t r = reg("r");
        call(value(r), address(g[(i + 1) % N]), value(0), value(1), value(2));
        give_back(value(r));
        if (i == N - 1) {
            set(value(global), value(0));
            give_back(value(1));
        }
        end_function();
    }
    solve();
    for (uint32_t i = 0; i < N; i++) {
        look_at(g[i]);
        ck_assert(!esc_fn_gave_up(fn));
        ck_assert_str_eq(leaks(0), "heap");
        ck_assert_str_eq(leaks(1), "result 0");
        ck_assert_str_eq(leaks(2), "");
    }
}
END_TEST

/* ---- function pointers ---- */

START_TEST(a_pointer_whose_target_is_visible)
{
    uint32_t global = data("global", 8, 0);
    uint32_t keeps = declare("keeps", ESC_SYM_TAKEN), uses = declare("uses", ESC_SYM_TAKEN);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    define(uses, 1);
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    set(value(p), address(uses));
    call(esc_none(), value(p), address(x));
    set(value(p), address(keeps));
    call(esc_none(), value(p), address(y));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

START_TEST(a_table_of_functions)
{
    for (int at = 0; at < 3; at++) {
        new_unit(usual_options());
        uint32_t global = data("global", 8, 0), table = data("table", 16, ESC_SYM_READONLY);
        uint32_t keeps = declare("keeps", ESC_SYM_TAKEN), uses = declare("uses", ESC_SYM_TAKEN);
        esc_symbol_init(unit, table, 0, uses, 0);
        esc_symbol_init(unit, table, 8, keeps, 0);
        define(keeps, 1);
        set(value(global), value(0));
        end_function();
        define(uses, 1);
        end_function();
        function("f", 0);
        uint32_t x = memory("x", 8), p = reg("p");
        set(value(p), esc_value(table, at == 2 ? ESC_ANY : at * 8, 8));
        call(esc_none(), value(p), address(x));
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), at == 0 ? ESC_STAYS : ESC_MOVED);
    }
}
END_TEST

/* apply(f, x) { f(x) }: who it is, the caller knows */
START_TEST(a_pointer_from_the_caller)
{
    uint32_t global = data("global", 8, 0);
    uint32_t keeps = declare("keeps", ESC_SYM_TAKEN), uses = declare("uses", ESC_SYM_TAKEN);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    define(uses, 1);
    end_function();
    uint32_t apply = function("apply", 2), own = memory("own", 8);
    call(esc_none(), value(0), value(1));
    call(esc_none(), value(0), address(own));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    call(esc_none(), address(apply), address(uses), address(x));
    call(esc_none(), address(apply), address(keeps), address(y));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    look_at(apply); /* its own objects: any function whose address is taken */
    ck_assert_int_eq(verdict(own), ESC_MOVED);
}
END_TEST

/* put(get, x) { int **q = get(); *q = x; } */
START_TEST(memory_that_a_function_of_the_callers_returned)
{
    uint32_t global = data("global", 8, ESC_SYM_TAKEN), get = declare("get", ESC_SYM_TAKEN);
    define(get, 0);
    give_back(address(global));
    end_function();
    uint32_t put = function("put", 2), q = reg("q"), own = memory("own", 8);
    call_args(value(q), value(0), NULL, 0);
    set(through(q, 0), value(1));
    set(through(q, 8), address(own));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8);
    call(esc_none(), address(put), address(get), address(x));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    look_at(put);
    ck_assert_int_eq(verdict(own), ESC_MOVED);
    ck_assert_str_eq(leaks(1), "heap");
}
END_TEST

/* ((void (*)(T *))1000)(&x): whatever stands there */
START_TEST(a_number_is_called)
{
    uint32_t keep = declare("keep", ESC_SYM_LOCAL | ESC_SYM_TAKEN);
    define(keep, 1);
    set(value(data("global", 8, 0)), value(0));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8);
    call(esc_none(), esc_const(1000), address(x));
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_KEPT);
}
END_TEST

START_TEST(signatures_tell_functions_apart)
{
    uint32_t global = data("global", 8, 0), keeps = declare("keeps", ESC_SYM_TAKEN);
    esc_symbol_signature(unit, keeps, 7);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    function("f", 1);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    struct esc_ref to_x = address(x), to_y = address(y);
    esc_call(fn, esc_none(), value(0), 8, &to_x, 1, 0);
    esc_call(fn, esc_none(), value(0), 7, &to_y, 1, 0);
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

/* o->run and o->stop: both have the same signature, the slot decides; what is anywhere is in both */
START_TEST(slots_tell_functions_apart)
{
    for (int anywhere = 0; anywhere < 2; anywhere++) {
        new_unit(usual_options());
        uint32_t global = data("global", 8, 0), run = esc_slot(unit), stop = esc_slot(unit);
        uint32_t keeps = declare("keeps", ESC_SYM_TAKEN), uses = declare("uses", ESC_SYM_TAKEN);
        esc_slot_flow(unit, ESC_SLOT_ANYWHERE, run);
        esc_slot_flow(unit, ESC_SLOT_ANYWHERE, stop);
        esc_slot_holds(unit, stop, keeps);
        esc_slot_holds(unit, run, uses);
        if (anywhere)
            esc_slot_holds(unit, ESC_SLOT_ANYWHERE, keeps);
        define(keeps, 1);
        set(value(global), value(0));
        end_function();
        define(uses, 1);
        end_function();
        function("f", 0);
        uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
        set(value(p), value(global));
        esc_call_through(fn, call(esc_none(), value(p), address(x)), run);
        esc_call_through(fn, call(esc_none(), value(p), address(y)), stop);
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), anywhere ? ESC_MOVED : ESC_STAYS);
        ck_assert_int_eq(verdict(y), ESC_MOVED);
    }
}
END_TEST

/* a -> b -> c -> a, and a -> d: all four hold what is stored in b; e does not */
START_TEST(what_slots_hold_flows)
{
    uint32_t global = data("global", 8, 0), slot[5];
    uint32_t keeps = declare("keeps", ESC_SYM_TAKEN);
    for (int i = 0; i < 5; i++)
        slot[i] = esc_slot(unit);
    for (int i = 0; i < 3; i++)
        esc_slot_flow(unit, slot[i], slot[(i + 1) % 3]);
    esc_slot_flow(unit, slot[0], slot[3]);
    esc_slot_flow(unit, slot[4], slot[0]);
    esc_slot_holds(unit, slot[1], keeps);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    function("f", 0);
    uint32_t x[5], p = reg("p");
    set(value(p), value(global));
    for (int i = 0; i < 5; i++) {
        x[i] = memory("x", 8);
        esc_call_through(fn, call(esc_none(), value(p), address(x[i])), slot[i]);
    }
    end_function();
    solve();
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(verdict(x[i]), i < 4 ? ESC_MOVED : ESC_STAYS);
}
END_TEST

START_TEST(many_functions_behind_one_pointer)
{
    enum { N = 60 };
    uint32_t global = data("global", 8, 0);
    for (uint32_t i = 0; i < N; i++) {
        define(declare("g", ESC_SYM_TAKEN), 2);
        if (i == N - 1)
            set(value(global), value(1));
        end_function();
    }
    function("f", 1);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    call(esc_none(), value(0), address(x), address(y));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

START_TEST(a_function_chosen_at_run_time)
{
    uint32_t global = data("global", 8, 0);
    uint32_t keeps = declare("keeps", ESC_SYM_TAKEN), ifunc = declare("ifunc", ESC_SYM_CHOSEN);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    ck_assert_int_eq(passed_to(ifunc), ESC_MOVED);
}
END_TEST

/* ---- functions whose body is not the one that runs ---- */

START_TEST(an_interposable_function_is_not_trusted)
{
    struct esc_options o = usual_options();
    o.extern_keeps = true;
    for (int interposable = 0; interposable < 2; interposable++) {
        new_unit(o);
        uint32_t g = declare("g", interposable ? ESC_SYM_REPLACE : 0);
        define(g, 1);
        end_function();
        ck_assert_int_eq(passed_to(g), interposable ? ESC_MOVED : ESC_STAYS);
    }
}
END_TEST

START_TEST(a_weak_alias_may_run_its_target)
{
    uint32_t global = data("global", 8, 0), g = function("g", 1), weak = declare("weak", 0);
    look_at(g);
    set(value(global), value(0));
    end_function();
    esc_symbol_alias(unit, weak, g);
    ck_assert_int_eq(passed_to(weak), ESC_MOVED);
}
END_TEST

/* ---- decisions only ---- */

static void decisions_only(void)
{
    with_model("");
    struct esc_options o = usual_options();
    o.models = models;
    o.large = 1000;
    o.decisions_only = true;
    new_unit(o);
}

/* keeps(p) { global = p; }, in which nothing is to be decided */
static uint32_t keeper(uint32_t flags)
{
    uint32_t global = data("global", 8, 0), keeps = declare("keeps", flags);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    return keeps;
}

START_TEST(functions_nobody_needs_are_left_out)
{
    decisions_only();
    uint32_t keeps = keeper(0), hands_on = function("hands_on", 1);
    call(esc_none(), address(keeps), value(0));
    end_function();
    ck_assert_int_eq(passed_to(keeps), ESC_MOVED);
    look_at(keeps);
    ck_assert_str_eq(leaks(0), "heap");
    look_at(hands_on);
    ck_assert_str_eq(leaks(0), "");
}
END_TEST

START_TEST(callees_of_callees_are_needed)
{
    decisions_only();
    uint32_t f = keeper(0);
    for (int i = 0; i < 5; i++) {
        uint32_t caller = function("caller", 1);
        call(esc_none(), address(f), value(0));
        end_function();
        f = caller;
    }
    ck_assert_int_eq(passed_to(f), ESC_MOVED);
}
END_TEST

START_TEST(what_a_pointer_may_call_is_needed)
{
    decisions_only();
    keeper(ESC_SYM_TAKEN);
    function("f", 1);
    uint32_t x = memory("x", 8);
    call(esc_none(), value(0), address(x));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
}
END_TEST

START_TEST(what_a_table_holds_is_needed)
{
    decisions_only();
    uint32_t keeps = keeper(ESC_SYM_TAKEN), table = data("table", 8, ESC_SYM_READONLY);
    esc_symbol_init(unit, table, 0, keeps, 0);
    function("f", 0);
    uint32_t x = memory("x", 8), p = reg("p");
    set(value(p), value(table));
    call(esc_none(), value(p), address(x));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
}
END_TEST

START_TEST(all_kinds_of_variables_are_decided_on)
{
    static const uint32_t kinds[] = {ESC_ADDRESSED, ESC_VLA,     ESC_ALLOCA,
                                     ESC_CAPTURED,  ESC_CLOSURE, ESC_PIN_HEAP};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        decisions_only();
        function("f", 0);
        uint32_t x = local("x", 8, kinds[i]);
        give_back(address(x));
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), ESC_MOVED);
    }
}
END_TEST

START_TEST(large_variables_are_decided_on)
{
    decisions_only();
    function("f", 0);
    uint32_t x = local("x", 1001, 0);
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_LARGE);
}
END_TEST

/* p = malloc(24); free(p): not a variable of its own, and yet something to decide */
START_TEST(blocks_are_decided_on)
{
    const struct esc_alloc *a;
    decisions_only();
    uint32_t takes = declare("malloc", 0), frees = declare("free", 0);
    function("f", 0);
    uint32_t p = reg("p");
    call(flagged(value(p), ESC_REF_FITS), address(takes), esc_const(24));
    call(esc_none(), address(frees), value(p));
    end_function();
    solve();
    ck_assert_int_eq(esc_fn_allocs(fn, &a), 1);
    ck_assert(a->promoted);
}
END_TEST

/* ---- unknown functions ---- */

START_TEST(unknown_functions_borrow_or_keep)
{
    for (int keeps = 0; keeps < 2; keeps++) {
        struct esc_options o = usual_options();
        o.extern_keeps = keeps;
        new_unit(o);
        ck_assert_int_eq(passed_to(declare("ext", 0)), keeps ? ESC_MOVED : ESC_STAYS);
    }
}
END_TEST

START_TEST(pure_functions_keep_nothing_but_may_return_it)
{
    struct esc_options o = usual_options();
    o.extern_keeps = true;
    new_unit(o);
    uint32_t pure = declare("pure", ESC_SYM_KEEPS_NOTHING);
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    call(esc_none(), address(pure), address(x));
    call(value(p), address(pure), address(y));
    give_back(value(p));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

START_TEST(declared_arguments)
{
    struct esc_options o = usual_options();
    for (int keeps = 0; keeps < 2; keeps++) {
        o.extern_keeps = keeps;
        new_unit(o);
        uint32_t ext = declare("ext", 0);
        function("f", 0);
        uint32_t x = memory("x", 8), y = memory("y", 8);
        call(esc_none(), address(ext), flagged(address(x), ESC_REF_KEEP),
             flagged(address(y), ESC_REF_BORROW));
        end_function();
        solve();
        ck_assert_moved(x, ESC_WHY_KEPT);
        ck_assert_stays(y);
    }
}
END_TEST

START_TEST(a_parameter_declared_to_escape)
{
    uint32_t g = declare("g", 0);
    fn = fns[g & ~ESC_SYM] = esc_define(unit, g);
    local("p0", 8, ESC_PARAM | ESC_ESCAPES);
    block();
    end_function();
    ck_assert_int_eq(passed_to(g), ESC_MOVED);
    look_at(g);
    ck_assert_str_eq(leaks(0), "heap");
}
END_TEST

START_TEST(a_callback_with_its_data_is_registered)
{
    uint32_t ext = declare("ext", 0), handler = declare("handler", ESC_SYM_TAKEN);
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), z = memory("z", 8);
    call(esc_none(), address(ext), flagged(address(handler), ESC_REF_FNPTR),
         flagged(address(x), ESC_REF_VOIDP), address(y));
    call(esc_none(), address(ext), flagged(address(z), ESC_REF_VOIDP));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(y);
    ck_assert_stays(z);
}
END_TEST

START_TEST(a_result_like_an_argument)
{
    uint32_t ext = declare("ext", 0);
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    call(value(p), address(ext), flagged(address(x), ESC_REF_LIKE), address(y));
    give_back(value(p));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(y);
}
END_TEST

/* ext(&p) may have stored an address of its own there: *p = &x is then a store to the world. */
START_TEST(lent_memory_may_hold_anything)
{
    uint32_t ext = declare("ext", 0);
    function("f", 0);
    uint32_t x = memory("x", 8), a = memory("a", 8), p = reg("p");
    call(esc_none(), address(ext), address(a));
    set(value(p), value(a));
    set(through(p, 0), address(x));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(a);
}
END_TEST

/* ---- variable arguments, the static chain ---- */

START_TEST(variable_arguments)
{
    for (int reads = 0; reads < 2; reads++) {
        new_unit(usual_options());
        uint32_t global = data("global", 8, 0), g = declare("g", 0);
        define(g, 1);
        esc_local(fn, &(struct esc_var){.name = "...", .flags = ESC_PARAM | ESC_VARARGS});
        uint32_t list = local("list", 24, ESC_ADDRESSED | ESC_FIXED), r = reg("r");
        esc_va_start(fn, address(list), 0);
        if (reads) {
            esc_va_arg(fn, value(r), address(list), 0);
            set(value(global), value(r));
        }
        end_function();
        function("f", 0);
        uint32_t x = memory("x", 8), y = memory("y", 8), z = memory("z", 8);
        call(esc_none(), address(g), address(x), address(y), address(z));
        end_function();
        solve();
        ck_assert_stays(x);
        ck_assert_int_eq(verdict(y), reads ? ESC_MOVED : ESC_STAYS);
        ck_assert_int_eq(verdict(z), reads ? ESC_MOVED : ESC_STAYS);
    }
}
END_TEST

START_TEST(the_static_chain)
{
    uint32_t global = data("global", 8, 0), nested = declare("nested", 0), r;
    define(nested, 1);
    uint32_t chain = local("chain", 8, ESC_PARAM | ESC_CHAIN);
    r = reg("r");
    set(value(r), through(chain, 0));
    set(value(global), value(r));
    end_function();
    function("f", 0);
    uint32_t frame = memory("frame", 8), captured = memory("captured", 8), x = memory("x", 8);
    set(value(frame), address(captured));
    call(esc_none(), address(nested), address(x), flagged(address(frame), ESC_REF_CHAIN));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_stays(frame);
    ck_assert_int_eq(verdict(captured), ESC_MOVED);
}
END_TEST

/* ---- models ---- */

START_TEST(models_say_what_libc_does)
{
    with_model("mine(p): keep p\n");
    uint32_t mine = declare("mine", 0), strchr_ = declare("strchr", 0);
    uint32_t memcpy_ = declare("memcpy", 0), strlen_ = declare("strlen", 0);
    function("f", 1);
    uint32_t a = memory("a", 8), b = memory("b", 8), c = memory("c", 8), d = memory("d", 8);
    uint32_t x = memory("x", 8), p = reg("p");
    call(esc_none(), address(mine), address(a));
    call(value(p), address(strchr_), address(b), esc_none());
    give_back(value(p));
    set(value(c), address(x));
    call(esc_none(), address(memcpy_), value(0), address(c), esc_none());
    call(esc_none(), address(strlen_), address(d));
    end_function();
    solve();
    ck_assert_int_eq(verdict(a), ESC_MOVED);
    ck_assert_int_eq(verdict(b), ESC_MOVED);
    ck_assert_stays(c);
    ck_assert_stays(d);
    ck_assert_int_eq(verdict(x), ESC_MOVED);
}
END_TEST

START_TEST(a_body_goes_before_a_model)
{
    with_model("mine(p): keep p\n");
    uint32_t mine = function("mine", 1);
    end_function();
    ck_assert_int_eq(passed_to(mine), ESC_STAYS);
}
END_TEST

START_TEST(callbacks_of_models_are_followed)
{
    with_model("each(p, f): call f(p)\nlater(f, p): register f(p)\n");
    uint32_t global = data("global", 8, 0), each = declare("each", 0), later = declare("later", 0);
    uint32_t keeps = declare("keeps", ESC_SYM_TAKEN), uses = declare("uses", ESC_SYM_TAKEN);
    define(keeps, 1);
    set(value(global), value(0));
    end_function();
    define(uses, 1);
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), z = memory("z", 8);
    call(esc_none(), address(each), address(x), address(uses));
    call(esc_none(), address(each), address(y), address(keeps));
    call(esc_none(), address(later), address(uses), address(z));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    ck_assert_int_eq(verdict(z), ESC_MOVED);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_callee_that_keeps_nothing,
        a_callee_that_stores_in_static_data,
        a_callee_that_keeps_what_it_points_to,
        levels_of_what_is_returned,
        a_parameter_stored_in_another,
        calls_of_one_function_do_not_mix,
        aliases_meet_in_the_caller,
        a_struct_by_value,
        a_block_of_the_callees,
        a_recursive_function,
        a_component_of_many_functions,
        a_pointer_whose_target_is_visible,
        a_table_of_functions,
        a_pointer_from_the_caller,
        memory_that_a_function_of_the_callers_returned,
        a_number_is_called,
        signatures_tell_functions_apart,
        slots_tell_functions_apart,
        what_slots_hold_flows,
        many_functions_behind_one_pointer,
        a_function_chosen_at_run_time,
        an_interposable_function_is_not_trusted,
        a_weak_alias_may_run_its_target,
        functions_nobody_needs_are_left_out,
        callees_of_callees_are_needed,
        what_a_pointer_may_call_is_needed,
        what_a_table_holds_is_needed,
        all_kinds_of_variables_are_decided_on,
        large_variables_are_decided_on,
        blocks_are_decided_on,
        unknown_functions_borrow_or_keep,
        pure_functions_keep_nothing_but_may_return_it,
        declared_arguments,
        a_parameter_declared_to_escape,
        a_callback_with_its_data_is_registered,
        a_result_like_an_argument,
        lent_memory_may_hold_anything,
        variable_arguments,
        the_static_chain,
        models_say_what_libc_does,
        a_body_goes_before_a_model,
        callbacks_of_models_are_followed,
        NULL,
    };
    int failed = run_suite("engine_calls", tests);
    esc_models_free(models);
    return failed;
}
