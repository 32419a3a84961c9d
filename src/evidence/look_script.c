/* Where to look, as a script that fills a snapshot with it. */
#include "base/array.h"
#include "base/command.h"
#include "evidence/look_rows.h"

static const char head[] =
    "#!/bin/sh\n"
    "# Fills ./snapshot with what this request hangs on; a call that fails is kept with its code. Set account, owner and\n"
    "# region (the caller's account, the bucket's, its Region) where they are other than the ones found here.\n"
    "set -u\n"
    "account=${account:-$(aws sts get-caller-identity --query Account --output text)}\n"
    "owner=${owner:-$account}\n"
    "region=${region:-${AWS_REGION:-$(aws configure get region)}}\n"
    "get() {\n"
    "    file=snapshot/$1; shift\n"
    "    mkdir -p \"${file%/*}\"\n"
    "    if aws \"$@\" --output json >\"$file\" 2>\"$file.err\"; then\n"
    "        [ -s \"$file\" ] || echo '{}' >\"$file\"\n"
    "    else\n"
    "        code=$(sed -n 's/.*An error occurred (\\([A-Za-z0-9.]*\\)).*/\\1/p' \"$file.err\" | head -n 1)\n"
    "        printf '{\"error\": {\"code\": \"%s\"}}\\n' \"${code:-Unknown}\" >\"$file\"\n"
    "    fi\n"
    "    rm -f \"$file.err\"\n"
    "}\n"
    "key() {\n"
    "    case $1 in '' | None) return 0 ;; esac\n"
    "    meta=$(aws kms describe-key --key-id \"$1\" --query KeyMetadata --output json) || return 0\n"
    "    arn=$(aws kms describe-key --key-id \"$1\" --query KeyMetadata.Arn --output text)\n"
    "    policy=$(aws kms get-key-policy --key-id \"$arn\" --policy-name default --query Policy --output json) ||\n"
    "        policy='{\"error\": {\"code\": \"AccessDenied\"}}'\n"
    "    place=$(echo \"$arn\" | cut -d: -f4)/${arn##*/}\n"
    "    folder=snapshot/accounts/$(echo \"$arn\" | cut -d: -f5)/kms/${place%/*}\n"
    "    mkdir -p \"$folder\"\n"
    "    printf '{\"KeyMetadata\": %s, \"Policy\": %s}\\n' \"$meta\" \"$policy\" >\"$folder/${place##*/}.json\"\n"
    "}\n";

/* A pattern, its names filled in: what is known as a word of the shell, the rest as the script's variables. */
static void fill(w403_arena *a, const w403_request *r, const char *pattern, w403_buf *out)
{
    w403_view rest = w403_view_of(pattern);
    while (rest.p) {
        w403_buf_put(out, w403_view_cut(&rest, '<'));
        if (!rest.p) {
            return;
        }
        w403_view name = w403_view_cut(&rest, '>'), value = w403_look_value((void *)(uintptr_t)r, name);
        if (value.n) {
            w403_buf_put(out, w403_shell_word(a, value));
        } else {
            w403_buf_printf(out, "\"$%.*s\"", (int)name.n, name.p);
        }
    }
}

static bool has_names(const char *pattern, const w403_request *r)
{
    w403_view rest = w403_view_of(pattern);
    bool all = true;
    while (rest.p && all) {
        (void)w403_view_cut(&rest, '<');
        w403_view name = rest.p ? w403_view_cut(&rest, '>') : rest;
        bool variable = w403_view_eq(name, W403_LIT("account")) || w403_view_eq(name, W403_LIT("owner")) ||
                        w403_view_eq(name, W403_LIT("region"));
        all = !name.p || variable || w403_look_value((void *)(uintptr_t)r, name).n > 0;
    }
    return all;
}

static void put_call(w403_arena *a, const w403_request *r, const w403_look_row *row, w403_buf *out)
{
    w403_buf_puts(out, "get ");
    fill(a, r, row->file, out);
    w403_buf_putc(out, ' ');
    fill(a, r, row->command, out);
    w403_buf_putc(out, '\n');
}

w403_status w403_look_script(w403_arena *arena, const w403_request *r, w403_view *out, w403_error *err)
{
    size_t n_rows = 0, n = 0;
    const w403_look_row *rows = w403_look_rows(&n_rows);
    w403_look_rank *usual = W403_NEW_N(arena, w403_look_rank, n_rows);
    bool *done = W403_NEW_N(arena, bool, n_rows);
    w403_buf text = {0};
    w403_view bucket = w403_look_value((void *)(uintptr_t)r, W403_LIT("bucket"));
    w403_view key = w403_look_value((void *)(uintptr_t)r, W403_LIT("key"));
    W403_NEED(usual && done, err);
    w403_buf_puts(&text, head);
    n = w403_look_usual(r, rows, n_rows, usual);
    for (size_t i = 0; i < n + n_rows; i++) { /* the usual ones in their order, then the rest */
        size_t row = i < n ? usual[i].row : i - n;
        bool wanted = *rows[row].file && has_names(rows[row].file, r) && w403_look_is_of_use(&rows[row], r);
        for (size_t k = 0; k < n_rows && wanted; k++) {
            wanted = !done[k] || strcmp(rows[k].file, rows[row].file) != 0;
        }
        if (wanted && !done[row]) {
            put_call(arena, r, &rows[row], &text);
            done[row] = true;
        }
    }
    if (bucket.n && strcmp(w403_look_kind(r), "upload") == 0) {
        w403_buf_puts(&text, "key \"$(aws s3api get-bucket-encryption --bucket ");
        w403_buf_put(&text, w403_shell_word(arena, bucket));
        w403_buf_puts(&text, " --query 'ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault"
                             ".KMSMasterKeyID' --output text 2>/dev/null)\"\n");
    } else if (bucket.n && key.n) {
        w403_buf_puts(&text, "key \"$(aws s3api head-object --bucket ");
        w403_buf_put(&text, w403_shell_word(arena, bucket));
        w403_buf_puts(&text, " --key ");
        w403_buf_put(&text, w403_shell_word(arena, key));
        w403_buf_puts(&text, " --query SSEKMSKeyId --output text 2>/dev/null)\"\n");
    }
    *out = w403_buf_ok(&text) ? w403_arena_copy(arena, w403_buf_view(&text)) : (w403_view){NULL, 0};
    w403_buf_free(&text);
    W403_NEED(out->p, err);
    return W403_OK;
}
