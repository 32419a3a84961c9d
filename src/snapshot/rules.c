/* Which loader a path belongs to, and the two files that need no more than a few lines. */
#include "snapshot/load_state.h"

/* collector: {"version", "mode": "whole" or "narrow", "incomplete": true, ...}, what `why403 collect` says of itself. */
static void read_collector(const w403_source *src)
{
    w403_snapshot   *s = src->ld->s;
    const w403_json *collector = w403_read(src, src->root, "collector", W403_JSON_OBJECT);
    s->collected = collector != NULL;
    s->unfinished = w403_read_bool(src, collector, "incomplete", false);
    s->narrow = collector && w403_view_eq(w403_read_str(src, collector, "mode"), W403_LIT("narrow"));
    if (s->unfinished) {
        w403_problem_at(src, true, w403_json_get(collector, "incomplete"),
                        "the collection did not come to its end: what is not there is unknown");
    }
}

/* {"format": 1, "collected_at": "...", "partition": "aws"} */
static w403_status load_meta(w403_source *src, w403_error *err)
{
    (void)err;
    w403_snapshot   *s = src->ld->s;
    const w403_json *format = w403_read(src, src->root, "format", W403_JSON_NUMBER);
    const w403_json *at = w403_read(src, src->root, "collected_at", W403_JSON_STRING);
    w403_view        partition = w403_read_str(src, src->root, "partition");
    if (format && !w403_view_eq(format->text, W403_LIT("1"))) {
        w403_problem_at(src, false, format, "format %.*s is not known: this program reads format 1",
                        W403_SHORT(format->text));
    }
    if (at) {
        s->has_collected_at = w403_instant_parse(at->text, &s->collected_at);
        if (!s->has_collected_at) {
            w403_problem_at(src, false, at, "`collected_at` is no ISO 8601 time");
        }
    }
    s->partition = partition.n ? partition : s->partition;
    read_collector(src);
    return W403_OK;
}

/* {"CanonicalId": "...", "Name": "..."}, or the Owner of s3api list-buckets. */
static w403_status load_account(w403_source *src, w403_error *err)
{
    (void)err;
    w403_account    *account = src->account;
    account->fact.path = src->doc->source;
    w403_read_fact(src, src->root, &account->fact);
    const w403_json *owner = w403_read(src, src->root, "Owner", W403_JSON_OBJECT);
    account->name = w403_read_str(src, src->root, "Name");
    account->canonical_id = w403_read_str(src, src->root, "CanonicalId");
    if (!account->canonical_id.p) {
        account->canonical_id = w403_read_str(src, owner, "ID");
    }
    return W403_OK;
}

/* What tells people something and decides nothing: directory buckets, grants of credentials, events. It must be JSON. */
static w403_status load_aside(w403_source *src, w403_error *err)
{
    (void)src;
    (void)err;
    return W403_OK;
}

enum { RULE_PARTS = 6 }; /* of a path: as many as the longest pattern has */

/* design 4. `*` is one part of the path; what it stands for goes to w403_source.part in this order. */
static const struct rule {
    const char   *pattern;
    w403_load_fn *load;
} rules[] = {
    {"snapshot.json", load_meta},
    {"organization/organization.json", w403_load_organization},
    {"organization/parents.json", w403_load_parents},
    {"organization/attachments.json", w403_load_attachments},
    {"organization/policies/*.json", w403_load_org_policy},
    {"organization/roots.json", w403_load_roots},
    {"organization/accounts.json", w403_load_org_accounts},
    {"organization/effective/*/S3_POLICY.json", w403_load_effective},
    {"accounts/*/account.json", load_account},
    {"accounts/*/iam/authorization-details.json", w403_load_iam},
    {"accounts/*/s3control/public-access-block.json", w403_load_account_bpa},
    {"accounts/*/s3control/access-points/*/*.json", w403_load_access_point},
    {"accounts/*/s3control/multi-region-access-points/*.json", w403_load_multi_region},
    {"accounts/*/s3control/object-lambda/*/*.json", w403_load_object_lambda},
    {"accounts/*/s3control/access-grants/*/*.json", load_aside},
    {"accounts/*/s3express/access-points/*/*.json", load_aside},
    {"accounts/*/s3express/*/*.json", load_aside},
    {"accounts/*/cloudtrail/*/*.json", load_aside},
    {"accounts/*/s3/*/inventory/*.json", w403_load_inventory},
    {"accounts/*/s3/*/*", w403_load_bucket_file},
    {"accounts/*/kms/*/*.json", w403_load_kms_key},
    {"accounts/*/ec2/*/vpc-endpoints.json", w403_load_vpc_endpoints},
};

static bool part_matches(w403_view pattern, w403_view part, w403_view *star)
{
    static const w403_view suffix = {".json", 5};
    if (pattern.p[0] != '*') {
        star->p = NULL;
        return w403_view_eq(pattern, part);
    }
    bool json = pattern.n > 1;
    *star = json && part.n > suffix.n ? w403_view_sub(part, 0, part.n - suffix.n) : part;
    return json ? part.n > suffix.n && w403_view_ends(part, suffix) : part.n > 0;
}

static bool rule_matches(const struct rule *rule, const w403_view *path, size_t n_path, w403_view *parts)
{
    const char *pattern = rule->pattern;
    size_t      n = 0;
    for (size_t i = 0; i < n_path; i++) {
        size_t    length = strcspn(pattern, "/");
        w403_view star;
        if (!length || !part_matches((w403_view){pattern, length}, path[i], &star)) {
            return false;
        }
        if (star.p) {
            parts[n++] = star;
        }
        pattern += length + (pattern[length] != '\0');
    }
    return *pattern == '\0';
}

/* Does a pattern begin with this path, folder by folder? */
static bool begins(const struct rule *rule, w403_view path)
{
    w403_view pattern = w403_view_of(rule->pattern);
    bool same = true;
    while (path.p && pattern.p && same) {
        w403_view part = w403_view_cut(&path, '/'), star;
        w403_view wanted = w403_view_cut(&pattern, '/');
        same = pattern.p && part_matches(wanted, part, &star);
    }
    return same && !path.p;
}

bool w403_load_is_folder(w403_view path)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (begins(&rules[i], path)) {
            return true;
        }
    }
    return false;
}

w403_load_fn *w403_rule_find(w403_view path, w403_view parts[3], bool *may_be_empty)
{
    w403_view part[RULE_PARTS], rest = path;
    size_t    n = 0;
    *may_be_empty = false;
    while (rest.p && n < RULE_PARTS) {
        part[n++] = w403_view_cut(&rest, '/');
    }
    for (size_t i = 0; !rest.p && i < sizeof rules / sizeof *rules; i++) {
        if (rule_matches(&rules[i], part, n, parts)) {
            bool bucket = rules[i].load == w403_load_bucket_file;
            bool known = (!bucket || w403_bucket_file_known(parts[2], may_be_empty)) &&
                         (!w403_view_starts(path, W403_LIT("accounts/")) || w403_is_account_id(parts[0]));
            return known ? rules[i].load : NULL;
        }
    }
    return NULL;
}
