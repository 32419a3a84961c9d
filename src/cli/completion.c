/* Completion scripts for bash, zsh and fish, out of the tables of commands and options. */
#include "cli/commands.h"

static bool has(const w403_command *c, const w403_option *o)
{
    return (o->commands & c->bit) != 0;
}

/* Every command's name, separated by blanks. */
static void names(w403_buf *out)
{
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        w403_buf_printf(out, "%s%s", i ? " " : "", c->name);
    }
}

/* For a single-quoted shell word: ' ends the quotes, is escaped, and begins them again. Backticks are left out. */
static void quoted(w403_buf *out, const char *text, const char *quote)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'') {
            w403_buf_puts(out, quote);
        } else if (*c != '`') {
            w403_buf_putc(out, *c);
        }
    }
}

/* ---- bash ---- */

static void bash_values(w403_buf *out, w403_complete complete, const char *words)
{
    switch (complete) {
    case W403_COMPLETE_FILE:
        w403_buf_puts(out, "COMPREPLY=($(compgen -f -- \"$cur\"))");
        break;
    case W403_COMPLETE_DIR:
        w403_buf_puts(out, "COMPREPLY=($(compgen -d -- \"$cur\"))");
        break;
    case W403_COMPLETE_WORDS:
        w403_buf_printf(out, "COMPREPLY=($(compgen -W \"%s\" -- \"$cur\"))", words);
        break;
    case W403_COMPLETE_COMMANDS:
        w403_buf_puts(out, "COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))");
        break;
    case W403_COMPLETE_NONE:
    default:
        w403_buf_puts(out, "_why403_ask");
    }
}

/* After an option that takes a value, that value; else an option or an operand. */
static void bash_command(w403_buf *out, const w403_command *c)
{
    w403_buf_printf(out, "    %s)\n        case $prev in\n", c->name);
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        if (has(c, o) && o->arg == W403_ARG_REQUIRED) {
            w403_buf_printf(out, "        --%s", o->name);
            if (o->letter) {
                w403_buf_printf(out, "|-%c", o->letter);
            }
            w403_buf_puts(out, ") ");
            bash_values(out, o->complete, o->words);
            w403_buf_puts(out, "; return ;;\n");
        }
    }
    w403_buf_puts(out, "        esac\n        if [[ $cur == -* ]]; then\n            COMPREPLY=($(compgen -W \"");
    bool first = true;
    for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
        const w403_option *o = w403_option_at(id);
        if (has(c, o)) {
            w403_buf_printf(out, "%s--%s", first ? "" : " ", o->name);
            first = false;
        }
    }
    w403_buf_puts(out, "\" -- \"$cur\"))\n            return\n        fi\n        ");
    bash_values(out, c->complete, c->words);
    w403_buf_puts(out, " ;;\n");
}

/* What the program itself knows: operations, and principals, buckets and keys of the snapshot. bash takes `:` and `=` for ends of
 * words, so the line is cut anew, and of what is offered only what follows the last of them is given. */
#define BASH_ASK \
    "_why403_ask() {\n    local line=${COMP_LINE:0:COMP_POINT} full before\n    local -a words\n    read -ra words <<<\"$line\"\n" \
    "    [[ $line == *[[:space:]] ]] && words+=(\"\")\n    full=${words[${#words[@]}-1]}\n    before=${full%\"${full##*[:=]}\"}\n" \
    "    mapfile -t COMPREPLY < <(\"${COMP_WORDS[0]}\" __complete \"${words[@]:1}\" 2>/dev/null)\n" \
    "    COMPREPLY=(\"${COMPREPLY[@]#\"$before\"}\")\n    [[ ${COMPREPLY[0]-} == */ ]] && compopt -o nospace\n}\n"

static void bash(w403_buf *out)
{
    w403_buf_puts(out, "# bash completion for why403\n" BASH_ASK "_why403() {\n    local cur=${COMP_WORDS[COMP_CWORD]} "
                       "prev=${COMP_WORDS[COMP_CWORD-1]}\n    local commands=\"");
    names(out);
    w403_buf_puts(out, "\"\n    COMPREPLY=()\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                       "        COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n        return\n    fi\n"
                       "    case ${COMP_WORDS[1]} in\n");
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        bash_command(out, c);
    }
    w403_buf_puts(out, "    esac\n}\ncomplete -o filenames -F _why403 why403\n");
}

/* ---- zsh ---- */

static void zsh_action(w403_buf *out, w403_complete complete, const char *words)
{
    switch (complete) {
    case W403_COMPLETE_FILE:
        w403_buf_puts(out, "_files");
        break;
    case W403_COMPLETE_DIR:
        w403_buf_puts(out, "_files -/");
        break;
    case W403_COMPLETE_WORDS:
        w403_buf_printf(out, "(%s)", words);
        break;
    case W403_COMPLETE_COMMANDS:
        w403_buf_putc(out, '(');
        names(out);
        w403_buf_putc(out, ')');
        break;
    case W403_COMPLETE_NONE:
    default:
        w403_buf_puts(out, "_why403_ask");
    }
}

/* _arguments reads `:` and brackets of a description as its own. */
static void zsh_text(w403_buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == ':' || *c == '[' || *c == ']' || *c == '\\') {
            w403_buf_putc(out, '\\');
        }
        if (*c == '\'') {
            w403_buf_puts(out, "'\\''");
        } else if (*c != '`') {
            w403_buf_putc(out, *c);
        }
    }
}

static void zsh_option(w403_buf *out, const w403_option *o)
{
    w403_buf_printf(out, "            '%s--%s%s[", o->times == W403_MANY ? "*" : "", o->name,
                    o->arg == W403_ARG_REQUIRED ? "=" : o->arg == W403_ARG_OPTIONAL ? "=-" : "");
    zsh_text(out, o->help);
    w403_buf_putc(out, ']');
    if (o->arg != W403_ARG_NONE) {
        w403_buf_puts(out, o->arg == W403_ARG_OPTIONAL ? "::" : ":");
        zsh_text(out, o->arg_name);
        w403_buf_putc(out, ':');
        zsh_action(out, o->complete, o->words);
    }
    w403_buf_puts(out, "' \\\n");
}

#define ZSH_ASK \
    "_why403_ask() {\n    local -a found\n    found=(${(f)\"$(why403 __complete \"${(@)words[1,CURRENT]}\" 2>/dev/null)\"})\n" \
    "    compadd -a found\n}\n"

static void zsh(w403_buf *out)
{
    w403_buf_puts(out, "#compdef why403\n" ZSH_ASK "_why403() {\n    local -a commands\n    commands=(\n");
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        w403_buf_printf(out, "        '%s:", c->name);
        zsh_text(out, c->summary);
        w403_buf_puts(out, "'\n");
    }
    w403_buf_puts(out, "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n"
                       "    fi\n    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
                       "    case $command in\n");
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        w403_buf_printf(out, "    %s)\n        _arguments \\\n", c->name);
        for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
            if (has(c, w403_option_at(id))) {
                zsh_option(out, w403_option_at(id));
            }
        }
        w403_buf_puts(out, "            '*:operand:");
        zsh_action(out, c->complete, c->words);
        w403_buf_puts(out, "' ;;\n");
    }
    w403_buf_puts(out, "    esac\n}\n_why403 \"$@\"\n");
}

/* ---- fish ---- */

static void fish_values(w403_buf *out, w403_complete complete, const char *words)
{
    switch (complete) {
    case W403_COMPLETE_FILE:
        w403_buf_puts(out, " -F");
        break;
    case W403_COMPLETE_DIR:
        w403_buf_puts(out, " -x -a '(__fish_complete_directories)'");
        break;
    case W403_COMPLETE_WORDS:
        w403_buf_printf(out, " -x -a '%s'", words);
        break;
    case W403_COMPLETE_COMMANDS:
        w403_buf_puts(out, " -x -a '");
        names(out);
        w403_buf_putc(out, '\'');
        break;
    case W403_COMPLETE_NONE:
    default:
        w403_buf_puts(out, " -x -a '(__why403_ask)'");
    }
}

static void fish(w403_buf *out)
{
    w403_buf_puts(out, "# fish completion for why403\nfunction __why403_ask\n    set -l words (commandline -opc)\n"
                       "    why403 __complete $words[2..-1] (commandline -ct) 2>/dev/null\nend\ncomplete -c why403 -f\n");
    const w403_command *c;
    for (size_t i = 0; (c = w403_command_at(i)) != NULL; i++) {
        w403_buf_printf(out, "complete -c why403 -n __fish_use_subcommand -a %s -d '", c->name);
        quoted(out, c->summary, "\\'");
        w403_buf_puts(out, "'\n");
        for (w403_option_id id = 0; id < W403_OPTIONS; id++) {
            const w403_option *o = w403_option_at(id);
            if (!has(c, o)) {
                continue;
            }
            w403_buf_printf(out, "complete -c why403 -n '__fish_seen_subcommand_from %s' -l %s", c->name, o->name);
            if (o->letter) {
                w403_buf_printf(out, " -s %c", o->letter);
            }
            if (o->arg == W403_ARG_REQUIRED) {
                fish_values(out, o->complete, o->words);
            }
            w403_buf_puts(out, " -d '");
            quoted(out, o->help, "\\'");
            w403_buf_puts(out, "'\n");
        }
        w403_buf_printf(out, "complete -c why403 -n '__fish_seen_subcommand_from %s'", c->name);
        fish_values(out, c->complete, c->words);
        w403_buf_putc(out, '\n');
    }
}

bool w403_completion(w403_buf *out, w403_view shell)
{
    static const struct {
        const char *name;
        void (*print)(w403_buf *);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (w403_view_eq(shell, w403_view_of(shells[i].name))) {
            shells[i].print(out);
            return true;
        }
    }
    return false;
}
