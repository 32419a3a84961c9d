/* Who collects, which accounts are entered, and what is asked of each: 1.4 of the rules for collection. */
#include "base/glob.h"
#include "collect/state.h"

/* ---- the caller ---- */

static w403_status on_caller(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    (void)q;
    if (a->code.n) {
        r->caller_code = w403_arena_copy(r->arena, a->code);
        r->caller_message = w403_arena_copy(r->arena, a->message);
        return W403_OK;
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    w403_view arn = w403_json_str(doc.root, "Arn"), rest = arn;
    (void)w403_view_cut(&rest, ':');
    w403_view partition = w403_view_cut(&rest, ':');
    r->report->caller = w403_arena_copy(r->arena, arn);
    r->report->account = w403_arena_copy(r->arena, w403_json_str(doc.root, "Account"));
    r->report->partition = w403_arena_copy(r->arena, partition.n ? partition : W403_LIT("aws"));
    W403_NEED(w403_arena_ok(r->arena), err);
    return W403_OK;
}

/* A store that speaks S3 has no STS: its owner says which account it is to be taken for, or one is made up. */
static w403_status identify_store(w403_run *r, w403_error *err)
{
    r->store = true;
    r->report->account = r->opt->n_accounts ? r->opt->accounts[0] : W403_LIT("000000000000");
    r->report->partition = W403_LIT("aws");
    if (r->opt->n_accounts > 1 || r->opt->organization) {
        return w403_error_set(err, W403_SEMANTIC, "the endpoint does not say whose credentials these are: %.*s",
                              W403_CUT(r->caller_code));
    }
    w403_run_note(
        r, "the endpoint knows no GetCallerIdentity (%.*s): it is taken for a store of account %.*s, with S3 alone",
        W403_CUT(r->caller_code), W403_ARG(r->report->account));
    return W403_OK;
}

static w403_status refused_credentials(const w403_run *r, w403_view code, w403_view message, w403_error *err)
{
    w403_view   origin = r->live->origin ? r->live->origin(r->session) : (w403_view){NULL, 0};
    w403_status st = w403_error_set(err, W403_IO, "AWS does not take these credentials%s%.*s%s: %.*s: %.*s",
                                    origin.n ? " (" : "", W403_CUT(origin), origin.n ? ")" : "", W403_CUT(code),
                                    W403_CUT(message));
    w403_error_hint(err, "`aws sts get-caller-identity` with the same profile says the same");
    return st;
}

/* What passes is about the credentials or the connection: a store says of the call itself that there is no such
 * thing. */
static bool knows_no_sts(w403_view code)
{
    return code.n && (!w403_code_passes(code) || w403_view_eq(code, W403_LIT("why403.InvalidResponse")));
}

w403_status w403_run_identify(w403_run *r, w403_error *err)
{
    w403_run_request *q = w403_run_request_new(r, NULL, W403_CALL_STS_GETCALLERIDENTITY, on_caller, NULL);
    W403_NEED(q, err);
    W403_TRY(w403_run_ask(r, q, err));
    W403_TRY(w403_run_drain(r, err));
    w403_view code = r->caller_code;
    if (w403_name_is(W403_NAME_ACCOUNT, r->report->account) || *r->opt->stop) {
        return W403_OK;
    }
    if (r->opt->store && knows_no_sts(code)) {
        return identify_store(r, err);
    }
    if (!code.n) {
        return w403_error_set(err, W403_IO, "AWS's answer to GetCallerIdentity names no account");
    }
    if (w403_view_starts(code, W403_LIT("why403."))) {
        return w403_error_set(err, W403_IO, "AWS cannot be reached: %.*s (%.*s)", W403_CUT(r->caller_message),
                              W403_CUT(code));
    }
    return refused_credentials(r, code, r->caller_message, err);
}

/* ---- accounts ---- */

static w403_run_start_fn start_worldwide;

w403_run_account *w403_run_account_find(const w403_run *r, w403_view id)
{
    for (w403_run_account *a = r->accounts; a; a = a->next) {
        if (w403_view_eq(a->id, id)) {
            return a;
        }
    }
    return NULL;
}

w403_status w403_run_account_add(w403_run *r, w403_view id, w403_view name, w403_run_account **out, w403_error *err)
{
    w403_run_account *a = W403_NEW(r->arena, w403_run_account);
    *out = a;
    W403_NEED(a, err);
    a->id = w403_arena_copy(r->arena, id);
    a->name = w403_arena_copy(r->arena, name);
    W403_NEED(a->id.p && (a->name.p || !name.n), err);
    a->counted = true;
    a->worldwide = (w403_run_lane){.start = start_worldwide, .account = a, .cost = 1, .width = 16};
    w403_run_buckets_init(r, a);
    w403_run_account **end = &r->accounts;
    while (*end) {
        end = &(*end)->next;
    }
    *end = a;
    r->n_accounts++;
    return w403_run_push(r, &r->enter, a->id, (w403_view){NULL, 0}, err);
}

static bool has_names(const w403_run *r)
{
    return r->org.names_done || !r->org.wanted;
}

/* The alias is the name of an account for which Organizations gives none. */
static w403_status on_alias(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    if (a->code.n || q->account->name.n) {
        return W403_OK; /* a name decides nothing */
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    const w403_json *list = w403_json_get(doc.root, "AccountAliases");
    if (list && w403_json_is(list->first, W403_JSON_STRING)) {
        q->account->name = w403_arena_copy(r->arena, list->first->text);
    }
    return W403_OK;
}

w403_status w403_run_aliases(w403_run *r, w403_run_account *account, w403_error *err)
{
    if (!account->entered || account->name.n || account->alias_asked || !has_names(r) ||
        !w403_run_wants(r, W403_CALL_IAM_LISTACCOUNTALIASES) || r->opt->probe) {
        return W403_OK;
    }
    w403_run_request *q = w403_run_request_new(r, account, W403_CALL_IAM_LISTACCOUNTALIASES, on_alias, NULL);
    W403_NEED(q, err);
    account->alias_asked = true;
    return w403_run_ask(r, q, err);
}

/* ---- what is asked of one account ---- */

static w403_status on_owner(w403_run *r, w403_run_account *account, const w403_json *root, w403_error *err)
{
    w403_view id = w403_json_str(w403_json_get(root, "Owner"), "ID");
    if (id.n && !account->canonical.n) {
        account->canonical = w403_arena_copy(r->arena, id);
        W403_NEED(account->canonical.p, err);
    }
    return W403_OK;
}

static w403_status add_bucket(w403_run *r, w403_run_account *account, const w403_json *b, w403_error *err)
{
    w403_view name = w403_json_str(b, "Name"), region = w403_json_str(b, "BucketRegion");
    bool      sound;
    if (r->opt->bucket.n && !w403_glob(r->opt->bucket, name)) {
        return W403_OK;
    }
    W403_TRY(w403_run_name(r, account, W403_NAME_BUCKET, name, &sound, err));
    if (!sound) {
        return W403_OK;
    }
    w403_view known = {NULL, 0};
    if (w403_name_is(W403_NAME_REGION, region)) {
        W403_TRY(w403_run_region_of(r, account, region, err));
        for (w403_run_region *g = account->regions; g && !known.p; g = g->next) {
            known = w403_view_eq(g->name, region) ? g->name : known;
        }
    }
    return w403_run_push(r, &account->buckets, name, known, err);
}

static w403_status on_buckets(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_account *account = q->account;
    w403_json_doc     doc;
    if (r->store && a->code.n && w403_code_is_of_credentials(a->code)) {
        return refused_credentials(r, a->code, a->message, err);
    }
    if (a->code.n) {
        account->error_code = w403_arena_copy(r->arena, a->code);
        account->error_message = w403_arena_copy(r->arena, a->message);
        account->error_call = "s3:ListBuckets";
        return w403_run_unknown(r, W403_UNKNOWN_CALL, q->row, account, a->code, w403_run_said(a),
                                (w403_view){NULL, 0}, err);
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    W403_TRY(on_owner(r, account, doc.root, err));
    W403_TRY(q->anew ? w403_run_lane_anew(r, &account->buckets, err) : W403_OK);
    const w403_json *list = w403_json_get(doc.root, "Buckets");
    for (const w403_json *b = list ? list->first : NULL; b; b = b->next) {
        W403_TRY(add_bucket(r, account, b, err));
    }
    return W403_OK;
}

static w403_status on_regions(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    if (a->code.n) { /* often denied by the service control policy that keeps an account to its Regions */
        w403_run_note(r, "%.*s may not list its Regions (%.*s): those of its buckets and of --region are asked",
                      W403_ARG(q->account->id), W403_CUT(a->code));
        return W403_OK;
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    const w403_json *list = w403_json_get(doc.root, "Regions");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        w403_view name = w403_json_str(v, "RegionName");
        if (w403_name_is(W403_NAME_REGION, name)) {
            W403_TRY(w403_run_region_of(r, q->account, name, err));
        }
    }
    return W403_OK;
}

/* Multi-Region Access Points are an element of a list and a policy; all calls of theirs go to us-west-2. */
static w403_status on_worldwide(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_json_doc doc;
    if (a->code.n) {
        return w403_run_unknown(r, W403_UNKNOWN_CALL, q->row, q->account, a->code, w403_run_said(a),
                                (w403_view){NULL, 0}, err);
    }
    W403_TRY(w403_run_parse(r, a, &doc, err));
    W403_TRY(q->anew ? w403_run_lane_anew(r, &q->account->worldwide, err) : W403_OK);
    const w403_json *list = w403_json_get(doc.root, "AccessPoints");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        bool      sound;
        w403_view name = w403_json_str(v, "Name");
        w403_view text = w403_view_sub(a->json, v->span.off, v->span.off + v->span.len);
        W403_TRY(w403_run_name(r, q->account, W403_NAME_ACCESS_POINT, name, &sound, err));
        if (sound) {
            text = w403_arena_copy(r->arena, text);
            W403_NEED(text.p, err);
            W403_TRY(w403_run_push(r, &q->account->worldwide, name, text, err));
        }
    }
    return W403_OK;
}

static w403_status start_worldwide(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    w403_run_request *q = w403_run_request_new(r, lane->account, W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY,
                                               w403_run_on_part, NULL);
    W403_NEED(q, err);
    W403_TRY(w403_run_path(r, q, item->name, err));
    w403_run_unit *u = w403_run_unit_new(r, lane, item->name, (w403_view){q->path, q->n_path});
    W403_NEED(u, err);
    q->subject = u;
    q->region = W403_LIT("us-west-2");
    w403_run_argument(q, "AccountId", lane->account->id);
    w403_run_argument(q, "Name", item->name);
    W403_TRY(w403_run_unit_part(r, u, "", item->extra, err));
    return w403_run_unit_ask(r, u, q, err);
}

/* One call of the account; `file`: its answer is one. */
static w403_status ask(w403_run *r, w403_run_account *account, unsigned row, w403_run_answer_fn *on, w403_view region,
                       w403_error *err)
{
    w403_kept kept = W403_KEPT_NOT;
    if (!w403_run_wants(r, row)) {
        return W403_OK;
    }
    w403_run_request *q = w403_run_request_new(r, account, row, on, NULL);
    W403_NEED(q, err);
    q->region = region;
    if (w403_calls[row].service_id == W403_SERVICE_S3CONTROL) {
        w403_run_argument(q, "AccountId", account->id);
    }
    if (on == w403_run_on_file) {
        W403_TRY(w403_run_path(r, q, (w403_view){NULL, 0}, err));
        W403_TRY(w403_run_keeps(r, account, row, (w403_view){q->path, q->n_path}, (w403_view){NULL, 0}, &kept, NULL,
                                NULL, err));
    }
    if (kept != W403_KEPT_NOT) {
        w403_run_request_free(r, q);
        return W403_OK;
    }
    return w403_run_ask(r, q, err);
}

static w403_status ask_all(w403_run *r, w403_run_account *account, w403_error *err)
{
    w403_view everywhere = {NULL, 0};
    bool      aws = w403_view_eq(r->report->partition, W403_LIT("aws"));
    W403_TRY(ask(r, account, W403_CALL_S3_LISTBUCKETS, on_buckets, everywhere, err));
    if (!r->opt->probe) {
        W403_TRY(ask(r, account, W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS, w403_run_on_file, everywhere, err));
        W403_TRY(ask(r, account, W403_CALL_S3CONTROL_GETPUBLICACCESSBLOCK, w403_run_on_file, everywhere, err));
    }
    if (aws) { /* there are none in the other partitions */
        W403_TRY(ask(r, account, W403_CALL_S3CONTROL_LISTMULTIREGIONACCESSPOINTS, on_worldwide, W403_LIT("us-west-2"),
                     err));
    }
    if (r->opt->all_regions) {
        W403_TRY(ask(r, account, W403_CALL_EC2_DESCRIBEREGIONS, on_regions, everywhere, err));
    }
    for (size_t i = 0; i < r->opt->n_regions; i++) {
        W403_TRY(w403_run_region_of(r, account, r->opt->regions[i], err));
    }
    return w403_run_aliases(r, account, err);
}

/* ---- entering ---- */

static w403_status entered(w403_run *r, w403_run_account *account, w403_error *err)
{
    account->entered = true;
    r->report->accounts++;
    return ask_all(r, account, err);
}

static w403_status ask_who(w403_run *r, w403_run_account *account, w403_run_answer_fn *on, w403_error *err)
{
    w403_run_request *q = w403_run_request_new(r, account, W403_CALL_STS_GETCALLERIDENTITY, on, NULL);
    W403_NEED(q, err);
    return w403_run_ask(r, q, err);
}

/* The role's answer. Where it is the caller's own account, which may have no such role, its own credentials do. */
static w403_status on_entered(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err)
{
    w403_run_account *account = q->account;
    w403_run_lane_done(r, &r->enter);
    if (!a->code.n) {
        return entered(r, account, err);
    }
    if (w403_view_eq(account->id, r->report->account)) {
        account->as = (w403_view){NULL, 0};
        return entered(r, account, err);
    }
    account->error_code = w403_arena_copy(r->arena, a->code);
    account->error_message = w403_arena_copy(r->arena, a->message);
    account->error_call = "sts:AssumeRole";
    return w403_run_unknown(r, W403_UNKNOWN_ACCOUNT, W403_CALL_STS_ASSUMEROLE, NULL, a->code, w403_run_said(a),
                            account->id, err);
}

static w403_status start_enter(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err)
{
    w403_run_account *account = w403_run_account_find(r, item->name);
    if (!r->opt->role.n) { /* the caller's own */
        w403_status st = entered(r, account, err);
        w403_run_lane_done(r, lane);
        return st;
    }
    account->as = account->id;
    return ask_who(r, account, on_entered, err);
}

/* The account that a role's ARN is of; else the caller's own. */
static w403_view account_of_role(const w403_run *r)
{
    w403_view rest = r->opt->role, id = {NULL, 0};
    for (int i = 0; i < 5; i++) {
        id = w403_view_cut(&rest, ':');
    }
    return w403_name_is(W403_NAME_ACCOUNT, id) ? id : r->report->account;
}

w403_status w403_run_accounts(w403_run *r, w403_error *err)
{
    w403_run_account *account;
    r->enter = (w403_run_lane){.start = start_enter, .cost = 6, .width = 64};
    for (size_t i = 0; i < r->opt->n_accounts; i++) {
        if (!r->opt->role.n && !w403_view_eq(r->opt->accounts[i], r->report->account)) {
            w403_status st = w403_error_set(err, W403_SEMANTIC, "account %.*s is not the caller's own, which is %.*s",
                                            W403_ARG(r->opt->accounts[i]), W403_ARG(r->report->account));
            w403_error_hint(err, "another account is entered by a role: `--role NAME`");
            return st;
        }
        if (!w403_run_account_find(r, r->opt->accounts[i])) {
            W403_TRY(w403_run_account_add(r, r->opt->accounts[i], (w403_view){NULL, 0}, &account, err));
        }
    }
    if (!r->opt->n_accounts && !r->opt->organization) {
        return w403_run_account_add(r, account_of_role(r), (w403_view){NULL, 0}, &account, err);
    }
    return W403_OK;
}

/* ---- account.json ---- */

static w403_status write_account(w403_run *r, const w403_run_account *a, w403_error *err)
{
    w403_buf          flat = {0}, path = {0}, error = {0}, text = {0};
    w403_json_writer  w;
    w403_jw_init(&w, &flat, false);
    w403_jw_object(&w);
    if (a->error_code.n) {
        w403_compose_error_flat(&error, &(w403_compose_failure){a->error_code, a->error_message,
                                                                w403_view_of(a->error_call), r->at});
        w403_jw_key(&w, "error");
        w403_jw_raw(&w, w403_view_sub(w403_buf_view(&error), sizeof "{\"error\":" - 1, error.n - 1));
    }
    w403_jw_text_unless_empty(&w, "CanonicalId", a->canonical);
    w403_jw_text_unless_empty(&w, "Name", a->name);
    w403_jw_end_object(&w);
    w403_buf_printf(&path, "accounts/%.*s/account.json", W403_ARG(a->id));
    w403_compose_file(&text, w403_buf_view(&flat), (w403_view){NULL, 0});
    text.failed |= flat.failed || path.failed || error.failed;
    w403_status st = w403_run_write(r, w403_buf_view(&path), &text, err);
    w403_buf_free(&flat);
    w403_buf_free(&path);
    w403_buf_free(&error);
    w403_buf_free(&text);
    return st;
}

w403_status w403_run_accounts_finish(w403_run *r, w403_error *err)
{
    for (w403_run_account *a = r->accounts; a; a = a->next) {
        W403_TRY(write_account(r, a, err));
        r->report->known += a->error_code.n == 0;
    }
    return W403_OK;
}
