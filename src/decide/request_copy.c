/* A request whose texts are its own: for questions that outlive what they were asked with. */
#include "decide/residual.h"

static const size_t texts[] = {
#define TEXT(member) offsetof(w403_request, member)
    TEXT(operation),    TEXT(action),    TEXT(resource),         TEXT(resource_account), TEXT(principal),
    TEXT(session_name), TEXT(issuer),    TEXT(from),             TEXT(via),              TEXT(at),
    TEXT(version_id),   TEXT(signed_at), TEXT(upload_initiator), TEXT(upload_kms_key),   TEXT(body_policy),
    TEXT(body_acl),
#undef TEXT
};

/* {NULL,0} means "not given" and stays so. */
static bool copy_view(w403_arena *a, w403_view *v)
{
    if (v->p) {
        *v = w403_arena_copy(a, *v);
    }
    return v->p || v->n == 0;
}

static bool copy_pairs(w403_arena *a, const w403_pair **list, size_t n)
{
    w403_pair *copy = W403_NEW_N(a, w403_pair, n);
    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = (*list)[i];
        if (!copy_view(a, &copy[i].name) || !copy_view(a, &copy[i].value)) {
            return false;
        }
    }
    *list = copy;
    return copy != NULL;
}

static bool copy_keys(w403_arena *a, const w403_object_id **list, size_t n)
{
    w403_object_id *copy = W403_NEW_N(a, w403_object_id, n);
    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = (*list)[i];
        if (!copy_view(a, &copy[i].key) || !copy_view(a, &copy[i].version_id) || !copy_view(a, &copy[i].etag)) {
            return false;
        }
    }
    *list = copy;
    return copy != NULL;
}

static bool copy_context(w403_arena *a, const w403_context_entry **list, size_t n)
{
    w403_context_entry *copy = W403_NEW_N(a, w403_context_entry, n);
    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = (*list)[i];
        w403_view *values = W403_NEW_N(a, w403_view, copy[i].n_values);
        if (!values || !copy_view(a, &copy[i].key)) {
            return false;
        }
        for (size_t k = 0; k < copy[i].n_values; k++) {
            values[k] = copy[i].values[k];
            if (!copy_view(a, &values[k])) {
                return false;
            }
        }
        copy[i].values = values;
    }
    *list = copy;
    return copy != NULL;
}

bool w403_request_copy(w403_arena *a, const w403_request *from, w403_request *to)
{
    *to = *from;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!copy_view(a, (w403_view *)(void *)((char *)to + texts[i]))) {
            return false;
        }
    }
    return copy_pairs(a, &to->headers, to->n_headers) && copy_pairs(a, &to->query, to->n_query) &&
           copy_pairs(a, &to->body, to->n_body) && copy_keys(a, &to->body_keys, to->n_body_keys) &&
           copy_context(a, &to->context, to->n_context);
}
