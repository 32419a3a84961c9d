#include "cli/with.h"

#include "cli/commands.h"

typedef struct with_word {
    const char *name;
    unsigned bits;
} with_word;

static const with_word with_words[] = {{"near", W403_WITH_NEAR},           {"elements", W403_WITH_ELEMENTS},
                                       {"all-layers", W403_WITH_ALL_LAYERS}, {"documents", W403_WITH_DOCUMENTS},
                                       {"context", W403_WITH_CONTEXT},     {"branches", W403_WITH_BRANCHES},
                                       {"changed", W403_WITH_CHANGED},     {"everything", W403_WITH_EVERYTHING}};
static const with_word without_words[] = {{"layers", W403_WITHOUT_LAYERS}, {"fixes", W403_WITHOUT_FIXES}};

static unsigned bits_of(const with_word *words, size_t n, w403_view word)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_eq(word, w403_view_of(words[i].name))) {
            return words[i].bits;
        }
    }
    return 0;
}

static w403_status none(w403_option_id id, w403_view word, const char *words, w403_error *err)
{
    (void)w403_error_set(err, W403_SEMANTIC, "`--%s %.*s` is nothing that one question asks for", w403_option_at(id)->name,
                         W403_CUT(word));
    w403_error_hint(err, "%s", words);
    return W403_SEMANTIC;
}

static w403_status read_with(const w403_cli *cli, bool answers, w403_cli_with *out, w403_error *err)
{
    const w403_given *g;
    size_t at = 0;
    while ((g = w403_args_each(&cli->args, W403_OPT_WITH, &at)) != NULL) {
        for (w403_view rest = w403_view_of(g->value); rest.p;) {
            w403_view word = w403_view_cut(&rest, ',');
            unsigned bits = answers ? bits_of(with_words, sizeof with_words / sizeof *with_words, word) : 0;
            bool head = w403_view_eq(word, W403_LIT("head-object"));
            if (!bits && !head) {
                return none(W403_OPT_WITH, word,
                            answers ? "near, elements, all-layers, documents, context, branches, changed or everything; with "
                                      "`--live` head-object"
                                    : "`--with head-object`", err);
            }
            out->answer |= bits;
            out->head_object |= head;
        }
    }
    return W403_OK;
}

w403_status w403_cli_with_read(const w403_cli *cli, w403_cli_with *out, w403_error *err)
{
    const w403_given *g;
    size_t at = 0;
    bool explain = cli->command->bit == W403_FOR_EXPLAIN;
    *out = (w403_cli_with){0};
    W403_TRY(read_with(cli, explain, out, err));
    while (explain && (g = w403_args_each(&cli->args, W403_OPT_WITHOUT, &at)) != NULL) {
        for (w403_view rest = w403_view_of(g->value); rest.p;) {
            w403_view word = w403_view_cut(&rest, ',');
            unsigned bits = bits_of(without_words, sizeof without_words / sizeof *without_words, word);
            if (!bits) {
                return none(W403_OPT_WITHOUT, word, "layers or fixes", err);
            }
            out->answer |= bits;
        }
    }
    if (explain && out->head_object && !w403_args_has(&cli->args, W403_OPT_LIVE)) {
        return w403_error_set(err, W403_SEMANTIC, "`--with head-object` goes with `--live`");
    }
    const char *format = explain ? w403_args_value(&cli->args, W403_OPT_FORMAT) : NULL;
    if (out->answer && (!format || strcmp(format, "json") != 0)) {
        return w403_error_set(err, W403_SEMANTIC, "`--with` and `--without` are about the JSON answer: `--format json`");
    }
    return W403_OK;
}
