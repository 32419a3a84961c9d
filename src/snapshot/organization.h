/* The files of organization/ between their reading and the end of the load. Private to the room. */
#ifndef W403_SNAPSHOT_ORGANIZATION_H
#define W403_SNAPSHOT_ORGANIZATION_H

#include "snapshot/loader.h"

typedef enum w403_org_policy_type {
    W403_ORG_SCP,
    W403_ORG_RCP,
    W403_ORG_S3,
    W403_ORG_OTHER,  /* tag, backup ... policies: no part in any decision */
    W403_ORG_UNKNOWN /* unreadable: nobody knows what it is */
} w403_org_policy_type;

typedef struct w403_org_policy {
    w403_org_policy_type type;
    w403_view            path;
    const w403_policy   *policy;       /* SCP, RCP */
    bool                 blocks_public; /* S3 */
    bool                 locked;        /* S3: no policy below it may say otherwise */
} w403_org_policy;

typedef struct w403_org_target { /* a row of attachments.json */
    const w403_view *policies;
    uint32_t         n;
    w403_fact        unread; /* UNKNOWN: one of its types could not be listed */
} w403_org_target;

typedef struct w403_org_files {
    w403_fact parents;
    w403_map  outside;   /* accounts that were looked for and are no members -> anything */
    w403_map  parent_of; /* account or OU id -> w403_view * */
    w403_map  attached;  /* root, OU or account id -> w403_org_target * */
    w403_map  policies;  /* p-id -> w403_org_policy * */
    w403_map  effective; /* account id -> w403_bpa *: its effective S3 policy */
    w403_map  levels;    /* root, OU or account id -> w403_org_level *: each is built once */
} w403_org_files;

/* All four settings, or none. */
void w403_org_bpa_set(w403_bpa *bpa, bool on);

/* An organization policy that is attached: of a file, or built in. Never NULL but when memory is short. */
w403_status w403_org_policy_of(w403_loader *ld, w403_view id, const w403_org_policy **out, w403_error *err);

#endif
