/* One permission of a request: its layers, and the formula that joins them (semantics 3). */
#ifndef W403_DECIDE_CHECK_H
#define W403_DECIDE_CHECK_H

#include "decide/call.h"

/* What joins the layers of a check. */
typedef enum w403_grant_rule {
    W403_RULE_SAME_ACCOUNT,    /* 3.2 */
    W403_RULE_CROSS_ACCOUNT,   /* 3.4 */
    W403_RULE_FOREIGN_OBJECT,  /* 4.2: the object belongs to another account than its bucket */
    W403_RULE_MANDATORY,       /* KMS 5, role trust: the resource policy must delegate or grant */
    W403_RULE_AWS_MANAGED_KEY, /* 4.8 */
    W403_RULE_UNKNOWN_OWNER
} w403_grant_rule;

typedef struct w403_check_work {
    w403_call *call;
    const w403_target *target;
    w403_view action;
    uint16_t action_id;
    uint8_t need;
    w403_tri needed; /* does the operation need it in this request (its `when`)? */
    w403_view reason;
    bool masking;
    w403_view masked_key; /* masking: the key that is missing */
    bool key_unknown; /* the key's id stands for one that nobody wrote down */
    bool kms_leg;                 /* a KMS call that S3 makes with the caller's credentials (FAS) */
    bool fas_service;             /* ... for a service principal */
    const w403_encryption *enc;   /* of a KMS check, else NULL */
    w403_view encryption_context; /* value of aws:s3:arn */
    w403_context context;
    w403_match_request ask;

    W403_ARRAY(w403_layer) layers;
    w403_grant_rule rule;
    w403_tri same_account;
    w403_tri foreign; /* 4.2: does the object belong to another account than its bucket */
    /* Results, three-valued. */
    w403_tri deny;           /* by any layer, and by RestrictPublicBuckets */
    w403_tri restricted;     /* 4.3: RestrictPublicBuckets cuts the caller off */
    w403_tri scp, rcp, vpce; /* ceilings: do they let it pass */
    w403_tri id, boundary, session;
    uint16_t classes, maybe; /* of the resource side: policy, ACL, grants */
    uint16_t dropped;        /* classes that IgnorePublicAcls took away */
    w403_tri ignore_acls;    /* is that setting on */
    w403_tri object_acl;     /* FOREIGN_OBJECT: the object's ACL grants, or the caller's account owns it */
    w403_tri grant;          /* the formula's value */
    w403_tri allowed;
} w403_check_work;

/* A permission to fill in (what stands before `context`; target is required) and to run. NULL: memory short. */
w403_check_work *w403_check_new(w403_call *c, w403_view action, uint16_t action_id);
/* The same permission, to be run on another target. Of one that has not run. */
w403_check_work *w403_check_copy(const w403_check_work *w);
/* Decides it and appends it to call->checks. The target must outlive the call. */
void w403_check_run(w403_check_work *w);

/* ---- layers.c ---- */
void w403_layers_eval(w403_check_work *w);
w403_layer *w403_layer_add(w403_check_work *w, w403_layer_kind kind);
void w403_layer_policies(w403_check_work *w, w403_layer *layer, const w403_policy *const *at, uint32_t n);
void w403_layer_set(w403_check_work *w, w403_layer *layer, const w403_policy_set *set);
void w403_layer_unknown(w403_check_work *w, w403_layer *layer, const w403_fact *fact);
/* Adds an ACL or KMS grant that matched. */
void w403_layer_grant(w403_check_work *w, w403_layer *layer, const void *grant, uint16_t cls, w403_tri t);
/* The policies given by hand for a layer. False: there are none. */
bool w403_layer_given(w403_check_work *w, w403_layer *layer, w403_policy_kind kind, unsigned level);
void w403_layer_close(w403_layer *layer);

/* ---- grants.c ---- */
void w403_grants_eval(w403_check_work *w);
w403_tri w403_grant_formula(const w403_check_work *w, uint16_t classes, uint16_t maybe);
static inline w403_tri w403_class_in(uint16_t yes, uint16_t maybe, uint16_t mask)
{
    return (yes & mask) ? W403_YES : (maybe & mask) ? W403_UNKNOWN : W403_NO;
}

/* ---- acl.c ---- */
void w403_acl_eval(w403_check_work *w);
/* 4.2: is the object there owned by another account than the bucket's, and does the action ask about it? */
w403_tri w403_foreign_object(w403_check_work *w);
/* N-4: whom the x-amz-grant-* headers of a request give something to. */
typedef struct w403_grant_headers {
    bool sent;
    bool full_control;   /* x-amz-grant-full-control is the only one */
    w403_tri owner_only; /* nobody but the bucket's owner; UNKNOWN: its canonical id is not known */
} w403_grant_headers;
w403_grant_headers w403_grant_headers_of(const w403_call *c);
/* Does the request hand the object over to the bucket's owner, by the canned ACL or by a header that says the same? */
w403_tri w403_hands_over(const w403_call *c);

/* ---- bpa.c ---- */
typedef enum w403_bpa_bit {
    W403_BPA_BLOCK_ACLS,
    W403_BPA_IGNORE_ACLS,
    W403_BPA_BLOCK_POLICY,
    W403_BPA_RESTRICT
} w403_bpa_bit;
/* Effective setting: OR over organization, account, bucket and access point (4.3). *where (nullable) says which. */
/* The setting that counts for an account: the organization's, else its own. NULL: no account. */
const w403_bpa *w403_bpa_of_account(const w403_account *a);
w403_tri w403_bpa_effective(w403_call *c, const w403_target *t, w403_bpa_bit bit, w403_view *where);
/* 4.4; *why (nullable) is the first public statement. */
w403_tri w403_statement_is_public(const w403_statement *st);
w403_tri w403_policy_is_public(const w403_policy *p, const w403_statement **why);
/* The same for a decision, by the reading that it takes. */
w403_tri w403_policy_is_public_for(w403_call *c, const w403_policy *p);
w403_tri w403_bpa_restricts(w403_check_work *w);

/* ---- kms_grant.c ---- */
void w403_kms_grants_eval(w403_check_work *w);

/* ---- context_keys.c ---- */
void w403_context_keys(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out);

#endif
