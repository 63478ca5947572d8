/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runtime_abi.cc: declares the runtime's functions and emits type descriptors.

   A descriptor tells the collector which words of an object may hold a pointer:

     struct { double d; char *p; char text[24]; int n[2]; }
       -> size 48, align 8, nwords 5, map 11110 (words 1 and 2..4; n never)

   Rule: a word is free of pointers only when that is certain. Pointers, integers and enums of
   pointer size or more, bit-fields wider than 32 bits, and runs of char that cover a whole aligned
   word count as pointers, because C programs keep pointers there. Floating point, bool, short and
   int do not. Unions take the sum of their members.

   Everything here is made inside the IPA pass, during which GCC collects no garbage. */
#include "compat.h"
#include "runtime_abi.h"

#define ABI_VERSION   3
#define WORD          8
/* Above this many words a descriptor has no map: every word may hold a pointer. */
#define MAX_MAP_WORDS 4096
/* Layouts of fewer bytes, and at most so many words with pointers, have a key. */
#define KEY_SIZES     16384
#define KEY_WORDS     48

static tree functions[RT_COUNT];
static bool used;

/* struct __goe_type and its fields, in the order of the ABI. */
static tree descriptor_type, descriptor_fields[4];
/* Descriptors of this unit by their content. */
static std::map<std::string, tree> *descriptors;

/* What a function of the runtime looks like. */
struct runtime_signature {
    const char *name;
    const char *params; /* 'p' pointer, 'z' size_t, 'u' unsigned, 'k' uint64_t */
    bool allocates;     /* returns fresh memory */
    int size_param; /* which parameter is the size in bytes of what it returns, from 1; 0: none */
};

/* __goe_new is handed the size besides the descriptor: the function need not look at it, but GCC
   then knows how large the object is, as it did for the variable (object-size checks, warnings). A
   thunk is not fresh memory to alias analysis, because it refers to its static chain. The others, like
   malloc ("mc", see attr-fnspec.h), neither read nor write what the program has: what it is about to store is in a
   register meanwhile, where a collection finds it, as it must in a thread that it stops anywhere. */
static const runtime_signature signatures[RT_COUNT] = {
    {"__goe_new", "pz", true, 2},       {"__goe_new_array", "pz", true, 2},
    {"__goe_new_typed", "p", true, 0},  {"__goe_make_typed", "pz", true, 0},
    {"__goe_new_small", "kz", true, 2}, {"__goe_new_zeroed", "kz", true, 2},
    {"__goe_closure", "pp", false, 0},  {"__goe_init", "up", false, 0},
};

static tree build_runtime_decl(runtime_function which)
{
    const runtime_signature *s = &signatures[which];
    tree params = void_list_node;
    for (size_t i = strlen(s->params); i-- > 0;)
        params = tree_cons(NULL_TREE,
                           s->params[i] == 'p'   ? const_ptr_type_node
                           : s->params[i] == 'z' ? size_type_node
                           : s->params[i] == 'k' ? long_unsigned_type_node
                                                 : unsigned_type_node,
                           params);
    tree attributes = NULL_TREE;
    if (which != RT_INIT)
        attributes = tree_cons(get_identifier("returns_nonnull"), NULL_TREE, attributes);
    if (s->size_param)
        attributes =
            tree_cons(get_identifier("alloc_size"),
                      build_tree_list(NULL_TREE, build_int_cst(integer_type_node, s->size_param)),
                      attributes);
    if (s->allocates)
        attributes = tree_cons(get_identifier("fn spec"),
                               build_tree_list(NULL_TREE, build_string(2, "mc")), attributes);
    tree type = build_function_type(which == RT_INIT ? void_type_node : ptr_type_node, params);
    if (attributes)
        type = build_type_attribute_variant(type, attributes);
    tree decl = build_fn_decl(s->name, type);
    DECL_IS_MALLOC(decl) = s->allocates;
    TREE_NOTHROW(decl) = 1;
    DECL_ATTRIBUTES(decl) = tree_cons(get_identifier("leaf"), NULL_TREE, NULL_TREE);
    return decl;
}

tree runtime_decl(runtime_function which)
{
    used = true;
    if (!functions[which])
        functions[which] = build_runtime_decl(which);
    return functions[which];
}

/* What a type says about the words of an object. */
struct word_map {
    std::vector<bool> words;          /* word i may hold a pointer */
    std::vector<unsigned char> chars; /* bytes of each word that are covered by char arrays */
};

static void mark_bytes(word_map *map, HOST_WIDE_INT offset, HOST_WIDE_INT size)
{
    HOST_WIDE_INT last = (offset + size - 1) / WORD;
    for (HOST_WIDE_INT w = offset / WORD; w <= last && w < (HOST_WIDE_INT)map->words.size(); w++)
        map->words[w] = true;
}

static void mark_chars(word_map *map, HOST_WIDE_INT offset, HOST_WIDE_INT size)
{
    HOST_WIDE_INT end = MIN(offset + size, (HOST_WIDE_INT)map->words.size() * WORD);
    for (HOST_WIDE_INT b = offset; b < end; b++) {
        map->chars[b / WORD] |= 1 << b % WORD;
        if (map->chars[b / WORD] == 0xff)
            map->words[b / WORD] = true;
    }
}

static void scan_type(word_map *map, tree type, HOST_WIDE_INT offset)
{
    HOST_WIDE_INT size = int_size_in_bytes(type);
    if (size <= 0)
        return;
    switch (TREE_CODE(type)) {
    case REAL_TYPE:
    case BOOLEAN_TYPE:
    case FIXED_POINT_TYPE:
        return;
    case COMPLEX_TYPE:
    case VECTOR_TYPE: {
        tree element = TREE_TYPE(type);
        if (!SCALAR_FLOAT_TYPE_P(element) && (size < WORD || int_size_in_bytes(element) >= WORD))
            mark_bytes(map, offset, size);
        else if (int_size_in_bytes(element) == 1)
            mark_chars(map, offset, size);
        return;
    }
    case INTEGER_TYPE:
    case ENUMERAL_TYPE:
        if (size >= WORD)
            mark_bytes(map, offset, size);
        else if (size == 1)
            mark_chars(map, offset, 1);
        return;
    case ARRAY_TYPE: {
        HOST_WIDE_INT step = int_size_in_bytes(TREE_TYPE(type));
        if (step <= 0)
            mark_bytes(map, offset, size);
        else if (step == 1)
            mark_chars(map, offset, size);
        else
            for (HOST_WIDE_INT at = 0; at + step <= size; at += step)
                scan_type(map, TREE_TYPE(type), offset + at);
        return;
    }
    case RECORD_TYPE:
    case UNION_TYPE:
    case QUAL_UNION_TYPE:
        for (tree f = TYPE_FIELDS(type); f; f = DECL_CHAIN(f)) {
            if (TREE_CODE(f) != FIELD_DECL || !DECL_SIZE(f))
                continue;
            if (!tree_fits_shwi_p(DECL_SIZE(f)) || !tree_fits_shwi_p(bit_position(f))) {
                mark_bytes(map, offset, size);
                return;
            }
            HOST_WIDE_INT bit = int_bit_position(f);
            if (DECL_BIT_FIELD(f)) {
                if (tree_to_shwi(DECL_SIZE(f)) > 32)
                    mark_bytes(map, offset + bit / 8, tree_to_shwi(DECL_SIZE(f)) / 8);
            } else
                scan_type(map, TREE_TYPE(f), offset + bit / 8);
        }
        return;
    default: /* pointers, _BitInt, whatever comes next */
        mark_bytes(map, offset, size);
        return;
    }
}

static tree const_array(tree element, std::vector<HOST_WIDE_INT> const &values)
{
    tree type = build_array_type_nelts(element, values.size());
    vec<constructor_elt, va_gc> *elts = NULL;
    for (size_t i = 0; i < values.size(); i++)
        CONSTRUCTOR_APPEND_ELT(elts, size_int(i), build_int_cst(element, values[i]));
    return build_constructor(type, elts);
}

static tree static_const(const char *prefix, tree init)
{
    tree type = build_qualified_type(TREE_TYPE(init), TYPE_QUAL_CONST);
    char label[64];
    static unsigned counter;
    ASM_GENERATE_INTERNAL_LABEL(label, prefix, counter++);
    tree decl = build_decl(UNKNOWN_LOCATION, VAR_DECL, get_identifier(label), type);
    TREE_STATIC(decl) = 1;
    TREE_READONLY(decl) = 1;
    TREE_CONSTANT(init) = 1;
    TREE_STATIC(init) = 1;
    TREE_ADDRESSABLE(decl) = 1;
    TREE_USED(decl) = 1;
    DECL_ARTIFICIAL(decl) = 1;
    DECL_IGNORED_P(decl) = 1;
    DECL_INITIAL(decl) = init;
    layout_decl(decl, 0);
    varpool_node::finalize_decl(decl);
    varpool_node *node = varpool_node::get(decl);
    if (!node->analyzed)
        node->analyze();
    return decl;
}

static void build_descriptor_type(void)
{
    static const char *const names[] = {"size", "align", "nwords", "ptrmap"};
    tree u64 = build_nonstandard_integer_type(64, 1), u32 = build_nonstandard_integer_type(32, 1);
    tree types[] = {u64, u32, u32, build_pointer_type(build_qualified_type(u64, TYPE_QUAL_CONST))};
    descriptor_type = make_node(RECORD_TYPE);
    tree chain = NULL_TREE;
    for (int i = 3; i >= 0; i--) {
        tree f = build_decl(UNKNOWN_LOCATION, FIELD_DECL, get_identifier(names[i]), types[i]);
        DECL_CONTEXT(f) = descriptor_type;
        DECL_CHAIN(f) = chain;
        chain = descriptor_fields[i] = f;
    }
    TYPE_FIELDS(descriptor_type) = chain;
    TYPE_NAME(descriptor_type) = get_identifier("__goe_type");
    layout_type(descriptor_type);
}

/* What a descriptor says. */
struct layout {
    unsigned HOST_WIDE_INT size;    /* bytes */
    unsigned align;                 /* bytes */
    unsigned nwords;                /* leading words that may hold pointers */
    std::vector<HOST_WIDE_INT> map; /* which of them; empty: each */
};

static tree emit_descriptor(const layout &l)
{
    unsigned HOST_WIDE_INT size = l.size;
    unsigned align = l.align, nwords = l.nwords;
    std::vector<HOST_WIDE_INT> const &map = l.map;
    std::string key =
        std::to_string(size) + "," + std::to_string(align) + "," + std::to_string(nwords);
    for (HOST_WIDE_INT word : map)
        key += "," + std::to_string(word);
    if (!descriptors)
        descriptors = new std::map<std::string, tree>;
    tree &decl = (*descriptors)[key];
    if (!decl) {
        if (!descriptor_type)
            build_descriptor_type();
        tree ptrmap = TREE_TYPE(descriptor_fields[3]), words = null_pointer_node;
        if (!map.empty())
            words = build_fold_addr_expr(
                static_const("goemap", const_array(TREE_TYPE(descriptor_fields[0]), map)));
        vec<constructor_elt, va_gc> *elts = NULL;
        CONSTRUCTOR_APPEND_ELT(elts, descriptor_fields[0],
                               build_int_cst(TREE_TYPE(descriptor_fields[0]), size));
        CONSTRUCTOR_APPEND_ELT(elts, descriptor_fields[1],
                               build_int_cst(TREE_TYPE(descriptor_fields[1]), align));
        CONSTRUCTOR_APPEND_ELT(elts, descriptor_fields[2],
                               build_int_cst(TREE_TYPE(descriptor_fields[2]), nwords));
        CONSTRUCTOR_APPEND_ELT(elts, descriptor_fields[3], fold_convert(ptrmap, words));
        decl = static_const("goetype", build_constructor(descriptor_type, elts));
    }
    return build_fold_addr_expr(decl);
}

static layout type_layout(tree type, unsigned align)
{
    HOST_WIDE_INT size = int_size_in_bytes(type);
    if (size < 0)
        return {WORD, MAX(align, WORD), 1, {}};
    HOST_WIDE_INT nwords = size / WORD;
    word_map map;
    bool huge = nwords > MAX_MAP_WORDS;
    if (huge) {
        /* One period of an array shows whether there is anything to scan at all. */
        tree element = strip_array_types(type);
        HOST_WIDE_INT step = int_size_in_bytes(element);
        HOST_WIDE_INT words = step > 1 ? CEIL(step, WORD) : 1;
        if (words <= MAX_MAP_WORDS) {
            map.words.resize(words), map.chars.resize(words);
            scan_type(&map, element, 0);
            if (step == 1)
                map.words[0] = true;
            bool any = false;
            for (bool w : map.words)
                any |= w;
            return {(unsigned HOST_WIDE_INT)size, align, any ? (unsigned)nwords : 0, {}};
        }
        return {(unsigned HOST_WIDE_INT)size, align, (unsigned)nwords, {}};
    }
    map.words.resize(nwords), map.chars.resize(nwords);
    scan_type(&map, type, 0);
    while (nwords && !map.words[nwords - 1])
        nwords--;
    std::vector<HOST_WIDE_INT> bits((nwords + 63) / 64);
    bool all = true;
    for (HOST_WIDE_INT w = 0; w < nwords; w++)
        if (map.words[w])
            bits[w / 64] |= HOST_WIDE_INT_1U << w % 64;
        else
            all = false;
    if (all)
        bits.clear();
    return {(unsigned HOST_WIDE_INT)MAX(size, 1), align, (unsigned)nwords, bits};
}

tree type_descriptor(tree type, unsigned align)
{
    return emit_descriptor(type_layout(type, align));
}

/* The key of a small layout, see docs/abi.md; null: it has none. */
static tree layout_key(const layout &l)
{
    if (l.size >= KEY_SIZES || l.align > 2 * WORD || l.nwords > KEY_WORDS)
        return NULL_TREE;
    unsigned HOST_WIDE_INT map = 0;
    if (l.nwords)
        map = l.map.empty() ? (HOST_WIDE_INT_1U << l.nwords) - 1 : l.map[0];
    return build_int_cstu(long_unsigned_type_node,
                          l.size | (unsigned HOST_WIDE_INT)(l.align > WORD) << 14 | map << 15);
}

gcall *new_object_call(tree type, unsigned align, tree size, bool zeroed)
{
    layout l = type_layout(type, align);
    tree key = layout_key(l);
    size = fold_convert(size_type_node, size);
    if (key)
        return gimple_build_call(runtime_decl(zeroed ? RT_NEW_ZEROED : RT_NEW_SMALL), 2, key, size);
    if (zeroed)
        return gimple_build_call(runtime_decl(RT_NEW_TYPED), 1, emit_descriptor(l));
    return gimple_build_call(runtime_decl(RT_NEW), 2, emit_descriptor(l), size);
}

void finish_runtime_use(void)
{
    if (!used)
        return;
    const char *unit = main_input_filename ? lbasename(main_input_filename) : "";
    tree text = build_string_literal(strlen(unit) + 1, unit);
    tree call = build_call_expr(runtime_decl(RT_INIT), 2,
                                build_int_cst(unsigned_type_node, ABI_VERSION), text);
    tree body = NULL_TREE;
    append_to_statement_list(call, &body);
    /* Before the program's own constructors, which may need the heap. */
    cgraph_build_static_cdtor('I', body, MAX_RESERVED_INIT_PRIORITY);
}
