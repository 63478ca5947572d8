/* engine_answers.c - what comes with the verdicts: warnings, explanations, leaks, the budget, and that
 * two runs say the same. */
#include "engine_ir.h"

/* The warnings of the function that are (or are not) definite. */
static uint32_t warnings(bool definite, const struct esc_warning **first)
{
    const struct esc_warning *w = NULL;
    uint32_t n = esc_fn_warnings(fn, &w), found = 0;
    for (uint32_t i = n; i-- > 0;)
        if (w[i].definite == definite) {
            found++;
            if (first)
                *first = &w[i];
        }
    return found;
}

/* ---- warnings ---- */

START_TEST(warned_where_it_is_returned)
{
    const struct esc_warning *w = NULL;
    function("f", 0);
    uint32_t x = memory("x", 8);
    uint32_t site = sites;
    give_back(address(x));
    end_function();
    solve();
    ck_assert_uint_eq(warnings(true, &w), 1);
    ck_assert_int_eq(w->kind, ESC_WARN_RETURNED);
    ck_assert_uint_eq(w->var, x);
    ck_assert_uint_eq(w->site, site);
    ck_assert_uint_gt(w->nsteps, 0);
    ck_assert_uint_eq(w->steps[0].site, UINT32_MAX);
    for (uint32_t i = 0; i < w->nsteps; i++)
        ck_assert_ptr_nonnull(w->steps[i].text);
}
END_TEST

START_TEST(warned_where_it_is_stored)
{
    const struct esc_warning *w = NULL;
    uint32_t g = data("g", 8, 0);
    function("f", 0);
    uint32_t x = memory("x", 8), p = reg("p");
    set(value(p), address(x));
    uint32_t site = sites;
    set(value(g), value(p));
    end_function();
    solve();
    ck_assert_uint_eq(warnings(true, &w), 1);
    ck_assert_int_eq(w->kind, ESC_WARN_STORED);
    ck_assert_str_eq(w->name, "g");
    ck_assert_uint_eq(w->site, site);
}
END_TEST

/* g = &x; h = g; g = 0; ... only h still holds it. x moves, with one warning. */
START_TEST(no_warning_for_what_is_taken_back)
{
    const struct esc_warning *w = NULL;
    uint32_t g = data("g", 8, 0), h = data("h", 8, 0);
    function("f", 0);
    uint32_t x = memory("x", 8);
    set(value(g), address(x));
    set(value(h), value(g));
    set(value(g), esc_none());
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_uint_eq(warnings(true, &w), 1);
    ck_assert_str_eq(w->name, "h");
}
END_TEST

START_TEST(no_warning_if_nothing_is_certain)
{
    uint32_t ext = declare("ext", 0), g = data("g", 8, 0);
    function("f", 0);
    uint32_t x = memory("x", 8);
    set(value(g), address(x));
    call_args(esc_none(), address(ext), NULL, 0); /* may have set g anew */
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_uint_eq(warnings(true, NULL), 0);
    ck_assert_uint_gt(warnings(false, NULL), 0);
}
END_TEST

START_TEST(warned_of_a_use_after_the_block)
{
    const struct esc_warning *w = NULL;
    function("f", 0);
    uint32_t s = esc_scope(fn, 0), x = scoped("x", 8, ESC_ADDRESSED, s), p = reg("p"), r = reg("r");
    esc_begin(fn, x, sites++);
    set(value(p), address(x));
    esc_end(fn, x, sites++);
    uint32_t site = sites;
    set(value(r), through(p, 0));
    end_function();
    solve();
    ck_assert_extended(x);
    ck_assert_uint_eq(warnings(true, &w), 1);
    ck_assert_int_eq(w->kind, ESC_WARN_USED);
    ck_assert_uint_eq(w->site, site);
}
END_TEST

/* n = 0; if (n != 0) g = &x; */
START_TEST(no_warning_on_a_path_that_is_not_taken)
{
    for (int32_t n = 0; n < 2; n++) {
        new_unit(usual_options());
        uint32_t g = data("g", 8, 0);
        function("f", 0);
        uint32_t x = memory("x", 8), c = reg("c");
        set(value(c), esc_const(n));
        esc_branch(fn, value(c), ESC_NE, esc_const(0), 0);
        uint32_t top = last_block, then = block();
        set(value(g), address(x));
        uint32_t out = block();
        esc_edge(fn, top, then);
        esc_edge(fn, top, out);
        esc_edge(fn, then, out);
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), ESC_MOVED); /* verdicts do not look at conditions */
        ck_assert_uint_eq(warnings(true, NULL), n);
    }
}
END_TEST

/* p = table; if (p == &y) r = &x; return r; where the table holds the address of other data */
START_TEST(no_warning_where_data_had_to_be_a_variable)
{
    uint32_t other = data("other", 8, 0), table = data("table", 8, ESC_SYM_READONLY);
    esc_symbol_init(unit, table, 0, other, 0);
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p"), r = reg("r");
    set(value(r), esc_none());
    set(value(p), value(table));
    esc_branch(fn, value(p), ESC_EQ, address(y), 0);
    uint32_t top = last_block, then = block();
    set(value(r), address(x));
    uint32_t out = block();
    give_back(value(r));
    esc_edge(fn, top, then);
    esc_edge(fn, top, out);
    esc_edge(fn, then, out);
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_uint_eq(warnings(true, NULL), 0);
}
END_TEST

START_TEST(warned_of_what_a_callee_stores)
{
    const struct esc_warning *w = NULL;
    uint32_t g = data("g", 8, 0), keep = function("keep", 1);
    set(value(g), value(0));
    end_function();
    function("f", 0);
    uint32_t x = memory("x", 8), site = sites;
    call(esc_none(), address(keep), address(x));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_uint_eq(warnings(true, &w), 1);
    ck_assert_uint_eq(w->site, site);
}
END_TEST

START_TEST(no_warnings_unless_asked)
{
    new_unit((struct esc_options){.explain = false});
    function("f", 0);
    uint32_t x = memory("x", 8);
    give_back(address(x));
    end_function();
    solve();
    const struct esc_step *steps;
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_uint_eq(warnings(true, NULL) + warnings(false, NULL), 0);
    ck_assert_uint_eq(esc_fn_explain(fn, x, &steps), 0);
    ck_assert_ptr_null(steps);
}
END_TEST

/* ---- explanations ---- */

START_TEST(steps_lead_from_the_address_to_the_exit)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p"), q = reg("q");
    uint32_t taken = sites;
    set(value(p), address(x));
    uint32_t moved_on = sites;
    set(value(q), value(p));
    uint32_t stored = sites;
    set(value(y), value(q));
    uint32_t returned = sites;
    give_back(address(y));
    end_function();
    solve();
    const struct esc_step *steps;
    uint32_t n = esc_fn_explain(fn, x, &steps), at = 0;
    uint32_t expected[] = {taken, moved_on, stored, returned};
    for (uint32_t i = 0; i < n && at < 4; i++) {
        ck_assert_ptr_nonnull(steps[i].text);
        at += steps[i].site == expected[at];
    }
    ck_assert_uint_eq(at, 4);
    ck_assert_uint_gt(esc_fn_explain(fn, y, &steps), 0);
    ck_assert_uint_eq(esc_fn_explain(fn, p, &steps), 0);
}
END_TEST

START_TEST(a_block_is_explained)
{
    struct esc_options o = usual_options();
    struct esc_models *models = esc_models_new(&esc_models_builtin);
    o.models = models;
    new_unit(o);
    uint32_t malloc_ = declare("malloc", 0);
    function("f", 0);
    uint32_t p = reg("p"), stmt = call(value(p), address(malloc_), esc_none());
    give_back(value(p));
    end_function();
    solve();
    const struct esc_step *steps;
    ck_assert_uint_gt(esc_fn_explain_alloc(fn, stmt, &steps), 0);
    esc_models_free(models);
}
END_TEST

/* ---- leaks ---- */

START_TEST(leaks_of_one_parameter_are_listed_once)
{
    uint32_t g = data("g", 8, 0), both = function("both", 3), r = reg("r");
    set(value(r), through(0, 0));
    give_back(value(r));
    give_back(value(0));
    set(through(1, 0), value(0));
    set(through(1, 8), value(r));
    set(value(g), value(2));
    set(through(1, 16), value(2));
    end_function();
    solve();
    look_at(both);
    ck_assert_str_eq(leaks(0), "result 0, p1 0");
    ck_assert_str_eq(leaks(1), "");
    ck_assert_str_eq(leaks(2), "heap");
}
END_TEST

START_TEST(what_is_put_back_does_not_leak)
{
    function("f", 1);
    uint32_t r = reg("r");
    set(value(r), through(0, 8));
    set(through(0, 8), value(r));
    end_function();
    solve();
    ck_assert_str_eq(leaks(0), "");
}
END_TEST

START_TEST(more_leaks_than_room)
{
    function("f", 4);
    set(through(1, 0), value(0));
    set(through(2, 0), value(0));
    set(through(3, 0), value(0));
    end_function();
    solve();
    struct esc_leak one[2] = {{.to = 77}, {.to = 77}};
    ck_assert_uint_eq(esc_fn_leaks(fn, 0, one, 1), 3);
    ck_assert_uint_eq(one[0].to, 1);
    ck_assert_uint_eq(one[1].to, 77);
}
END_TEST

/* An argument of a call through a parameter: the caller may hand over a function nobody knows. */
START_TEST(leaks_through_a_function_of_the_callers)
{
    for (int keeps = 0; keeps < 2; keeps++) {
        struct esc_options o = usual_options();
        o.extern_keeps = keeps;
        new_unit(o);
        function("f", 4);
        call(esc_none(), value(0), value(1), flagged(value(2), ESC_REF_KEEP),
             flagged(value(3), ESC_REF_BORROW));
        end_function();
        solve();
        ck_assert_str_eq(leaks(1), keeps ? "heap" : "");
        ck_assert_str_eq(leaks(2), "heap");
        ck_assert_str_eq(leaks(3), "");
    }
}
END_TEST

/* ---- the budget ---- */

/* A function in which much flows everywhere. */
static uint32_t busy(uint32_t n)
{
    uint32_t f = function("busy", 2), p = reg("p"), m = memory("m", 80);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = memory("x", 16);
        set(esc_value(m, ESC_ANY, 8), address(x));
        set(value(p), esc_value(m, ESC_ANY, 8));
        set(through(p, ESC_ANY), value(p));
    }
    end_function();
    return f;
}

START_TEST(out_of_budget_everything_moves)
{
    struct esc_options o = usual_options();
    o.budget = 300;
    new_unit(o);
    uint32_t f = busy(60), g = function("g", 0), x = memory("x", 8), p = reg("p");
    call(value(p), address(f), address(x), esc_none());
    end_function();
    uint32_t h = function("h", 0), y = memory("y", 8);
    set(value(y), esc_none());
    end_function();
    solve();
    look_at(f);
    ck_assert(esc_fn_gave_up(fn));
    for (uint32_t i = 0; i < esc_fn_nvars(fn); i++)
        if (esc_fn_var(fn, i)->flags & ESC_ADDRESSED)
            ck_assert_moved(i, ESC_WHY_BUDGET);
    ck_assert_str_eq(leaks(0), "heap");
    ck_assert_str_eq(leaks(1), "heap");
    look_at(g); /* the caller hears of it, and is itself still precise */
    ck_assert(!esc_fn_gave_up(fn));
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    look_at(h);
    ck_assert(!esc_fn_gave_up(fn));
    ck_assert_stays(y);
}
END_TEST

START_TEST(the_usual_budget_is_enough)
{
    uint32_t f = busy(60);
    solve();
    look_at(f);
    ck_assert(!esc_fn_gave_up(fn));
    for (uint32_t i = 0; i < esc_fn_nvars(fn); i++)
        ck_assert_stays(i);
}
END_TEST

/* ---- order ---- */

static void build_something(void)
{
    uint32_t g = data("g", 16, 0), ext = declare("ext", 0), rec = declare("rec", ESC_SYM_TAKEN);
    define(rec, 2);
    uint32_t x = memory("x", 16), y = memory("y", 8), p = reg("p");
    set(value(x), address(y));
    give_back(address(y));
    call(value(p), address(rec), address(x), value(1));
    call(esc_none(), value(1), value(p), address(y));
    call(esc_none(), address(ext), address(x));
    set(esc_value(g, ESC_ANY, 8), value(p));
    give_back(plus(value(p), ESC_ANY));
    end_function();
    function("f", 1);
    uint32_t z = memory("z", 8);
    call(esc_none(), address(rec), address(z), address(rec));
    end_function();
    solve();
}

/* All that can be asked about all functions. */
static char *everything(void)
{
    size_t size = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    for (uint32_t f = 0; f < MAX_TEST_FNS; f++) {
        const struct esc_warning *w = NULL;
        if (!(fn = fns[f]))
            continue;
        for (uint32_t i = 0; i < esc_fn_nvars(fn); i++) {
            const struct esc_step *steps;
            uint32_t n = esc_fn_explain(fn, i, &steps);
            fprintf(out, "%u %u %s\n", verdict(i), reason(i),
                    esc_fn_var(fn, i)->flags & ESC_PARAM ? leaks(i) : "");
            for (uint32_t k = 0; k < n; k++)
                fprintf(out, "  %u %s\n", steps[k].site, steps[k].text);
        }
        uint32_t n = esc_fn_warnings(fn, &w);
        for (uint32_t i = 0; i < n; i++)
            fprintf(out, "%d %u %u %s %d\n", (int)w[i].kind, w[i].var, w[i].site,
                    w[i].name ? w[i].name : "-", w[i].definite);
    }
    fclose(out);
    return text;
}

START_TEST(two_runs_say_the_same)
{
    char *text[3];
    for (int i = 0; i < 3; i++) {
        void *hole = malloc(12345u * (unsigned)i + 1); /* other addresses each time */
        new_unit(usual_options());
        sites = 0;
        build_something();
        text[i] = everything();
        free(hole);
    }
    ck_assert_uint_gt(strlen(text[0]), 80);
    ck_assert_str_eq(text[0], text[1]);
    ck_assert_str_eq(text[0], text[2]);
    for (int i = 0; i < 3; i++)
        free(text[i]);
}
END_TEST

START_TEST(callers_before_callees_or_after)
{
    int answer[2];
    for (int first = 0; first < 2; first++) {
        new_unit(usual_options());
        uint32_t callee = declare("callee", 0), g = data("g", 8, 0), caller = 0, x = 0;
        for (int part = 0; part < 2; part++) {
            if (part == first) {
                define(callee, 1);
                set(value(g), value(0));
            } else {
                caller = function("caller", 0);
                x = memory("x", 8);
                call(esc_none(), address(callee), address(x));
            }
            end_function();
        }
        solve();
        look_at(caller);
        answer[first] = verdict(x);
    }
    ck_assert_int_eq(answer[0], ESC_MOVED);
    ck_assert_int_eq(answer[1], ESC_MOVED);
}
END_TEST

START_TEST(a_unit_that_is_never_solved)
{
    build_something();
    new_unit(usual_options());
    function("f", 2);
    memory("x", 8);
    end_function();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        warned_where_it_is_returned,
        warned_where_it_is_stored,
        no_warning_for_what_is_taken_back,
        no_warning_if_nothing_is_certain,
        warned_of_a_use_after_the_block,
        no_warning_on_a_path_that_is_not_taken,
        no_warning_where_data_had_to_be_a_variable,
        warned_of_what_a_callee_stores,
        no_warnings_unless_asked,
        steps_lead_from_the_address_to_the_exit,
        a_block_is_explained,
        leaks_of_one_parameter_are_listed_once,
        what_is_put_back_does_not_leak,
        more_leaks_than_room,
        leaks_through_a_function_of_the_callers,
        out_of_budget_everything_moves,
        the_usual_budget_is_enough,
        two_runs_say_the_same,
        callers_before_callees_or_after,
        a_unit_that_is_never_solved,
        NULL,
    };
    return run_suite("engine_answers", tests);
}
