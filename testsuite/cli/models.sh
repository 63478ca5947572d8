# The user's function models: what they change, and errors in them at their line and column.
. testsuite/cli/lib
cat >"$TMP/x.c" <<'END'
#include <stdlib.h>
#include <string.h>
struct w { void *data; };
void foo_set_data(struct w *, void *);
void *foo_get_data(struct w *);
void foo_on_event(void *, void (*)(int, void *), void *);
void foo_each(void *, void (*)(void *, void *), void *);
void *foo_alloc(size_t);
void foo_free(void *);
void on_event(int, void *);
static void visit(void *item, void *sum) { *(int *)sum += item != NULL; }
int *set_and_got(void)
{
    struct w w;
    int set = 1;
    foo_set_data(&w, &set);
    return foo_get_data(&w);
}
void registered(void *loop)
{
    int reg = 1;
    foo_on_event(loop, on_event, &reg);
}
int visited(void *list)
{
    int sum = 0;
    foo_each(list, visit, &sum);
    return sum;
}
int allocated(void)
{
    int *p = foo_alloc(4);
    *p = 1;
    int x = *p;
    foo_free(p);
    return x;
}
int tokens(char *given)
{
    char text[] = "a b";
    return strtok(given ? given : text, " ") != NULL;
}
END
cat >"$TMP/foo.model" <<'END'
# the library foo
foo_set_data(w, data): *w = data    # lives as long as *w does
foo_get_data(w): return = *w
foo_on_event(loop, f, data): register f(_, data) until foo_off
foo_each(list, f, data): call f(*list, data)
foo_alloc(size): return = new(size)
foo_free(p): free p
strtok(s, delim): return = s
END
compile() { "$GCC" "$plug" -fdiagnostics-plain-output -w $arg-m "$@" -S -o "$TMP/x.s" "$TMP/x.c"; }
with() { compile $arg-models="$TMP/foo.model"; }

says 'without models: the callback keeps its data' 0 'moved to heap: sum' compile
says 'without models: strtok keeps its string' 0 'moved to heap: text' compile
says 'a flow through what a parameter points to' 0 'moved to heap: set' with
says 'what it flowed through stays' 0 'note: w does not escape' with
says 'registered data moves' 0 'moved to heap: reg' with
says 'data of a call back stays' 0 'note: sum does not escape' with
says 'an allocator of the program' 0 'note: foo_alloc\(4\) does not escape' with
says 'a model of ours goes before the built-in one' 0 'note: text does not escape' with

# wrong LINE COLUMN MESSAGE MODEL: the model, on line 2 of a file, gives that error.
wrong() {
    printf '%s\n%s\n' '# a comment' "$4" >"$TMP/bad.model"
    says "$3" 1 "bad\.model:$1:$2: error: $3" compile $arg-models="$TMP/bad.model"
}
wrong 2 18 "'dta' is not a parameter of foo_set; write one of w" 'foo_set(w): *w = dta'
wrong 2 5 "expected '\\(' after foo" 'foo keep'
wrong 2 9 "'borrow' is no effect" 'foo(p): borrow p'
wrong 2 7 'there is no model of bar' 'foo = bar'
