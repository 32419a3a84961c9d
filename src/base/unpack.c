#include "base/unpack_state.h"

/* ---- what it is ---- */

static const struct {
    w403_view   magic;
    w403_pack   pack;
    const char *name, *command;
} PACKS[] = {
    {{"\x28\xB5\x2F\xFD", 4}, W403_PACK_ZSTD, "zstd data", "unzstd"},
    {{"BZh", 3}, W403_PACK_BZIP2, "bzip2 data", "bunzip2"},
    {{"\xFD" "7zXZ\0", 6}, W403_PACK_XZ, "xz data", "unxz"},
    {{"PK\x03\x04", 4}, W403_PACK_ZIP, "a zip archive", "unzip"},
    {{"PK\x05\x06", 4}, W403_PACK_ZIP, "a zip archive", "unzip"},
    {{"\xFF\xFE", 2}, W403_PACK_UTF16, "UTF-16 text", "iconv -f UTF-16 -t UTF-8"},
    {{"\xFE\xFF", 2}, W403_PACK_UTF16, "UTF-16 text", "iconv -f UTF-16 -t UTF-8"},
    {{"\x04\x22\x4D\x18", 4}, W403_PACK_OTHER, "lz4 data", "unlz4"},
    {{"7z\xBC\xAF\x27\x1C", 6}, W403_PACK_OTHER, "a 7z archive", "7z x"},
    {{"\x1F\x9D", 2}, W403_PACK_OTHER, "data of `compress`", "uncompress"},
    {{"\xFF\x06\x00\x00sNaP", 8}, W403_PACK_OTHER, "snappy data", "snzip -d"},
    {{"PAR1", 4}, W403_PACK_OTHER, "a Parquet data file", NULL},
    {{"ORC", 3}, W403_PACK_OTHER, "an ORC data file", NULL},
    {{"Obj\x01", 4}, W403_PACK_OTHER, "an Avro data file", NULL},
    {{"SQLite f", 8}, W403_PACK_OTHER, "an SQLite database", NULL},
    {{"%PDF-", 5}, W403_PACK_OTHER, "a PDF", NULL},
};

/* UTF-16 without its mark: of four characters of ASCII each second byte is zero. */
static bool is_utf16(w403_view v)
{
    bool little = v.n >= W403_PACK_HEAD, big = little;
    for (size_t i = 0; i < W403_PACK_HEAD && (little || big); i++) {
        bool zero = v.p[i] == 0;
        little &= zero == (i % 2 == 1);
        big &= zero == (i % 2 == 0);
    }
    return little || big;
}

/* A word of three letters may begin a text; ORC's head goes on in binary. */
static bool is_text_after(w403_view head, size_t n)
{
    return n == 3 && head.n > 3 && (unsigned char)head.p[3] >= ' ' && head.p[0] == 'O';
}

w403_pack w403_pack_of(w403_view head, const char **name, const char **command)
{
    *name = *command = NULL;
    for (size_t i = 0; i < sizeof PACKS / sizeof *PACKS; i++) {
        if (w403_view_starts(head, PACKS[i].magic) && !is_text_after(head, PACKS[i].magic.n)) {
            *name = PACKS[i].name;
            *command = PACKS[i].command;
            return PACKS[i].pack;
        }
    }
    if (is_utf16(head)) {
        *name = "UTF-16 text";
        *command = "iconv -f UTF-16 -t UTF-8";
        return W403_PACK_UTF16;
    }
    return W403_PACK_NONE;
}

static const w403_unpack_ops *ops_of(w403_pack p)
{
    switch (p) {
    case W403_PACK_NONE:
    case W403_PACK_OTHER:
        return NULL;
    case W403_PACK_ZSTD:
        return &w403_unpack_zstd;
    case W403_PACK_BZIP2:
        return &w403_unpack_bzip2;
    case W403_PACK_XZ:
        return &w403_unpack_xz;
    case W403_PACK_ZIP:
        return &w403_unpack_zip;
    case W403_PACK_UTF16:
        return &w403_unpack_utf16;
    }
    return NULL;
}

bool w403_pack_is_read(w403_pack p)
{
    const w403_unpack_ops *ops = ops_of(p);
    return ops && ops->there && ops->there();
}

/* ---- all kinds ---- */

bool w403_unpack_always(void)
{
    return true;
}

w403_unpack *w403_unpack_new(w403_pack p)
{
    w403_unpack *u = w403_malloc(sizeof *u);
    if (!u) {
        return NULL;
    }
    *u = (w403_unpack){.ops = ops_of(p)};
    if (!u->ops || !u->ops->open(u)) {
        w403_free(u);
        return NULL;
    }
    return u;
}

void w403_unpack_free(w403_unpack *u)
{
    if (u) {
        u->ops->close(u);
        w403_free(u);
    }
}

w403_unpack_step w403_unpack_run(w403_unpack *u, const uint8_t *in, size_t n, bool last, size_t *used, uint8_t *out,
                                 size_t room, size_t *got)
{
    w403_unpack_io   io = {.in = in, .n = n, .last = last, .out = out, .room = room};
    w403_unpack_step step = u->ops->run(u, &io);
    *used = io.used;
    *got = io.got;
    return step;
}

bool w403_unpack_ended(const w403_unpack *u)
{
    return !u->open;
}

const char *w403_unpack_why(const w403_unpack *u)
{
    return u->why ? u->why : "";
}

/* ---- UTF-16 ---- */

typedef struct utf16 {
    bool big, begun;
} utf16;

static bool utf16_open(w403_unpack *u)
{
    u->state = w403_malloc(sizeof(utf16));
    if (u->state) {
        *(utf16 *)u->state = (utf16){0};
    }
    return u->state != NULL;
}

static void state_close(w403_unpack *u)
{
    w403_free(u->state);
}

static unsigned unit_at(const utf16 *s, const uint8_t *p)
{
    return s->big ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

/* `c` as UTF-8; at most four bytes. */
static size_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (uint8_t)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | c);
    return n;
}

static w403_unpack_step utf16_run(w403_unpack *u, w403_unpack_io *io)
{
    utf16 *s = u->state;
    if (!s->begun && io->n >= 2) {
        bool mark = (io->in[0] == 0xFF && io->in[1] == 0xFE) || (io->in[0] == 0xFE && io->in[1] == 0xFF);
        s->big = mark ? io->in[0] == 0xFE : io->in[0] == 0;
        s->begun = true;
        io->used = mark ? 2 : 0;
    }
    u->open = false;
    while (io->n - io->used >= 2 && io->room - io->got >= 4) {
        const uint8_t *p = io->in + io->used;
        uint32_t       c = unit_at(s, p);
        size_t         width = 2;
        if (c >= 0xD800 && c < 0xDC00) {
            if (io->n - io->used < 4) {
                u->open = true;
                return W403_UNPACK_MORE; /* the other half is to come */
            }
            unsigned low = unit_at(s, p + 2);
            if (low < 0xDC00 || low > 0xDFFF) {
                return W403_UNPACK_DAMAGED;
            }
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            width = 4;
        } else if (c >= 0xDC00 && c < 0xE000) {
            return W403_UNPACK_DAMAGED;
        }
        io->got += put_utf8(io->out + io->got, c);
        io->used += width;
    }
    u->open = (io->n - io->used) % 2 == 1;
    return W403_UNPACK_MORE;
}

const w403_unpack_ops w403_unpack_utf16 = {w403_unpack_always, utf16_open, utf16_run, state_close};
