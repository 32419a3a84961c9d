#include "live/xml.h"

#include <expat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"

struct w403_xml {
    XML_Parser     parser;
    w403_arena    *arena;
    w403_map       names; /* every name once */
    w403_xml_node *open[W403_LIMIT_LIVE_XML_DEPTH];
    unsigned       depth;
    uint32_t       elements;
    w403_xml_node *root;
    w403_buf       text;
    w403_xml_state state;
    uint64_t       fed;
};

static void stop(w403_xml *x, w403_xml_state why)
{
    if (x->state == W403_XML_GOOD) {
        x->state = why;
        XML_StopParser(x->parser, XML_FALSE);
    }
}

/* A name of a few dozen that come thousands of times. */
static w403_view interned(w403_xml *x, const char *name)
{
    w403_view v = w403_view_of(name);
    if (v.n > W403_LIMIT_LIVE_XML_NAME) {
        stop(x, W403_XML_LIMIT);
        return (w403_view){NULL, 0};
    }
    const char *known = w403_map_get(&x->names, v);
    if (known) {
        return (w403_view){known, v.n};
    }
    w403_view copy = w403_arena_copy(x->arena, v);
    if (!copy.p || !w403_map_put(x->arena, &x->names, copy, (void *)(uintptr_t)copy.p)) {
        stop(x, W403_XML_NOMEM);
    }
    return copy;
}

static void on_start(void *user, const char *name, const char **attributes)
{
    w403_xml *x = user;
    if (x->state != W403_XML_GOOD) {
        return;
    }
    if (x->depth == W403_LIMIT_LIVE_XML_DEPTH || ++x->elements > W403_LIMIT_LIVE_XML_ELEMENTS) {
        stop(x, W403_XML_LIMIT);
        return;
    }
    w403_xml_node *node = W403_NEW(x->arena, w403_xml_node);
    if (!node) {
        stop(x, W403_XML_NOMEM);
        return;
    }
    node->name = interned(x, name);
    for (size_t i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], "xsi:type") == 0) {
            node->type = interned(x, attributes[i + 1]);
        }
    }
    w403_buf_clear(&x->text); /* text between elements is layout */
    if (x->depth > 0) {
        w403_xml_node *parent = x->open[x->depth - 1];
        *(parent->last ? &parent->last->next : &parent->first) = node;
        parent->last = node;
        parent->count++;
    } else {
        x->root = node;
    }
    x->open[x->depth++] = node;
}

static void on_end(void *user, const char *name)
{
    (void)name;
    w403_xml *x = user;
    if (x->state != W403_XML_GOOD) {
        return;
    }
    w403_xml_node *node = x->open[--x->depth];
    if (!node->first) {
        node->text = x->text.n > 0 ? w403_arena_copy(x->arena, w403_buf_view(&x->text)) : W403_LIT("");
        if (!node->text.p || !w403_buf_ok(&x->text)) {
            stop(x, W403_XML_NOMEM);
        }
    }
    w403_buf_clear(&x->text);
}

static void on_text(void *user, const char *text, int n)
{
    w403_xml *x = user;
    if (x->depth > 0) {
        w403_buf_put(&x->text, (w403_view){text, (size_t)n});
    }
}

static void on_doctype(void *user, const char *name, const char *sysid, const char *pubid, int internal)
{
    (void)name, (void)sysid, (void)pubid, (void)internal;
    stop(user, W403_XML_DOCTYPE);
}

w403_xml *w403_xml_new(w403_arena *arena)
{
    static const XML_Memory_Handling_Suite memory = {w403_malloc, w403_realloc, w403_free};
    w403_xml                              *x = W403_NEW(arena, w403_xml);
    if (!x) {
        return NULL;
    }
    x->arena = arena;
    x->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
    if (!x->parser) {
        return NULL;
    }
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    return x;
}

void w403_xml_free(w403_xml *x)
{
    if (x && x->parser) {
        XML_ParserFree(x->parser);
        x->parser = NULL;
        w403_buf_free(&x->text);
    }
}

static void parse(w403_xml *x, w403_view bytes, bool last)
{
    if (XML_Parse(x->parser, bytes.p, (int)bytes.n, last) == XML_STATUS_OK || x->state != W403_XML_GOOD) {
        return;
    }
    switch ((int)XML_GetErrorCode(x->parser)) {
    case XML_ERROR_NO_MEMORY:
        x->state = W403_XML_NOMEM;
        return;
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
        x->state = last ? W403_XML_CUT : W403_XML_BROKEN;
        return;
    default:
        x->state = W403_XML_BROKEN;
    }
}

bool w403_xml_feed(w403_xml *x, w403_view bytes)
{
    enum { PIECE = 32 * 1024 };
    while (bytes.n > 0 && x->state == W403_XML_GOOD) {
        w403_view piece = {bytes.p, bytes.n < PIECE ? bytes.n : PIECE};
        parse(x, piece, false);
        x->fed += piece.n;
        bytes = w403_view_sub(bytes, piece.n, bytes.n);
        /* A tag that is not closed is kept, and read again from its beginning with every piece. */
        int64_t at = (int64_t)XML_GetCurrentByteIndex(x->parser);
        if (x->state == W403_XML_GOOD && at >= 0 && x->fed - (uint64_t)at > W403_LIMIT_LIVE_XML_TAG + PIECE) {
            x->state = W403_XML_LIMIT;
        }
    }
    return x->state == W403_XML_GOOD;
}

w403_xml_state w403_xml_end(w403_xml *x, w403_xml_node **root)
{
    if (x->state == W403_XML_GOOD) {
        parse(x, W403_LIT(""), true);
    }
    *root = x->state == W403_XML_GOOD ? x->root : NULL;
    return x->state;
}

w403_xml_node *w403_xml_child(const w403_xml_node *parent, const char *name)
{
    for (w403_xml_node *at = parent ? parent->first : NULL; at; at = at->next) {
        if (w403_view_eq(at->name, w403_view_of(name))) {
            return at;
        }
    }
    return NULL;
}

w403_view w403_xml_text(const w403_xml_node *parent, const char *name)
{
    const w403_xml_node *child = w403_xml_child(parent, name);
    return child ? child->text : (w403_view){NULL, 0};
}
