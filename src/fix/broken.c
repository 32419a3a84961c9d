/* Slips of the pen in an Allow that was meant to match: blanks, a bucket named for its objects, wrong account or
 * partition, a service under AWS, an action that does not exist, a variable in the wrong Version. */
#include "base/glob.h"
#include "base/nearest.h"
#include "fix/change.h"

static w403_view quote(w403_fixer *f, w403_view v)
{
    return w403_json_quote(f->arena, v);
}

/* ---- Resource ---- */

/* Bytes that nobody sees: blanks, tabs, no-break and zero-width characters. */
static size_t invisible_at(w403_view v, size_t i)
{
    static const char *const marks[] = {
        " ", "\t", "\n", "\r", "\xc2\xa0", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xef\xbb\xbf", "%20"};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        if (w403_view_starts(w403_view_sub(v, i, v.n), w403_view_of(marks[k]))) {
            return strlen(marks[k]);
        }
    }
    return 0;
}

static w403_view without_blanks(w403_fixer *f, w403_view v, w403_view asked)
{
    (void)asked;
    w403_buf b = {0};
    for (size_t i = 0; i < v.n;) {
        size_t n = invisible_at(v, i);
        if (!n) {
            w403_buf_putc(&b, v.p[i]);
        }
        i += n ? n : 1;
    }
    w403_view out = w403_buf_take(&b, f->arena);
    return out.n ? out : (w403_view){NULL, 0};
}

static w403_view objects_too(w403_fixer *f, w403_view v,
                             w403_view asked) /* the bucket's ARN, `b/`, `b:*`: its objects */
{
    (void)asked;
    w403_arn arn = w403_arn_split(v);
    if (arn.n != 6 || !w403_view_eq(arn.part[2], W403_LIT("s3"))) {
        return (w403_view){NULL, 0};
    }
    size_t slash = w403_view_find_char(arn.part[5], '/');
    if (slash != SIZE_MAX && slash + 1 < arn.part[5].n) {
        return (w403_view){NULL, 0}; /* it names objects already */
    }
    while (v.n && (v.p[v.n - 1] == '*' || v.p[v.n - 1] == ':' || v.p[v.n - 1] == '/')) {
        v.n--;
    }
    return w403_sayf(f, "%.*s/*", W403_ARG(v));
}

static w403_view bucket_too(w403_fixer *f, w403_view v, w403_view asked) /* objects: their bucket */
{
    w403_arn arn = w403_arn_split(v);
    (void)asked;
    if (arn.n != 6) {
        return (w403_view){NULL, 0};
    }
    size_t slash = w403_view_find_char(arn.part[5], '/');
    size_t keep = (size_t)(arn.part[5].p - v.p) + (slash == SIZE_MAX ? arn.part[5].n : slash);
    (void)f;
    return w403_view_sub(v, 0, keep);
}

/* S3 bucket ARNs have neither Region nor account; the partition is the caller's; `s3::` lacks a colon. */
static w403_view proper_arn(w403_fixer *f, w403_view v, w403_view asked)
{
    w403_arn want = w403_arn_split(asked);
    w403_view rest = v, last = v;
    w403_arn have = w403_arn_split(v);
    bool s3 = want.n == 6 && w403_view_eq(want.part[2], W403_LIT("s3")) && want.part[3].n == 0;
    bool sound = have.n == 6 && w403_view_eq(have.part[0], want.part[0]) &&
                 w403_view_eq(have.part[1], want.part[1]) && w403_view_eq(have.part[2], want.part[2]) &&
                 have.part[3].n == 0 && have.part[4].n == 0;
    if (!s3 || sound) {
        return (w403_view){NULL, 0};
    }
    if (w403_view_starts(v, W403_LIT("s3://"))) {
        last = w403_view_sub(v, 5, v.n);
    } else if (w403_view_starts(v, W403_LIT("https://"))) {
        last = w403_view_sub(v, 8, v.n);
    } else if (w403_view_starts(v, W403_LIT("arn:"))) {
        while (rest.p) {
            last = w403_view_cut(&rest, ':');
        }
    }
    return w403_sayf(f, "arn:%.*s:%.*s:%.*s:%.*s:%.*s", W403_ARG(want.part[1]), W403_ARG(want.part[2]),
                     W403_ARG(want.part[3]), W403_ARG(want.part[4]), W403_ARG(last));
}

static w403_view one_slash(w403_fixer *f, w403_view v, w403_view asked) /* b//k, b/k/ */
{
    size_t at = w403_view_find(v, W403_LIT("//"));
    (void)asked;
    if (at != SIZE_MAX) {
        return w403_sayf(f, "%.*s%.*s", (int)at + 1, v.p, (int)(v.n - at - 2), v.p + at + 2);
    }
    return v.n && v.p[v.n - 1] == '/' ? w403_view_sub(v, 0, v.n - 1) : (w403_view){NULL, 0};
}

static w403_view below(w403_fixer *f, w403_view v, w403_view asked) /* b/prefix: the objects below it */
{
    w403_arn arn = w403_arn_split(v);
    if (arn.n != 6 || w403_view_find_char(arn.part[5], '/') == SIZE_MAX) {
        return (w403_view){NULL, 0};
    }
    if (v.p[v.n - 1] == '/') {
        return w403_sayf(f, "%.*s*", W403_ARG(v));
    }
    bool is_prefix = asked.n > v.n && w403_view_starts(asked, v) && asked.p[v.n] == '/';
    return is_prefix ? w403_sayf(f, "%.*s/*", W403_ARG(v)) : (w403_view){NULL, 0};
}

/* As asked, in other letters: ARNs tell capital letters from small ones (R5). */
static w403_view same_case(w403_fixer *f, w403_view v, w403_view asked)
{
    (void)f;
    bool star = v.n > 1 && v.p[v.n - 1] == '*';
    size_t n = star ? v.n - 1 : v.n;
    if (asked.n < n || !w403_view_ieq(w403_view_sub(asked, 0, n), w403_view_sub(v, 0, n))) {
        return (w403_view){NULL, 0};
    }
    return star ? w403_sayf(f, "%.*s*", (int)n, asked.p) : w403_view_sub(asked, 0, n);
}

/* logs-1 and logs-2 are two buckets, not one and a slip. */
static bool same_but_digits(w403_view a, w403_view b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < a.n && a.p[i] >= '0' && a.p[i] <= '9') {
            i++;
        }
        while (k < b.n && b.p[k] >= '0' && b.p[k] <= '9') {
            k++;
        }
        if (i >= a.n || k >= b.n) {
            return i >= a.n && k >= b.n;
        }
        if (a.p[i] != b.p[k]) {
            return false;
        }
    }
}

/* A bucket's name with a letter wrong, missing or too many. */
static w403_view near_bucket(w403_fixer *f, w403_view v, w403_view asked)
{
    w403_arn have = w403_arn_split(v), want = w403_arn_split(asked);
    if (have.n != 6 || want.n != 6) {
        return (w403_view){NULL, 0};
    }
    w403_view key = have.part[5], bucket = w403_view_cut(&key, '/'), rest = want.part[5];
    w403_view wanted = w403_view_cut(&rest, '/');
    bool other = w403_snapshot_bucket(f->world->snapshot, bucket) || same_but_digits(bucket, wanted);
    if (other || bucket.n < 6 || w403_has_wildcard(bucket) || w403_edit_distance(bucket, wanted, 2) > 2) {
        return (w403_view){NULL, 0};
    }
    return w403_sayf(f, "%.*s%.*s%s%.*s", (int)(have.part[5].p - v.p), v.p, W403_ARG(wanted), key.p ? "/" : "",
                     W403_ARG(key));
}

typedef w403_view transform_fn(w403_fixer *f, w403_view v, w403_view asked);

/* `add`: what was written may be meant as well, so the corrected value stands beside it. */
static const struct transform {
    transform_fn *fn;
    bool add;
    const char *what;
} transforms[] = {
    {without_blanks, false, N_("take the blank out of `{resource}` of {place}")},
    {objects_too, true, N_("name the objects beside the bucket in `{resource}` of {place}")},
    {bucket_too, true, N_("name the bucket beside its objects in `{resource}` of {place}")},
    {proper_arn, false, N_("correct the ARN in `{resource}` of {place}")},
    {one_slash, false, N_("take the extra slash out of `{resource}` of {place}")},
    {below, false, N_("name what is below the prefix in `{resource}` of {place}")},
    {same_case, false, N_("correct the letters' case in `{resource}` of {place}")},
    {near_bucket, false, N_("correct the bucket's name in `{resource}` of {place}")},
};

static void resource_change(w403_fixer *f, const w403_place *p, const w403_statement *st,
                            const w403_resource_pattern *r, const struct transform *t, w403_view text)
{
    w403_edit e;
    const w403_json *at = w403_edit_policy(&e, f->arena, st->policy) ? w403_edit_at(&e, r->span) : NULL;
    if (!at || (t->add && !w403_statement_lists_actions(st))) {
        return;
    }
    if (t->add) {
        (void)w403_edit_add(&e, w403_edit_at(&e, st->resource_span), quote(f, text));
    } else {
        (void)w403_edit_replace(&e, at, quote(f, text));
    }
    w403_candidate_edit(f, "correct-resource", W403_RANK_CORRECT,
                        W403_FIX_SAY(f, t->what, W403_P("resource", r->whole.text), W403_P("place", p->name)), p, &e,
                        NULL);
}

static bool covers(w403_view pattern, w403_view asked)
{
    return pattern.p && (w403_glob(pattern, asked) || w403_view_find(pattern, W403_LIT("${")) != SIZE_MAX);
}

/* Each correction alone, and after the blanks are out. */
static void correct_resource(w403_fixer *f, const w403_place *p, const w403_statement *st,
                             const w403_resource_pattern *r)
{
    w403_view asked = f->w->target->arn, v = r->whole.text, clean = without_blanks(f, v, asked);
    for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
        const struct transform *t = &transforms[i];
        w403_view from = t->fn == without_blanks || !clean.p ? v : clean;
        w403_view to = t->fn(f, from, asked);
        if (!to.p || w403_view_eq(to, v) || w403_view_eq(to, W403_LIT("*"))) {
            continue;
        }
        if (covers(to, asked)) {
            resource_change(f, p, st, r, t, to);
            continue;
        }
        for (size_t k = 0; k < sizeof transforms / sizeof *transforms; k++) { /* two slips in one ARN */
            w403_view both = transforms[k].fn(f, to, asked);
            if (both.p && k != i && !t->add && covers(both, asked) && !w403_view_eq(both, W403_LIT("*"))) {
                resource_change(f, p, st, r, t, both);
                break;
            }
        }
    }
}

/* ---- Action ---- */

static void correct_action(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    w403_view asked = f->w->action;
    for (uint32_t i = 0; i < st->n_actions && !st->not_action; i++) {
        const w403_action_pattern *a = &st->actions[i];
        w403_view clean = w403_view_trim(a->text);
        bool unknown = !a->valid || w403_action_exists(a->text) == W403_NO;
        bool holds = w403_view_find(clean, asked) != SIZE_MAX, near = w403_edit_distance(clean, asked, 2) <= 2;
        w403_edit e;
        if (!unknown || (!holds && !near) || !w403_edit_policy(&e, f->arena, st->policy)) {
            continue;
        }
        (void)w403_edit_replace(&e, w403_edit_at(&e, a->span), quote(f, asked));
        w403_candidate_edit(f, "correct-action", W403_RANK_CORRECT,
                            W403_FIX_SAY(f, "write {action} in place of `{text}`, which is no action, in {place}", W403_P("action", asked), W403_P("text", a->text), W403_P("place", p->name)),
                            p, &e, NULL);
    }
}

/* ---- Principal ---- */

static w403_view last_name(w403_view arn)
{
    w403_view rest = arn, name = arn;
    while (rest.p) {
        name = w403_view_cut(&rest, '/');
    }
    return name;
}

/* Is this entry meant for the caller? *why is the title that says what is wrong with it. */
static bool meant(const w403_fixer *f, const w403_principal_entry *e, const char **why)
{
    const w403_caller *who = &f->w->call->caller;
    w403_arn arn = w403_arn_split(e->text), mine = w403_arn_split(who->principal_arn);
    bool same_name = w403_view_ieq(last_name(e->text), who->name);
    if (e->kind == W403_PE_UNIQUE_ID) {
        *why = N_("name {principal} in place of `{text}` (the id of a deleted principal) in {place}");
        return true;
    }
    if (who->kind == W403_CALLER_SERVICE) {
        *why = N_("name {principal} in place of `{text}` (a service under AWS) in {place}");
        return e->kind == W403_PE_INVALID && w403_view_ieq(w403_view_trim(e->text), who->name);
    }
    if (!who->principal_arn.p || arn.n != 6 || mine.n != 6) {
        *why = N_("name {principal} in place of `{text}` (no ARN of a principal) in {place}");
        return e->kind == W403_PE_INVALID && same_name;
    }
    if (e->kind == W403_PE_INVALID && w403_glob(e->text, who->principal_arn)) {
        *why = N_("name {principal} in place of `{text}` (a wildcard, which Principal does not take) in {place}");
        return true;
    }
    bool other = !w403_view_eq(arn.part[4], mine.part[4]);
    const w403_snapshot *snap = f->world->snapshot;
    if (w403_view_eq(e->text, who->principal_arn) || (snap && w403_snapshot_entity(snap, e->text)) ||
        (other && w403_snapshot_account(snap, arn.part[4]))) {
        return false; /* somebody that there is, or of an account that there is */
    }
    *why = other                                         ? N_("name {principal} in place of `{text}` (the wrong account) in {place}")
           : !w403_view_eq(arn.part[1], mine.part[1])    ? N_("name {principal} in place of `{text}` (the wrong partition) in {place}")
           : w403_view_eq(last_name(e->text), who->name) ? N_("name {principal} in place of `{text}` (the ARN without its path, or of the wrong kind) in {place}")
                                                         : N_("name {principal} in place of `{text}` (the name in other letters) in {place}");
    return same_name && (e->kind == W403_PE_USER || e->kind == W403_PE_ROLE || e->kind == W403_PE_INVALID);
}

/* Principal: {"AWS": "s3.amazonaws.com"} -> {"Service": "s3.amazonaws.com"}; other entries stay where they are. */
static void move_to_service(w403_fixer *f, w403_edit *e, const w403_statement *st, const w403_principal_entry *entry)
{
    const w403_json *at = w403_edit_at(e, st->principal_span), *aws = w403_json_get(at, "AWS");
    w403_view service = quote(f, w403_view_trim(entry->text));
    bool alone = aws && (aws->type != W403_JSON_ARRAY || aws->count == 1);
    if (alone && at->count == 1) {
        (void)w403_edit_replace(e, at, w403_sayf(f, "{\"Service\": %.*s}", W403_ARG(service)));
        return;
    }
    (void)w403_edit_remove(e, alone ? aws : w403_edit_at(e, entry->span));
    at = w403_json_get(w403_edit_statement(e, st->index), "Principal");
    const w403_json *services = w403_json_get(at, "Service");
    if (services) {
        (void)w403_edit_add(e, services, service);
    } else {
        (void)w403_edit_insert(e, at, "Service", service);
    }
}

static void correct_principal(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    const w403_caller *who = &f->w->call->caller;
    for (uint32_t i = 0; i < st->n_principals && !st->not_principal; i++) {
        const w403_principal_entry *entry = &st->principals[i];
        const char *why = "";
        w403_edit e;
        if (!meant(f, entry, &why) || !w403_edit_policy(&e, f->arena, st->policy)) {
            continue;
        }
        bool service = who->kind == W403_CALLER_SERVICE;
        if (service) {
            move_to_service(f, &e, st, entry);
        } else {
            (void)w403_edit_replace(&e, w403_edit_at(&e, entry->span), quote(f, who->principal_arn));
        }
        w403_candidate_edit(f, "correct-principal", W403_RANK_CORRECT + (entry->kind == W403_PE_UNIQUE_ID ? 2 : 0),
                            service ? W403_FIX_SAY(f, "name {principal} under Service, not under AWS, in {place}", W403_P("principal", who->name), W403_P("place", p->name))
                                    : W403_FIX_SAY(f, why, W403_P("principal", who->principal_arn),
                                                   W403_P("text", entry->text), W403_P("place", p->name)),
                            p, &e, NULL);
    }
}

/* ---- Condition ---- */

/* StringEquals with a wildcard (it is literal there), and the session's ARN where the role's is asked for. */
static void correct_condition(w403_fixer *f, const w403_place *p, const w403_statement *st, const w403_condition *c)
{
    w403_edit e;
    bool wildcard = false;
    for (uint32_t i = 0; i < c->n_values; i++) {
        wildcard = wildcard || w403_has_wildcard(c->values[i].text.text);
        w403_arn arn = w403_arn_split(c->values[i].text.text);
        w403_view mine = w403_context_value(f->w, "aws:PrincipalArn");
        bool session = arn.n == 6 && w403_view_starts(arn.part[5], W403_LIT("assumed-role/"));
        if (session && mine.p && c->key_id == W403_KEY_AWS_PRINCIPALARN &&
            w403_edit_policy(&e, f->arena, st->policy)) {
            (void)w403_edit_replace(&e, w403_edit_at(&e, c->values[i].span), quote(f, mine));
            w403_candidate_edit(f, "correct-condition", W403_RANK_CORRECT,
                                W403_FIX_SAY(f, "write the role's ARN: aws:PrincipalArn never holds a session's, in {place}", W403_P("place", p->name)),
                                p, &e, NULL);
        }
    }
    bool equals = c->op->family == W403_OP_STRING && c->op->compare == W403_CMP_EQ && !c->op->negated;
    if (!wildcard || !equals || c->set != W403_SET_NONE || !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    const w403_json *values = w403_edit_at(&e, c->values_span), *keys = w403_json_parent(&e.doc, values);
    if (!keys) {
        return;
    }
    w403_view text = w403_view_sub(e.doc.text, keys->span.off, (size_t)keys->span.off + keys->span.len);
    const w403_json *block = w403_json_parent(&e.doc, keys);
    if (keys->count == 1 && !w403_json_get(block, "StringLike")) {
        (void)w403_edit_remove(&e, keys);
        block = w403_json_get(w403_edit_statement(&e, st->index), "Condition");
        (void)w403_edit_insert(&e, block, c->if_exists ? "StringLikeIfExists" : "StringLike", text);
        w403_candidate_edit(
            f, "correct-condition", W403_RANK_CORRECT,
            W403_FIX_SAY(f, "use StringLike: StringEquals takes `*` for itself, in {place}", W403_P("place", p->name)), p, &e,
            NULL);
    }
}

/* ---- the document ---- */

static bool has_variable_text(const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_resources; i++) {
        if (w403_view_find(st->resources[i].whole.text, W403_LIT("${")) != SIZE_MAX) {
            return true;
        }
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        for (uint32_t k = 0; k < st->conditions[i].n_values; k++) {
            if (w403_view_find(st->conditions[i].values[k].text.text, W403_LIT("${")) != SIZE_MAX) {
                return true;
            }
        }
    }
    return false;
}

/* V1, V2: variables are text without Version 2012-10-17; a Version that is none makes the document void. */
static void correct_version(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    w403_edit e;
    if (st->policy->version_2012 || (!st->inert && !has_variable_text(st)) ||
        !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    const w403_json *version = w403_json_get(e.doc.root, "Version");
    if (version) {
        (void)w403_edit_replace(&e, version, W403_LIT("\"2012-10-17\""));
    } else {
        (void)w403_edit_insert(&e, e.doc.root, "Version", W403_LIT("\"2012-10-17\""));
    }
    w403_candidate_edit(f, "correct-version", W403_RANK_CORRECT,
                        W403_FIX_SAY(f, "set Version to 2012-10-17 in {place}", W403_P("place", p->name)), p, &e, NULL);
}

/* An element that the kind of policy does not take: Principal in an identity policy (G10). */
static void remove_misplaced(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    w403_edit e;
    bool identity = p->kind == W403_POLICY_IDENTITY || p->kind == W403_POLICY_BOUNDARY ||
                    p->kind == W403_POLICY_SESSION || p->kind == W403_POLICY_SCP;
    if (!st->inert || !identity || !st->has_principal || !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    (void)w403_edit_remove(&e, w403_edit_at(&e, st->principal_span));
    w403_candidate_edit(f, "remove-principal", W403_RANK_CORRECT,
                        W403_FIX_SAY(f, "take Principal out of {place}, which takes none", W403_P("place", p->name)), p, &e, NULL);
}

void w403_fix_broken(w403_fixer *f, w403_layer_kind kind, const w403_layer *l)
{
    for (uint32_t i = 0; l && i < l->n_near && i < 32; i++) {
        const w403_match *m = &l->near[i];
        if (m->deny || !m->statement || m->failures > 2 || w403_policy_is_aws(m->statement->policy)) {
            continue;
        }
        const w403_statement *st = m->statement;
        w403_place p = w403_place_of(f, f->w, kind, st->policy);
        for (uint32_t k = 0; k < st->n_resources && !st->not_resource; k++) {
            correct_resource(f, &p, st, &st->resources[k]);
        }
        correct_action(f, &p, st);
        correct_principal(f, &p, st);
        for (uint32_t k = 0; k < st->n_conditions; k++) {
            if (w403_match_condition(&st->conditions[k], &f->w->context) != W403_YES) {
                correct_condition(f, &p, st, &st->conditions[k]);
            }
        }
        correct_version(f, &p, st);
        remove_misplaced(f, &p, st);
    }
}
