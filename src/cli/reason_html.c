#include "cli/reason_html.h"

#include "render/html.h"
#include "render/warnings.h"

static w403_html html_of(const w403_reason_page *p)
{
    return (w403_html){.out = &p->cli->out};
}

void w403_page_open(w403_reason_page *p, w403_cli *cli, const char *command, const char *tone, w403_view title)
{
    *p = (w403_reason_page){.cli = cli};
    const w403_html h = html_of(p);
    w403_html_open_head(&h);
    w403_html_text(&cli->out, title);
    w403_html_close_head(&h);
    w403_buf_printf(&cli->out, "<body>\n<header>\n<p class=\"brand\">why403 %s</p>\n<h1><span class=\"%s\">", command, tone);
    w403_html_text(&cli->out, title);
    w403_html_raw(&h, "</span></h1>\n</header>\n<main>\n");
}

void w403_page_note(w403_reason_page *p, w403_view sentence)
{
    const w403_html h = html_of(p);
    if (sentence.n) {
        w403_html_element(&h, "p", sentence);
    }
}

void w403_page_table(w403_reason_page *p, w403_view title, const char *const *columns)
{
    const w403_html h = html_of(p);
    w403_html_raw(&h, "<section>\n");
    if (title.n) {
        w403_html_element(&h, "h2", title);
    }
    w403_html_raw(&h, "<table data-filter>\n<thead><tr>");
    for (; *columns; columns++) {
        w403_html_element(&h, "th scope=\"col\"", w403_view_of(*columns));
    }
    w403_html_raw(&h, "</tr></thead>\n<tbody>\n");
}

void w403_page_row(w403_reason_page *p, const w403_view *cells, size_t n)
{
    const w403_html h = html_of(p);
    w403_html_raw(&h, "<tr>");
    for (size_t i = 0; i < n; i++) {
        w403_html_element(&h, "td", cells[i].p ? cells[i] : W403_LIT(""));
    }
    w403_html_raw(&h, "</tr>\n");
}

void w403_page_table_end(w403_reason_page *p)
{
    const w403_html h = html_of(p);
    w403_html_raw(&h, "</tbody>\n</table>\n</section>\n");
}

void w403_page_close(w403_reason_page *p)
{
    const w403_html h = html_of(p);
    w403_warnings_html(&h, p->cli->warnings);
    w403_html_raw(&h, "</main>\n<script>");
    w403_buf_put(&p->cli->out, w403_html_script);
    w403_html_raw(&h, "</script>\n</body>\n</html>\n");
}
