#include "render/style.h"

#include "base/utf8.h"

static const char *const codes[] = {
    [W403_STYLE_BOLD] = "\033[1m",       [W403_STYLE_DIM] = "\033[2m",
    [W403_STYLE_ERROR] = "\033[1;31m",   [W403_STYLE_WARNING] = "\033[1;33m",
    [W403_STYLE_GOOD] = "\033[1;32m",    [W403_STYLE_NOTE] = "\033[36m",
};

void w403_style_begin(w403_buf *out, bool color, w403_style style)
{
    if (color) {
        w403_buf_puts(out, codes[style]);
    }
}

void w403_style_end(w403_buf *out, bool color)
{
    if (color) {
        w403_buf_puts(out, "\033[0m");
    }
}

/* What is shown for a character: itself, or something harmless. C1 controls (U+0080-9F) steer terminals too,
 * and the bidirectional controls let a text look like another. */
static uint32_t shown(uint32_t cp)
{
    if (cp == '\t' || cp == '\n') {
        return ' ';
    }
    bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
    bool bidi = (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
    return control || bidi ? 0xFFFD : cp;
}

void w403_style_text(w403_buf *out, w403_view text)
{
    for (size_t i = 0; i < text.n;) {
        char   bytes[4];
        size_t n = w403_utf8_put(bytes, shown(w403_utf8_next(text, &i)));
        w403_buf_put(out, (w403_view){bytes, n});
    }
}

size_t w403_style_columns(w403_view text)
{
    size_t columns = 0;
    for (size_t i = 0; i < text.n;) {
        columns += (size_t)w403_utf8_width(shown(w403_utf8_next(text, &i)));
    }
    return columns;
}
