#include "cli/complete.h"

#include <stdlib.h>

#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "snapshot/load.h"

typedef struct completion {
    w403_cli *cli;
    int n;
    char *const *words;   /* the last one is being typed */
    w403_view typed;
    w403_snapshot *snapshot;
    bool tried;
} completion;

static void offer(completion *c, w403_view v)
{
    bool plain = v.n > 0;
    for (size_t i = 0; i < v.n; i++) {
        plain = plain && (unsigned char)v.p[i] > ' ' && v.p[i] != 0x7F; /* a line a word; nothing that a shell would split */
    }
    if (plain && w403_view_starts(v, c->typed)) {
        w403_buf_put(&c->cli->out, v);
        w403_buf_putc(&c->cli->out, '\n');
    }
}

/* ---- of the snapshot ---- */

static const w403_snapshot *snapshot(completion *c)
{
    w403_error unused;
    const char *path = NULL;
    for (int i = 0; i + 1 < c->n; i++) {
        bool named = strcmp(c->words[i], "-s") == 0 || strcmp(c->words[i], "--snapshot") == 0;
        path = named ? c->words[i + 1] : strncmp(c->words[i], "--snapshot=", 11) == 0 ? c->words[i] + 11 : path;
    }
    if (!c->tried) {
        c->tried = true;
        path = path ? path : w403_input_snapshot_path(c->cli);
        if (path && w403_snapshot_load_usable(path, NULL, NULL, &c->snapshot, &unused) != W403_OK) {
            c->snapshot = NULL;
        }
    }
    return c->snapshot;
}

static void principals(completion *c)
{
    const w403_snapshot *s = snapshot(c);
    bool arns = w403_view_starts(c->typed, W403_LIT("arn:"));
    for (size_t i = 0; s && i < s->entities.cap; i++) {
        const w403_entity *e = s->entities.slots[i].value;
        if (e) {
            offer(c, arns ? e->arn : e->name); /* a name is enough where it is the only one */
        }
    }
    offer(c, W403_LIT("anonymous"));
    offer(c, W403_LIT("service:s3.amazonaws.com"));
}

static void buckets(completion *c, const char *before, const char *after)
{
    const w403_snapshot *s = snapshot(c);
    for (size_t i = 0; s && i < s->buckets.cap; i++) {
        const w403_bucket *b = s->buckets.slots[i].value;
        if (b) {
            offer(c, w403_arena_printf(c->cli->arena, "%s%.*s%s", before, W403_ARG(b->name), after));
        }
    }
}

static void keys_of(completion *c, w403_view bucket)
{
    enum { OFFERED = 1000 };
    const w403_snapshot *s = snapshot(c);
    const w403_bucket *b = s ? w403_snapshot_bucket(s, bucket) : NULL;
    for (size_t i = 0, told = 0; b && i < b->objects.cap && told < OFFERED; i++) {
        const w403_object *o = b->objects.slots[i].value;
        if (o) {
            offer(c, w403_arena_printf(c->cli->arena, "s3://%.*s/%.*s", W403_ARG(bucket), W403_ARG(o->key)));
            told++;
        }
    }
}

static void resources(completion *c)
{
    w403_view rest = w403_view_starts(c->typed, W403_LIT("s3://")) ? w403_view_sub(c->typed, 5, c->typed.n) : (w403_view){NULL, 0};
    w403_view bucket = rest.p ? w403_view_cut(&rest, '/') : (w403_view){NULL, 0};
    if (rest.p) {
        keys_of(c, bucket);
    } else {
        buckets(c, "s3://", "/");
    }
}

/* ---- of the catalog ---- */

static void operations(completion *c)
{
    bool actions = w403_view_find_char(c->typed, ':') != SIZE_MAX;
    for (uint16_t i = 0; !actions && i < W403_OPERATION_COUNT; i++) {
        offer(c, w403_view_of(w403_operation_at(i)->name));
    }
    for (uint16_t i = 0; actions && i < W403_ACTION_COUNT; i++) {
        offer(c, w403_view_of(w403_action_at(i)->name));
    }
}

static void actions(completion *c)
{
    for (uint16_t i = 0; i < W403_ACTION_COUNT; i++) {
        offer(c, w403_view_of(w403_action_at(i)->name));
    }
}

static void condition_keys(completion *c)
{
    for (uint16_t i = 1; i < W403_KEY_COUNT; i++) {
        w403_view name = w403_view_of(w403_key_at(i)->name);
        size_t place = w403_view_find_char(name, '$');
        offer(c, place == SIZE_MAX ? name : w403_view_sub(name, 0, place));
    }
}

/* ---- where it stands ---- */

static void words_of(completion *c, const char *list)
{
    for (w403_view rest = w403_view_of(list ? list : ""); rest.p && rest.n;) {
        offer(c, w403_view_cut(&rest, ' '));
    }
}

static void value(completion *c, w403_option_id id)
{
    switch ((int)id) {
    case W403_OPT_AS:
    case W403_OPT_LOGS_PRINCIPAL:
        principals(c);
        break;
    case W403_OPT_CONTEXT:
    case W403_OPT_CONTEXT_ABSENT:
    case W403_OPT_CONTEXT_UNKNOWN:
    case W403_OPT_WHEN:
        condition_keys(c);
        break;
    case W403_OPT_OPERATION:
        operations(c);
        break;
    case W403_OPT_ACTION:
    case W403_OPT_CHECK_ACTION:
        actions(c);
        break;
    case W403_OPT_LOGS_BUCKET:
    case W403_OPT_LINT_BUCKET:
    case W403_OPT_COLLECT_BUCKET:
        buckets(c, "", "");
        break;
    default:
        words_of(c, w403_option_at(id)->words);
    }
}

static void operand(completion *c, const w403_command *command, size_t nth)
{
    if (command->bit & (W403_FOR_EXPLAIN | W403_FOR_WHO_CAN | W403_FOR_COLLECT)) {
        (nth == 0 ? operations : resources)(c);
    } else if (command->bit & W403_FOR_WHAT_CAN) {
        (nth == 0 ? principals : nth == 1 ? operations : resources)(c);
    } else if (command->bit & (W403_FOR_PUBLIC | W403_FOR_INVENTORY)) {
        buckets(c, "", "");
    } else {
        words_of(c, command->words);
    }
}

static void options(completion *c, const w403_command *command)
{
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        if (o->commands & command->bit) {
            offer(c, w403_arena_printf(c->cli->arena, "--%s", o->name));
        }
    }
}

/* The option that a word is and that wants a value; W403_OPTIONS: none. */
static w403_option_id wants_value(const w403_command *command, const char *word)
{
    w403_option_id id = 0;
    if (word[0] != '-' || strchr(word, '=')) {
        return W403_OPTIONS;
    }
    for (; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        bool is = word[1] == '-' ? strcmp(word + 2, o->name) == 0 : o->letter && word[1] == o->letter && word[2] == '\0';
        if (is && (o->commands & command->bit)) {
            return o->arg == W403_ARG_REQUIRED ? id : W403_OPTIONS;
        }
    }
    return W403_OPTIONS;
}

static void behind(completion *c, const w403_command *command)
{
    size_t operands = 0;
    w403_option_id wanted = W403_OPTIONS;
    for (int i = 1; i + 1 < c->n; i++) {
        if (wanted != W403_OPTIONS) {
            wanted = W403_OPTIONS;
            continue;
        }
        wanted = wants_value(command, c->words[i]);
        operands += c->words[i][0] != '-';
    }
    if (wanted != W403_OPTIONS) {
        value(c, wanted);
    } else if (w403_view_starts(c->typed, W403_LIT("-"))) {
        options(c, command);
    } else {
        operand(c, command, operands);
    }
}

int w403_complete_command(w403_cli *cli, int argc, char *const *argv)
{
    completion c = {.cli = cli, .n = argc - 2, .words = argv + 2, .typed = w403_view_of(argc > 2 ? argv[argc - 1] : "")};
    const w403_command *command = argc > 3 ? w403_command_find(w403_view_of(argv[2])) : NULL;
    cli->command = command;
    if (command) {
        behind(&c, command);
    } else if (argc <= 3) {
        for (size_t i = 0; (command = w403_command_at(i)) != NULL; i++) {
            offer(&c, w403_view_of(command->name));
        }
    }
    w403_snapshot_free(c.snapshot);
    return W403_EXIT_GOOD;
}
