/* Resource and NotResource by ARN parts (semantics 1.7). */
#include "base/glob.h"
#include "policy/match.h"

w403_arn w403_arn_split(w403_view text)
{
    w403_arn arn = {.whole = text};
    if (!w403_view_starts(text, W403_LIT("arn:"))) {
        return arn;
    }
    const char *from = text.p + 4, *end = text.p + text.n;
    arn.part[0] = w403_view_sub(text, 0, 3);
    unsigned n = 1;
    /* The colons stand close together at the beginning: a plain loop beats a search for each. */
    for (const char *p = from; p < end && n < 5; p++) {
        if (*p == ':') {
            arn.part[n++] = (w403_view){from, (size_t)(p - from)};
            from = p + 1;
        }
    }
    arn.part[n++] = (w403_view){from, (size_t)(end - from)}; /* R2: the sixth part keeps further colons */
    arn.n = (uint8_t)n;
    return arn;
}

static bool parts_match(w403_policy_kind kind, w403_view text, const uint8_t *literal, const w403_arn *arn)
{
    size_t from = 0;
    for (uint8_t i = 0; i < 6; i++) {
        w403_view rest = w403_view_sub(text, from, text.n);
        size_t colon = i < 5 ? w403_view_find_char(rest, ':') : SIZE_MAX;
        w403_view part = colon == SIZE_MAX ? rest : w403_view_sub(rest, 0, colon);
        if (!w403_glob_masked(part, literal ? literal + from : NULL, arn->part[i], false)) { /* R5: case counts */
            return false;
        }
        if (i < 5 && colon == SIZE_MAX) {
            return i > 0 && w403_short_arn_open(kind, text);
        }
        from += part.n + 1;
    }
    return true;
}

/* R13: AWS's own examples allow ListAllMyBuckets on arn:aws:s3:::*, though the action knows only `*`. */
static bool lists_buckets(const w403_resource_pattern *p, const w403_match_request *ask)
{
    return w403_view_ieq(ask->action, W403_LIT("s3:ListAllMyBuckets")) && p->n_parts == 6 &&
           w403_view_eq(p->part[2], W403_LIT("s3")) && p->part[3].n == 0 && p->part[4].n == 0 &&
           w403_view_eq(p->part[5], W403_LIT("*"));
}

/* The five parts before the resource, where no variable is replaced. */
static bool fixed_parts_match(const w403_resource_pattern *p, const w403_arn *arn)
{
    for (int i = 0; i < 5; i++) {
        if (!w403_glob(p->part[i], arn->part[i])) {
            return false;
        }
    }
    return true;
}

/* A pattern over all keys covers whatever id it is, one of a single key may, one of an alias does not. */
static w403_tri unknown_id(const w403_resource_pattern *p, const w403_arn *arn)
{
    w403_tri same = W403_YES;
    for (int i = 0; i < 5 && p->n_parts == 6; i++) {
        bool blank = arn->part[i].n == 0; /* a Region that is not known either */
        if (!w403_glob(p->part[i], arn->part[i])) {
            same = blank ? w403_and(same, W403_UNKNOWN) : W403_NO;
        }
    }
    if (p->n_parts != 6 || w403_glob(p->part[5], arn->part[5])) {
        return p->n_parts == 6 ? same : W403_NO;
    }
    return w403_view_starts(p->part[5], W403_LIT("key/")) ? w403_and(same, W403_UNKNOWN) : W403_NO;
}

w403_tri w403_match_resource_entry(const w403_statement *st, const w403_resource_pattern *p, const w403_match_request *ask)
{
    const w403_arn *arn = ask->resource;
    if (p->is_star) {
        return W403_YES;
    }
    if (p->n_parts == 0 && w403_doubt_counts(st)) {
        return W403_UNKNOWN;
    }
    if (arn->n != 6) {
        return w403_bool(w403_view_eq(p->whole.text, arn->whole) || lists_buckets(p, ask));
    }
    if (p->n_parts == 0) {
        return W403_NO; /* no ARN at all, or a wildcard in its service (R4) */
    }
    if (ask->id_unknown) {
        return unknown_id(p, arn);
    }
    if (!w403_view_starts(arn->whole, p->prefix)) {
        return W403_NO;
    }
    if (p->whole.has_variable && p->n_parts == 6 && !fixed_parts_match(p, arn)) {
        return W403_NO; /* whatever the variable holds (PV1) */
    }
    if (p->whole.has_variable) {
        w403_expansion e =
            w403_expand(&p->whole, p->n_parts == 6 ? (size_t)(p->part[5].p - p->whole.text.p) : 0, ask->context);
        if (e.resolved == W403_NO) { /* PV6, R10: matches nothing */
            return W403_NO;
        }
        return parts_match(st->policy->kind, e.text, e.literal, arn) ? e.resolved : W403_NO;
    }
    if (p->n_parts == 6) {
        if (!p->whole.has_wildcard) {
            return w403_bool(p->prefix.n == arn->whole.n);
        }
        bool last = p->prefix.n + 1 == p->whole.text.n && p->whole.text.p[p->prefix.n] == '*';
        if (last) { /* `literal*`: the prefix is all there is to it */
            return W403_YES;
        }
    }
    return w403_bool(parts_match(st->policy->kind, p->whole.text, NULL, arn));
}

w403_tri w403_match_resource(const w403_statement *st, const w403_match_request *ask)
{
    if (st->unread & W403_UNREAD(W403_ELEMENT_RESOURCE)) {
        return W403_UNKNOWN;
    }
    if (!st->has_resource) {
        return W403_NO; /* G13 */
    }
    w403_tri any = W403_NO;
    for (uint32_t i = 0; i < st->n_resources && any != W403_YES; i++) {
        any = w403_or(any, w403_match_resource_entry(st, &st->resources[i], ask));
    }
    return st->not_resource ? w403_not(any) : any;
}
