#include "evidence/row_text.h"

enum { DEPTH = 16 };

typedef struct reader {
    w403_arena *arena;
    w403_view   source, text;
    size_t      at;
    unsigned    depth;
    bool        bad, nomem;
    w403_json_writer w;
} reader;

static bool is_name(char c)
{
    char l = w403_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':' || c == '@' || c == '/';
}

static void skip_blanks(reader *r)
{
    while (r->at < r->text.n && (r->text.p[r->at] == ' ' || r->text.p[r->at] == '\n' || r->text.p[r->at] == '\r')) {
        r->at++;
    }
}

/* The end of `name=` at `i`; SIZE_MAX: none stands there. */
static size_t name_end(const reader *r, size_t i)
{
    size_t k = i;
    while (k < r->text.n && is_name(r->text.p[k])) {
        k++;
    }
    return k > i && k < r->text.n && r->text.p[k] == '=' ? k : SIZE_MAX;
}

/* May the bracket at `i` close what is open? What follows it does so too, or goes on with another name or item. */
static bool closes(const reader *r, size_t i)
{
    size_t k = i;
    while (k < r->text.n && (r->text.p[k] == '}' || r->text.p[k] == ']')) {
        k++;
    }
    if (k == r->text.n) {
        return true;
    }
    if (r->text.p[k] != ',') {
        return false;
    }
    k++;
    while (k < r->text.n && r->text.p[k] == ' ') {
        k++;
    }
    return k < r->text.n && (name_end(r, k) != SIZE_MAX || r->text.p[k] == '{');
}

/* A value without brackets: up to the next name, the next item of a list, or the bracket around it. */
static w403_view plain(reader *r, bool item)
{
    size_t from = r->at, i = from;
    for (; i < r->text.n; i++) {
        char c = r->text.p[i];
        bool comma = c == ',' && i + 1 < r->text.n && r->text.p[i + 1] == ' ';
        if (comma && (item || name_end(r, i + 2) != SIZE_MAX)) {
            break;
        }
        if ((c == '}' || c == ']') && closes(r, i)) {
            break;
        }
    }
    r->at = i;
    return w403_view_trim(w403_view_sub(r->text, from, i));
}

/* JSON inside: a policy document in requestParameters. True: it was one. */
static bool embedded(reader *r)
{
    w403_json_options opt = {.allow_trailing = true};
    w403_json_doc     doc;
    size_t            end = 0;
    w403_view         rest = w403_view_sub(r->text, r->at, r->text.n);
    if (rest.n < 2 || (rest.p[1] != '"' && rest.p[1] != '}')) {
        return false;
    }
    w403_status status = w403_json_parse(r->arena, r->source, rest, &opt, &doc, &end, NULL);
    r->nomem |= status == W403_NOMEM;
    if (status != W403_OK) {
        return false;
    }
    w403_jw_value(&r->w, doc.root);
    r->at += end;
    return true;
}

static void value(reader *r, bool item);

static void members(reader *r)
{
    w403_jw_object(&r->w);
    for (skip_blanks(r); !r->bad && r->at < r->text.n && r->text.p[r->at] != '}'; skip_blanks(r)) {
        size_t end = name_end(r, r->at);
        if (end == SIZE_MAX) {
            r->bad = true;
            break;
        }
        w403_view name = w403_view_sub(r->text, r->at, end), rest = w403_view_sub(r->text, end + 1, r->text.n);
        r->at = end + 1;
        if (w403_view_starts(rest, W403_LIT("null")) && (rest.n == 4 || rest.p[4] == ',' || rest.p[4] == '}')) {
            r->at += 4;
        } else {
            w403_jw_keyv(&r->w, name);
            value(r, false);
        }
        r->at += r->at < r->text.n && r->text.p[r->at] == ',' ? 1 : 0;
    }
    w403_jw_end_object(&r->w);
}

static void items(reader *r)
{
    w403_jw_array(&r->w);
    for (skip_blanks(r); !r->bad && r->at < r->text.n && r->text.p[r->at] != ']'; skip_blanks(r)) {
        size_t before = r->at;
        value(r, true);
        r->at += r->at < r->text.n && r->text.p[r->at] == ',' ? 1 : 0;
        r->bad |= r->at == before;
    }
    w403_jw_end_array(&r->w);
}

static void value(reader *r, bool item)
{
    char c = r->at < r->text.n ? r->text.p[r->at] : '\0';
    if ((c != '{' && c != '[') || r->depth >= DEPTH) {
        w403_jw_str(&r->w, plain(r, item));
        return;
    }
    if (embedded(r)) {
        return;
    }
    r->depth++;
    r->at++;
    if (c == '{') {
        members(r);
    } else {
        items(r);
    }
    r->depth--;
    r->bad |= r->at >= r->text.n || r->text.p[r->at] != (c == '{' ? '}' : ']');
    r->at++;
}

bool w403_row_is_struct(w403_view text)
{
    text = w403_view_trim(text);
    return text.n >= 2 && ((text.p[0] == '{' && text.p[text.n - 1] == '}') || (text.p[0] == '[' && text.p[text.n - 1] == ']'));
}

w403_status w403_row_struct(w403_arena *a, w403_view source, w403_view text, w403_json_doc *out, w403_error *err)
{
    w403_buf buf = {0};
    reader   r = {.arena = a, .source = source, .text = w403_view_trim(text)};
    *out = (w403_json_doc){0};
    if (!w403_row_is_struct(text)) {
        return W403_OK;
    }
    w403_status status = w403_json_parse(a, source, r.text, NULL, out, NULL, NULL);
    if (status == W403_OK) {
        return W403_OK;
    }
    *out = (w403_json_doc){0};
    w403_jw_init(&r.w, &buf, false);
    value(&r, false);
    bool      good = !r.bad && r.at == r.text.n && w403_buf_ok(&buf);
    bool      short_of_memory = !w403_buf_ok(&buf);
    w403_view json = good ? w403_arena_copy(a, w403_buf_view(&buf)) : (w403_view){NULL, 0};
    w403_buf_free(&buf);
    if (short_of_memory || r.nomem || (good && !json.p) || status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    status = good ? w403_json_parse(a, source, json, NULL, out, NULL, NULL) : W403_OK;
    if (status != W403_OK) {
        *out = (w403_json_doc){0}; /* a name twice */
    }
    return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
}
