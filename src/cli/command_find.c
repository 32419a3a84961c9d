/* Look-ups in the table of commands. */
#include "base/nearest.h"
#include "cli/commands.h"

const w403_command *w403_command_at(size_t i)
{
    return i < w403_commands_count ? &w403_commands[i] : NULL;
}

const w403_command *w403_command_find(w403_view name)
{
    for (size_t i = 0; i < w403_commands_count; i++) {
        if (w403_view_eq(name, w403_view_of(w403_commands[i].name))) {
            return &w403_commands[i];
        }
    }
    return NULL;
}

bool w403_command_exists(w403_view name)
{
    return w403_command_find(name) != NULL;
}

w403_status w403_command_unknown(w403_view name, w403_error *err)
{
    enum { NAMES = 64 };
    const char *names[NAMES];
    size_t      n = 0;
    for (; n < w403_commands_count && n < NAMES; n++) {
        names[n] = w403_commands[n].name;
    }
    w403_status status = w403_error_set(err, W403_SEMANTIC, "unknown command `%.*s`",
                                        (int)(name.n > 80 ? 80 : name.n), name.p);
    const char *nearest = w403_nearest(name, names, n);
    if (nearest) {
        w403_error_hint(err, "did you mean `why403 %s`?", nearest);
    } else {
        w403_error_hint(err, "`why403 help` lists the commands");
    }
    return status;
}
