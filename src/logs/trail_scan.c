#include "logs/trail_scan.h"

#include "logs/trail_state.h"

/* Lists whose items are events, or carry some: one at a time is held. */
static const char *const LISTS[] = {
    "\"Records\"",         /* trail files; streams and queues as Lambda gets them */
    "\"Events\"",          /* aws cloudtrail lookup-events */
    "\"events\"",          /* aws logs get-log-events, filter-log-events */
    "\"logEvents\"",       /* CloudWatch Logs subscriptions and exports */
    "\"Messages\"",        /* aws sqs receive-message */
    "\"records\"",         /* Firehose, as Lambda gets it */
    "\"results\"",         /* aws logs get-query-results */
    "\"QueryResultRows\"", /* aws cloudtrail get-query-results */
};

/* The longest item: an event, or a document that has no name of one. */
static size_t item_limit(const w403_scan *s)
{
    return s->level == W403_LEVEL_DOCUMENT && s->at[0] == 0 ? W403_LIMIT_LOG_DOCUMENT : W403_LIMIT_LOG_EVENT;
}

/* ---- items ---- */

/* Between items stand blanks and, but before the first, one comma; between documents only blanks. */
static bool gap_is_clean(const w403_scan *s, size_t to, bool comma_due)
{
    size_t commas = 0;

    for (size_t i = s->gap; i < to; i++) {
        commas += s->w->buf[i] == ',';
        if (s->w->buf[i] != ',' && !w403_scan_blank(s->w->buf[i])) {
            return false;
        }
    }
    return commas == (comma_due ? 1 : 0);
}

static void open_item(w403_scan *s, size_t i)
{
    s->open = true;
    s->square = s->w->buf[i] == '[';
    s->start = i;
    s->mark = 0;
    s->backslash = s->block_backslash;
    s->twice = false;
    memset(s->at, 0, sizeof s->at);
}

/* Hands the item [start, end) on. */
static w403_status close_item(w403_scan *s, size_t end, w403_error *err)
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
    if (g.raw.n > item_limit(s)) {
        w403_scan_report(s, s->start, end, "larger than any event: skipped");
        return W403_OK;
    }
    g.doubt = s->twice || s->mark || (s->backslash && memmem(g.raw.p, g.raw.n, "\\u", 2));
    w403_glance_fill(&g, s->at);
    W403_TRY(s->sink->item(s->sink->user, &g, &broken, err));
    if (broken) {
        w403_scan_resume_inside(s, end);
    }
    return W403_OK;
}

/* ---- brackets ---- */

/* Is buf[i], a `[`, the value of one of LISTS? */
static bool list_before(const w403_scan *s, size_t i)
{
    const char *buf = s->w->buf;
    size_t      low = i - s->w->begin > W403_LOOK_BACK ? i - W403_LOOK_BACK : s->w->begin;

    while (i > low && w403_scan_blank(buf[i - 1])) {
        i--;
    }
    if (i == low || buf[--i] != ':') {
        return false;
    }
    while (i > low && w403_scan_blank(buf[i - 1])) {
        i--;
    }
    for (unsigned k = 0; k < sizeof LISTS / sizeof *LISTS; k++) {
        size_t n = strlen(LISTS[k]);
        if (i - low >= n && memcmp(buf + i - n, LISTS[k], n) == 0) {
            return true;
        }
    }
    return false;
}

/* The bracket at buf[i] opens deeper than an event should: can one begin there, as far as two bytes tell? */
static bool may_be_next(const w403_scan *s, size_t i)
{
    const char *p = s->w->buf + i;
    bool        own_line = s->level == W403_LEVEL_DOCUMENT && i > s->w->begin && p[-1] == '\n';
    bool        other = p[1] == '"' && p[2] != 'e' && p[2] != 'R'; /* neither "eventVersion" nor "Records" */

    return p[0] == '{' && (own_line || !other);
}

/* The same of an object, in full. */
static bool seems_next(const w403_scan *s, size_t i)
{
    if (!may_be_next(s, i)) {
        return false;
    }
    if (s->level == W403_LEVEL_DOCUMENT && i > s->w->begin && s->w->buf[i - 1] == '\n') {
        return true;
    }
    return w403_scan_begins_with(s, i, W403_EVENT_VERSION) || w403_scan_begins_with(s, i, W403_RECORDS);
}

static void enter_list(w403_scan *s, size_t i, int32_t level)
{
    s->open = false;
    s->level = level;
    s->gap = i + 1;
    s->first = true;
    if (s->sink->list) {
        s->sink->list(s->sink->user);
    }
}

static void on_open(w403_scan *s, size_t i, bool curly)
{
    s->depth += s->depth < W403_LEVEL_NOWHERE - 1; /* not to wrap around on 2 GB of brackets */
    if (s->open && s->depth > s->level) {
        if (!curly && s->level == W403_LEVEL_DOCUMENT && s->depth == 2 && !s->dropping && list_before(s, i)) {
            enter_list(s, i, W403_LEVEL_LIST);
        } else if (curly && (s->mark == 0 || s->dropping) && seems_next(s, i)) {
            s->mark = i;
            if (s->dropping) {
                w403_scan_restart(s, i);
            }
        }
    } else if (s->depth == s->level) {
        bool among = s->level == W403_LEVEL_DOCUMENT;
        bool clean = gap_is_clean(s, i, !among && !s->first);
        if (clean && (curly || !among)) {
            open_item(s, i);
        } else if (clean) {
            enter_list(s, i, W403_LEVEL_ARRAY);
        } else if (among) {
            w403_scan_leave(s, s->gap);
        } else {
            w403_scan_report(s, s->gap, i, "something else between the events");
            w403_scan_get_lost(s, s->gap);
        }
    } else if (s->level == W403_LEVEL_NOWHERE && curly && w403_scan_begins_with(s, i, W403_EVENT_VERSION)) {
        w403_scan_report(s, i, i + 1, "an event behind the end of its list");
        w403_scan_restart(s, i);
    } else if (s->level == W403_LEVEL_NOWHERE && s->depth == 2 && !curly && list_before(s, i)) {
        enter_list(s, i, W403_LEVEL_LIST);
    }
}

/* The bracket that closes what the items are in. */
static void close_list(w403_scan *s, size_t i, bool curly)
{
    if (curly) {
        w403_scan_report(s, s->gap, i + 1, "a brace too many");
        w403_scan_get_lost(s, i + 1);
        return;
    }
    if (!gap_is_clean(s, i, false)) {
        w403_scan_report(s, s->gap, i, "something else between the events");
    }
    s->gap = i + 1;
    s->level = s->level == W403_LEVEL_ARRAY ? W403_LEVEL_DOCUMENT : W403_LEVEL_NOWHERE;
}

static w403_status on_close(w403_scan *s, size_t i, bool curly, w403_error *err)
{
    if (s->depth == 0) {
        w403_scan_leave(s, s->gap);
        return W403_OK;
    }
    s->depth--;
    if (s->open && s->depth == s->level - 1) {
        if (curly != s->square) {
            return close_item(s, i + 1, err);
        }
        if (!s->dropping) {
            w403_scan_report(s, s->start, i + 1, s->square ? "the row ends in `}`: a bracket is missing"
                                                           : "the event ends in `]`: a brace is missing");
        }
        if (s->dropping || !w403_scan_resume_inside(s, i)) {
            w403_scan_get_lost(s, i + 1);
        }
        return W403_OK;
    }
    if (!s->open && (s->level == W403_LEVEL_ARRAY || s->level == W403_LEVEL_LIST) && s->depth == s->level - 2) {
        close_list(s, i, curly);
    }
    if (s->depth == 0 && !s->open && s->state == W403_SCAN_SCANNING) {
        s->level = W403_LEVEL_DOCUMENT;
        s->gap = i + 1;
    }
    return W403_OK;
}

/* ---- blocks ---- */

/* A raw line end inside a string, or a letter behind a closing quote: a quote is missing, or one too many. It may be
 * that of the next event's first name. */
static void break_at(w403_scan *s, size_t i)
{
    size_t to = s->w->end - i > W403_LOOK_AHEAD ? i + W403_LOOK_AHEAD : s->w->end;

    if (!s->open && s->level == W403_LEVEL_DOCUMENT) {
        w403_scan_leave(s, s->gap);
    } else if (!s->open) {
        w403_scan_report(s, s->gap, i, "a string has no end");
        w403_scan_get_lost(s, s->gap);
    } else {
        if (!s->dropping) {
            w403_scan_report(s, s->start, i, "a string has no end");
        }
        if (s->dropping || !w403_scan_resume_inside(s, to)) {
            w403_scan_get_lost(s, i);
        }
    }
}

/* Reads the blocks ahead that are wholly there, of the input's last bytes all. At least one is. */
static void read_blocks(w403_scan *s)
{
    size_t left = s->w->end - s->pos;
    size_t n = s->w->eof ? (left + 63) / 64 : (left - W403_LOOK_AHEAD) / 64;

    s->block = 0;
    s->n_blocks = n < W403_SCAN_BLOCKS ? n : W403_SCAN_BLOCKS;
    w403_blocks_read(&s->read, s->w->buf + s->pos, s->n_blocks, s->blocks);
}

/* Is all that happens in this block, deep inside an item, that it goes deeper and back? */
static bool only_nests(const w403_scan *s, const w403_block *b)
{
    if (b->broken || !s->open || s->depth - s->level <= b->n_close || s->depth >= W403_LEVEL_NOWHERE - 64) {
        return false;
    }
    for (uint64_t open = b->open; open; open &= open - 1) {
        if (may_be_next(s, s->pos + (unsigned)__builtin_ctzll(open))) {
            return false;
        }
    }
    return true;
}

/* What stands at a hit of a block. */
static w403_status on_hit(w403_scan *s, size_t at, w403_error *err)
{
    char c = s->w->buf[at];

    if (c == '"') {
        int m = s->depth == s->level && s->open ? w403_glance_member(s->w->buf + at) : -1;
        if (m >= 0) {
            s->twice |= s->at[m] != 0;
            s->at[m] = (uint32_t)(at - s->start);
        }
        return W403_OK;
    }
    if ((c | 0x20) == '{') {
        on_open(s, at, c == '{');
        return W403_OK;
    }
    return on_close(s, at, c == '}', err);
}

/* Looks at the 64 bytes at pos and steps over them, or to wherever damage sends us. */
static w403_status scan_block(w403_scan *s, w403_error *err)
{
    const w403_block *b = &s->blocks[s->block];
    size_t            base = s->pos;

    s->block_backslash = b->backslash;
    s->backslash |= b->backslash;
    if (only_nests(s, b)) {
        s->depth += b->n_open - b->n_close;
        s->pos += 64;
        s->block++;
        return W403_OK;
    }
    uint64_t hits = b->open | b->close | b->names, broken = b->broken;
    s->pos += 64;
    s->block++;
    if (broken) {
        hits &= (broken & (0 - broken)) - 1;
    }
    for (; hits; hits &= hits - 1) {
        W403_TRY(on_hit(s, base + (unsigned)__builtin_ctzll(hits), err));
        if (s->pos != base + 64 || s->state != W403_SCAN_SCANNING) {
            return W403_OK; /* sent elsewhere */
        }
    }
    if (broken) {
        break_at(s, base + (unsigned)__builtin_ctzll(broken));
    }
    return W403_OK;
}

/* ---- input ---- */

static w403_status refill(w403_scan *s, w403_error *err)
{
    w403_window *w = s->w;
    size_t       keep = s->open && !s->dropping ? s->start : s->gap;
    uint64_t     before = w->base;

    if (!s->open && s->level == W403_LEVEL_DOCUMENT && !gap_is_clean(s, s->pos, false)) {
        w403_scan_leave(s, s->gap);
        return W403_OK;
    }
    if (w->end - keep > item_limit(s) + W403_LOOK_AHEAD && (!s->open || !s->dropping) &&
        s->level != W403_LEVEL_NOWHERE) {
        w403_scan_report(s, keep, w->end, "larger than any event: skipped");
        if (!s->open) {
            w403_scan_get_lost(s, s->pos);
        } else if (!w403_scan_resume_inside(s, w->end)) {
            s->dropping = true;
        }
        return W403_OK;
    }
    if (s->dropping || s->level == W403_LEVEL_NOWHERE) {
        keep = s->pos - w->begin > W403_LOOK_BACK ? s->pos - W403_LOOK_BACK : w->begin;
        s->gap = keep;
    }
    w->begin = keep;
    W403_TRY(w403_window_fill(w, item_limit(s) + 4 * W403_LOOK_AHEAD, err));
    size_t moved = (size_t)(w->base - before);
    s->pos -= moved;
    s->gap -= s->gap < moved ? s->gap : moved;
    s->start -= s->start < moved ? s->start : moved;
    s->mark -= s->mark < moved ? s->mark : moved;
    return W403_OK;
}

/* The input is over: is anything left undone? True: scanning goes on, there was another event inside. */
static bool finish(w403_scan *s)
{
    size_t end = s->w->end;

    if (s->open) {
        if (!s->dropping) {
            w403_scan_report(s, s->start, end, "the input ends inside an event");
            if (w403_scan_resume_inside(s, end)) {
                return true;
            }
        }
    } else if (s->state == W403_SCAN_LOST) {
        s->gap = end; /* counted when we got lost */
    } else if (s->level != W403_LEVEL_DOCUMENT) {
        w403_scan_report(s, s->gap, end, "the input ends inside a list of events");
    } else if (!gap_is_clean(s, end, false)) {
        w403_scan_leave(s, s->gap);
        return false;
    }
    s->gap = end;
    return false;
}

w403_status w403_trail_scan(w403_window *w, const w403_trail_sink *sink, w403_error *err)
{
    w403_scan s = {.w = w, .sink = sink, .level = W403_LEVEL_DOCUMENT, .first = true};

    w403_scan_jump(&s, w->begin);
    while (s.state != W403_SCAN_AT_TEXT) {
        if (s.state == W403_SCAN_LOST) {
            w403_scan_find_again(&s);
        }
        bool ready = s.pos + 64 + W403_LOOK_AHEAD <= w->end || (w->eof && s.pos < w->end);
        if (s.state == W403_SCAN_SCANNING && s.block < s.n_blocks) {
            W403_TRY(scan_block(&s, err));
        } else if (s.state == W403_SCAN_SCANNING && ready) {
            read_blocks(&s);
        } else if (!w->eof) {
            W403_TRY(refill(&s, err));
        } else if (!finish(&s)) {
            break;
        }
    }
    w->begin = s.gap;
    return W403_OK;
}
