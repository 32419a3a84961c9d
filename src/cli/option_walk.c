/* The table of options as help, man pages and completions walk it. */
#include "cli/options.h"

static const char *group_title(w403_option_group g)
{
    static const char *const titles[W403_GROUPS] = {
        [W403_GROUP_REQUEST] = "The request",
        [W403_GROUP_EVIDENCE] = "In place of a request",
        [W403_GROUP_POLICIES] = "What it is judged by",
        [W403_GROUP_LIVE] = "Asking AWS",
        [W403_GROUP_LOGS] = "Which records",
        [W403_GROUP_QUESTION] = "The question",
        [W403_GROUP_REPORTS] = "Reports",
        [W403_GROUP_CHECKS] = "Checks",
        [W403_GROUP_SERVE] = "The server",
        [W403_GROUP_LIMITS] = "Limits",
        [W403_GROUP_TESTS] = "Cases",
        [W403_GROUP_OUTPUT] = "Output",
    };
    return titles[g];
}

const w403_option *w403_option_next(w403_option_walk *w, uint32_t commands)
{
    bool same_group = w->id > 0;
    for (; w->group < W403_GROUPS; w->group++, w->id = 0, same_group = false) {
        while (w->id < W403_OPTIONS) {
            const w403_option *o = w403_option_at((w403_option_id)w->id++);
            if (o->group == w->group && (o->commands & commands)) {
                w->begins = same_group ? NULL : group_title(o->group);
                return o;
            }
        }
    }
    return NULL;
}

w403_view w403_option_usage(w403_arena *a, const w403_option *o)
{
    const char *open = o->arg == W403_ARG_OPTIONAL ? "[=" : o->arg == W403_ARG_REQUIRED ? " " : "";
    const char *close = o->arg == W403_ARG_OPTIONAL ? "]" : "";
    const char *name = o->arg_name ? o->arg_name : "";
    return o->letter ? w403_arena_printf(a, "-%c, --%s%s%s%s", o->letter, o->name, open, name, close)
                     : w403_arena_printf(a, "--%s%s%s%s", o->name, open, name, close);
}
