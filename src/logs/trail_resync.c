/* What the scanner does about damage: it gives up one event, and finds the place where the next one begins. */
#include "logs/trail_state.h"

/* How much may be read twice because of damage before we stop trying, beside four times what was read. */
#define RESCAN_BYTES ((uint64_t)64 << 20)

void w403_scan_report(const w403_scan *s, size_t from, size_t to, const char *what)
{
    s->sink->damage(s->sink->user, s->w->base + from, to - from, what);
}

bool w403_scan_begins_with(const w403_scan *s, size_t at, w403_view name)
{
    const char *p = s->w->buf + at + 1, *end = s->w->buf + s->w->end;

    while (p < end && w403_scan_blank(*p)) {
        p++;
    }
    return (size_t)(end - p) >= name.n && memcmp(p, name.p, name.n) == 0;
}

void w403_scan_jump(w403_scan *s, size_t at)
{
    s->pos = s->gap = at;
    s->read = (w403_block_state){.kernel = W403_BLOCK_AVX512};
    s->block = s->n_blocks = 0;
}

void w403_scan_restart(w403_scan *s, size_t at)
{
    s->state = W403_SCAN_SCANNING;
    w403_scan_jump(s, at);
    if (w403_scan_begins_with(s, at, W403_RECORDS)) {
        s->level = W403_LEVEL_DOCUMENT;
    } else if (s->level == W403_LEVEL_NOWHERE) {
        s->level = W403_LEVEL_LIST;
    }
    s->depth = s->level - 1;
    s->open = s->dropping = false;
    s->first = true;
}

void w403_scan_leave(w403_scan *s, size_t at)
{
    s->open = s->dropping = false;
    s->pos = s->gap = at;
    s->state = W403_SCAN_AT_TEXT;
}

void w403_scan_get_lost(w403_scan *s, size_t from)
{
    s->open = s->dropping = false;
    w403_scan_jump(s, from);
    s->state = W403_SCAN_LOST;
}

bool w403_scan_resume_inside(w403_scan *s, size_t to)
{
    size_t at = s->mark;

    if (at == 0) {
        size_t hit = w403_trail_find_start((w403_view){s->w->buf + s->start + 1, to - s->start - 1});
        at = hit == SIZE_MAX ? 0 : s->start + 1 + hit;
    }
    s->rescanned += to - (at ? at : s->start);
    if (at == 0 || s->rescanned > RESCAN_BYTES + 4 * (s->w->base + to)) {
        return false;
    }
    w403_scan_restart(s, at);
    return true;
}

size_t w403_trail_find_start(w403_view text)
{
    const w403_view names[] = {W403_RECORDS, W403_EVENT_VERSION, W403_LIT("\"EventId\"")};
    size_t          best = SIZE_MAX;

    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        w403_view name = names[k];
        for (size_t from = 0; from < text.n;) {
            size_t hit = w403_view_find(w403_view_sub(text, from, text.n), name);
            if (hit == SIZE_MAX || from + hit >= best) {
                break;
            }
            size_t i = from + hit;
            while (i > 0 && w403_scan_blank(text.p[i - 1])) {
                i--;
            }
            if (i > 0 && text.p[i - 1] == '{') {
                best = i - 1;
                break;
            }
            from += hit + name.n;
        }
    }
    return best;
}

/* What is left of a damaged document when a line begins so. */
static bool is_remnant(char c)
{
    return w403_scan_blank(c) || c == '"' || c == '}' || c == ']' || c == ',';
}

/* Among documents: the next line that begins one, or that is none of JSON's. */
static void find_next_line(w403_scan *s, size_t limit)
{
    const char *buf = s->w->buf;
    size_t      end = s->w->end;

    while (s->pos < limit) {
        const char *newline = memchr(buf + s->pos, '\n', limit - s->pos);
        size_t      next = newline ? (size_t)(newline - buf) + 1 : limit;
        if (!newline || (next == end && !s->w->eof)) {
            s->pos = s->gap = newline ? next - 1 : limit;
            return;
        }
        s->pos = s->gap = next;
        if (next < end && (buf[next] == '{' || buf[next] == '[')) {
            w403_scan_restart(s, next);
            return;
        }
        if (next < end && !is_remnant(buf[next])) {
            w403_scan_leave(s, next);
            return;
        }
    }
}

void w403_scan_find_again(w403_scan *s)
{
    w403_view rest = {s->w->buf + s->pos, s->w->end - s->pos};
    size_t    hit = w403_trail_find_start(rest);
    size_t    keep = rest.n > W403_LOOK_BACK && !s->w->eof ? s->w->end - W403_LOOK_BACK : s->w->end;

    if (s->level == W403_LEVEL_DOCUMENT) {
        find_next_line(s, hit == SIZE_MAX ? keep : s->pos + hit);
        if (s->state == W403_SCAN_LOST && hit != SIZE_MAX) {
            w403_scan_restart(s, (size_t)(rest.p - s->w->buf) + hit);
        }
    } else if (hit != SIZE_MAX) {
        w403_scan_restart(s, s->pos + hit);
    } else if (keep > s->pos) {
        s->pos = s->gap = keep;
    }
}
