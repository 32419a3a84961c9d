#include "collect/places.h"

/* What a part of a path between < and > is, and the member of a request that has it. */
static const struct name {
    const char *name, *member;
} names[] = {
    {"bucket", "Bucket"}, {"name", "Name"}, {"key-id", "KeyId"},
    {"p-id", "PolicyId"}, {"Id", "Id"},     {"account", "TargetId"},
};

/* Does the call take this member? */
static bool takes(const w403_call_row *row, const char *member)
{
    for (unsigned i = 0; i < row->n_arguments; i++) {
        if (strcmp(row->arguments[i].member, member) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_argument(const w403_call_row *row, w403_place_call *out, const char *member, w403_view value)
{
    if (takes(row, member) && out->n_arguments < W403_PLACE_ARGUMENTS) {
        out->arguments[out->n_arguments++] = (w403_live_argument){w403_view_of(member), value};
    }
    return true;
}

/* A part of the path that stands for `name`. */
static bool take(const w403_call_row *row, w403_place_call *out, w403_view name, w403_view value)
{
    if (w403_view_eq(name, W403_LIT("id"))) {
        out->account = value;
        return add_argument(row, out, "AccountId", value);
    }
    if (w403_view_eq(name, W403_LIT("region"))) {
        out->region = value;
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(name, w403_view_of(names[i].name))) {
            return add_argument(row, out, names[i].member, value);
        }
    }
    return false; /* <attribute>-<value>: who asks for events knows what */
}

static bool part_fits(const w403_call_row *row, w403_view pattern, w403_view part, w403_place_call *out)
{
    size_t end = w403_view_find_char(pattern, '>');
    if (!pattern.n || pattern.p[0] != '<' || end == SIZE_MAX) {
        return w403_view_eq(pattern, part);
    }
    w403_view rest = w403_view_sub(pattern, end + 1, pattern.n);
    bool fits = part.n > rest.n && w403_view_ends(part, rest);
    return fits && take(row, out, w403_view_sub(pattern, 1, end), w403_view_sub(part, 0, part.n - rest.n));
}

static bool path_fits(unsigned row, w403_view pattern, w403_view path, w403_place_call *out)
{
    *out = (w403_place_call){.row = (uint16_t)row, .member = w403_place_member(row)};
    while (pattern.p && path.p) {
        w403_view wanted = w403_view_cut(&pattern, '/'), part = w403_view_cut(&path, '/');
        /* The control endpoint of directory buckets answers two of the calls of buckets. */
        bool express = w403_view_eq(part, W403_LIT("s3express")) && w403_view_eq(wanted, W403_LIT("s3")) &&
                       (row == W403_CALL_S3_GETBUCKETPOLICY || row == W403_CALL_S3_GETBUCKETENCRYPTION);
        if (!express && !part_fits(&w403_calls[row], wanted, part, out)) {
            return false;
        }
    }
    return !pattern.p && !path.p;
}

size_t w403_place_calls(w403_view path, unsigned modes, w403_place_call out[W403_PLACE_CALLS])
{
    size_t n = 0;
    for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
        for (const char *const *o = w403_calls[row].outputs; *o && (w403_calls[row].modes & modes); o++) {
            if (n < W403_PLACE_CALLS && path_fits(row, w403_view_of(*o), path, &out[n])) {
                n++;
                break;
            }
        }
    }
    return n;
}

w403_view w403_place_path(w403_arena *a, unsigned row, const w403_place_names *names_of)
{
    w403_buf  path = {0};
    w403_view rest = w403_view_of(w403_calls[row].outputs[0]);
    if (!rest.p) {
        return rest;
    }
    while (rest.n) {
        size_t open = w403_view_find_char(rest, '<'), end = w403_view_find_char(rest, '>');
        w403_buf_put(&path, w403_view_sub(rest, 0, open == SIZE_MAX ? rest.n : open));
        if (open == SIZE_MAX || end == SIZE_MAX) {
            break;
        }
        w403_view name = w403_view_sub(rest, open + 1, end);
        bool account = w403_view_eq(name, W403_LIT("id")) || w403_view_eq(name, W403_LIT("account"));
        w403_buf_put(&path, account                                    ? names_of->account
                            : w403_view_eq(name, W403_LIT("region")) ? names_of->region
                            : w403_view_eq(name, W403_LIT("Id"))     ? names_of->id
                                                                       : names_of->name);
        rest = w403_view_sub(rest, end + 1, rest.n);
    }
    return w403_buf_take(&path, a);
}

/* The table says it: `"Policy" (string)`. */
w403_view w403_place_member(unsigned row)
{
    w403_view words = w403_view_of(w403_calls[row].words);
    if (words.n < 3 || words.p[0] != '"') {
        return (w403_view){NULL, 0};
    }
    words = w403_view_sub(words, 1, words.n);
    return w403_view_cut(&words, '"');
}

w403_view w403_place_call_name(w403_arena *a, unsigned row)
{
    return w403_arena_printf(a, "%s:%s", w403_calls[row].service, w403_calls[row].operation);
}
