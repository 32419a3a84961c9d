/* Other formats that are given by mistake: told by their first bytes. */
#include "json/parser.h"

enum { LOOKED_AT = 512 };

static const char without_bom[] = "Save the file as UTF-8 without BOM.";
static const char as_json[] = "Convert it to JSON, or print it with `--output json`.";
static const char utf16[] = "the text is UTF-16, not UTF-8";

static const struct {
    w403_view   magic;
    const char *message, *hint;
} formats[] = {
    {{"\xEF\xBB\xBF", 3}, "the text begins with a byte order mark (U+FEFF)", without_bom},
    {{"\xFF\xFE", 2}, utf16, without_bom},
    {{"\xFE\xFF", 2}, utf16, without_bom},
    {{"\x1F\x8B", 2}, "this is gzip data, not JSON", "Decompress it first: `gunzip`."},
    {{"PK\x03\x04", 4}, "this is a zip archive, not JSON", "Unpack it first: `unzip`."},
    {{"BZh", 3}, "this is bzip2 data, not JSON", "Decompress it first: `bunzip2`."},
    {{"\x28\xB5\x2F\xFD", 4}, "this is zstd data, not JSON", "Decompress it first: `unzstd`."},
    {{"%PDF", 4}, "this is a PDF, not JSON", NULL},
    {{"<", 1}, "this is XML or HTML, not JSON", as_json},
    {{"---", 3}, "this is YAML, not JSON", as_json},
};

/* UTF-16 without its mark: every second byte of ASCII text is zero. */
static bool is_utf16(w403_view v)
{
    if (v.n < 4) {
        return false;
    }
    bool little = v.p[0] && !v.p[1] && v.p[2] && !v.p[3], big = !v.p[0] && v.p[1] && !v.p[2] && v.p[3];
    return little || big;
}

bool w403_json_is_foreign(w403_view text, w403_json_foreign *out)
{
    w403_view head = w403_view_sub(text, 0, text.n < LOOKED_AT ? text.n : LOOKED_AT);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (w403_view_starts(head, formats[i].magic)) {
            *out = (w403_json_foreign){0, formats[i].magic.n, -1, formats[i].message, formats[i].hint};
            return true;
        }
    }
    if (is_utf16(head)) {
        *out = (w403_json_foreign){0, 2, -1, utf16, without_bom};
        return true;
    }
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        if (c < 0x09 || (c > 0x0D && c < 0x20 && c != 0x1B)) { /* 0x1B begins colours: text after all */
            *out = (w403_json_foreign){i, 1, c, "this is binary data, not JSON", NULL};
            return true;
        }
    }
    return false;
}
