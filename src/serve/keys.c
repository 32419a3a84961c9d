/* Whose an access key is: what a proxy sees of a signed request is its id alone. */
#include <string.h>

#include "base/file.h"
#include "serve/setup.h"

static w403_status read_line(w403_key_owners *k, const char *path, w403_view text, w403_view line, w403_error *err)
{
    w403_view rest = w403_view_trim(line);
    size_t    end = 0;
    if (rest.n == 0 || rest.p[0] == '#') {
        return W403_OK;
    }
    while (end < rest.n && rest.p[end] != ' ' && rest.p[end] != '\t') {
        end++;
    }
    w403_view  id = w403_view_sub(rest, 0, end), arn = w403_view_trim(w403_view_sub(rest, end, rest.n));
    w403_view *owner = W403_NEW(k->arena, w403_view);
    W403_NEED(owner, err);
    *owner = arn;
    if (id.n < 3 || !w403_view_starts(arn, W403_LIT("arn:")) || memchr(arn.p, ' ', arn.n)) {
        (void)w403_error_set(err, W403_SYNTAX, "a line of keys is `ACCESS-KEY-ID ARN`");
        w403_error_place(err, w403_view_of(path), text, (size_t)(line.p - text.p), line.n);
        return W403_SYNTAX;
    }
    W403_NEED(w403_map_put(k->arena, &k->by_id, id, owner), err);
    return W403_OK;
}

w403_status w403_keys_open(w403_key_owners *k, const char *path, w403_error *err)
{
    w403_view text, rest;
    *k = (w403_key_owners){.arena = w403_arena_new(0)};
    W403_NEED(k->arena, err);
    if (!path) {
        return W403_OK;
    }
    W403_TRY(w403_file_read(k->arena, path, &text, err));
    rest = text;
    while (rest.n > 0) {
        W403_TRY(read_line(k, path, text, w403_view_cut(&rest, '\n'), err));
    }
    return W403_OK;
}
