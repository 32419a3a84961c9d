#include "live/ini.h"

#include "base/utf8.h"

typedef struct reader {
    w403_arena       *arena;
    w403_ini         *out;
    w403_ini_warn_fn *warn;
    void             *user;
    w403_error       *err;
    w403_ini_section *section; /* the one that is open */
    size_t            setting; /* 1 + which of its settings is; 0: none */
    size_t            indent;  /* of the line that opened it */
    size_t            line_at; /* where the line begins */
} reader;

static w403_status wrong(reader *r, size_t column, const char *what)
{
    w403_error_set(r->err, W403_SYNTAX, "%s", what);
    w403_error_place(r->err, r->out->source, r->out->text, r->line_at + column, 0);
    return W403_SYNTAX;
}

/* A name that AWS gives a setting. What else stands before a `=` may be a piece of a secret. */
static bool is_plain_name(w403_view name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
    }
    return true;
}

static void warn(reader *r, size_t column, const char *what, w403_view name)
{
    w403_error told;
    w403_error_set(&told, W403_SEMANTIC, "%s `%.*s` is there twice: the later settings are used", what, W403_CUT(name));
    w403_error_place(&told, r->out->source, r->out->text, r->line_at + column, 0);
    if (r->warn) {
        r->warn(r->user, &told);
    }
}

/* By name, what stands at `n` - 1 of an array that may move. */
static bool remember(reader *r, w403_map *map, w403_view name, size_t n)
{
    return w403_map_put(r->arena, map, name, (void *)(uintptr_t)n);
}

/* `[name]`: up to the last bracket of the line, as configparser has it. */
static w403_status open_section(reader *r, w403_view line, size_t column)
{
    size_t end = line.n;
    while (end > 0 && line.p[end - 1] != ']') {
        end--;
    }
    if (end < 3) {
        return wrong(r, column, "a section has no name, or no `]` behind it");
    }
    w403_view               name = w403_view_sub(line, 1, end - 1);
    const w403_ini_section *before = w403_ini_section_find(r->out, name);
    r->setting = 0;
    if (before) {
        warn(r, column, "section", name);
        r->section = &r->out->sections.at[before - r->out->sections.at];
        return W403_OK;
    }
    r->section = W403_PUSH(r->arena, &r->out->sections);
    W403_NEED(r->section && remember(r, &r->out->by_name, name, r->out->sections.n), r->err);
    *r->section = (w403_ini_section){.name = name};
    return W403_OK;
}

static w403_status add_setting(reader *r, w403_view line, size_t column)
{
    size_t mark = 0;
    while (mark < line.n && line.p[mark] != '=' && line.p[mark] != ':') {
        mark++;
    }
    if (mark == line.n) {
        return wrong(r, column, "this line is neither a section nor a setting (`name = value`)");
    }
    w403_view name = w403_view_trim(w403_view_sub(line, 0, mark));
    w403_view value = w403_view_trim(w403_view_sub(line, mark + 1, line.n));
    if (name.n == 0) {
        return wrong(r, column, "a setting has no name");
    }
    if (!r->section) {
        return wrong(r, column, "a setting stands before the first section");
    }
    name = w403_arena_lower(r->arena, name);
    W403_NEED(name.p, r->err);
    const w403_ini_setting *before = w403_ini_setting_find(r->section, name);
    w403_ini_setting       *s;
    if (before) {
        warn(r, column, "setting", is_plain_name(name) ? name : W403_LIT("..."));
        s = &r->section->settings.at[before - r->section->settings.at];
    } else {
        s = W403_PUSH(r->arena, &r->section->settings);
        W403_NEED(s && remember(r, &r->section->by_name, name, r->section->settings.n), r->err);
    }
    *s = (w403_ini_setting){.name = name, .value = value, .nested = value.n == 0, .offset = r->line_at + column};
    r->setting = 1 + (size_t)(s - r->section->settings.at);
    return W403_OK;
}

/* An indented line belongs to the setting above it; below an empty value it is a setting of its own. */
static w403_status go_on(reader *r, w403_view line, size_t column)
{
    w403_ini_setting *s = &r->section->settings.at[r->setting - 1];
    if (s->nested && w403_view_find_char(line, '=') == SIZE_MAX) {
        return wrong(r, column, "an indented line below a setting without a value must be `name = value`");
    }
    s->value = s->value.n ? (w403_view){s->value.p, (size_t)(line.p + line.n - s->value.p)} : line;
    return W403_OK;
}

static w403_status read_line(reader *r, w403_view raw)
{
    w403_view line = w403_view_trim(raw);
    size_t    column = line.n ? (size_t)(line.p - raw.p) : 0;
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';') {
        return W403_OK; /* configparser: a comment wherever it begins */
    }
    if (r->setting && column > r->indent) {
        return go_on(r, line, column);
    }
    r->indent = column;
    return line.p[0] == '[' ? open_section(r, line, column) : add_setting(r, line, column);
}

w403_status w403_ini_parse(w403_arena *a, w403_view source, w403_view text, w403_ini_warn_fn *fn, void *user,
                           w403_ini *out, w403_error *err)
{
    *out = (w403_ini){.source = source, .text = text};
    reader r = {.arena = a, .out = out, .warn = fn, .user = user, .err = err};
    size_t bad = w403_utf8_valid(text);
    if (bad < text.n) {
        w403_error_set(err, W403_SYNTAX, "this is no UTF-8 text");
        w403_error_place(err, source, text, bad, 0);
        return W403_SYNTAX;
    }
    w403_view rest = text;
    if (w403_view_starts(rest, W403_LIT("\xEF\xBB\xBF"))) {
        rest = w403_view_sub(rest, 3, rest.n);
    }
    while (rest.n) {
        r.line_at = (size_t)(rest.p - text.p);
        W403_TRY(read_line(&r, w403_view_cut(&rest, '\n')));
    }
    return W403_OK;
}

const w403_ini_section *w403_ini_section_find(const w403_ini *ini, w403_view name)
{
    uintptr_t n = (uintptr_t)w403_map_get(&ini->by_name, name);
    return n ? &ini->sections.at[n - 1] : NULL;
}

const w403_ini_setting *w403_ini_setting_find(const w403_ini_section *section, w403_view name)
{
    uintptr_t n = section ? (uintptr_t)w403_map_get(&section->by_name, name) : 0;
    return n ? &section->settings.at[n - 1] : NULL;
}

w403_view w403_ini_nested(const w403_ini_setting *setting, w403_view name)
{
    w403_view found = {NULL, 0}, rest = setting && setting->nested ? setting->value : found;
    while (rest.n) {
        w403_view value = w403_view_cut(&rest, '\n');
        w403_view key = w403_view_trim(w403_view_cut(&value, '='));
        if (w403_view_eq(key, name) && key.p[0] != '#' && key.p[0] != ';') {
            found = w403_view_trim(value);
        }
    }
    return found;
}
