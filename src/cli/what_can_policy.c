/* why403 what-can --format policy: one document of an identity that allows what the caller may do, of all layers. The
 * search compares it with all that decides, request by request, before anybody sees it. */
#include "cli/what_can_policy.h"
#include "symbolic/allowing.h"

static void put_texts(w403_json_writer *w, const char *name, const w403_texts *list)
{
    w403_jw_texts(w, name, list->at, list->n);
}

/* An object of objects of lists, laid out as the rest. */
static bool put_condition(w403_arena *a, w403_json_writer *w, w403_view text)
{
    w403_json_doc doc;
    if (w403_json_parse(a, W403_LIT("condition"), text, NULL, &doc, NULL, NULL) != W403_OK) {
        return false;
    }
    w403_jw_key(w, "Condition");
    w403_jw_object(w);
    for (const w403_json *op = doc.root->first; op; op = op->next) {
        w403_jw_keyv(w, op->key);
        w403_jw_object(w);
        for (const w403_json *key = op->first; key; key = key->next) {
            w403_jw_keyv(w, key->key);
            w403_jw_array(w);
            for (const w403_json *v = key->first; v; v = v->next) {
                w403_jw_str(w, v->text);
            }
            w403_jw_end_array(w);
        }
        w403_jw_end_object(w);
    }
    w403_jw_end_object(w);
    return true;
}

static void put_document(w403_policy_maker *m, w403_buf *out)
{
    w403_json_writer w;
    w403_jw_init(&w, out, true);
    w403_jw_object(&w);
    w403_jw_word(&w, "Version", "2012-10-17");
    w403_jw_key(&w, "Statement");
    w403_jw_array(&w);
    for (size_t i = 0; i < m->parts.n; i++) {
        const w403_policy_part *p = &m->parts.at[i];
        w403_jw_object(&w);
        w403_jw_word(&w, "Effect", p->deny ? "Deny" : "Allow");
        put_texts(&w, "Action", &p->actions);
        put_texts(&w, "Resource", &p->resources);
        m->nomem |= p->condition.n && !put_condition(m->a, &w, p->condition);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(out, '\n');
}

/* Each action on each class of resources, once more, beside the document. */
static w403_status prove(w403_policy_maker *m, const w403_policy *document, w403_comparison *all, w403_view *where, w403_error *err)
{
    w403_rows *r = m->r;
    for (size_t w = 0; w < r->whats.n; w++) {
        for (size_t i = 0; i < r->resources.n; i++) {
            w403_wanted wanted = {.action = r->whats.at[w].name, .resource = r->resources.at[i].arn};
            w403_comparison one;
            bool asked = w403_rows_goes_with(r, &r->whats.at[w], wanted.resource) || r->whats.n + r->resources.n == 2;
            const w403_row *row = w403_policy_row(m, w, i);
            bool some = (row && row->state != W403_NEVER) || w403_policy_may_allow(document, m->action[w], wanted.resource);
            if (!asked || !some) {
                continue;
            }
            w403_arena_reset(r->scratch);
            W403_TRY(w403_realm_compare(&r->realm, document, &r->askers.at[0], &wanted, r->scratch, &one, err));
            /* The worst that is found is named, by its first place. */
            bool worse = (one.wider && !all->wider) || (one.narrower && !all->wider && !all->narrower) || (one.open && !where->p);
            if (worse) {
                *where = w403_arena_printf(m->a, "%.*s on %.*s", W403_ARG(wanted.action), W403_ARG(wanted.resource));
            }
            all->wider |= one.wider;
            all->narrower |= one.narrower;
            all->open |= one.open;
        }
    }
    return W403_OK;
}

static void tell(w403_rows *r, const w403_comparison *c, w403_view where)
{
    w403_error note;
    if (c->wider) {
        (void)w403_error_set(&note, W403_SEMANTIC, "what the caller may do cannot be written as a policy: it would allow too much of %.*s",
                             W403_ARG(where));
        w403_error_hint(&note, "ask for fewer actions or resources, or keep to some requests with `--when`");
    } else if (c->narrower) {
        (void)w403_error_set(&note, W403_SEMANTIC, "the document allows less than the caller may do: a part of %.*s cannot be written "
                             "as statements of a policy", W403_ARG(where));
    } else {
        (void)w403_error_set(&note, W403_SEMANTIC, "the document could not be proved equal: %.*s is not certain", W403_ARG(where));
    }
    w403_diag(r->cli, true, &note);
}

w403_status w403_rows_what_policy(w403_rows *r, int *status, w403_error *err)
{
    w403_policy_maker m = {.r = r, .a = r->cli->arena};
    w403_asker_kind kind = r->askers.at[0].kind;
    w403_comparison c = {.open = false};
    w403_view where = {NULL, 0};
    w403_policy *document;
    if (kind != W403_ASKER_KNOWN && kind != W403_ASKER_ROOT) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` has no policy of an identity", W403_ARG(r->askers.at[0].name));
        w403_error_hint(err, "--format policy is for users and roles of the snapshot");
        return st;
    }
    r->as_policy = true;
    r->can_only = true;
    W403_TRY(w403_rows_ask(r, err));
    W403_NEED(w403_policy_make(&m), err);
    put_document(&m, &r->cli->out);
    w403_view text = w403_arena_copy(m.a, w403_buf_view(&r->cli->out));
    W403_NEED(!m.nomem && text.p && w403_buf_ok(&r->cli->out), err);
    W403_TRY(w403_policy_parse(m.a, W403_POLICY_IDENTITY, W403_LIT("what-can"), text, NULL, &document, err));
    W403_TRY(prove(&m, document, &c, &where, err));
    *status = w403_rows_exit(r);
    if (c.wider || c.narrower || c.open) {
        tell(r, &c, where);
        *status = W403_EXIT_UNKNOWN;
    }
    if (c.wider) {
        w403_buf_clear(&r->cli->out);
    }
    return W403_OK;
}
