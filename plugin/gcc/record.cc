/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.cc: writes every decision with its flow to the file of `report=FILE`, one JSON object a
   line, for goescape-report and whoever else wants to read it:

     {"file": "f.c", "line": 4, "column": 9, "function": "f", "kind": "variable", "name": "x",
      "verdict": "moved", "reason": "its address is returned", "text": "moved to heap: x",
      "flow": [{"line": 5, "column": 12, "text": "address of 'x' is returned"}]}

   The compilations of a parallel build share the file: each appends its lines in one go under a
   lock, so a line is never torn and those of a unit stand together. GCC writes the JSON; the order
   of the keys within a line is up to it (GCC 12 has its own). A step of the flow names its file
   only where that is another one.

   A build that changes folders calls many files "main.c". Below the folder of the report a file is
   therefore named as seen from there. */
#include "compat.h"
#include "adapter.h"
#include "diagnostics.h"
#include "options.h"
#include "record.h"

const char *reason_text(unsigned reason)
{
    switch (reason) {
    case ESC_WHY_NONE:
        return "";
    case ESC_WHY_RESULT:
        return "its address reaches what the function returns";
    case ESC_WHY_STORED:
        return "its address reaches memory that outlives the call";
    case ESC_WHY_KEPT:
        return "its address is kept: in a global, or by a function that was called";
    case ESC_WHY_LOOP:
        return "the one of an earlier iteration is still in use";
    case ESC_WHY_LARGE:
        return "it is too large for the stack";
    case ESC_WHY_ASKED:
        return "it is declared goe_heap";
    case ESC_WHY_BUDGET:
        return "the function is too large to analyse";
    }
    gcc_unreachable();
}

/* The flow from the allocation on; that its call returns the block goes without saying. */
static uint32_t allocation_flow(const message &m, const esc_step **out)
{
    const esc_alloc *a;
    uint32_t n = esc_fn_explain_alloc(m.f->esc, m.stmt, out);
    uint32_t i = 0, allocs = esc_fn_allocs(m.f->esc, &a);
    while (i < allocs && a[i].stmt != m.stmt)
        i++;
    if (n == 0 || i == allocs || (*out)->site != a[i].site)
        return n;
    ++*out;
    return n - 1;
}

uint32_t message_flow(const message &m, const esc_step **out)
{
    if (m.warning) {
        *out = m.warning->steps;
        return m.warning->nsteps;
    }
    if (m.stmt != UINT32_MAX)
        return allocation_flow(m, out);
    /* What is known of a variable is the way of its own address, not of the pointer in it. */
    return m.var == ESC_NOVAR || strcmp(m.verdict, "leaks") == 0
               ? 0
               : esc_fn_explain(m.f->esc, m.var, out);
}

location_t step_location(const lowered_unit *u, const message &m, const esc_step &s)
{
    if (s.site != UINT32_MAX)
        return gimple_location(u->sites[s.site]);
    return m.var == ESC_NOVAR ? m.at : variable_location(m.f, m.var);
}

/* The way from the folder of the report to the current one: "" or, for example, "lib/". False: this one
   is not below that, or the report's name says nothing of folders. */
static bool find_way(std::string *way)
{
    std::string report = options.report_;
    if (report[0] != '/')
        return false;
    report.resize(report.rfind('/') ? report.rfind('/') : 1);
    char *top = lrealpath(report.c_str()), *here = lrealpath(getpwd());
    size_t n = strcmp(top, "/") == 0 ? 0 : strlen(top);
    bool below = strncmp(here, top, n) == 0 && (here[n] == '/' || !here[n]);
    if (below && here[n] && here[n + 1])
        *way = std::string(here + n + 1) + "/";
    free(top);
    free(here);
    return below;
}

/* FILE as seen from the folder of the report. */
static std::string name_in_report(const char *file)
{
    static std::string way;
    static bool below = find_way(&way);
    if (IS_ABSOLUTE_PATH(file) || !below || file[0] == '<')
        return file;
    std::string rest = file, up = way;
    for (;;) {
        if (rest.compare(0, 2, "./") == 0) {
            rest.erase(0, 2);
        } else if (rest.compare(0, 3, "../") == 0 && !up.empty()) {
            rest.erase(0, 3);
            size_t slash = up.rfind('/', up.size() - 2);
            up.resize(slash == std::string::npos ? 0 : slash + 1);
        } else {
            return up + rest;
        }
    }
}

/* A location as keys of OBJECT; its file only if that is not HOME. Returns the file. */
static const char *set_location(json::object *object, location_t at, const char *home)
{
    expanded_location x = expand_location(at);
    if (x.file && (!home || strcmp(x.file, home) != 0))
        object->set("file", new json::string(name_in_report(x.file).c_str()));
    object->set("line", new json::integer_number(x.line));
    object->set("column", new json::integer_number(x.column));
    return x.file ? x.file : home;
}

static void set_text(json::object *object, const char *key, const std::string &text)
{
    if (!text.empty())
        object->set(key, new json::string(text.c_str()));
}

static std::string record_line(const lowered_unit *u, const message &m)
{
    json::object line;
    location_t at =
        m.at == UNKNOWN_LOCATION && m.var != ESC_NOVAR ? variable_location(m.f, m.var) : m.at;
    const char *file = set_location(&line, at, NULL);
    tree name = DECL_NAME(m.f->fn->decl);
    set_text(&line, "function", name ? IDENTIFIER_POINTER(name) : "");
    set_text(&line, "kind", m.kind);
    set_text(&line, "name", m.name);
    set_text(&line, "verdict", m.verdict);
    set_text(&line, "reason", m.reason);
    set_text(&line, "text", m.warning ? warning_text(m.f->esc, *m.warning) : m.text);
    const esc_step *steps;
    uint32_t n = message_flow(m, &steps);
    json::array *flow = new json::array;
    for (uint32_t i = 0; i < n; i++) {
        json::object *step = new json::object;
        set_location(step, step_location(u, m, steps[i]), file);
        set_text(step, "text", steps[i].text);
        flow->append(step);
    }
    line.set("flow", flow);
    return json_text(line) + "\n";
}

static bool append(const char *file, const std::string &text)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    flock(fd, LOCK_EX); /* where the file system has no locks, one write is as good as it gets */
    size_t done = 0;
    while (done < text.size()) {
        ssize_t n = write(fd, text.data() + done, text.size() - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        done += n;
    }
    int wrong = errno;
    bool closed = close(fd) == 0;
    if (done < text.size())
        errno = wrong;
    return closed && done == text.size();
}

void record(const lowered_unit *u, const std::vector<message> &messages)
{
    std::string text;
    for (const message &m : messages)
        text += record_line(u, m);
    if (!append(options.report_, text))
        error("goescape: report=%s: cannot write there: %m", options.report_);
}
