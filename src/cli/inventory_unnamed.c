/* why403 inventory --error TEXT, and nothing else: the text names no bucket. What it may be, where to look, and what is
 * missing; of the snapshot, if there is one, the configurations that it may be about. */
#include "base/command.h"
#include "catalog/catalog.h"
#include "cli/inventory_output.h"
#include "evidence/look.h"
#include "render/style.h"
#include "snapshot/inventory_config.h"
#include "render/warnings.h"

enum { INDENT = 5 };

static const char missing[] = "the text names neither the source bucket nor the destination";

typedef struct page {
    w403_cli            *cli;
    const w403_reported *said;
    const w403_look     *looks;
    size_t               n_looks;
    const w403_view     *commands; /* one for each configuration of the snapshot */
    size_t               n_commands;
} page;

typedef W403_ARRAY(w403_view) commands;

static w403_status of_bucket(const w403_bucket *b, const page *p, commands *list, w403_error *err)
{
    for (uint32_t i = 0; i < b->n_inventory; i++) {
        if (b->inventory[i].fact.state == W403_FACT_NONE) {
            continue;
        }
        w403_view *one = W403_PUSH(p->cli->arena, list);
        W403_NEED(one, err);
        *one = w403_command_of(p->cli->arena, "why403", "inventory <bucket> <configuration>",
                               W403_VALUES(b->name, b->inventory[i].id));
        W403_NEED(one->p, err);
    }
    return W403_OK;
}

static w403_status candidates(const w403_snapshot *s, page *p, w403_error *err)
{
    commands list = {0};
    for (uint32_t a = 0; s && a < s->n_accounts; a++) {
        for (uint32_t b = 0; b < s->account_list[a]->n_buckets; b++) {
            W403_TRY(of_bucket(w403_account_bucket(s, s->account_list[a], b), p, &list, err));
        }
    }
    p->commands = list.at;
    p->n_commands = list.n;
    return W403_OK;
}

static void bullet(const page *p, w403_view line)
{
    w403_buf_puts(&p->cli->out, "  - ");
    w403_style_lines(&p->cli->out, line, 4, 4, p->cli->width > 50 ? (size_t)p->cli->width : 50);
}

static void as_text(const page *p)
{
    w403_arena    *a = p->cli->arena;
    w403_buf      *out = &p->cli->out;
    const w403_view date = p->said->inventory_date;
    w403_style_word(out, p->cli->color_out, W403_STYLE_WARNING, "UNDETERMINED");
    w403_buf_put(out, w403_arena_printf(a, "  inventory export of %.*s, of a bucket that is not named\n", W403_ARG(date)));
    w403_style_title(out, p->cli->color_out, "What it may be");
    for (unsigned i = 0; i < p->said->n_causes; i++) {
        const w403_cause_info *info = w403_cause_info_find(w403_view_of(p->said->causes[i]));
        bullet(p, w403_arena_printf(a, "%s: %s", p->said->causes[i], info ? info->title : ""));
    }
    w403_style_title(out, p->cli->color_out, "Where to look");
    for (size_t i = 0; i < p->n_looks; i++) {
        bullet(p, w403_view_of(p->looks[i].what));
        if (p->looks[i].command.n) {
            w403_style_command(out, p->looks[i].command, INDENT);
        }
    }
    w403_style_title(out, p->cli->color_out, "Not known");
    bullet(p, w403_arena_printf(a, "bucket: %s; `why403 inventory BUCKET` says it", missing));
    if (p->n_commands) {
        w403_style_title(out, p->cli->color_out, "Configurations in the snapshot");
    }
    for (size_t i = 0; i < p->n_commands; i++) {
        w403_style_command(out, p->commands[i], INDENT);
    }
}

static void as_json(const page *p)
{
    w403_json_writer w;
    w403_jw_init(&w, &p->cli->out, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_key(&w, "decision");
    w403_jw_cstr(&w, w403_verdict_name(W403_UNDETERMINED));
    w403_jw_text(&w, "reported", p->said->inventory_date);
    w403_jw_key(&w, "may_be");
    w403_jw_array(&w);
    for (unsigned i = 0; i < p->said->n_causes; i++) {
        w403_jw_cstr(&w, p->said->causes[i]);
    }
    w403_jw_end_array(&w);
    w403_jw_key(&w, "look");
    w403_jw_array(&w);
    for (size_t i = 0; i < p->n_looks; i++) {
        w403_jw_object(&w);
        w403_jw_text(&w, "what", w403_view_of(p->looks[i].what));
        w403_jw_text(&w, "command", p->looks[i].command);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    w403_jw_key(&w, "missing");
    w403_jw_array(&w);
    w403_jw_object(&w);
    w403_jw_text(&w, "name", W403_LIT("bucket"));
    w403_jw_text(&w, "why", w403_view_of(missing));
    w403_jw_text(&w, "option", W403_LIT("why403 inventory BUCKET"));
    w403_jw_end_object(&w);
    w403_jw_end_array(&w);
    w403_jw_texts(&w, "configurations", p->commands, p->n_commands);
    w403_warnings_json(&w, p->cli->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(&p->cli->out, '\n');
}

w403_status w403_inventory_unnamed(w403_cli *cli, const w403_snapshot *snapshot, const w403_reported *said, bool json,
                                   w403_error *err)
{
    page         p = {.cli = cli, .said = said};
    w403_request r;
    w403_request_init(&r);
    r.principal = W403_LIT("service:s3.amazonaws.com");
    W403_TRY(w403_evidence_looks(cli->arena, &r, said->causes, said->n_causes, &p.looks, &p.n_looks, err));
    W403_TRY(candidates(snapshot, &p, err));
    (json ? as_json : as_text)(&p);
    return W403_OK;
}
