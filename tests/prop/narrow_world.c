/* Which call is answered by what, and the functions of live/live.h. */
#include "narrow_answers.h"

static reply answer(narrow_world *w, const narrow_call *c)
{
    w403_view account = world_account(w, c);
    switch (c->call.row) {
    case W403_CALL_STS_GETCALLERIDENTITY:
        return good(
            TEXT(w, "{\"Account\": \"%.*s\", \"Arn\": \"arn:%.*s:iam::%.*s:user/collector\", \"UserId\": \"AIDA\"}",
                 W403_ARG(w->account), W403_ARG(w->s->partition), W403_ARG(w->account)));
    case W403_CALL_S3_HEADBUCKET:
        return answer_head_bucket(w, c);
    case W403_CALL_S3_LISTBUCKETS:
        return answer_list_buckets(w, c);
    case W403_CALL_S3_LISTBUCKETINVENTORYCONFIGURATIONS:
    case W403_CALL_S3_GETBUCKETINVENTORYCONFIGURATION:
        return answer_inventory(w, c);
    case W403_CALL_S3_LISTOBJECTVERSIONS:
        return answer_list_versions(w, c);
    case W403_CALL_S3_HEADOBJECT:
        return answer_head_object(w, c);
    case W403_CALL_S3_GETOBJECTACL:
        return answer_object_part(w, c, "Grants");
    case W403_CALL_S3_GETOBJECTTAGGING:
        return answer_object_part(w, c, "TagSet");
    case W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION:
        return world_plain_file(w, W403_LIT("organization/organization.json"), world_member_without(w, account));
    case W403_CALL_ORGANIZATIONS_LISTROOTS:
        return answer_roots(w);
    case W403_CALL_ORGANIZATIONS_LISTPARENTS:
        return answer_parents(w, c);
    case W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET:
        return answer_attached(w, c);
    case W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY:
        return world_plain_file(w, TEXT(w, "organization/policies/%.*s.json", W403_ARG(world_arg(c, "PolicyId"))),
                                "AccessDenied");
    case W403_CALL_ORGANIZATIONS_DESCRIBEEFFECTIVEPOLICY:
        return world_plain_file(
            w, TEXT(w, "organization/effective/%.*s/S3_POLICY.json", W403_ARG(world_arg(c, "TargetId"))),
            "AccessDenied");
    case W403_CALL_S3CONTROL_GETPUBLICACCESSBLOCK:
        return answer_effective(w, account);
    case W403_CALL_S3CONTROL_GETACCESSPOINT:
    case W403_CALL_S3CONTROL_GETACCESSPOINTPOLICY:
    case W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE:
        return answer_access_point(w, c);
    case W403_CALL_S3CONTROL_LISTACCESSPOINTS:
        return answer_list_points(w, c);
    case W403_CALL_S3CONTROL_LISTMULTIREGIONACCESSPOINTS:
    case W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY:
        return answer_multi_region(w, c);
    case W403_CALL_EC2_DESCRIBEVPCENDPOINTS:
        return answer_endpoints(w, c);
    default:
        break;
    }
    const char *service = w403_calls[c->call.row].service;
    return strcmp(service, "iam") == 0 ? answer_iam(w, c)
           : strcmp(service, "kms") == 0 ? answer_key(w, c)
           : strcmp(service, "s3") == 0  ? answer_bucket_file(w, c)
                                         : refused("AccessDenied");
}

/* ---- live.h ---- */

static w403_status add(w403_live_session *session, const w403_live_call *call, w403_error *err)
{
    narrow_world *w = (narrow_world *)(void *)session;
    narrow_call *c = W403_PUSH(w->a, &w->queue);
    W403_NEED(c && call->n_arguments <= 4, err);
    c->call = *call;
    c->call.account = w403_arena_copy(w->a, call->account);
    c->call.region = w403_arena_copy(w->a, call->region);
    for (size_t i = 0; i < call->n_arguments; i++) {
        c->arguments[i] =
            (w403_live_argument){call->arguments[i].name, w403_arena_copy(w->a, call->arguments[i].value)};
    }
    return W403_OK;
}

/* Any call that waits may be the next to be answered. */
static narrow_call next_call(narrow_world *w)
{
    size_t other = w->at;
    if (w->shuffle) {
        w->shuffle = w403_hash(&w->shuffle, sizeof w->shuffle) | 1;
        other += (size_t)(w->shuffle >> 8) % (w->queue.n - w->at);
    }
    narrow_call c = w->queue.at[other];
    w->queue.at[other] = w->queue.at[w->at++];
    return c;
}

static w403_status run(w403_live_session *session, w403_live_answer_fn *deliver, void *user, w403_error *err)
{
    narrow_world *w = (narrow_world *)(void *)session;
    (void)err;
    while (w->at < w->queue.n) {
        const narrow_call c = next_call(w);
        w403_view about = c.call.n_arguments ? c.arguments[0].value : W403_LIT("");
        bool no = w->denied && w->denied(w->user, c.call.row, about);
        reply r = no ? refused(w->code ? w->code : "AccessDenied") : answer(w, &c);
        w403_live_answer page = {.tag = c.call.tag,
                                 .row = c.call.row,
                                 .last = true,
                                 .json = r.json,
                                 .code = r.code,
                                 .message = no ? W403_LIT("not authorized") : W403_LIT(""),
                                 .bucket_region = r.region,
                                 .status = r.code.n ? 403 : 200};
        w->calls++;
        w->asked[c.call.row]++;
        deliver(user, &page);
    }
    return W403_OK;
}

const w403_live narrow_world_live = {.abi = W403_LIVE_ABI, .add = add, .run = run};
