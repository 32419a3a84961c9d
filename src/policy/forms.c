#include "policy/forms.h"

#include "base/error.h"

/* ---- texts ---- */

static const char terraform[] = "Terraform's HCL";
static const char terraform_way[] =
    "print what Terraform makes of it: `terraform console` with the jsonencode(...), or the policy in `terraform show -json`";
static const char cloudformation[] = "a CloudFormation template";
static const char cloudformation_way[] =
    "take the policy that was deployed, as `aws s3api get-bucket-policy` prints it, or write the values in";

/* A mark that no policy holds, and what holds it. In this order: the surer ones first. */
static const struct form {
    const char *mark, *name, *way;
} forms[] = {
    {"jsonencode(", terraform, terraform_way},
    {"aws_iam_policy_document", terraform, terraform_way},
    {"resource \"aws_", terraform, terraform_way},
    {"data \"aws_", terraform, terraform_way},
    {"AWSTemplateFormatVersion", cloudformation, cloudformation_way},
    {"Fn::", cloudformation, cloudformation_way},
    {"!Sub", cloudformation, cloudformation_way},
    {"!Ref", cloudformation, cloudformation_way},
    {"!GetAtt", cloudformation, cloudformation_way},
    {"\"AWS::", cloudformation, cloudformation_way},
    {"PolicyStatement(", "the code of a CDK program", "run `cdk synth`, and take the policy that was deployed"},
};

static bool is_name(char c)
{
    char lower = w403_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* `Version = "..."`: a name, a single `=`. */
static bool has_assignment(w403_view text)
{
    for (size_t i = 1; i + 1 < text.n; i++) {
        if (text.p[i] != '=' || text.p[i + 1] == '=' || text.p[i - 1] == '=') {
            continue;
        }
        size_t at = i;
        while (at > 0 && (text.p[at - 1] == ' ' || text.p[at - 1] == '\t')) {
            at--;
        }
        return at > 0 && is_name(text.p[at - 1]);
    }
    return false;
}

/* `<<EOF`, `<<-POLICY` */
static bool has_heredoc(w403_view text)
{
    size_t at = w403_view_find(text, W403_LIT("<<"));
    w403_view rest = at == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(text, at + 2, text.n);
    rest = rest.n && rest.p[0] == '-' ? w403_view_sub(rest, 1, rest.n) : rest;
    return rest.n && rest.p[0] >= 'A' && rest.p[0] <= 'Z';
}

void w403_form_explain(w403_view text, w403_error *err)
{
    enum { LOOKED_AT = 1 << 16 };
    w403_view head = w403_view_sub(text, 0, text.n < LOOKED_AT ? text.n : LOOKED_AT);
    const struct form *form = NULL;
    static const struct form hcl = {"", terraform, terraform_way};
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !form; i++) {
        form = w403_view_find(head, w403_view_of(forms[i].mark)) != SIZE_MAX ? &forms[i] : NULL;
    }
    if (!form && err->code == W403_SYNTAX && (has_heredoc(head) || has_assignment(head))) {
        form = &hcl;
    }
    if (!form) {
        return;
    }
    w403_error was = *err;
    (void)w403_error_set(err, was.code, "this is %s, and no policy in JSON: %s", form->name, was.message);
    memcpy(err->source, was.source, sizeof err->source);
    err->offset = was.offset;
    err->length = was.length;
    err->line = was.line;
    err->column = was.column;
    w403_error_hint(err, "%s", form->way);
}

/* ---- statements ---- */

static bool is_statement(const w403_json *v)
{
    return w403_json_is(v, W403_JSON_OBJECT) && !w403_json_get(v, "Statement") && w403_json_get(v, "Effect") &&
           (w403_json_get(v, "Action") || w403_json_get(v, "NotAction"));
}

bool w403_form_is_statements(const w403_json *root)
{
    if (!w403_json_is(root, W403_JSON_ARRAY)) {
        return is_statement(root);
    }
    for (const w403_json *v = root->first; v; v = v->next) {
        if (!is_statement(v)) {
            return false;
        }
    }
    return root->count > 0;
}

/* ---- values ---- */

const char *w403_form_placeholder(w403_view text)
{
    size_t open = w403_view_find_char(text, '<');
    w403_view rest = open == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(text, open, text.n);
    if (rest.n && w403_view_find_char(rest, '>') != SIZE_MAX) {
        return "whoever copied it has to fill it in";
    }
    if (w403_view_find(text, W403_LIT("${AWS::")) != SIZE_MAX) {
        return "CloudFormation's Fn::Sub fills it in";
    }
    if (w403_view_find(text, W403_LIT("{{")) != SIZE_MAX) {
        return "a template engine fills it in";
    }
    for (size_t at = w403_view_find(text, W403_LIT("${")); at != SIZE_MAX && at + 2 < text.n;) {
        w403_view inside = w403_view_sub(text, at + 2, text.n);
        size_t end = w403_view_find_char(inside, '}');
        inside = w403_view_sub(inside, 0, end == SIZE_MAX ? inside.n : end);
        bool iam = inside.n == 1 || w403_view_find_char(inside, ':') != SIZE_MAX;
        if (!iam) {
            return w403_view_find_char(inside, '.') != SIZE_MAX ? "Terraform fills it in"
                                                                 : "CloudFormation or Terraform fills it in";
        }
        size_t next = w403_view_find(w403_view_sub(text, at + 2, text.n), W403_LIT("${"));
        at = next == SIZE_MAX ? SIZE_MAX : at + 2 + next;
    }
    return NULL;
}
