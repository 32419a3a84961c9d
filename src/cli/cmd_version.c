#include <stdio.h>

#include "cli/commands.h"

/* What this build can do, and what it was made by; bug reports begin with it. */
static void facts(w403_buf *out)
{
    static const struct {
        const char *name;
        bool        there;
    } parts[] = {
#ifdef W403_HAVE_ZLIB
        {"gzip", true},
#else
        {"gzip", false},
#endif
#ifdef W403_HAVE_ISAL
        {"isal", true},
#else
        {"isal", false},
#endif
#ifdef W403_HAVE_ZSTD
        {"zstd", true},
#else
        {"zstd", false},
#endif
#ifdef W403_HAVE_XZ
        {"xz", true},
#else
        {"xz", false},
#endif
#ifdef W403_HAVE_BZIP2
        {"bzip2", true},
#else
        {"bzip2", false},
#endif
#ifdef W403_HAVE_YAML
        {"yaml", true},
#else
        {"yaml", false},
#endif
#ifdef W403_HAVE_LIVE
        {"live", true},
#else
        {"live", false},
#endif
#ifdef W403_HAVE_SERVE
        {"serve", true},
#else
        {"serve", false},
#endif
    };
    w403_buf_printf(out, "built for %s by %s\n", W403_TARGET, W403_COMPILER);
    for (int there = 1; there >= 0; there--) {
        bool any = false;
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            if (parts[i].there == (there == 1)) {
                w403_buf_printf(out, "%s%s", any ? " " : there ? "with " : "without ", parts[i].name);
                any = true;
            }
        }
        w403_buf_puts(out, any ? "\n" : "");
    }
}

int w403_cmd_version(w403_cli *cli)
{
    if (cli->args.operands.n > 0) {
        w403_diag_text(cli, false, "version takes no arguments");
        return W403_EXIT_USAGE;
    }
    w403_buf_printf(&cli->out, "%s %s\n", "why403", w403_version());
    facts(&cli->out);
    return W403_EXIT_GOOD;
}
