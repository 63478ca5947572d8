/* engine_flow.c - flows inside one function: names, memory, fields, stores that are overwritten. */
#include "engine_ir.h"

START_TEST(nothing_escapes_from_an_empty_function)
{
    function("f", 0);
    uint32_t x = memory("x", 8);
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_uint_eq(esc_fn_nvars(fn), 1);
    ck_assert(!esc_fn_gave_up(fn));
}
END_TEST

START_TEST(returned)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    set(value(p), address(y));
    give_back(address(x));
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_RESULT);
    ck_assert_stays(y);
}
END_TEST

START_TEST(stored_in_static_data)
{
    uint32_t g = data("g", 8, 0);
    function("f", 0);
    uint32_t x = memory("x", 8);
    set(value(g), address(x));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
}
END_TEST

START_TEST(stored_in_the_callers_memory)
{
    function("f", 1);
    uint32_t x = memory("x", 8);
    set(through(0, 8), address(x));
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_STORED);
}
END_TEST

START_TEST(reachable_only_through_what_is_returned)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), z = memory("z", 8);
    set(value(x), address(y));
    set(value(y), address(z));
    give_back(address(x));
    end_function();
    solve();
    ck_assert_moved(x, ESC_WHY_RESULT);
    ck_assert_moved(y, ESC_WHY_RESULT);
    ck_assert_moved(z, ESC_WHY_RESULT);
}
END_TEST

START_TEST(contents_are_not_addresses)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8);
    set(value(x), address(y));
    give_back(value(y));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_stays(y);
}
END_TEST

/* p = &x; p = &y; return p; */
START_TEST(registers_are_flow_sensitive)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    set(value(p), address(x));
    set(value(p), address(y));
    give_back(value(p));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

/* if (c) p = &x; else p = &y; return p; */
START_TEST(paths_meet)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), z = memory("z", 8), p = reg("p");
    set(value(p), address(z));
    uint32_t top = last_block, left = block();
    set(value(p), address(x));
    uint32_t right = block();
    set(value(p), address(y));
    uint32_t join = block();
    give_back(value(p));
    esc_edge(fn, top, left);
    esc_edge(fn, top, right);
    esc_edge(fn, left, join);
    esc_edge(fn, right, join);
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    ck_assert_stays(z);
}
END_TEST

START_TEST(unreachable_statements_do_nothing)
{
    function("f", 0);
    uint32_t x = memory("x", 8), top = last_block;
    block();
    give_back(address(x));
    esc_edge(fn, top, ESC_EXIT);
    end_function();
    solve();
    ck_assert_stays(x);
}
END_TEST

/* s.a = &x; s.b = &y; return s.b; once in a register, once in memory */
START_TEST(fields_are_apart)
{
    for (int in_memory = 0; in_memory < 2; in_memory++) {
        new_unit(usual_options());
        function("f", 0);
        uint32_t x = memory("x", 8), y = memory("y", 8);
        uint32_t s = local("s", 16, in_memory ? ESC_ADDRESSED : 0);
        set(field(s, 0), address(x));
        set(field(s, 8), address(y));
        give_back(field(s, 8));
        end_function();
        solve();
        ck_assert_stays(x);
        ck_assert_int_eq(verdict(y), ESC_MOVED);
    }
}
END_TEST

START_TEST(a_read_anywhere_sees_every_field)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), s = memory("s", 16);
    set(field(s, 0), address(x));
    set(field(s, 8), address(y));
    give_back(esc_value(s, ESC_ANY, 8));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    ck_assert_stays(s);
}
END_TEST

START_TEST(a_store_anywhere_is_read_everywhere)
{
    function("f", 0);
    uint32_t y = memory("y", 8), t = memory("t", 24);
    set(esc_value(t, ESC_ANY, 8), address(y));
    give_back(field(t, 16));
    end_function();
    solve();
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

START_TEST(an_access_outside_the_object_is_none)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    set(value(y), address(x));
    set(value(p), address(y));
    give_back(through(p, 8));
    end_function();
    solve();
    ck_assert_stays(x);
}
END_TEST

/* A pointer that lies across two words is found by its halves, and by itself. */
START_TEST(pointers_across_words)
{
    for (int read = 0; read < 3; read++) {
        new_unit(usual_options());
        function("f", 0);
        uint32_t x = memory("x", 8), s = memory("s", 24), p = reg("p");
        set(value(p), address(s));
        set(through(p, 4), address(x));
        if (read == 0)
            give_back(through(p, 4));
        else
            give_back(esc_mem(p, read == 1 ? 4 : 8, 4));
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), ESC_MOVED);
    }
}
END_TEST

/* The same where the pointer, not the access, is off by half a word. */
START_TEST(accesses_by_a_pointer_between_words)
{
    for (int read = 0; read < 3; read++) {
        new_unit(usual_options());
        function("f", 0);
        uint32_t x = memory("x", 8), s = memory("s", 24), p = reg("p");
        set(value(p), esc_addr(s, 4));
        if (read < 2)
            set(through(p, 0), address(x));
        else
            set(field(s, 8), address(x));
        if (read == 2)
            give_back(through(p, 0));
        else
            give_back(field(s, read * 8));
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), ESC_MOVED);
    }
}
END_TEST

START_TEST(half_a_register_keeps_the_other_half)
{
    function("f", 0);
    uint32_t x = memory("x", 8), p = reg("p");
    set(value(p), address(x));
    set(esc_value(p, 0, 4), esc_none());
    give_back(value(p));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
}
END_TEST

START_TEST(structs_are_copied_word_by_word)
{
    function("f", 1);
    uint32_t x = memory("x", 8), y = memory("y", 8), s = memory("s", 16), t = memory("t", 16);
    set(field(s, 0), address(x));
    set(field(s, 8), address(y));
    set(esc_value(t, 0, 16), esc_value(s, 0, 16));
    set(through(0, 0), field(t, 8));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    ck_assert_stays(s);
    ck_assert_stays(t);
}
END_TEST

START_TEST(copies_through_pointers)
{
    function("f", 1);
    uint32_t x = memory("x", 8), s = memory("s", 16), p = reg("p");
    set(value(p), address(s));
    set(through(p, 8), address(x));
    set(esc_mem(0, 0, 16), esc_mem(p, 0, 16));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(s);
}
END_TEST

START_TEST(pointer_arithmetic)
{
    int32_t by[] = {8, -16, ESC_ANY};
    for (int i = 0; i < 3; i++) {
        new_unit(usual_options());
        function("f", 0);
        uint32_t x = memory("x", 32), p = reg("p");
        set(value(p), plus(value(p), 0));
        set(value(p), address(x));
        give_back(plus(value(p), by[i]));
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), ESC_MOVED);
    }
}
END_TEST

/* p goes round a loop that adds to it: offsets end somewhere. */
START_TEST(a_pointer_that_is_advanced_for_ever)
{
    function("f", 0);
    uint32_t x = memory("x", 8), a = memory("a", 8000), p = reg("p");
    set(value(p), address(a));
    uint32_t top = last_block, loop = block();
    set(through(p, 0), address(x));
    set(value(p), plus(value(p), 8));
    uint32_t out = block();
    give_back(field(a, 7000));
    esc_edge(fn, top, loop);
    esc_edge(fn, loop, loop);
    esc_edge(fn, loop, out);
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_stays(a);
    ck_assert(!esc_fn_gave_up(fn));
}
END_TEST

/* q = &a; *q = &x: x is reachable from a only. */
START_TEST(a_store_goes_where_its_pointer_points)
{
    function("f", 1);
    uint32_t x = memory("x", 8), a = memory("a", 8), b = memory("b", 8), q = reg("q");
    set(value(q), address(a));
    set(through(q, 0), address(x));
    set(through(0, 0), value(b));
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_stays(a);
    ck_assert_stays(b);
}
END_TEST

START_TEST(an_address_from_nowhere)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    set(value(p), unknown_address());
    set(through(p, 0), address(x));
    set(unknown_address(), address(y));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

/* g = &x; *x = world: what the world wrote into x can be anything it has. */
START_TEST(the_world_writes_into_what_has_leaked)
{
    uint32_t g = data("g", 8, 0);
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    set(value(g), address(x));
    set(value(p), value(x));
    set(through(p, 0), address(y));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

/* g = &x; g = 0; */
START_TEST(a_store_that_is_overwritten_is_dead)
{
    uint32_t g = data("g", 8, 0);
    function("f", 1);
    uint32_t x = memory("x", 8), y = memory("y", 8), z = memory("z", 8);
    set(value(g), address(x));
    set(value(g), esc_none());
    set(through(0, 8), address(y));
    set(through(0, 8), esc_none());
    set(flagged(value(g), ESC_REF_VOLATILE), address(z));
    set(flagged(value(g), ESC_REF_VOLATILE), esc_none());
    end_function();
    solve();
    ck_assert_stays(x);
    ck_assert_stays(y);
    ck_assert_int_eq(verdict(z), ESC_MOVED);
}
END_TEST

START_TEST(a_store_is_not_dead_if_something_may_read_it)
{
    for (int reader = 0; reader < 3; reader++) {
        new_unit(usual_options());
        uint32_t g = data("g", 16, 0), h = data("h", 8, 0), ext = declare("ext", 0);
        function("f", 1);
        uint32_t x = memory("x", 8);
        set(value(g), address(x));
        if (reader == 0)
            set(value(h), value(g));
        else if (reader == 1)
            set(value(h), through(0, 0));
        else
            call_args(esc_none(), address(ext), NULL, 0);
        set(value(g), esc_none());
        end_function();
        solve();
        ck_assert_int_eq(verdict(x), ESC_MOVED);
    }
}
END_TEST

START_TEST(a_merge_of_several_sources)
{
    function("f", 0);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p");
    struct esc_ref both[] = {address(x), address(y)};
    esc_assign(fn, value(p), both, 2, 0);
    give_back(value(p));
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
}
END_TEST

START_TEST(an_asm_passes_its_inputs_on)
{
    function("f", 1);
    uint32_t x = memory("x", 8), y = memory("y", 8), p = reg("p"), s = memory("s", 8);
    struct esc_ref out = value(p), in = address(x), two[] = {value(0), address(y)};
    esc_asm(fn, &out, 1, &in, 1, false, 0);
    give_back(value(p));
    esc_asm(fn, NULL, 0, two, 2, true, 0);
    in = address(s);
    esc_asm(fn, NULL, 0, &in, 1, false, 0);
    end_function();
    solve();
    ck_assert_int_eq(verdict(x), ESC_MOVED);
    ck_assert_int_eq(verdict(y), ESC_MOVED);
    ck_assert_stays(s);
}
END_TEST

/* A plain number read from memory sees what this function stored, not what its caller left. */
START_TEST(plain_numbers)
{
    function("f", 1);
    uint32_t x = memory("x", 8), s = memory("s", 8), p = reg("p");
    set(value(s), address(x));
    set(value(p), address(s));
    give_back(flagged(esc_mem(p, 0, 4), ESC_REF_PLAIN));
    end_function();
    uint32_t g = function("g", 1);
    give_back(flagged(esc_mem(0, 0, 4), ESC_REF_PLAIN));
    end_function();
    solve();
    look_at(g);
    ck_assert_str_eq(leaks(0), "");
    look_at(g - 1);
    ck_assert_int_eq(verdict(x), ESC_MOVED);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nothing_escapes_from_an_empty_function,
        returned,
        stored_in_static_data,
        stored_in_the_callers_memory,
        reachable_only_through_what_is_returned,
        contents_are_not_addresses,
        registers_are_flow_sensitive,
        paths_meet,
        unreachable_statements_do_nothing,
        fields_are_apart,
        a_read_anywhere_sees_every_field,
        a_store_anywhere_is_read_everywhere,
        an_access_outside_the_object_is_none,
        pointers_across_words,
        accesses_by_a_pointer_between_words,
        half_a_register_keeps_the_other_half,
        structs_are_copied_word_by_word,
        copies_through_pointers,
        pointer_arithmetic,
        a_pointer_that_is_advanced_for_ever,
        a_store_goes_where_its_pointer_points,
        an_address_from_nowhere,
        the_world_writes_into_what_has_leaked,
        a_store_that_is_overwritten_is_dead,
        a_store_is_not_dead_if_something_may_read_it,
        a_merge_of_several_sources,
        an_asm_passes_its_inputs_on,
        plain_numbers,
        NULL,
    };
    return run_suite("engine_flow", tests);
}
