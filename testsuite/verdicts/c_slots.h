/* What c_slots_{aliasing,attribute,level,pragma}.c have in common: two structures that look alike. A function that
 * keeps its argument is stored in a field of the one and may be called from that of the other, wherever fields of
 * different types are not told apart. */
int *kept;

struct one {
    void (*run)(int *);
};
struct two {
    void (*run)(int *);
};
struct two *some_two(void);
