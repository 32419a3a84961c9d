/* `aws configure list` and `aws sts get-caller-identity`: who the caller is, and why (semantics 004-27..29). */
#include "evidence/build.h"
#include "evidence/target.h"
#include "json/json.h"

typedef struct reader {
    w403_build b;
    w403_view  text;
    bool       table, identity;
} reader;

/* The Type column: what each means and where to change it. */
static const struct {
    const char *type, *means;
} sources[] = {
    {"env", "environment variables (AWS_ACCESS_KEY_ID ...): they win over profiles and roles"},
    {"shared-credentials-file", "the profile in ~/.aws/credentials: it wins over ~/.aws/config, containers and instances"},
    {"config-file", "the profile in ~/.aws/config"},
    {"custom-process", "the profile's credential_process"},
    {"assume-role", "the profile's role_arn: a session of that role, not the source profile's user"},
    {"assume-role-with-web-identity", "a web identity token (IRSA): a session of the role in AWS_ROLE_ARN"},
    {"sso", "the profile's IAM Identity Center session"},
    {"login", "a console session, by `aws login`"},
    {"container-role", "the task's or pod's role, from the container credentials endpoint"},
    {"iam-role", "the EC2 instance's role, from instance metadata: used only when nothing else is configured"},
    {"manual", "the command line"},
};

static const char *source_means(w403_view type)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (w403_view_eq(type, w403_view_of(sources[i].type))) {
            return sources[i].means;
        }
    }
    return NULL;
}

/* ---- the table ---- */

typedef struct row {
    w403_view name, value, type, location;
} row;

/* Cells are parted by blanks; values in <...> may hold some. Newer versions write ` : ` between them. */
static w403_view cell(w403_view *rest)
{
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t' || rest->p[0] == '\r' || rest->p[0] == ':')) {
        *rest = w403_view_sub(*rest, 1, rest->n);
    }
    size_t end = 0;
    bool   angle = rest->n && rest->p[0] == '<';
    while (end < rest->n && (angle || (rest->p[end] != ' ' && rest->p[end] != '\t' && rest->p[end] != '\r'))) {
        if (angle && rest->p[end] == '>') {
            end++;
            break;
        }
        end++;
    }
    w403_view v = w403_view_sub(*rest, 0, end);
    *rest = w403_view_sub(*rest, end, rest->n);
    return v;
}

static bool unset(w403_view v)
{
    return v.n == 0 || v.p[0] == '<' || w403_view_eq(v, W403_LIT("None")) || w403_view_eq(v, W403_LIT("-"));
}

static void use_row(reader *c, const row *r)
{
    w403_identity *id = &c->b.out->identity;
    if (unset(r->value)) {
        return;
    }
    if (w403_view_eq(r->name, W403_LIT("profile"))) {
        id->profile = r->value;
        w403_build_said(&c->b, "profile", r->value, "aws configure list");
    } else if (w403_view_eq(r->name, W403_LIT("region"))) {
        id->region = r->value;
        w403_build_said(&c->b, "region", r->value, "aws configure list");
    } else if (w403_view_eq(r->name, W403_LIT("access_key"))) {
        id->access_key = r->value;
        id->source = unset(r->type) ? (w403_view){NULL, 0} : r->type;
        id->location = unset(r->location) ? (w403_view){NULL, 0} : r->location;
        w403_build_said(&c->b, "access key", r->value, "aws configure list");
        w403_build_said(&c->b, "credentials from", id->source, "aws configure list");
        const char *means = source_means(r->type);
        if (means) {
            w403_build_note(&c->b, "credentials of type `%.*s` come from %s", W403_FMT(r->type), means);
        }
    }
}

static void read_table(reader *c)
{
    static const char *const names[] = {"profile", "access_key", "secret_key", "region"};
    w403_view text = c->text, key = {NULL, 0}, secret = {NULL, 0};
    bool      none = false;
    while (text.p) {
        w403_view line = w403_view_cut(&text, '\n');
        row       r = {.name = cell(&line)};
        bool      known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            known |= w403_view_eq(r.name, w403_view_of(names[i]));
        }
        if (!known) {
            continue;
        }
        r.value = cell(&line);
        r.type = cell(&line);
        r.location = cell(&line);
        if (r.type.n == 0 && !unset(r.value)) {
            continue; /* a line of a config file, not of the table */
        }
        c->table = true;
        use_row(c, &r);
        if (w403_view_eq(r.name, W403_LIT("access_key"))) {
            none = unset(r.value);
            key = r.type;
        } else if (w403_view_eq(r.name, W403_LIT("secret_key"))) {
            secret = r.type;
        }
    }
    if (none) {
        w403_build_claim(&c->b, "credentials.invalid");
        w403_build_note(&c->b, "no credentials are configured: requests would be refused, or sent unsigned");
    }
    if (key.n && secret.n && !w403_view_eq(key, secret)) {
        w403_build_note(&c->b, "access key and secret key come from different places (`%.*s`, `%.*s`): they will not match",
                        W403_FMT(key), W403_FMT(secret));
    }
}

/* ---- get-caller-identity ---- */

static void use_arn(reader *c, w403_view arn, w403_view account, w403_view user)
{
    w403_identity *id = &c->b.out->identity;
    id->arn = arn;
    id->account = account.n ? account : w403_arn_account(arn);
    id->user_id = user;
    c->identity = true;
    w403_build_said(&c->b, "principal", arn, "aws sts get-caller-identity");
    w403_build_said(&c->b, "account", id->account, "aws sts get-caller-identity");
    w403_build_said(&c->b, "unique id", user, "aws sts get-caller-identity");
    w403_view rest = w403_arn_part(arn, 5);
    if (w403_view_starts(rest, W403_LIT("assumed-role/"))) {
        w403_view role = w403_view_sub(rest, 13, rest.n);
        w403_view session = role;
        role = w403_view_cut(&session, '/');
        if (w403_view_starts(session, W403_LIT("i-"))) {
            w403_build_inferred(&c->b, "instance", session, "the session name of an EC2 instance role");
            w403_build_note(&c->b, "the caller is the role `%.*s` of instance %.*s: its instance profile decides",
                            W403_FMT(role), W403_FMT(session));
        } else if (w403_view_starts(session, W403_LIT("botocore-session-")) ||
                   w403_view_starts(session, W403_LIT("eks-"))) {
            w403_build_note(&c->b, "the session was made by the SDK or the cluster for the role `%.*s`", W403_FMT(role));
        } else if (w403_view_starts(role, W403_LIT("AWSReservedSSO_"))) {
            w403_build_note(&c->b, "the caller is an IAM Identity Center user: its permission set decides (PM9)");
        }
    } else if (w403_view_eq(rest, W403_LIT("root"))) {
        w403_build_note(&c->b, "these are the root user's credentials");
    }
}

static bool read_json_identity(reader *c)
{
    for (size_t i = 0; i < c->text.n; i++) {
        if (c->text.p[i] != '{') {
            continue;
        }
        w403_json_doc     doc;
        w403_json_options opt = {.allow_trailing = true};
        size_t            end = 0;
        w403_view         from = w403_view_sub(c->text, i, c->text.n);
        if (w403_json_parse(c->b.arena, W403_LIT("get-caller-identity"), from, &opt, &doc, &end, NULL) != W403_OK) {
            return false;
        }
        w403_view arn = w403_json_str(doc.root, "Arn");
        if (w403_view_starts(arn, W403_LIT("arn:"))) {
            use_arn(c, arn, w403_json_str(doc.root, "Account"), w403_json_str(doc.root, "UserId"));
            return true;
        }
        i += end ? end - 1 : 0;
    }
    return false;
}

/* --output text and table: an ARN of IAM or STS among other words. */
static void read_plain_identity(reader *c)
{
    static const char stops[] = " \t\r\n|\"',";
    size_t at = w403_view_find(c->text, W403_LIT("arn:"));
    if (at == SIZE_MAX) {
        return;
    }
    size_t end = at;
    while (end < c->text.n && !strchr(stops, c->text.p[end])) {
        end++;
    }
    w403_view arn = w403_view_sub(c->text, at, end), service = w403_arn_part(arn, 2);
    if (w403_view_eq(service, W403_LIT("iam")) || w403_view_eq(service, W403_LIT("sts"))) {
        use_arn(c, arn, (w403_view){NULL, 0}, (w403_view){NULL, 0});
    }
}

/* What the CLI says instead of an identity. */
static const struct {
    const char *text, *note;
} failures[] = {
    {"ExpiredToken", "the session has expired: sign in again, or assume the role again"},
    {"session associated with this profile has expired", "the session has expired: aws sso login"},
    {"Error loading SSO Token", "there is no IAM Identity Center session: aws sso login"},
    {"token included in the request is expired", "the session has expired"},
    {"InvalidClientTokenId", "the access key is unknown to AWS: deleted, inactive, or mistyped"},
    {"token included in the request is invalid", "the access key is unknown to AWS, or its session token is missing"},
    {"SignatureDoesNotMatch", "the secret key does not belong to the access key"},
    {"Unable to locate credentials", "no credentials are configured"},
    {"could not be found", "the profile is not in the configuration"},
    {"Partial credentials found", "an access key without its secret key, or the reverse"},
};

static bool read_failure(reader *c)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (w403_view_find(c->text, w403_view_of(failures[i].text)) != SIZE_MAX) {
            w403_build_claim(&c->b, "credentials.invalid");
            c->b.out->reported.certain = true;
            w403_build_note(&c->b, "%s", failures[i].note);
            return true;
        }
    }
    return false;
}

/* ---- against what was expected ---- */

/* Account and name of a role, be it written as role (with a path) or as session (without one). */
static bool role_of(w403_view arn, w403_view *account, w403_view *name)
{
    w403_view rest = w403_arn_part(arn, 5);
    *account = w403_arn_part(arn, 4);
    if (w403_view_starts(rest, W403_LIT("assumed-role/"))) {
        rest = w403_view_sub(rest, 13, rest.n);
        *name = w403_view_cut(&rest, '/');
        return true;
    }
    if (w403_view_starts(rest, W403_LIT("role/"))) {
        size_t i = rest.n;
        while (i > 5 && rest.p[i - 1] != '/') {
            i--;
        }
        *name = w403_view_sub(rest, i, rest.n);
        return true;
    }
    return false;
}

static bool same_principal(w403_view a, w403_view b)
{
    w403_view aa, an, ba, bn;
    if (w403_view_eq(a, b)) {
        return true;
    }
    bool both_sessions = w403_view_find(a, W403_LIT(":assumed-role/")) != SIZE_MAX &&
                         w403_view_find(b, W403_LIT(":assumed-role/")) != SIZE_MAX;
    /* PM7: a role and its session agree by account and role name, the path being lost */
    return !both_sessions && role_of(a, &aa, &an) && role_of(b, &ba, &bn) && w403_view_eq(aa, ba) &&
           w403_view_eq(an, bn);
}

static void compare(reader *c, w403_view expected)
{
    w403_identity *id = &c->b.out->identity;
    if (!expected.n || !id->arn.n) {
        return;
    }
    id->as_expected = same_principal(expected, id->arn) ? W403_YES : W403_NO;
    if (id->as_expected == W403_YES) {
        return;
    }
    w403_build_claim(&c->b, "credentials.wrong-principal");
    c->b.out->reported.certain = true;
    c->b.out->reported.principal = id->arn;
    w403_view want = w403_arn_account(expected), have = w403_arn_account(id->arn);
    if (want.n && have.n && !w403_view_eq(want, have)) {
        w403_build_note(&c->b, "the caller is in account %.*s, not %.*s", W403_FMT(have), W403_FMT(want));
    }
    w403_build_note(&c->b, "the caller is `%.*s`, not `%.*s`%s", W403_FMT(id->arn), W403_FMT(expected),
                    w403_view_eq(id->source, W403_LIT("env"))
                        ? ": environment variables win over the profile; unset them, or pass --profile"
                        : "");
}

w403_status w403_evidence_credentials(w403_arena *arena, w403_view text, w403_view expected, w403_evidence *out,
                                      w403_error *err)
{
    reader *c = W403_NEW(arena, reader);
    W403_NEED(c, err);
    w403_build_init(&c->b, arena, out, W403_EVIDENCE_CREDENTIALS);
    c->text = text;
    read_table(c);
    if (!read_json_identity(c)) {
        read_plain_identity(c);
    }
    bool failed = !c->identity && read_failure(c);
    if (!c->table && !c->identity && !failed) {
        w403_error_set(err, W403_SYNTAX, "neither `aws configure list` nor `aws sts get-caller-identity` printed this");
        w403_error_hint(err, "expected a table with access_key and secret_key rows, or {\"UserId\", \"Account\", \"Arn\"}");
        return W403_SYNTAX;
    }
    if (!c->identity) {
        w403_build_missing(&c->b, "principal", "aws sts get-caller-identity",
                           "a table of credentials does not say whose they are");
    }
    compare(c, expected);
    return w403_build_finish(&c->b, err);
}
