/* AWS's error text to what it claims and the requests it may be about. */
#include "evidence/error_text.h"

#define SENTENCE " is not authorized to perform: "

typedef w403_error_reader reader;

static bool action_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '*';
}

static w403_view strip_tail(w403_view v, const char *set)
{
    v = w403_view_trim(v);
    while (v.n && strchr(set, v.p[v.n - 1]) && v.p[v.n - 1]) {
        v.n--;
    }
    return w403_view_trim(v);
}

/* Between `User: ` and the sentence; else the last word when it is an ARN. */
static w403_view principal_before(w403_view text, size_t sentence)
{
    size_t    from = sentence > 2400 ? sentence - 2400 : 0;
    w403_view before = w403_view_sub(text, from, sentence);
    size_t    at = SIZE_MAX;
    for (size_t i = before.n; i-- > 0 && at == SIZE_MAX;) {
        if (w403_view_starts(w403_view_sub(before, i, before.n), W403_LIT("User: "))) {
            at = i + 6;
        }
    }
    if (at == SIZE_MAX) {
        at = before.n;
        while (at > 0 && before.p[at - 1] != ' ') {
            at--;
        }
    }
    w403_view p = w403_view_trim(w403_view_sub(before, at, before.n));
    bool      plain = p.n && w403_view_find_char(p, ' ') >= p.n;
    return plain && (w403_view_starts(p, W403_LIT("arn:")) || w403_view_eq(p, W403_LIT("anonymous"))) ? p
                                                                                                      : (w403_view){NULL, 0};
}

/* `rest` stands behind the action. `reason_at`: where the reason begins in it, or SIZE_MAX. */
static w403_view resource_after(w403_view rest, size_t reason_at)
{
    static const char on[] = "on resource:";
    w403_view head = rest;
    while (head.n && head.p[0] == ' ') {
        head = w403_view_sub(head, 1, head.n);
    }
    if (!w403_view_starts(head, W403_LIT("on resource:"))) {
        return (w403_view){NULL, 0};
    }
    size_t skipped = rest.n - head.n + sizeof on - 1;
    if (reason_at != SIZE_MAX && reason_at >= skipped) {
        w403_view v = w403_view_trim(w403_view_sub(rest, skipped, reason_at));
        bool      quoted = v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"';
        return quoted ? w403_view_sub(v, 1, v.n - 1) : v;
    }
    w403_view v = w403_view_trim(w403_view_sub(rest, skipped, rest.n));
    if (v.n && v.p[0] == '"') {
        v = w403_view_sub(v, 1, v.n);
        v.n = w403_view_find_char(v, '"') < v.n ? w403_view_find_char(v, '"') : v.n;
        return v;
    }
    size_t end = 0;
    while (end < v.n && v.p[end] != ' ' && v.p[end] != '<' && v.p[end] != '"') {
        end++;
    }
    return strip_tail(w403_view_sub(v, 0, end), ".,;)'");
}

/* `, with policy ARN: arn:...` or `: arn:...` behind an explicit deny (semantics 6: both, and absence). */
static w403_view policy_after(w403_view rest)
{
    static const char *const leads[] = {", with policy ARN: ", ", with policy ARN ", ": ", " with policy ARN: "};
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        w403_view lead = w403_view_of(leads[i]);
        w403_view v = w403_view_starts(rest, lead) ? w403_view_sub(rest, lead.n, rest.n) : (w403_view){NULL, 0};
        if (!w403_view_starts(v, W403_LIT("arn:"))) {
            continue;
        }
        size_t end = 0;
        while (end < v.n && !strchr(" \"'<>,;)", v.p[end])) {
            end++;
        }
        return strip_tail(w403_view_sub(v, 0, end), ".:");
    }
    return (w403_view){NULL, 0};
}

static void claim_reason(reader *d, const w403_reason *why)
{
    bool kms = w403_view_starts(d->r->action, W403_LIT("kms:")) && why->kms_causes[0];
    for (size_t i = 0; i < W403_CLAIMS_MAX; i++) {
        const char *id = kms ? why->kms_causes[i] : why->causes[i];
        if (id) {
            w403_build_claim(&d->b, id);
        }
    }
    d->r->layer = why->layer;
    d->r->explicit_deny = why->deny;
    d->r->certain = !why->likely;
}

/* No line was cut in the middle or at the end of it. */
static bool is_whole(const reader *d, w403_view v)
{
    size_t from = v.p ? (size_t)(v.p - d->text.p) : 0, end = from + v.n;
    bool   torn = end < d->text.n && d->marks[end] & W403_MARK_TORN;
    for (size_t i = from; i < end; i++) {
        torn |= d->marks[i] & W403_MARK_TORN;
    }
    return v.p && !torn;
}

static w403_view whole(const reader *d, w403_view v)
{
    return is_whole(d, v) ? v : (w403_view){NULL, 0};
}

/* s3:ListAllMyBuckets and its like. */
static bool has_no_resource(w403_view action)
{
    uint16_t id = w403_action_find(action);
    return id != W403_ACTION_NONE && !*w403_action_at(id)->resource_types;
}

/* One sentence at `at`; false when what follows is no action. Gives where it ends. */
static bool read_sentence(reader *d, size_t at, size_t *end_out)
{
    w403_view rest = w403_view_sub(d->text, at + sizeof SENTENCE - 1, d->text.n);
    size_t    n = 0;
    while (n < rest.n && action_char(rest.p[n])) {
        n++;
    }
    w403_view action = w403_view_sub(rest, 0, n);
    if (w403_view_find_char(action, ':') >= action.n || !is_whole(d, action)) {
        return false;
    }
    d->r->action = action;
    d->r->principal = whole(d, principal_before(d->text, at));
    rest = w403_view_sub(rest, n, rest.n);
    /* the next sentence's reason is not this one's */
    size_t    next = w403_view_find(rest, W403_LIT(SENTENCE));
    w403_view own = next != SIZE_MAX ? w403_view_sub(rest, 0, next) : rest;
    own.n = own.n > 6000 ? 6000 : own.n;
    size_t reason_at = SIZE_MAX, reason_end = 0;
    const w403_reason *why = w403_reason_find(own, &reason_at, &reason_end);
    d->r->resource = whole(d, resource_after(own, why ? reason_at : SIZE_MAX));
    if (d->r->resource.n == 0) {
        d->r->resource = (w403_view){NULL, 0};
    } else if (w403_view_ends(d->r->resource, W403_LIT(":::*")) && has_no_resource(action)) {
        d->r->resource = W403_LIT("*"); /* so does AWS write what is about no resource */
    }
    size_t end = (size_t)(rest.p - d->text.p) + (why ? reason_end : 0);
    if (why) {
        claim_reason(d, why);
        w403_view tail = w403_view_sub(own, reason_end, own.n);
        d->r->policy_arn = whole(d, policy_after(tail));
        if (d->r->policy_arn.p) {
            end = (size_t)(d->r->policy_arn.p - d->text.p) + d->r->policy_arn.n;
        } else if (w403_view_ends(w403_view_of(why->phrase), W403_LIT(" allows the ")) &&
                   w403_view_starts(tail, action)) {
            size_t word = w403_view_starts(w403_view_sub(tail, action.n, tail.n), W403_LIT(" action")) ? 7 : 0;
            end += action.n + word;
        }
    } else if (d->r->resource.p) {
        end = (size_t)(d->r->resource.p - d->text.p) + d->r->resource.n;
    }
    size_t begin = d->r->principal.p ? (size_t)(d->r->principal.p - d->text.p) : at + 1;
    begin -= begin >= 6 && w403_view_starts(w403_view_sub(d->text, begin - 6, d->text.n), W403_LIT("User: ")) ? 6 : 0;
    d->r->message = w403_view_sub(d->text, begin, end < begin ? begin : end);
    *end_out = end;
    return true;
}

static void read_sentences(reader *d)
{
    size_t    from = 0, others = 0;
    w403_view first = {NULL, 0};
    while (from < d->text.n) {
        size_t at = w403_view_find(w403_view_sub(d->text, from, d->text.n), W403_LIT(SENTENCE));
        if (at == SIZE_MAX) {
            break;
        }
        size_t end = from + at + sizeof SENTENCE - 1;
        if (!d->sentence) {
            d->sentence = read_sentence(d, from + at, &end);
            first = w403_view_sub(d->text, from + at, d->sentence ? end : from + at);
        } else {
            others += !w403_view_starts(w403_view_sub(d->text, from + at, d->text.n), first); /* else told again */
        }
        from = end > from + at ? end : from + at + 1;
    }
    if (others) {
        w403_build_note(&d->b, "the text holds %zu denials: the first is read", others + 1);
    }
    if (d->sentence) {
        d->r->form = W403_FORM_ENHANCED;
    }
}

static void read_phrase(reader *d)
{
    w403_view rest = w403_view_of(d->around.causes);
    if (d->sentence) {
        return;
    }
    d->r->action = d->around.action.n ? d->around.action : d->r->action;
    d->r->principal = d->around.principal.n ? d->around.principal : d->r->principal;
    if (!rest.n) {
        return;
    }
    while (rest.p) {
        const w403_cause_info *info = w403_cause_info_find(w403_view_cut(&rest, ','));
        if (info && !rest.p && d->r->n_causes == 0) {
            w403_build_cause(&d->b, info, NULL); /* the only one: its way out is told */
        } else if (info) {
            w403_build_claim(&d->b, info->id);
        }
    }
    d->r->certain = true;
    d->r->form = W403_FORM_ENHANCED;
    d->r->message = d->around.caused_by;
    if (!d->r->status) {
        d->r->status = 403;
    }
}

static void read_code(reader *d)
{
    w403_view code = strip_tail(d->r->error_code, ".");
    d->r->error_code = code.n ? code : (w403_view){NULL, 0};
    (void)w403_build_code(&d->b, code);
}

/* `Access Denied` and its like, when nothing better was found. */
static bool is_bare(reader *d)
{
    const w403_code *code = w403_code_find(d->r->error_code);
    return d->around.denied || d->r->status == 403 || (code && code->stage != W403_STAGE_UNKNOWN);
}

static void read_inventory(reader *d)
{
    static const char *const claims[] = {"no-allow.bucket-policy", "deny.bucket-policy", "no-allow.key-policy",
                                         "deny.key-policy", "inventory.kms-managed-key",
                                         "inventory.destination-missing"};
    bool      unsure = false;
    w403_view date = w403_error_inventory(&d->b, d->text, &unsure);
    if (!date.p) {
        return;
    }
    d->r->inventory_date = date;
    d->r->form = W403_FORM_ENHANCED;
    d->r->principal = W403_LIT("service:s3.amazonaws.com");
    d->r->operation = W403_LIT("PutObject");
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        w403_build_claim(&d->b, claims[i]);
    }
    w403_build_inferred(&d->b, "inventory export of", date, "the date in the text");
    if (unsure) {
        w403_build_note(&d->b, "the date was read as day before month");
    }
    w403_build_missing(&d->b, "inventory", "why403 inventory BUCKET",
                       "the text names neither the source bucket nor the destination");
}

/* What a listing asked for: policies look at it. */
static void add_query(reader *d, const char *text)
{
    static const char *const names[] = {"prefix", "delimiter", "max-keys"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const w403_pair *q = w403_pairs_get(&d->around.query, names[i]);
        w403_build_said(&d->b, names[i], q ? q->value : (w403_view){NULL, 0}, text);
    }
}

/* Its only cause is one that is found before any policy is asked. */
static bool refused_before(const w403_reported *r)
{
    const w403_cause_info *info = r->n_causes == 1 ? w403_cause_info_find(w403_view_of(r->causes[0])) : NULL;
    return info && info->stage == W403_STAGE_BEFORE;
}

static void add_facts(reader *d)
{
    w403_reported *r = d->r;
    const char    *text = "the error text";
    (d->around.code_inferred ? w403_build_inferred : w403_build_said)(&d->b, "error code", r->error_code, text);
    if (!r->inventory_date.p) {
        const char *from = d->around.operation_from;
        (from ? w403_build_inferred : w403_build_said)(&d->b, "operation", r->operation, from ? from : text);
    }
    w403_build_said(&d->b, "action", r->action, text);
    w403_build_said(&d->b, "resource", r->resource, text);
    bool service = w403_view_starts(r->principal, W403_LIT("service:")); /* no text writes it so */
    (service ? w403_build_inferred : w403_build_said)(&d->b, "principal", r->principal, text);
    w403_build_said(&d->b, "policy", r->policy_arn, text);
    w403_build_said(&d->b, "request id", r->request_id, text);
    w403_build_said(&d->b, "host id", r->host_id, text);
    w403_build_said(&d->b, "authorization id", r->authorization_id, text);
    w403_build_said(&d->b, "unsigned headers", d->around.headers_not_signed, text);
    w403_build_said(&d->b, "expired at", d->around.expired_at, text);
    if (d->around.has_to) {
        w403_build_said(&d->b, "bucket", d->around.to.bucket, text);
        w403_build_said(&d->b, "key", d->around.to.key, text);
        w403_build_said(&d->b, "version", d->around.version, text);
        add_query(d, text);
        for (size_t i = 0; i < d->around.headers.n; i++) {
            w403_build_said(&d->b, d->around.headers.at[i].name.p, d->around.headers.at[i].value, text);
        }
    }
    if (!r->principal.p) {
        w403_build_missing(&d->b, "principal", "--as PRINCIPAL", "the text does not say who asked");
    }
    if (!r->inventory_date.p) {
        w403_build_missing(&d->b, "network", "--from IP or --via vpce-ID",
                           "an error text does not say where the request came from");
    }
    if (refused_before(r)) {
        d->b.missing.n = 0; /* nothing of it would change the answer */
    }
    if (d->around.several) {
        w403_build_note(&d->b, "the text tells of more than one error: the first is read");
    }
    if (d->around.presigned_url) {
        w403_build_note(&d->b, "the text holds a presigned URL: --curl reads its date, expiry and signed headers");
    }
    if (r->form == W403_FORM_BARE && r->status == 403 && r->n_causes == 0) {
        /* M1, semantics 6 */
        w403_build_note(&d->b, "a bare Access Denied is all that AWS says to anonymous callers, to callers outside the "
                               "bucket owner's organization, to HEAD, and where an endpoint policy of another account, "
                               "Requester Pays or an expected owner refuses");
    }
}

static w403_status nothing_found(const reader *d, w403_view text, w403_error *err)
{
    if (d->r->error_code.n) {
        w403_error_set(err, W403_SYNTAX, "`%.*s` refuses no permission", W403_FMT(d->r->error_code));
        w403_error_hint(err, "expected a text that says access was denied, such as `An error occurred (AccessDenied) when ...`");
        return W403_SYNTAX;
    }
    w403_error_set(err, W403_SYNTAX, "no AWS error text in `%.*s`", (int)(text.n > 120 ? 120 : text.n),
                   text.p ? text.p : "");
    w403_error_hint(err, "expected a text such as `An error occurred (AccessDenied) when calling the GetObject operation: "
                         "...`, `User: arn:... is not authorized to perform: s3:GetObject ...` or S3's <Error> document");
    return W403_SYNTAX;
}

w403_status w403_evidence_error(w403_arena *arena, w403_view text, w403_evidence *out, w403_error *err)
{
    reader *d = W403_NEW(arena, reader);
    W403_NEED(d, err);
    w403_build_init(&d->b, arena, out, W403_EVIDENCE_ERROR);
    d->r = &out->reported;
    w403_clean clean = w403_error_clean(&d->b, text);
    W403_NEED(clean.text.p, err);
    d->text = clean.text;
    d->marks = clean.marks;
    w403_error_surroundings(&d->b, &clean, d->r, &d->around);
    read_sentences(d);
    read_phrase(d);
    read_code(d);
    if (d->r->form == W403_FORM_NONE) {
        read_inventory(d);
    }
    if (d->r->form == W403_FORM_NONE) {
        if (!is_bare(d)) {
            return nothing_found(d, text, err);
        }
        d->r->form = W403_FORM_BARE;
    }
    if (!d->r->status) {
        d->r->status = 403;
    }
    w403_error_readings(d);
    add_facts(d);
    return w403_build_finish(&d->b, err);
}
