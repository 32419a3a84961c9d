#include "evidence/command.h"

/* Options and their values, up to the end of the words. */

void w403_cli_add_header(w403_cli *c, w403_view name, w403_view value, uint8_t on)
{
    w403_cli_header *h = W403_PUSH(c->b.arena, &c->headers);
    if (!h) {
        c->b.failed = true;
        return;
    }
    *h = (w403_cli_header){.name = name, .value = value, .on = on};
}

/* The next word when it can be a value. */
static bool take(w403_cli *c, w403_view *out)
{
    if (c->i >= c->words.n) {
        return false;
    }
    w403_view w = c->words.at[c->i];
    if (w403_view_starts(w, W403_LIT("--")) && w.n > 2) {
        return false;
    }
    c->i++;
    *out = w;
    return true;
}

static void read_endpoint(w403_cli *c, w403_view url)
{
    w403_target t = {0};
    w403_pairs  query = {0};
    bool        https;
    if (!w403_target_from_url(&c->b, url, &t, &query, &https)) {
        https = !w403_view_starts(url, W403_LIT("http://"));
        w403_build_note(&c->b, "`%.*s` is no endpoint of Amazon S3: what answers there is not decided by AWS",
                        W403_FMT(url));
    }
    c->base.secure = https ? W403_YES : W403_NO;
    w403_build_said(&c->b, "endpoint", url, "--endpoint-url");
    if (t.via.n) {
        c->base.via = t.via;
        w403_build_said(&c->b, "vpc endpoint", t.via, "--endpoint-url");
    }
    if (t.region.n && !c->where.region.n) {
        c->where.region = t.region;
        w403_build_inferred(&c->b, "region", t.region, "--endpoint-url");
    }
    if (t.partition) {
        c->where.partition = t.partition;
    }
}

/* `aws s3 --grants read=uri=http://... full=id=...` */
static void read_grant(w403_cli *c, w403_view word)
{
    static const struct {
        const char *name, *header;
    } grants[] = {
        {"read", "x-amz-grant-read"},
        {"readacl", "x-amz-grant-read-acp"},
        {"writeacl", "x-amz-grant-write-acp"},
        {"full", "x-amz-grant-full-control"},
    };
    w403_view value = word;
    w403_view name = w403_view_cut(&value, '=');
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++) {
        if (value.p && w403_view_ieq(name, w403_view_of(grants[i].name))) {
            w403_cli_add_header(c, w403_view_of(grants[i].header), value, W403_ON_UPLOAD);
            return;
        }
    }
    w403_build_note(&c->b, "`--grants %.*s` is not `permission=grantee`: it is left out", W403_FMT(word));
}

/* A document given inline, or a file that is not read here. */
static w403_view document(w403_cli *c, w403_view value, const char *name, const char *option)
{
    if (w403_view_starts(value, W403_LIT("file://")) || w403_view_starts(value, W403_LIT("fileb://"))) {
        w403_build_missing(&c->b, name, option, "the command takes it from a file");
        return (w403_view){NULL, 0};
    }
    return value;
}

static void apply_value(w403_cli *c, const w403_cli_option *o, w403_view value)
{
    switch ((w403_cli_effect)o->effect) {
    case W403_CLI_HEADER: w403_cli_add_header(c, w403_view_of(o->target), value, o->on); break;
    case W403_CLI_QUERY: w403_build_pair(&c->b, &c->query, w403_view_of(o->target), value); break;
    case W403_CLI_BUCKET: c->where.bucket = value; break;
    case W403_CLI_KEY: c->where.key = value; break;
    case W403_CLI_VERSION: c->base.version_id = value; break;
    case W403_CLI_REGION: c->where.region = value; break;
    case W403_CLI_ENDPOINT: read_endpoint(c, value); break;
    case W403_CLI_GRANTS: read_grant(c, value); break;
    case W403_CLI_ACCOUNT: c->account = value; break;
    case W403_CLI_NAME: c->name = value; break;
    case W403_CLI_BODY: w403_cli_read_body(c, o->target, value); break;
    case W403_CLI_KEYS: w403_cli_read_keys(c, value); break;
    case W403_CLI_COPY_PROPS: c->copy_props_off = !w403_view_eq(value, W403_LIT("default")); break;
    case W403_CLI_PROFILE:
        c->profile_said = true;
        w403_build_said(&c->b, "profile", value, "--profile");
        break;
    case W403_CLI_POLICY: c->base.body_policy = document(c, value, "policy", "--policy"); break;
    case W403_CLI_ACL: c->base.body_acl = document(c, value, "acl", "--access-control-policy"); break;
    case W403_CLI_EXPIRES_IN:
        if (!w403_view_u64(value, &c->base.expires_in_s)) {
            c->base.expires_in_s = 3600;
        }
        break;
    case W403_CLI_INPUT:
        w403_build_note(&c->b, "what the input document says is not read: only the words of the command are");
        break;
    case W403_CLI_SOURCE_REGION:
    case W403_CLI_NOTHING:
    case W403_CLI_ANONYMOUS:
    case W403_CLI_RECURSIVE:
    case W403_CLI_DELETE:
    case W403_CLI_FORCE:
    case W403_CLI_DRYRUN: break;
    }
}

static void apply_flag(w403_cli *c, const w403_cli_option *o)
{
    switch ((w403_cli_effect)o->effect) {
    case W403_CLI_ANONYMOUS: c->base.principal = W403_LIT("anonymous"); break;
    case W403_CLI_RECURSIVE: c->recursive = true; break;
    case W403_CLI_DELETE: c->del = true; break;
    case W403_CLI_FORCE: c->force = true; break;
    case W403_CLI_DRYRUN:
        w403_build_note(&c->b, "--dryrun: of these requests only the listing is sent");
        break;
    default:
        if (o->implied) {
            apply_value(c, o, w403_view_of(o->implied));
        }
    }
}

static w403_status need_value(const w403_cli *c, w403_view name, w403_error *err)
{
    (void)c;
    w403_error_set(err, W403_SYNTAX, "option `--%.*s` of the command has no value", W403_FMT(name));
    w403_error_hint(err, "paste the whole command line, in quotes");
    return W403_SYNTAX;
}

static w403_status read_option(w403_cli *c, w403_view word, w403_error *err)
{
    w403_view value = w403_view_sub(word, 2, word.n);
    w403_view name = w403_view_cut(&value, '=');
    const w403_cli_option *o = w403_cli_option_find(name, c->tool);
    if (!o) {
        /* of no consequence to the request; its value, if any, is no path */
        w403_view skipped;
        if (!value.p && !w403_view_starts(name, W403_LIT("no-"))) {
            (void)take(c, &skipped);
        }
        return W403_OK;
    }
    if (o->arg == W403_ARG_FLAG) {
        apply_flag(c, o);
        return W403_OK;
    }
    bool taken = !value.p;
    if (taken && !take(c, &value)) {
        if (o->arg == W403_ARG_MAYBE) {
            apply_flag(c, o);
            return W403_OK;
        }
        return need_value(c, name, err);
    }
    if (taken && o->arg == W403_ARG_MAYBE && w403_view_starts(value, W403_LIT("s3://"))) {
        c->i--; /* a path, not this option's value; behind `=` it is one, however odd */
        apply_flag(c, o);
        return W403_OK;
    }
    apply_value(c, o, value);
    while (o->arg == W403_ARG_MANY && take(c, &value)) {
        apply_value(c, o, value);
    }
    return W403_OK;
}

static w403_status read_words(w403_cli *c, w403_error *err)
{
    bool only_paths = false;
    while (c->i < c->words.n) {
        w403_view w = c->words.at[c->i++];
        if (!only_paths && w403_view_eq(w, W403_LIT("--"))) {
            only_paths = true;
        } else if (!only_paths && w403_view_starts(w, W403_LIT("--"))) {
            W403_TRY(read_option(c, w, err));
        } else if (!c->command.p) {
            c->command = w;
        } else {
            w403_view *p = W403_PUSH(c->b.arena, &c->paths);
            W403_NEED(p, err);
            *p = w;
        }
    }
    return W403_OK;
}

/* The word `aws` behind prompts, sudo, variables; global options may stand before the service. */
static bool find_service(w403_cli *c, w403_error *err, w403_status *st)
{
    size_t i = 0;
    while (i < c->words.n) {
        w403_view w = c->words.at[i];
        if (w403_view_eq(w, W403_LIT("aws")) || w403_view_ends(w, W403_LIT("/aws")) ||
            w403_view_eq(w, W403_LIT("aws.exe")) || w403_view_eq(w, W403_LIT("awslocal"))) {
            break;
        }
        if (w403_view_starts(w, W403_LIT("AWS_PROFILE=")) && w.n > 12) {
            c->profile_said = true;
            w403_build_said(&c->b, "profile", w403_view_sub(w, 12, w.n), "AWS_PROFILE");
        }
        i++;
    }
    c->i = i + 1;
    c->tool = W403_TOOL_ANY;
    while (c->i < c->words.n) {
        w403_view w = c->words.at[c->i++];
        if (w403_view_starts(w, W403_LIT("--"))) {
            *st = read_option(c, w, err);
            if (*st != W403_OK) {
                return false;
            }
            continue;
        }
        c->service = w;
        c->tool = w403_view_eq(w, W403_LIT("s3")) ? W403_TOOL_S3 : W403_TOOL_API;
        return w403_view_eq(w, W403_LIT("s3")) || w403_view_eq(w, W403_LIT("s3api")) ||
               w403_view_eq(w, W403_LIT("s3control"));
    }
    return false;
}

static w403_status no_command(const w403_cli *c, w403_view text, w403_error *err)
{
    if (c->service.p) {
        w403_error_set(err, W403_SYNTAX, "`aws %.*s` is no command for Amazon S3", W403_FMT(c->service));
    } else {
        w403_error_set(err, W403_SYNTAX, "`%.*s` is no aws command line", (int)(text.n > 80 ? 80 : text.n),
                       text.p ? text.p : "");
    }
    w403_error_hint(err, "expected `aws s3 ...`, `aws s3api ...` or `aws s3control ...`, quoted as one argument");
    return W403_SYNTAX;
}

static void name_missing(w403_cli *c)
{
    if (!c->base.principal.p) {
        w403_build_missing(&c->b, "principal", "--as PRINCIPAL",
                           c->profile_said ? "the profile's credentials decide it: aws sts get-caller-identity"
                                           : "the command does not say who runs it: aws sts get-caller-identity");
    }
    if (!c->base.via.p) {
        w403_build_missing(&c->b, "network", "--from IP or --via vpce-ID",
                           "the command does not say where the request comes from");
    }
    if (c->where.region.n) {
        w403_build_said(&c->b, "region", c->where.region, "--region");
    }
}

w403_status w403_evidence_command(w403_arena *arena, w403_view text, uint64_t size, w403_evidence *out,
                                  w403_error *err)
{
    w403_cli *c = W403_NEW(arena, w403_cli);
    W403_NEED(c, err);
    w403_build_init(&c->b, arena, out, W403_EVIDENCE_COMMAND);
    c->size = size;
    w403_request_init(&c->base);
    bool curly = false;
    W403_TRY(w403_shell_split(arena, text, &c->words, &curly, err));
    if (curly) {
        w403_build_note(&c->b, "typographic quotes in the command were taken for plain ones; a shell would not");
    }
    w403_status st = W403_OK;
    if (!find_service(c, err, &st)) {
        return st != W403_OK ? st : no_command(c, text, err);
    }
    W403_TRY(read_words(c, err));
    if (c->command.n == 0) {
        return no_command(c, text, err);
    }
    W403_TRY(c->tool == W403_TOOL_S3 ? w403_cli_read_s3(c, err) : w403_cli_read_api(c, err));
    name_missing(c);
    out->aws_s3 = c->tool == W403_TOOL_S3;
    return w403_build_finish(&c->b, err);
}
