/* Documents of policies that AWS manages, for snapshots without them: an account's authorization details hold only
 * what is attached, and FullAWSAccess is often left out. Text as AWS publishes it. */
#include "snapshot/loader.h"

static const struct builtin {
    const char *id; /* ARN, or id in the organization */
    const char *name;
    const char *text;
} builtins[] = {
    /* AWS managed policy reference, AdministratorAccess, version 1 */
    {"arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess",
     "{\n"
     "    \"Version\": \"2012-10-17\",\n"
     "    \"Statement\": [\n"
     "        {\n"
     "            \"Effect\": \"Allow\",\n"
     "            \"Action\": \"*\",\n"
     "            \"Resource\": \"*\"\n"
     "        }\n"
     "    ]\n"
     "}\n"},
    /* AWS managed policy reference, AmazonS3FullAccess, version 2 */
    {"arn:aws:iam::aws:policy/AmazonS3FullAccess", "AmazonS3FullAccess",
     "{\n"
     "    \"Version\": \"2012-10-17\",\n"
     "    \"Statement\": [\n"
     "        {\n"
     "            \"Effect\": \"Allow\",\n"
     "            \"Action\": [\n"
     "                \"s3:*\",\n"
     "                \"s3-object-lambda:*\"\n"
     "            ],\n"
     "            \"Resource\": \"*\"\n"
     "        }\n"
     "    ]\n"
     "}\n"},
    /* AWS managed policy reference, AmazonS3ReadOnlyAccess, version 3 */
    {"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "AmazonS3ReadOnlyAccess",
     "{\n"
     "    \"Version\": \"2012-10-17\",\n"
     "    \"Statement\": [\n"
     "        {\n"
     "            \"Effect\": \"Allow\",\n"
     "            \"Action\": [\n"
     "                \"s3:Get*\",\n"
     "                \"s3:List*\",\n"
     "                \"s3:Describe*\",\n"
     "                \"s3-object-lambda:Get*\",\n"
     "                \"s3-object-lambda:List*\"\n"
     "            ],\n"
     "            \"Resource\": \"*\"\n"
     "        }\n"
     "    ]\n"
     "}\n"},
    /* AWS Organizations User Guide, FullAWSAccess: attached to every root, OU and account by default (3.6) */
    {"p-FullAWSAccess", "FullAWSAccess",
     "{\n"
     "    \"Version\": \"2012-10-17\",\n"
     "    \"Statement\": [\n"
     "        {\n"
     "            \"Effect\": \"Allow\",\n"
     "            \"Action\": \"*\",\n"
     "            \"Resource\": \"*\"\n"
     "        }\n"
     "    ]\n"
     "}\n"},
    /* AWS Organizations User Guide, RCPFullAWSAccess: attached everywhere, cannot be detached (3.6) */
    {"p-RCPFullAWSAccess", "RCPFullAWSAccess",
     "{\n"
     "    \"Version\": \"2012-10-17\",\n"
     "    \"Statement\": [\n"
     "        {\n"
     "            \"Effect\": \"Allow\",\n"
     "            \"Principal\": \"*\",\n"
     "            \"Action\": \"*\",\n"
     "            \"Resource\": \"*\"\n"
     "        }\n"
     "    ]\n"
     "}\n"},
};

/* arn:aws-cn:iam::aws:policy/X is the same document as arn:aws:iam::aws:policy/X. */
static bool same_id(w403_view id, w403_view known)
{
    if (w403_view_eq(id, known)) {
        return true;
    }
    if (!w403_view_starts(id, W403_LIT("arn:aws-")) || !w403_view_starts(known, W403_LIT("arn:aws:"))) {
        return false;
    }
    w403_view rest = w403_view_sub(id, 4, id.n), known_rest = w403_view_sub(known, 4, known.n);
    (void)w403_view_cut(&rest, ':');
    (void)w403_view_cut(&known_rest, ':');
    return w403_view_eq(rest, known_rest);
}

w403_view w403_builtin_document(w403_view id)
{
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        if (same_id(id, w403_view_of(builtins[i].id))) {
            return w403_view_of(builtins[i].text);
        }
    }
    return (w403_view){NULL, 0};
}

w403_status w403_builtin_policy(w403_loader *ld, w403_policy_kind kind, w403_view id, w403_policy **out,
                                w403_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        if (!same_id(id, w403_view_of(builtins[i].id))) {
            continue;
        }
        w403_view source = w403_arena_printf(ld->a, "AWS managed policy %s", builtins[i].name);
        W403_NEED(source.p, err);
        W403_TRY(w403_policy_parse(ld->a, kind, source, w403_view_of(builtins[i].text), NULL, out, err));
        (*out)->name = w403_view_of(builtins[i].name);
        if (w403_view_starts(id, W403_LIT("arn:"))) {
            (*out)->arn = w403_arena_copy(ld->a, id);
            W403_NEED((*out)->arn.p, err);
        }
        return W403_OK;
    }
    return W403_OK;
}
