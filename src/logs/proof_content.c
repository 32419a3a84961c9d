/* What was in a place before a change, and what after it: by the changes before it in the logs, by an older snapshot,
 * or, where a call can only put a thing there or take it away, by its inverse. */
#include "logs/proof.h"

static bool is_toggle(w403_change_place p)
{
    return p == W403_PLACE_ATTACHED || p == W403_PLACE_GROUP || p == W403_PLACE_ORG_ATTACHED || p == W403_PLACE_GRANT;
}

static bool has_document(w403_change_place p)
{
    return p == W403_PLACE_POLICY || p == W403_PLACE_ORG_POLICY;
}

/* Is the snapshot of a time before the change? */
static bool older(const w403_survey_options *o, const w403_log_change *c)
{
    return o->snapshot && o->snapshot->has_collected_at && o->snapshot->collected_at < c->time;
}

/* What an older snapshot has, as a document where it is a bucket's policy: to show, and to put back. */
static w403_content as_it_was(const w403_survey_options *o, const w403_log_change *c)
{
    bool               policy = c->kind->place == W403_PLACE_POLICY && c->kind->target == W403_TARGET_BUCKET;
    const w403_bucket *b = policy ? w403_snapshot_bucket(o->snapshot, c->target) : NULL;
    if (b && b->policy) {
        return (w403_content){.known = W403_CONTENT_DOCUMENT, .text = w403_policy_text(b->policy)};
    }
    return (w403_content){.known = b && b->policy_fact.state == W403_FACT_NONE ? W403_CONTENT_NONE : W403_CONTENT_AS_IT_IS};
}

/* An access log has no document: if nobody wrote later, it is the snapshot's. */
static w403_content as_it_is(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    for (size_t i = c->order + 1; i < s->n_changes; i++) {
        if (w403_change_same_place(s->change_list[i], c)) {
            return (w403_content){.known = W403_CONTENT_UNKNOWN};
        }
    }
    return (w403_content){.known = o->snapshot && !older(o, c) ? W403_CONTENT_AS_IT_IS : W403_CONTENT_UNKNOWN};
}

w403_content w403_content_after(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    w403_change_place place = c->kind->place;
    if (place == W403_PLACE_NONE) {
        return (w403_content){.known = W403_CONTENT_UNKNOWN};
    }
    if (c->kind->removes) {
        return (w403_content){.known = W403_CONTENT_NONE, .setting = c};
    }
    if (c->document.n) {
        return (w403_content){.known = W403_CONTENT_DOCUMENT, .text = c->document, .setting = c};
    }
    bool told = c->parameters.p && !has_document(place);
    return told ? (w403_content){.known = W403_CONTENT_SETTING, .setting = c} : as_it_is(s, o, c);
}

/* As AWS makes it. Whether it was so is in no log. */
static w403_content by_default(const w403_log_change *c)
{
    static const w403_change_place PLACES[] = {W403_PLACE_BPA, W403_PLACE_BOUNDARY, W403_PLACE_PAYER,
                                               W403_PLACE_ENCRYPTION, W403_PLACE_LOCK};
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        if (c->kind->place == PLACES[i]) {
            return (w403_content){.known = W403_CONTENT_NONE, .assumed = true};
        }
    }
    return (w403_content){.known = W403_CONTENT_UNKNOWN};
}

w403_content w403_content_before(const w403_survey *s, const w403_survey_options *o, const w403_log_change *c)
{
    w403_change_place place = c->kind->place;
    if (place == W403_PLACE_NONE) {
        return (w403_content){.known = W403_CONTENT_UNKNOWN};
    }
    for (size_t i = c->order; place != W403_PLACE_ORG_PARENT && i-- > 0;) {
        if (w403_change_same_place(s->change_list[i], c)) {
            w403_content was = w403_content_after(s, o, s->change_list[i]);
            return was.known == W403_CONTENT_AS_IT_IS ? (w403_content){.known = W403_CONTENT_UNKNOWN} : was;
        }
    }
    if (older(o, c)) {
        return as_it_was(o, c);
    }
    if (place == W403_PLACE_ORG_PARENT) {
        return (w403_content){.known = W403_CONTENT_BACK};
    }
    if (place == W403_PLACE_KEY_STATE) {
        return (w403_content){.known = W403_CONTENT_SETTING};
    }
    if (is_toggle(place)) {
        return (w403_content){.known = c->kind->removes ? W403_CONTENT_SETTING : W403_CONTENT_NONE};
    }
    return by_default(c);
}
