/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.cc: where GCC loads the plugin.

   It checks that it was built for the compiler that loads it, reads its options and hooks itself
   in. Only C is handled. For other languages that the driver loads it for as well it stays silent
   (lto1, which meets code that has been rewritten already) or says in one note that it does
   nothing. Symbols of the C front end are weak here, because lto1 has none of them. */
#include "compat.h"
#include "adapter.h"
#include "closures.h"
#include "options.h"

/* goescape's own version, the value of the macro __GOESCAPE__. */
#define GOESCAPE_VERSION "1"

__attribute__((visibility("default"))) int plugin_is_GPL_compatible;

extern "C++" __attribute__((weak)) struct cpp_reader *parse_in;
extern __attribute__((weak)) void cpp_define(cpp_reader *, const char *);
extern __attribute__((weak)) cpp_options *cpp_get_options(cpp_reader *);
extern __attribute__((weak)) cpp_callbacks *cpp_get_callbacks(cpp_reader *);

static std::string help;

static struct plugin_info info = {GOESCAPE_VERSION, NULL};

/* Says which GCC this plugin was built for and which one loads it, and names every difference. That it
   gets as far as this in another GCC is the link's doing: GCC's functions are weak there. */
static bool same_compiler(const struct plugin_gcc_version *host)
{
    const struct plugin_gcc_version *mine = &gcc_version;
    const struct {
        const char *name; /* of the field, as `gcc -v` would call it */
        const char *mine; /* what the plugin was built for */
        const char *host; /* what loads it */
    } fields[] = {
        {"version", mine->basever, host->basever},
        {"datestamp", mine->datestamp, host->datestamp},
        {"development phase", mine->devphase, host->devphase},
        {"revision", mine->revision, host->revision},
        {"configuration", mine->configuration_arguments, host->configuration_arguments},
    };
    std::string differences;
    for (auto &f : fields)
        if (strcmp(f.mine, f.host) != 0)
            differences += std::string("; ") + f.name + ": built for '" + f.mine +
                           "', loaded by '" + f.host + "'";
    if (differences.empty())
        return true;
    /* `error (text)` is the one way to speak that no version of GCC has changed. */
    error(
        "goescape: this plugin was built for GCC %s and cannot be loaded by GCC %s; build it again "
        "with %<make GCC=%>%s",
        mine->basever, host->basever, differences.c_str());
    return false;
}

static bool language_is(const char *name)
{
    return strncmp(lang_hooks.name, name, strlen(name)) == 0;
}

/* PLUGIN_PRAGMAS comes once the preprocessor stands and before it reads anything, with -E too.
   Input that is preprocessed already (ccache, -save-temps) takes no definitions. There is no line
   yet that -g3 could be told the macro stands in. */
static void on_pragmas(void *, void *)
{
    register_pragmas();
    if (!&parse_in || !parse_in || !cpp_define || cpp_get_options(parse_in)->preprocessed)
        return;
    cpp_callbacks *callbacks = cpp_get_callbacks(parse_in);
    auto define = callbacks->define;
    callbacks->define = NULL;
    cpp_define(parse_in, "__GOESCAPE__=" GOESCAPE_VERSION);
    callbacks->define = define;
}

static void on_attributes(void *, void *)
{
    register_attributes();
}

static void on_pre_genericize(void *fndecl, void *)
{
    if (seen_error())
        return;
    restore_returns((tree)fndecl);
    box_captures((tree)fndecl);
}

static void register_passes(const char *name)
{
    static struct register_pass_info lifetime, goescape;
    lifetime.pass = make_lifetime_pass(g);
    lifetime.reference_pass_name = "lower";
    lifetime.ref_pass_instance_number = 1;
    lifetime.pos_op = PASS_POS_INSERT_BEFORE;
    register_callback(name, PLUGIN_PASS_MANAGER_SETUP, NULL, &lifetime);
    goescape.pass = make_goescape_pass(g);
    goescape.reference_pass_name = "*free_lang_data";
    goescape.ref_pass_instance_number = 1;
    goescape.pos_op = PASS_POS_INSERT_BEFORE;
    register_callback(name, PLUGIN_PASS_MANAGER_SETUP, NULL, &goescape);
}

__attribute__((visibility("default"))) int plugin_init(struct plugin_name_args *args,
                                                       struct plugin_gcc_version *version)
{
    if (!same_compiler(version))
        return 1;
    const char *name = args->base_name;
    help = std::string("goescape: escape analysis for C; what outlives its function moves to a "
                       "garbage-collected heap (link with -lgoescape).\nOptions, each as "
                       "-fplugin-arg-") +
           name + "-KEY[=VALUE], the default first:\n" + options_help;
    info.help = help.c_str();
    register_callback(name, PLUGIN_INFO, NULL, &info);

    if (!parse_options(name, args->argc, args->argv))
        return 0; /* reported as an error, which ends the compilation */
    if (language_is("GNU GIMPLE"))
        return 0;
    if (!language_is("GNU C") || language_is("GNU C++")) {
        inform(UNKNOWN_LOCATION,
               "goescape handles C only: this %s source is compiled as without it",
               lang_hooks.name);
        return 0;
    }
    register_callback(name, PLUGIN_ATTRIBUTES, on_attributes, NULL);
    register_callback(name, PLUGIN_PRAGMAS, on_pragmas, NULL);
    if (options.mode_ == MODE_OFF)
        return 0;
    global_options.x_warn_return_local_addr = 0;
    /* AddressSanitizer puts frames on stacks of its own, which are not executable. */
    if (options.mode_ == MODE_HEAPIFY && options.closures_ != CLOSURES_OFF &&
        (goe_usual_trampolines() || (flag_sanitize & SANITIZE_USER_ADDRESS)))
        options.closures_ = CLOSURES_NOEXEC;
    register_callback(name, PLUGIN_REGISTER_GGC_ROOTS, NULL,
                      const_cast<ggc_root_tab *>(capture_roots()));
    register_callback(name, PLUGIN_PRE_GENERICIZE, on_pre_genericize, NULL);
    register_passes(name);
    return 0;
}
