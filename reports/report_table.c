/* Looks a format up by its name; the table itself is made from the folder. */
#include "ml/report.h"

const ml_report_format *ml_report_format_find(ml_str name)
{
    for (uint32_t i = 0; i < ml_format_table_count; i++)
        if (ml_str_eq_c(name, ml_format_table[i]->name))
            return ml_format_table[i];
    return NULL;
}
