/* Access control lists of buckets and objects (semantics 4.2). */
#include "snapshot/loader.h"

static const w403_value_word permissions[] = {
    {"READ", W403_ACL_READ},
    {"WRITE", W403_ACL_WRITE},
    {"READ_ACP", W403_ACL_READ_ACP},
    {"WRITE_ACP", W403_ACL_WRITE_ACP},
    {"FULL_CONTROL", W403_ACL_FULL},
};

static const w403_value_word groups[] = {
    {"http://acs.amazonaws.com/groups/global/AllUsers", W403_GRANTEE_ALL_USERS},
    {"http://acs.amazonaws.com/groups/global/AuthenticatedUsers", W403_GRANTEE_AUTHENTICATED_USERS},
    {"http://acs.amazonaws.com/groups/s3/LogDelivery", W403_GRANTEE_LOG_DELIVERY},
};

/* Type is not always printed: the member that is there says which kind it is. */
static void read_grantee(const w403_source *src, const w403_json *v, w403_grant *out)
{
    out->kind = W403_GRANTEE_OTHER;
    out->canonical_id = w403_read_str(src, v, "ID");
    out->uri = w403_read_str(src, v, "URI");
    if (out->canonical_id.n) {
        out->kind = W403_GRANTEE_CANONICAL;
    }
    for (size_t i = 0; out->uri.n && i < sizeof groups / sizeof *groups; i++) {
        if (w403_view_eq(out->uri, w403_view_of(groups[i].text))) {
            out->kind = (w403_grantee_kind)groups[i].value;
        }
    }
}

w403_status w403_read_acl(const w403_source *src, const w403_json *v, w403_acl *out, w403_error *err)
{
    if (!w403_expect(src, v, W403_JSON_OBJECT, "access control list")) {
        return W403_OK;
    }
    out->owner = w403_read_str(src, w403_read(src, v, "Owner", W403_JSON_OBJECT), "ID");
    const w403_json *list = w403_read(src, v, "Grants", W403_JSON_ARRAY);
    if (!list || list->count == 0) {
        return W403_OK;
    }
    w403_grant *grants = W403_NEW_N(src->ld->a, w403_grant, list->count);
    W403_NEED(grants, err);
    for (const w403_json *g = list->first; g; g = g->next) {
        const w403_json *grantee = w403_expect(src, g, W403_JSON_OBJECT, "grant")
                                       ? w403_read_needed(src, g, "Grantee", W403_JSON_OBJECT)
                                       : NULL;
        if (grantee && w403_read_needed(src, g, "Permission", W403_JSON_STRING)) {
            w403_grant *grant = &grants[out->n_grants++];
            read_grantee(src, grantee, grant);
            grant->permissions = (uint8_t)w403_read_word(src, g, "Permission", W403_WORDS(permissions), 0);
        }
    }
    out->grants = grants;
    return W403_OK;
}
