/* The same request, sent otherwise. */
#include "base/ip.h"
#include "evidence/evidence.h"
#include "fix/change.h"

w403_view w403_request_header(const w403_request *r, w403_view name)
{
    for (size_t i = 0; i < r->n_headers; i++) {
        if (w403_view_ieq(r->headers[i].name, name)) {
            return r->headers[i].value.p ? r->headers[i].value : W403_LIT("");
        }
    }
    return (w403_view){NULL, 0};
}

void w403_fix_request(w403_fixer *f, const w403_request *changed, const char *id, unsigned rank, w403_view title,
                      w403_view command)
{
    w403_request *copy = W403_NEW(f->arena, w403_request);
    if (!copy) {
        f->nomem = true;
        return;
    }
    *copy = *changed;
    w403_change *c = w403_candidate(f, W403_FIX_REQUEST, id, rank, title, (w403_view){NULL, 0});
    w403_change_write(f, c, &f->world->request, copy, sizeof *copy);
    if (command.p) {
        w403_text_add(&c->commands, command);
    }
}

/* ---- headers ---- */

/* `name` with `value`; {NULL,0}: without it. */
static bool with_header(w403_fixer *f, w403_request *r, w403_view name, w403_view value)
{
    w403_pair *list = W403_NEW_N(f->arena, w403_pair, r->n_headers + 1);
    size_t n = 0;
    if (!list) {
        f->nomem = true;
        return false;
    }
    for (size_t i = 0; i < r->n_headers; i++) {
        if (!w403_view_ieq(r->headers[i].name, name)) {
            list[n++] = r->headers[i];
        }
    }
    if (value.p) {
        list[n++] = (w403_pair){w403_arena_copy(f->arena, name), w403_arena_copy(f->arena, value)};
    }
    r->headers = list;
    r->n_headers = n;
    return true;
}

void w403_fix_header(w403_fixer *f, w403_view name, w403_view value, const char *id, unsigned rank, w403_view title)
{
    w403_request r = f->world->request;
    bool s3 = f->options && f->options->aws_s3;
    const char *own = w403_option_of_header(name, s3), *api = w403_option_of_header(name, false);
    w403_view option = w403_view_of(own ? own : ""), other = w403_view_of(api ? api : ""), command = {NULL, 0};
    if (!with_header(f, &r, name, value)) {
        return;
    }
    if (option.n && value.p) {
        command = W403_FIX_REMARK(f, "add --<option> <value> to the command", option, value);
    } else if (other.n && value.p) {
        command = W403_FIX_REMARK(f, "aws s3 has no option for it: use aws s3api, with --<option> <value>", other, value);
    } else if (option.n) {
        command = W403_FIX_REMARK(f, "leave --<option> out of the command", option);
    }
    w403_fix_request(f, &r, id, rank, title, command);
}

/* ---- who ---- */

void w403_fix_mfa(w403_fixer *f)
{
    w403_request r = f->world->request;
    const w403_caller *who = &w403_fix_call(f)->caller;
    bool user = who->kind == W403_CALLER_USER;
    if (!user && who->kind != W403_CALLER_ROLE && who->kind != W403_CALLER_ROOT) {
        return;
    }
    r.mfa = W403_YES;
    r.mfa_age_s = 0;
    w403_view command =
        user ? W403_FIX_AWS(f,
                            "sts get-session-token --serial-number arn:<partition>:iam::<account>:mfa/<user> "
                            "--token-code CODE",
                            who->partition, who->account, who->name)
             : W403_FIX_AWS(f,
                            "sts assume-role --role-arn <role> --role-session-name <session> --serial-number MFA_ARN "
                            "--token-code CODE",
                            who->principal_arn, who->session);
    w403_fix_request(f, &r, "use-mfa", W403_RANK_HEADER + 5, W403_FIX_WORD(f, "use a session that was begun with MFA"),
                     command);
}

/* A principal of the snapshot that may do this already. */
void w403_fix_credentials(w403_fixer *f)
{
    const w403_snapshot *s = f->world->snapshot;
    unsigned asked = 0;
    w403_arena *trial = w403_arena_new(0);
    for (uint32_t i = 0; trial && s && i < s->n_accounts; i++) {
        const w403_map *maps[] = {&s->account_list[i]->roles, &s->account_list[i]->users};
        for (size_t m = 0; m < 2; m++) {
            for (size_t k = 0; k < maps[m]->cap && asked < 100; k++) {
                const w403_entity *e = maps[m]->slots[k].value;
                w403_request r = f->world->request;
                w403_decision d;
                if (!e || w403_view_eq(e->arn, r.principal)) {
                    continue;
                }
                asked++;
                r.principal = e->arn;
                w403_arena_reset(trial);
                if (w403_decide(s, f->world->policies, &r, W403_DETAIL_VERDICT, trial, &d, NULL) == W403_OK &&
                    d.verdict == W403_ALLOWED) {
                    w403_fix_request(f, &r, "use-credentials", W403_RANK_CREDENTIALS,
                                     W403_FIX_SAY(f, "send it signed, with credentials of {principal}, who may do this already", W403_P("principal", e->arn)),
                                     w403_fix_said(f, w403_command_of(f->arena, "aws", "sts get-caller-identity", NULL, 0)));
                    w403_arena_free(trial);
                    return;
                }
            }
        }
    }
    w403_arena_free(trial);
}

/* ---- the way ---- */

static w403_view endpoint_in(const w403_snapshot *s, w403_view id)
{
    for (uint32_t i = 0; s && i < s->n_endpoints; i++) {
        const w403_vpc_endpoint *e = s->endpoint_list[i];
        if (w403_view_eq(e->vpc_id, id) || w403_view_eq(e->id, id)) {
            return e->id;
        }
    }
    return w403_view_starts(id, W403_LIT("vpce-")) ? id : (w403_view){NULL, 0};
}

void w403_fix_network(w403_fixer *f, bool endpoint, w403_view value)
{
    w403_request r = f->world->request;
    w403_view title;
    if (endpoint) {
        r.via = endpoint_in(f->world->snapshot, value);
        r.from = (w403_view){NULL, 0};
        title = W403_FIX_SAY(f, "send the request through the VPC endpoint {vpce}", W403_P("vpce", r.via));
        if (!r.via.p) {
            return;
        }
    } else {
        size_t slash = w403_view_find_char(value, '/');
        w403_view address = slash == SIZE_MAX ? value : w403_view_sub(value, 0, slash);
        w403_ip ip;
        if (!w403_ip_parse(address, &ip)) {
            return;
        }
        r.from = w403_arena_copy(f->arena, address);
        r.via = (w403_view){NULL, 0};
        title = W403_FIX_SAY(f, "send the request from an address in {range}", W403_P("range", value));
    }
    w403_fix_request(f, &r, endpoint ? "use-endpoint" : "use-address", W403_RANK_ROUTE, title, (w403_view){NULL, 0});
}

void w403_fix_presign(w403_fixer *f)
{
    w403_request r = f->world->request;
    const w403_call *c = w403_fix_call(f);
    uint64_t week = 7 * 24 * 3600;
    if (!r.presigned) {
        return;
    }
    r.signed_at = r.at.p ? r.at : w403_instant_format(f->arena, c->now);
    r.at = r.signed_at;
    r.expires_in_s = r.expires_in_s == UINT64_MAX || r.expires_in_s > week ? week : r.expires_in_s;
    w403_fix_request(f, &r, "presign-again", W403_RANK_HEADER, W403_FIX_WORD(f, "make a new presigned URL"),
                     W403_FIX_AWS(f, "s3 presign s3://<bucket>/<key> --expires-in <seconds>", c->target.bucket_name,
                                  c->target.key,
                                  w403_sayf(f, "%llu", (unsigned long long)r.expires_in_s)));
}
