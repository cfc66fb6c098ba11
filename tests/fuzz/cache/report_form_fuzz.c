/* A packed report of any bytes: refused, or a report that can be read to its end. */
#include "fuzz.h"

#include "ml/buf.h"
#include "ml/cache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ml_rule_info first =
                                  {
                                      .id = {"a/first", 7}
    },
                              second = {.id = {"b/second", 8}};
    static const ml_rule_info *const rules[] = {&first, &second};
    ml_report report = {.rules = rules, .rule_count = 2};
    ml_arena arena = {0};
    ml_buf out = {0};

    if (ml_report_unpack(&report, &arena, (ml_str){(const char *)data, size})) {
        for (uint32_t i = 0; i < report.findings.count; i++)
            ml_buf_printf(&out, "%s", ml_level_name(report.findings.items[i].level));
        ml_report_pack(&out, &report); /* reads every text */
    }
    ml_buf_finish(&out);
    ml_arena_finish(&arena);
    return 0;
}
