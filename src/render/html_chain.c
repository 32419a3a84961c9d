/* The way of the request as a picture: request, layers in AWS's order, answer. */
#include "render/html.h"
#include "render/style.h"

enum {
    NODES = 32,
    ROOMY = 13, /* characters of a title in full size */
    OTHERS = 3, /* checks beside the reported one that get a node of their own, on each side */
    PER_ROW = 6,
    WIDE = 162,
    HIGH = 58,
    PITCH_X = 186,
    PITCH_Y = 108,
    TOP = 30,
    MARGIN = 2,
    TALL_WIDTH = 340,
    TALL_PITCH = 46
};

typedef struct node {
    w403_view title;
    const char *word;
    const char *class_name; /* allow, deny, silent, unknown, none, end */
    const char *icon;
    bool blocks;
} node;

typedef struct chain {
    w403_html *h;
    node at[NODES];
    uint32_t n;
    uint32_t blocked; /* index of the node that blocks; n when nothing does */
} chain;

/* ---- nodes ---- */

static const char icon_go[] = "M-5 0H5M1-4 5 0 1 4", icon_yes[] = "M-5 0-1.5 3.5 5-3.5",
                  icon_no[] = "M-4-4 4 4M4-4-4 4", icon_none[] = "M-4 0H4",
                  icon_unsure[] = "M-3-2.5a3 3 0 1 1 4.6 2.5Q0 1 0 2M0 5V5";

static const char *icon_of(const char *class_name)
{
    switch (class_name[0]) {
    case 'a':
        return icon_yes;
    case 'd':
        return icon_no;
    case 'u':
        return icon_unsure;
    default:
        return icon_none;
    }
}

static void add(chain *c, w403_view title, const char *word, const char *class_name, bool blocks)
{
    if (c->n == NODES - 1) {
        return; /* the last place is the answer's */
    }
    c->at[c->n++] = (node){title, word, class_name, icon_of(class_name), blocks};
}

static const char *short_name(const w403_answer *r, const w403_check *check, w403_layer_kind kind)
{
    static const char *const names[W403_LAYERS] = {
        [W403_LAYER_SCP] = NC_("chain", "SCP"),
        [W403_LAYER_RCP] = NC_("chain", "RCP"),
        [W403_LAYER_VPC_ENDPOINT] = NC_("chain", "VPC endpoint"),
        [W403_LAYER_IDENTITY] = NC_("chain", "Identity"),
        [W403_LAYER_SESSION] = NC_("chain", "Session"),
        [W403_LAYER_BOUNDARY] = NC_("chain", "Boundary"),
    };
    return kind < W403_LAYERS && names[kind] ? w403_word_in(r->arena, "chain", names[kind]) : w403_answer_layer_name(r, check, kind);
}

/* Layers that every request of S3 may meet: shown faded when they are not in play. */
static bool usual(const w403_check *check, w403_layer_kind kind)
{
    bool kms = w403_view_starts(check->action, W403_LIT("kms:")), sts = w403_view_starts(check->action, W403_LIT("sts:"));
    return kind <= W403_LAYER_BOUNDARY || kind == (kms ? W403_LAYER_KEY : sts ? W403_LAYER_TRUST : W403_LAYER_RESOURCE);
}

static void add_gates(chain *c, const w403_check *check, uint8_t from, uint8_t to)
{
    const w403_answer *r = c->h->answer;
    const w403_decision *d = r->decision;
    const w403_gate *cause = r->n_causes > 0 ? r->causes[0].cause->gate : NULL;
    for (uint32_t i = 0; i < d->n_gates; i++) {
        const w403_gate *g = &d->gates[i];
        if (g->phase >= from && g->phase <= to && w403_answer_gate(r, check, g)) {
            bool closed = g->closed == W403_YES, harmless = d->verdict == W403_ALLOWED;
            add(c, w403_view_of(g->cause), w403_answer_gate_word(r, g),
                !closed    ? "unknown"
                : harmless ? "silent"
                           : "deny",
                g == cause && !harmless);
        }
    }
}

static void add_layers(chain *c, const w403_check *check)
{
    w403_row rows[W403_LAYERS] = {{.n_layers = 0}}, row;
    for (uint32_t i = 0; w403_answer_row(c->h->answer, check, &i, &row);) {
        rows[row.kind] = row;
    }
    for (unsigned k = 0; k < W403_LAYERS; k++) {
        w403_layer_kind kind = (w403_layer_kind)k;
        w403_layer_verdict v = rows[k].n_layers ? rows[k].verdict : W403_LAYER_NOT_APPLICABLE;
        if (rows[k].n_layers || usual(check, kind)) {
            add(c, w403_view_of(short_name(c->h->answer, check, kind)), w403_answer_verdict_word(c->h->answer, v),
                w403_html_class(v, rows[k].blocks), rows[k].blocks);
        }
    }
}

static void add_other(chain *c, const w403_check *check)
{
    add(c, check->action, w403_answer_decided(c->h->answer, check->verdict),
        check->verdict == W403_ALLOWED  ? "allow"
        : check->verdict == W403_DENIED ? "deny"
                                        : "unknown",
        false);
}

static void add_more(chain *c, uint32_t n)
{
    if (n > 0) {
        add(c, w403_say(c->h->answer->arena, "{n} more", W403_N("n", n)), w403_answer_word(c->h->answer, N_("permissions")), "silent", false);
    }
}

static void collect(chain *c)
{
    const w403_answer *r = c->h->answer;
    const w403_decision *d = r->decision;
    uint32_t reported = 0;
    while (reported < d->n_checks && &d->checks[reported] != r->check) {
        reported++;
    }
    add(c, w403_answer_asked(r), w403_answer_word(r, N_("request")), "start", false);
    add_gates(c, r->check, 0, 0);
    for (uint32_t i = 0; i < reported && i < OTHERS && r->check; i++) {
        add_other(c, &d->checks[i]);
    }
    add_more(c, reported > OTHERS && r->check ? reported - OTHERS : 0);
    if (r->check && d->n_checks > 1) {
        add(c, r->check->action, w403_answer_word(r, N_("permission")), "start", false); /* whose layers these are */
    }
    if (r->check) {
        add_layers(c, r->check);
    }
    if (w403_answer_aside(r, r->check)) {
        add(c, w403_view_of(r->causes[0].cause->id), w403_word_in(r->arena, "gate", "refuses"), "deny", true);
    }
    add_gates(c, r->check, 1, UINT8_MAX);
    uint32_t after = r->check && reported < d->n_checks ? d->n_checks - reported - 1 : 0;
    for (uint32_t i = 0; i < after && i < OTHERS; i++) {
        add_other(c, &d->checks[reported + 1 + i]);
    }
    add_more(c, after > OTHERS ? after - OTHERS : 0);
}

/* ---- drawing ---- */

/* At most `max` columns of a title. */
static void put_title(w403_buf *out, w403_view title, size_t max)
{
    bool cut = w403_style_columns(title) > max;
    size_t n = title.n;
    while (cut && n > 0 && (((unsigned char)title.p[n - 1] & 0xC0) == 0x80 || w403_style_columns(w403_view_sub(title, 0, n)) > max - 1)) {
        n--;
    }
    w403_html_text(out, w403_view_sub(title, 0, n));
    w403_buf_puts(out, cut ? "\xE2\x80\xA6" : "");
}

static void put_disc(w403_buf *out, const node *n, int x, int y)
{
    w403_buf_printf(out,
                    "<g transform=\"translate(%d %d)\"><circle class=\"disc\" r=\"11\"/>"
                    "<path class=\"icon\" d=\"%s\"/></g>",
                    x, y, n->icon);
}

static void open_node(w403_buf *out, const node *n)
{
    w403_buf_printf(out, "<g class=\"%s%s\">", n->class_name, n->blocks ? " blocks" : "");
}

static void wide_way(const chain *c, uint32_t i)
{
    const char *class_name = i > c->blocked ? "way cut" : "way";
    uint32_t column = i % PER_ROW, line = i / PER_ROW;
    int y = TOP + (int)line * PITCH_Y + HIGH / 2;
    if (column > 0) {
        int x = MARGIN + (int)column * PITCH_X;
        w403_buf_printf(c->h->out, "<path class=\"%s\" d=\"M%d %dH%d\"/>\n", class_name, x - (PITCH_X - WIDE), y, x);
    } else { /* from the end of the line above, down between the lines, to the first node of this one */
        int right = MARGIN + (PER_ROW - 1) * PITCH_X + WIDE / 2, left = MARGIN + WIDE / 2;
        int above = y - PITCH_Y + HIGH / 2, middle = above + (PITCH_Y - HIGH) / 2 - 4;
        w403_buf_printf(c->h->out, "<path class=\"%s\" d=\"M%d %dV%dH%dV%d\"/>\n", class_name, right, above, middle,
                        left, y - HIGH / 2);
    }
}

static void wide_node(const chain *c, uint32_t i)
{
    const node *n = &c->at[i];
    w403_buf *out = c->h->out;
    int x = MARGIN + (int)(i % PER_ROW) * PITCH_X, y = TOP + (int)(i / PER_ROW) * PITCH_Y;
    open_node(out, n);
    w403_buf_printf(out, "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>", x, y, WIDE,
                    HIGH);
    put_disc(out, n, x + 22, y + HIGH / 2);
    w403_buf_printf(out, "<text%s x=\"%d\" y=\"%d\">", w403_style_columns(n->title) > ROOMY ? " class=\"long\"" : "", x + 42, y + 26);
    put_title(out, n->title, 19);
    w403_buf_printf(out, "</text><text class=\"word\" x=\"%d\" y=\"%d\">%s</text>", x + 42, y + 43, n->word);
    if (n->blocks) {
        w403_buf_printf(out, "<text class=\"flag\" x=\"%d\" y=\"%d\">%s</text>", x + 42, y - 8,
                        w403_answer_word(c->h->answer, N_("stopped here")));
    }
    w403_buf_puts(out, "</g>\n");
}

static void wide(const chain *c, const char *description)
{
    uint32_t lines = (c->n + PER_ROW - 1) / PER_ROW;
    int width = 2 * MARGIN + (PER_ROW - 1) * PITCH_X + WIDE, height = TOP + (int)(lines - 1) * PITCH_Y + HIGH + 2;
    w403_buf_printf(c->h->out, "<svg class=\"wide\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s\">\n",
                    width, height, description);
    for (uint32_t i = 1; i < c->n; i++) {
        wide_way(c, i);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        wide_node(c, i);
    }
    w403_html_raw(c->h, "</svg>\n");
}

/* One node a line, joined by a line at the left: for a phone. */
static void tall(const chain *c, const char *description)
{
    w403_buf *out = c->h->out;
    w403_buf_printf(out, "<svg class=\"tall\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s\">\n",
                    TALL_WIDTH, (int)c->n * TALL_PITCH, description);
    for (uint32_t i = 1; i < c->n; i++) {
        int y = (int)i * TALL_PITCH + TALL_PITCH / 2;
        const char *cut = i > c->blocked ? " cut" : "";
        w403_buf_printf(out, "<path class=\"way%s\" d=\"M20 %dV%d\"/>\n", cut, y - TALL_PITCH, y);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        const node *n = &c->at[i];
        int y = (int)i * TALL_PITCH;
        open_node(out, n);
        if (n->blocks) {
            w403_buf_printf(out, "<rect class=\"box\" x=\"2\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>", y + 3,
                            TALL_WIDTH - 4, TALL_PITCH - 6);
        }
        put_disc(out, n, 20, y + TALL_PITCH / 2);
        w403_buf_printf(out, "<text x=\"42\" y=\"%d\">", y + TALL_PITCH / 2 + 5);
        put_title(out, n->title, 27);
        w403_buf_printf(out, "</text><text class=\"word\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text></g>\n",
                        TALL_WIDTH - 12, y + TALL_PITCH / 2 + 5, n->word);
    }
    w403_html_raw(c->h, "</svg>\n");
}

/* The picture in words, for those who do not see it. */
static void describe(const chain *c)
{
    w403_html_raw(c->h, "<figcaption class=\"away\" id=\"chain-words\">");
    for (uint32_t i = 1; i < c->n; i++) {
        const char *text = c->at[i].blocks ? N_("{layer}: {verdict}, stopped here") : N_("{layer}: {verdict}");
        w403_html_text(c->h->out, w403_say(c->h->answer->arena, text, W403_P("layer", c->at[i].title), W403_S("verdict", c->at[i].word)));
        w403_html_raw(c->h, i + 1 < c->n ? "; " : ".");
    }
    w403_html_raw(c->h, "</figcaption>\n");
}

void w403_html_chain(w403_html *h)
{
    const w403_decision *d = h->answer->decision;
    chain c = {.h = h};
    collect(&c);
    const char *end = d->verdict == W403_ALLOWED ? "allow" : d->verdict == W403_DENIED ? "deny" : "unknown";
    const char *word =
        d->verdict != W403_UNDETERMINED && d->error_code ? d->error_code : w403_answer_decided(h->answer, d->verdict);
    c.at[0].icon = icon_go;
    c.at[c.n++] = (node){w403_view_of(w403_answer_word(h->answer, N_("Answer"))), word, end, icon_of(end), false};
    for (c.blocked = 0; c.blocked < c.n && !c.at[c.blocked].blocks;) {
        c.blocked++;
    }
    w403_buf_printf(h->out, "<section class=\"chain\" aria-labelledby=\"chain-title\">\n"
                            "<h2 id=\"chain-title\" class=\"away\">%s</h2>\n<figure>\n",
                    w403_answer_word(h->answer, N_("The way of the request")));
    wide(&c, "chain-words");
    tall(&c, "chain-words");
    describe(&c);
    w403_html_raw(h, "</figure>\n</section>\n");
}
