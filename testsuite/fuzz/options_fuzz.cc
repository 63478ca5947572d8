/* options_fuzz.cc - feeds arguments to the plugin's option parser.
 *
 * The input is a list of KEY=VALUE, one a line; a line without '=' is a key without a value. Beyond not crashing:
 * parsing fails exactly if it says why; every choice is one of its table; and what was understood, written
 * out and read again, means the same.
 *
 * GCC's headers are not needed: these few lines stand for compat.h.
 */
#define GOE_COMPAT_H
#include "bytes.h"

#include <cerrno>
#include <string>
#include <vector>

#define ISDIGIT(c) ((c) >= '0' && (c) <= '9')

struct plugin_argument {
    char *key, *value; /* value: NULL if there is none */
};

static unsigned errors;

static void error(const char *format, ...)
{
    REQUIRE(strncmp(format, "goescape: ", 10) == 0 && !strchr(format, '\n'));
    errors++;
}

#include "../../plugin/gcc/options.cc"

typedef std::vector<std::string> words;

static bool parse(words &w)
{
    std::vector<plugin_argument> arguments;
    for (std::string &word : w) {
        size_t equals = word.find('=');
        plugin_argument a = {&word[0], NULL};
        if (equals != std::string::npos) {
            word[equals] = 0;
            a.value = &word[equals + 1];
        }
        arguments.push_back(a);
    }
    errors = 0;
    options = goe_options();
    return parse_options("fuzz", (int)arguments.size(), arguments.data());
}

/* Word N of VALUES ("a|b|c"). */
static std::string choice(const char *values, int n)
{
    REQUIRE(n >= 0);
    while (n--) {
        values = strchr(values, '|');
        REQUIRE(values);
        values++;
    }
    return std::string(values, strcspn(values, "|"));
}

static words written()
{
    words w;
#define GOE_CHOICE(key, values, bare, help) w.push_back(#key "=" + choice(values, options.key##_));
#define GOE_TEXT(key, metavar, help)                                                               \
    if (options.key##_)                                                                            \
        w.push_back(std::string(#key "=") + options.key##_);
#define GOE_NUMBER(key, value, help) w.push_back(#key "=" + std::to_string(options.key##_));
#include "../../plugin/gcc/options.def"
    return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    words given(1);
    for (size_t i = 0; i < size; i++)
        if (data[i] == '\n')
            given.push_back("");
        else
            given.back() += (char)data[i];
    bool ok = parse(given);
    REQUIRE(ok == !errors);
    words first = written(), copy = first;
    REQUIRE(parse(copy) && !errors);
    REQUIRE(written() == first);
    return 0;
}
