#include "cli/junit.h"

#include "render/html.h"

void w403_junit_begin(w403_buf *out, const char *suite, w403_junit_count n)
{
    w403_buf_printf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" "
                         "errors=\"%zu\" skipped=\"%zu\">\n", suite, n.tests, n.failures, n.errors, n.skipped);
}

void w403_junit_case(w403_buf *out, w403_view name, bool open)
{
    w403_buf_puts(out, "  <testcase name=\"");
    w403_html_text(out, name);
    w403_buf_puts(out, open ? "\">\n" : "\"/>\n");
}

void w403_junit_said(w403_buf *out, w403_junit_kind kind, const char *type, w403_view message, w403_view text)
{
    static const char *const elements[] = {
        [W403_JUNIT_FAILURE] = "failure", [W403_JUNIT_ERROR] = "error", [W403_JUNIT_SKIPPED] = "skipped"};
    const char *element = elements[kind];
    w403_buf_printf(out, "    <%s", element);
    if (kind != W403_JUNIT_SKIPPED) {
        w403_buf_printf(out, " type=\"%s\"", type);
    }
    w403_buf_puts(out, " message=\"");
    w403_html_text(out, message);
    w403_buf_puts(out, "\">");
    w403_html_text(out, text);
    w403_buf_printf(out, "</%s>\n", element);
}

void w403_junit_end_case(w403_buf *out)
{
    w403_buf_puts(out, "  </testcase>\n");
}

void w403_junit_end(w403_buf *out)
{
    w403_buf_puts(out, "</testsuite>\n");
}
