#include "logs/trail_scan.h"

#include "logs/trail_block.h"
#include "logs/trail_glance.h"

enum {
    LEVEL_DOCUMENT = 1, /* an object at this depth is an item: a document of its own */
    LEVEL_ARRAY = 2,    /* items of a top-level array */
    LEVEL_LIST = 3,     /* items of a list inside a document */
    LEVEL_NOWHERE = INT32_MAX, /* behind that list: nothing in this document is an item */

    LOOK_AHEAD = 64, /* bytes that are there behind any byte looked at, unless the input ends */
    LOOK_BACK = 64,
};
#define RECORDS       W403_LIT("\"Records\"")
#define EVENT_VERSION W403_LIT("\"eventVersion\"")
/* How much may be read twice because of damage before we stop trying, beside four times what was read. */
#define RESCAN_BYTES ((uint64_t)64 << 20)

/* Lists whose items are events, or hold one in a string. */
static const struct {
    const char *name, *inner;
} LISTS[] = {
    {"\"Records\"", NULL},                /* trail files */
    {"\"Events\"", "CloudTrailEvent"},    /* aws cloudtrail lookup-events */
    {"\"events\"", "message"},            /* aws logs get-log-events, filter-log-events */
    {"\"logEvents\"", "message"},         /* CloudWatch Logs subscriptions and exports */
};

typedef enum state { SCANNING, LOST, AT_TEXT } state;

typedef struct scan {
    w403_window           *w;
    const w403_trail_sink *sink;
    state                  state;
    size_t   pos;       /* index in w->buf of the next byte to look at; the three below are such too */
    size_t   start;     /* of the open item */
    size_t   gap;       /* end of the item before, or of the bracket */
    size_t   mark;      /* inside the open item, where another event seems to begin; 0: nowhere */
    uint64_t in_string; /* all ones: pos is inside a string */
    uint64_t escape;    /* 1: pos is escaped */
    uint64_t closed;    /* 1: a string ends right before pos */
    int32_t  depth, level;
    bool     open;      /* an item is open */
    bool     first;     /* no comma is due before the next item */
    bool     dropping;  /* the open item was given up: only its end is of interest */
    bool     backslash; /* seen in the open item, or in the block it began in */
    bool     block_backslash;
    bool     twice;     /* a member that we glance at was seen twice */
    const char *inner;
    uint32_t at[W403_GLANCE_MEMBERS]; /* offsets from start */
    uint64_t rescanned;
} scan;

static void report(const scan *s, size_t from, size_t to, const char *what)
{
    s->sink->damage(s->sink->user, s->w->base + from, to - from, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* ---- starting over ---- */

/* Does the object at buf[at] begin with this quoted name? */
static bool begins_with(const scan *s, size_t at, w403_view name)
{
    const char *p = s->w->buf + at + 1, *end = s->w->buf + s->w->end;

    while (p < end && is_blank(*p)) {
        p++;
    }
    return (size_t)(end - p) >= name.n && memcmp(p, name.p, name.n) == 0;
}

/* Continues at buf[at], which begins an item if anything does. */
static void restart(scan *s, size_t at)
{
    s->state = SCANNING;
    s->pos = s->gap = at;
    s->in_string = s->escape = s->closed = 0;
    if (begins_with(s, at, RECORDS)) {
        s->level = LEVEL_DOCUMENT;
    } else if (s->level == LEVEL_NOWHERE) {
        s->level = LEVEL_LIST;
    }
    s->depth = s->level - 1;
    s->open = s->dropping = false;
    s->first = true;
}

/* Whoever reads lines takes over at buf[at]. */
static void leave(scan *s, size_t at)
{
    s->open = s->dropping = false;
    s->pos = s->gap = at;
    s->state = AT_TEXT;
}

/* Nothing from buf[from] on can be trusted: we look for the next place that can be. */
static void get_lost(scan *s, size_t from)
{
    s->open = s->dropping = false;
    s->in_string = s->escape = s->closed = 0;
    s->pos = s->gap = from;
    s->state = LOST;
}

/* The open item is no good: [start, to) was taken for it. Resumes where it holds the beginning of another event, if
 * it does and we have not read this too often. */
static bool resume_inside(scan *s, size_t to)
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
    restart(s, at);
    return true;
}

size_t w403_trail_find_start(w403_view text)
{
    const w403_view names[] = {RECORDS, EVENT_VERSION, W403_LIT("\"EventId\"")};
    size_t          best = SIZE_MAX;

    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        w403_view name = names[k];
        for (size_t from = 0; from < text.n;) {
            size_t hit = w403_view_find(w403_view_sub(text, from, text.n), name);
            if (hit == SIZE_MAX || from + hit >= best) {
                break;
            }
            size_t i = from + hit;
            while (i > 0 && is_blank(text.p[i - 1])) {
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
    return is_blank(c) || c == '"' || c == '}' || c == ']' || c == ',';
}

/* Among documents: the next line that begins one, or that is none of JSON's. */
static void find_next_line(scan *s, size_t limit)
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
            restart(s, next);
            return;
        }
        if (next < end && !is_remnant(buf[next])) {
            leave(s, next);
            return;
        }
    }
}

/* Lost: the next event or document. */
static void find_again(scan *s)
{
    w403_view rest = {s->w->buf + s->pos, s->w->end - s->pos};
    size_t    hit = w403_trail_find_start(rest);
    size_t    keep = rest.n > LOOK_BACK && !s->w->eof ? s->w->end - LOOK_BACK : s->w->end;

    if (s->level == LEVEL_DOCUMENT) {
        find_next_line(s, hit == SIZE_MAX ? keep : s->pos + hit);
        if (s->state == LOST && hit != SIZE_MAX) {
            restart(s, (size_t)(rest.p - s->w->buf) + hit);
        }
    } else if (hit != SIZE_MAX) {
        restart(s, s->pos + hit);
    } else if (keep > s->pos) {
        s->pos = s->gap = keep;
    }
}

/* ---- items ---- */

/* Between items stand blanks and, but before the first, one comma; between documents only blanks. */
static bool gap_is_clean(const scan *s, size_t to, bool comma_due)
{
    size_t commas = 0;

    for (size_t i = s->gap; i < to; i++) {
        commas += s->w->buf[i] == ',';
        if (s->w->buf[i] != ',' && !is_blank(s->w->buf[i])) {
            return false;
        }
    }
    return commas == (comma_due ? 1 : 0);
}

static void open_item(scan *s, size_t i)
{
    s->open = true;
    s->start = i;
    s->mark = 0;
    s->backslash = s->block_backslash;
    s->twice = false;
    memset(s->at, 0, sizeof s->at);
}

/* Hands the item [start, end) on. */
static w403_status close_item(scan *s, size_t end, w403_error *err)
{
    w403_glance g = {.raw = {s->w->buf + s->start, end - s->start}, .offset = s->w->base + s->start};
    bool        broken = false;

    s->open = false;
    s->gap = end;
    s->first = false;
    if (s->dropping) {
        s->dropping = false;
        return W403_OK;
    }
    if (g.raw.n > W403_LIMIT_LOG_EVENT) {
        report(s, s->start, end, "larger than any event: skipped");
        return W403_OK;
    }
    g.inner = s->level == LEVEL_LIST ? s->inner : NULL;
    g.doubt = s->twice || s->mark || g.inner || (s->backslash && memmem(g.raw.p, g.raw.n, "\\u", 2));
    w403_glance_fill(&g, s->at);
    W403_TRY(s->sink->item(s->sink->user, &g, &broken, err));
    if (broken) {
        resume_inside(s, end);
    }
    return W403_OK;
}

/* ---- brackets ---- */

/* Is buf[i], a `[`, the value of one of LISTS? Its index, or -1. */
static int list_before(const scan *s, size_t i)
{
    const char *buf = s->w->buf;
    size_t      low = i - s->w->begin > LOOK_BACK ? i - LOOK_BACK : s->w->begin;

    while (i > low && is_blank(buf[i - 1])) {
        i--;
    }
    if (i == low || buf[--i] != ':') {
        return -1;
    }
    while (i > low && is_blank(buf[i - 1])) {
        i--;
    }
    for (unsigned k = 0; k < sizeof LISTS / sizeof *LISTS; k++) {
        size_t n = strlen(LISTS[k].name);
        if (i - low >= n && memcmp(buf + i - n, LISTS[k].name, n) == 0) {
            return (int)k;
        }
    }
    return -1;
}

/* Does the object that opens at buf[i], deeper than it should, look like the next event? */
static bool seems_next(const scan *s, size_t i)
{
    if (s->level == LEVEL_DOCUMENT && i > s->w->begin && s->w->buf[i - 1] == '\n') {
        return true;
    }
    return begins_with(s, i, EVENT_VERSION) || begins_with(s, i, RECORDS);
}

static void enter_list(scan *s, size_t i, int list)
{
    s->open = false;
    s->level = LEVEL_LIST;
    s->inner = LISTS[list].inner;
    s->gap = i + 1;
    s->first = true;
}

static void on_open(scan *s, size_t i, bool curly)
{
    int list;

    s->depth += s->depth < LEVEL_NOWHERE - 1; /* not to wrap around on 2 GB of brackets */
    if (s->open && s->depth > s->level) {
        if (!curly && s->level == LEVEL_DOCUMENT && s->depth == 2 && !s->dropping &&
            (list = list_before(s, i)) >= 0) {
            enter_list(s, i, list);
        } else if (curly && (s->mark == 0 || s->dropping) && seems_next(s, i)) {
            s->mark = i;
            if (s->dropping) {
                restart(s, i);
            }
        }
    } else if (s->depth == s->level) {
        bool among = s->level == LEVEL_DOCUMENT;
        bool clean = gap_is_clean(s, i, !among && !s->first);
        if (clean && curly) {
            open_item(s, i);
        } else if (clean && among) {
            s->level = LEVEL_ARRAY;
            s->gap = i + 1;
            s->first = true;
        } else if (among) {
            leave(s, s->gap);
        } else {
            report(s, s->gap, i, "something else between the events");
            get_lost(s, s->gap);
        }
    } else if (s->level == LEVEL_NOWHERE && curly && begins_with(s, i, EVENT_VERSION)) {
        report(s, i, i + 1, "an event behind the end of its list");
        restart(s, i);
    } else if (s->level == LEVEL_NOWHERE && s->depth == 2 && !curly && (list = list_before(s, i)) >= 0) {
        enter_list(s, i, list);
    }
}

/* The bracket that closes what the items are in. */
static void close_list(scan *s, size_t i, bool curly)
{
    if (curly) {
        report(s, s->gap, i + 1, "a brace too many");
        get_lost(s, i + 1);
        return;
    }
    if (!gap_is_clean(s, i, false)) {
        report(s, s->gap, i, "something else between the events");
    }
    s->gap = i + 1;
    s->level = s->level == LEVEL_ARRAY ? LEVEL_DOCUMENT : LEVEL_NOWHERE;
}

static w403_status on_close(scan *s, size_t i, bool curly, w403_error *err)
{
    if (s->depth == 0) {
        leave(s, s->gap);
        return W403_OK;
    }
    s->depth--;
    if (s->open && s->depth == s->level - 1) {
        if (curly) {
            return close_item(s, i + 1, err);
        }
        if (!s->dropping) {
            report(s, s->start, i + 1, "the event ends in `]`: a brace is missing");
        }
        if (s->dropping || !resume_inside(s, i)) {
            get_lost(s, i + 1);
        }
        return W403_OK;
    }
    if (!s->open && (s->level == LEVEL_ARRAY || s->level == LEVEL_LIST) && s->depth == s->level - 2) {
        close_list(s, i, curly);
    }
    if (s->depth == 0 && !s->open && s->state == SCANNING) {
        s->level = LEVEL_DOCUMENT;
        s->gap = i + 1;
    }
    return W403_OK;
}

/* ---- blocks ---- */

/* A raw line end inside a string, or a letter behind a closing quote: a quote is missing, or one too many. It may be
 * that of the next event's first name. */
static void break_at(scan *s, size_t i)
{
    size_t to = s->w->end - i > LOOK_AHEAD ? i + LOOK_AHEAD : s->w->end;

    if (!s->open && s->level == LEVEL_DOCUMENT) {
        leave(s, s->gap);
    } else if (!s->open) {
        report(s, s->gap, i, "a string has no end");
        get_lost(s, s->gap);
    } else {
        if (!s->dropping) {
            report(s, s->start, i, "a string has no end");
        }
        if (s->dropping || !resume_inside(s, to)) {
            get_lost(s, i);
        }
    }
}

/* Looks at the 64 bytes at pos and steps over them, or to wherever damage sends us. */
static w403_status scan_block(scan *s, w403_error *err)
{
    w403_block b;
    size_t     base = s->pos;
    char      *p = s->w->buf + base;

    w403_block_load(p, &b);
    uint64_t quote = b.quote & ~w403_block_escaped(b.backslash, &s->escape);
    uint64_t inside = w403_block_parity(quote) ^ s->in_string; /* opening quotes are, closing ones are not */
    uint64_t after = (quote & ~inside) << 1 | s->closed; /* what stands behind a string */
    uint64_t broken = (b.newline & inside) | (after & b.e);
    uint64_t names = quote & inside & (b.e >> 1 | (uint64_t)1 << 63);
    uint64_t hits = (b.brace & ~inside) | names;

    s->block_backslash = b.backslash != 0;
    s->backslash |= s->block_backslash;
    s->in_string = (uint64_t)0 - (inside >> 63);
    s->closed = (quote & ~inside) >> 63;
    s->pos = base + 64;
    if (broken) {
        hits &= (broken & (0 - broken)) - 1;
    }
    for (; hits; hits &= hits - 1) {
        unsigned i = (unsigned)__builtin_ctzll(hits);
        char     c = p[i];
        if (c == '"') {
            int m = s->depth == s->level && s->open ? w403_glance_member(p + i) : -1;
            if (m >= 0) {
                s->twice |= s->at[m] != 0;
                s->at[m] = (uint32_t)(base + i - s->start);
            }
            continue;
        }
        if ((c | 0x20) == '{') {
            on_open(s, base + i, c == '{');
        } else {
            W403_TRY(on_close(s, base + i, c == '}', err));
        }
        if (s->pos != base + 64 || s->state != SCANNING) {
            return W403_OK; /* sent elsewhere */
        }
    }
    if (broken) {
        break_at(s, base + (unsigned)__builtin_ctzll(broken));
    }
    return W403_OK;
}

/* ---- input ---- */

static w403_status refill(scan *s, w403_error *err)
{
    w403_window *w = s->w;
    size_t       keep = s->open && !s->dropping ? s->start : s->gap;
    uint64_t     before = w->base;

    if (!s->open && s->level == LEVEL_DOCUMENT && !gap_is_clean(s, s->pos, false)) {
        leave(s, s->gap);
        return W403_OK;
    }
    if (w->end - keep > W403_LIMIT_LOG_EVENT + LOOK_AHEAD && (!s->open || !s->dropping) &&
        s->level != LEVEL_NOWHERE) {
        report(s, keep, w->end, "larger than any event: skipped");
        if (!s->open) {
            get_lost(s, s->pos);
        } else if (!resume_inside(s, w->end)) {
            s->dropping = true;
        }
        return W403_OK;
    }
    if (s->dropping || s->level == LEVEL_NOWHERE) {
        keep = s->pos - w->begin > LOOK_BACK ? s->pos - LOOK_BACK : w->begin;
        s->gap = keep;
    }
    w->begin = keep;
    W403_TRY(w403_window_fill(w, W403_LIMIT_LOG_EVENT + 4 * LOOK_AHEAD, err));
    size_t moved = (size_t)(w->base - before);
    s->pos -= moved;
    s->gap -= s->gap < moved ? s->gap : moved;
    s->start -= s->start < moved ? s->start : moved;
    s->mark -= s->mark < moved ? s->mark : moved;
    return W403_OK;
}

/* The input is over: is anything left undone? True: scanning goes on, there was another event inside. */
static bool finish(scan *s)
{
    size_t end = s->w->end;

    if (s->open) {
        if (!s->dropping) {
            report(s, s->start, end, "the input ends inside an event");
            if (resume_inside(s, end)) {
                return true;
            }
        }
    } else if (s->state == LOST) {
        s->gap = end; /* counted when we got lost */
    } else if (s->level != LEVEL_DOCUMENT) {
        report(s, s->gap, end, "the input ends inside a list of events");
    } else if (!gap_is_clean(s, end, false)) {
        leave(s, s->gap);
        return false;
    }
    s->gap = end;
    return false;
}

w403_status w403_trail_scan(w403_window *w, const w403_trail_sink *sink, w403_error *err)
{
    scan s = {.w = w, .sink = sink, .pos = w->begin, .gap = w->begin, .level = LEVEL_DOCUMENT, .first = true};

    while (s.state != AT_TEXT) {
        if (s.state == LOST) {
            find_again(&s);
        }
        bool ready = s.pos + 64 + LOOK_AHEAD <= w->end || (w->eof && s.pos < w->end);
        if (s.state == SCANNING && ready) {
            W403_TRY(scan_block(&s, err));
        } else if (!w->eof) {
            W403_TRY(refill(&s, err));
        } else if (!finish(&s)) {
            break;
        }
    }
    w->begin = s.gap;
    return W403_OK;
}
