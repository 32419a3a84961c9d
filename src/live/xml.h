/* XML as it arrives, into a tree. No entities but XML's own five, no DOCTYPE, everything counted: what a server may send is
 * bounded before it is kept. */
#ifndef W403_LIVE_XML_H
#define W403_LIVE_XML_H

#include "base/arena.h"

typedef struct w403_xml_node {
    w403_view             name;
    w403_view             text; /* of an element without elements in it; else empty */
    w403_view             type; /* attribute xsi:type */
    struct w403_xml_node *first, *last, *next;
    uint32_t              count; /* elements in it */
    bool                  used;  /* for who reads it */
} w403_xml_node;

typedef enum w403_xml_state {
    W403_XML_GOOD,
    W403_XML_CUT,    /* it ends before its root does */
    W403_XML_BROKEN, /* not well-formed */
    W403_XML_DOCTYPE,
    W403_XML_LIMIT,
    W403_XML_NOMEM,
} w403_xml_state;

typedef struct w403_xml w403_xml;

/* NULL: no memory. Nodes and texts live in `arena`. */
w403_xml *w403_xml_new(w403_arena *arena);
void      w403_xml_free(w403_xml *x); /* NULL is fine */
/* False: it is over, w403_xml_end says why; what follows need not be fed. */
bool           w403_xml_feed(w403_xml *x, w403_view bytes);
w403_xml_state w403_xml_end(w403_xml *x, w403_xml_node **root);

/* The first element of this name in `parent`; NULL when there is none or no parent. */
w403_xml_node *w403_xml_child(const w403_xml_node *parent, const char *name);
/* Its text; {NULL,0} when there is none. */
w403_view w403_xml_text(const w403_xml_node *parent, const char *name);

#endif
