/* locate.c - names of models followed into other files, with the link's values.
 *
 * Only a value that is one thing, written at one place, is followed: of several
 * possible values none is the declaration. */
#include "ml/tables.h"

/* Where the value is written, or a place without node. */
static ml_place written_at(const ml_value *value)
{
    switch (value->kind) {
    case ML_V_STRING:
        if (value->piece_count == 1 && value->pieces[0].hole == ML_HOLE_NONE)
            return value->pieces[0].place;
        break;
    case ML_V_OBJECT:
    case ML_V_ARRAY:
        if (value->items.count == 0)
            return value->place;
        break;
    case ML_V_ENUM:
    case ML_V_CLASS:
    case ML_V_FUNCTION: return value->place;
    case ML_V_EXTERNAL:
        if (value->is_new) /* DataTypes.DECIMAL(28, 12): the call */
            return value->place;
        break;
    default: break;
    }
    return (ml_place){0, 0};
}

bool ml_table_locate(void *locator, const ml_facts **facts, ml_node_id *node)
{
    ml_table_locator *with = locator;
    ml_file_id file = ml_link_file(with->link, (*facts)->path);

    if (!file)
        return false;
    ml_eval_begin(with->eval);
    ml_values values = ml_eval_node(with->eval, file, *node);
    if (values.count != 1 || ml_eval_was_cut(with->eval))
        return false;
    ml_place place = written_at(&values.items[0]);
    const ml_facts *found = place.file && place.node ? ml_link_facts(with->link, place.file) : NULL;
    if (!found)
        return false;
    *facts = found;
    *node = place.node;
    return true;
}
