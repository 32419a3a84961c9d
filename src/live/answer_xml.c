/* A tree of XML, as JSON by the tables of shapes. Depth is bounded by that of the tree (W403_LIMIT_LIVE_XML_DEPTH). */
#include "base/hash.h"
#include "base/limits.h"
#include "live/answer.h"

static void write_members(w403_answer_writer *w, unsigned shape, w403_xml_node *node, bool top);
static void write_unknown(w403_answer_writer *w, const w403_xml_node *node);

static bool named(const w403_xml_node *node, const char *name)
{
    return w403_view_eq(node->name, w403_view_of(name));
}

/* What no table knows is kept as it stands: text, an array where all have one name, else an object. */
static void write_unknown_children(w403_answer_writer *w, w403_xml_node *parent)
{
    for (w403_xml_node *at = parent->first; at; at = at->next) {
        if (at->used) {
            continue;
        }
        unsigned same = 0;
        for (w403_xml_node *other = at->next; other && same == 0; other = other->next) {
            same += !other->used && w403_view_eq(other->name, at->name);
        }
        w403_jw_keyv(&w->json, at->name);
        if (same == 0) {
            write_unknown(w, at);
            continue;
        }
        w403_jw_array(&w->json);
        for (w403_xml_node *other = at; other; other = other->next) {
            if (!other->used && w403_view_eq(other->name, at->name)) {
                write_unknown(w, other);
                other->used = true;
            }
        }
        w403_jw_end_array(&w->json);
    }
}

static void write_unknown(w403_answer_writer *w, const w403_xml_node *node)
{
    if (!node->first) {
        w403_jw_str(&w->json, node->text);
        return;
    }
    bool list = named(node->first, "member") || named(node->first, "item");
    for (const w403_xml_node *at = node->first; at; at = at->next) {
        list = list && w403_view_eq(at->name, node->first->name);
    }
    if (list) {
        w403_jw_array(&w->json);
        for (const w403_xml_node *at = node->first; at; at = at->next) {
            write_unknown(w, at);
        }
        w403_jw_end_array(&w->json);
        return;
    }
    w->wrong = w->wrong || node->count > W403_LIMIT_LIVE_UNKNOWN;
    if (w->wrong) {
        w403_jw_null(&w->json);
        return;
    }
    w403_jw_object(&w->json);
    write_unknown_children(w, (w403_xml_node *)(uintptr_t)node);
    w403_jw_end_object(&w->json);
}

static void write_leaf(w403_answer_writer *w, const w403_shape_member *m, const w403_xml_node *node)
{
    w->wrong = w->wrong || node->first != NULL; /* elements where a text is expected */
    if (!w->wrong) {
        w403_arena_reset(w->scratch);
        w403_answer_scalar(w, m, node->text);
    }
}

static void write_element(w403_answer_writer *w, const w403_shape_member *m, w403_xml_node *node)
{
    static const w403_shape_member text = {.kind = W403_KIND_STRING};
    if (m->shape == W403_NO_SHAPE) {
        write_leaf(w, &text, node);
    } else {
        write_members(w, m->shape, node, false);
    }
}

static void write_list(w403_answer_writer *w, const w403_shape_member *m, w403_xml_node *node)
{
    w403_jw_array(&w->json);
    const char    *item = m->flat ? m->wire : m->item;
    w403_xml_node *at = m->flat ? node : node->first;
    for (; at && !w->wrong; at = at->next) {
        if (named(at, item)) {
            write_element(w, m, at);
            at->used = true;
        } else if (!m->flat) {
            w->wrong = true; /* a list of something else */
        }
    }
    w403_jw_end_array(&w->json);
}

/* <entry><key>k</key><value>v</value></entry>... */
static void write_map(w403_answer_writer *w, const w403_xml_node *node)
{
    w403_map known = {0};
    w403_arena_reset(w->scratch);
    w403_jw_object(&w->json);
    for (const w403_xml_node *at = node->first; at && !w->wrong; at = at->next) {
        w403_view key = w403_xml_text(at, "key"), value = w403_xml_text(at, "value");
        w->wrong = !key.p || !value.p || w403_map_get(&known, key) || !w403_map_put(w->scratch, &known, key, &known);
        w403_jw_keyv(&w->json, key);
        w403_jw_str(&w->json, value);
    }
    w403_jw_end_object(&w->json);
}

static void write_value(w403_answer_writer *w, const w403_shape_member *m, w403_xml_node *node)
{
    switch ((w403_shape_kind)m->kind) {
    case W403_KIND_LIST:
        write_list(w, m, node);
        return;
    case W403_KIND_MAP:
        write_map(w, node);
        return;
    case W403_KIND_STRUCTURE:
        write_members(w, m->shape, node, false);
        return;
    case W403_KIND_STRING:
    case W403_KIND_KEY:
    case W403_KIND_NUMBER:
    case W403_KIND_BOOLEAN:
    case W403_KIND_TIME:
    case W403_KIND_DOCUMENT:
        write_leaf(w, m, node);
        return;
    }
}

static void write_member(w403_answer_writer *w, const w403_shape_member *m, w403_xml_node *node, bool top)
{
    if (m->place == W403_PLACE_ATTRIBUTE) {
        if (node->type.p) {
            w403_jw_key(&w->json, m->name);
            w403_jw_str(&w->json, node->type);
        }
        return;
    }
    w403_xml_node *found = m->place == W403_PLACE_ELEMENT ? w403_xml_child(node, m->wire) : NULL;
    if (!found) {
        return;
    }
    found->used = true;
    if (!m->flat) {
        for (const w403_xml_node *other = found->next; other; other = other->next) {
            w->wrong = w->wrong || named(other, m->wire); /* one setting, two answers */
        }
    }
    if (w->wrong || (top && w403_answer_pages(w, m->name, found->text))) {
        return;
    }
    w403_jw_key(&w->json, m->name);
    write_value(w, m, found);
}

/* Is this the JSON name of a member that stands on the wire under another one? */
static bool taken(const w403_shape *shape, w403_view name)
{
    for (unsigned i = 0; i < shape->n; i++) {
        if (w403_view_eq(w403_view_of(w403_shape_members[shape->first + i].name), name)) {
            return true;
        }
    }
    return false;
}

static void write_members(w403_answer_writer *w, unsigned shape, w403_xml_node *node, bool top)
{
    static const w403_shape none;
    const w403_shape       *s = shape == W403_NO_SHAPE ? &none : &w403_shapes[shape];
    w403_jw_object(&w->json);
    for (unsigned i = 0; i < s->n && !w->wrong; i++) {
        write_member(w, &w403_shape_members[s->first + i], node, top);
    }
    unsigned unknown = 0;
    for (w403_xml_node *at = node->first; at; at = at->next) {
        at->used = at->used || (top && (named(at, "ResponseMetadata") || named(at, "requestId")));
        if (!at->used) {
            w->wrong = w->wrong || ++unknown > W403_LIMIT_LIVE_UNKNOWN;
            w->reading->newer++;
            at->used = taken(s, at->name);
        }
    }
    if (!w->wrong) {
        write_unknown_children(w, node);
    }
    if (top) {
        w403_answer_headers(w);
    }
    w403_jw_end_object(&w->json);
}

/* The element whose children are the members; NULL: it is no answer of this call. */
static w403_xml_node *result(const w403_call_row *row, w403_xml_node *root)
{
    if (row->protocol == W403_PROTOCOL_QUERY) { /* <GetUserResponse><GetUserResult> */
        size_t n = strlen(row->operation);
        bool   fits = root->name.n == n + 8 && memcmp(root->name.p, row->operation, n) == 0 &&
                    w403_view_ends(root->name, W403_LIT("Response"));
        return fits ? w403_xml_child(root, row->roots[0]) : NULL;
    }
    for (const char *const *name = row->roots; *name; name++) {
        if (named(root, *name)) {
            return root;
        }
    }
    return NULL;
}

/* What AWS never leaves out of an answer: the wrapper of a listing's lists, else the first member. Only what was never set
 * has nothing in it. */
static bool has_its_members(unsigned row, const w403_xml_node *node)
{
    const w403_shape_answer *answer = &w403_shape_answers[row];
    if (row == W403_CALL_S3_GETBUCKETVERSIONING || row == W403_CALL_S3_GETBUCKETLOGGING) {
        return true;
    }
    if (answer->payload) {
        return node->first != NULL;
    }
    const w403_shape *shape = &w403_shapes[answer->shape];
    bool              wrapped = false, listing = w403_calls[row].lists[0] != NULL;
    for (unsigned i = 0; i < shape->n; i++) {
        const w403_shape_member *m = &w403_shape_members[shape->first + i];
        bool                     counts = m->place == W403_PLACE_ELEMENT && (!listing || (m->kind == W403_KIND_LIST && !m->flat));
        if (counts && w403_xml_child(node, m->wire)) {
            return true;
        }
        wrapped = wrapped || counts;
        if (counts && !listing) {
            return false;
        }
    }
    return !wrapped; /* lists without a wrapper are not there when they are empty */
}

void w403_answer_xml(w403_answer_writer *w, w403_xml_node *root)
{
    const w403_shape_answer *answer = &w403_shape_answers[w->reply->row];
    w403_xml_node           *node = result(&w403_calls[w->reply->row], root);
    if (!node || (node->first == NULL && w403_view_trim(node->text).n > 0) || !has_its_members(w->reply->row, node)) {
        w->wrong = true;
        return;
    }
    w->keys_encoded = w403_view_eq(w403_xml_text(node, "EncodingType"), W403_LIT("url"));
    if (!answer->payload) {
        write_members(w, answer->shape, node, true);
        return;
    }
    const w403_shape *shape = &w403_shapes[answer->shape];
    w403_jw_object(&w->json);
    for (unsigned i = 0; i < shape->n; i++) {
        const w403_shape_member *m = &w403_shape_members[shape->first + i];
        if (m->place == W403_PLACE_ELEMENT) {
            w403_jw_key(&w->json, m->name);
            write_value(w, m, node);
        }
    }
    w403_answer_headers(w);
    w403_jw_end_object(&w->json);
}
