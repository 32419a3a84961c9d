/* Names in logs, causes, the error codes of a snapshot, the commands of `aws s3`, and short lists. */
#include "catalog/tables.h"

const w403_log_name *w403_access_log_operation(w403_view operation_field)
{
    uint32_t row = w403_index_find(&w403_t_log_name_index, operation_field);
    return row == W403_INDEX_NONE ? NULL : &w403_t_log_names[row];
}

const w403_event_name *w403_cloudtrail_event(w403_view source, w403_view name)
{
    for (uint32_t probe = 0;;) {
        uint32_t row = w403_index_next(&w403_t_event_index, name, &probe);
        if (row == W403_INDEX_NONE)
            return NULL;
        if (source.n == 0 || w403_view_ieq(source, w403_view_of(w403_t_events[row].source)))
            return &w403_t_events[row];
    }
}

const w403_cause_info *w403_cause_info_at(unsigned cause)
{
    return cause < W403_CAUSE_COUNT ? &w403_t_causes[cause] : NULL;
}

const w403_cause_info *w403_cause_info_find(w403_view id)
{
    uint32_t row = w403_index_find(&w403_t_cause_index, id);
    return row == W403_INDEX_NONE ? NULL : &w403_t_causes[row];
}

w403_error_meaning w403_error_code_meaning(w403_view code)
{
    uint32_t row = w403_index_find(&w403_t_code_index, code);
    return row == W403_INDEX_NONE ? W403_ERROR_UNKNOWN : (w403_error_meaning)w403_t_codes[row].meaning;
}

const w403_code *w403_code_find(w403_view code)
{
    uint32_t row = w403_index_find(&w403_t_error_code_index, code);
    return row == W403_INDEX_NONE ? NULL : &w403_t_error_codes[row];
}

const w403_code *w403_code_at(uint32_t i)
{
    return i < w403_t_error_code_index.count ? &w403_t_error_codes[i] : NULL;
}

const w403_look_row *w403_look_rows(size_t *n)
{
    *n = w403_t_n_looks;
    return w403_t_looks;
}

const w403_s3_command *w403_s3_commands(size_t *n)
{
    *n = w403_t_n_commands;
    return w403_t_commands;
}

bool w403_list_has(unsigned list, w403_view value)
{
    for (uint32_t probe = 0;;) {
        uint32_t row = w403_index_next(&w403_t_list_index, value, &probe);
        if (row == W403_INDEX_NONE)
            return false;
        if (w403_t_list_values[row].list == list)
            return true;
    }
}

w403_view w403_list_next(unsigned list, size_t *at)
{
    size_t first = list ? w403_t_list_ends[list - 1] : 0;
    if (first + *at >= w403_t_list_ends[list])
        return (w403_view){NULL, 0};
    return w403_view_of(w403_t_list_values[first + (*at)++].value);
}

const w403_open_question *w403_open_question_at(unsigned question)
{
    return question < w403_t_n_open_questions ? &w403_t_open_questions[question] : NULL;
}
