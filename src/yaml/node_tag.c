// Tags of nodes: a tag's text enters, its number leaves.
#include "node_tag.h"

bool node_tag_read(struct node *node, struct str tag, struct diags *diags)
{
    static const struct {
        struct str name;
        uint8_t tag;
    } TAGS[] = {
        {{"!S", 2}, NODE_TAG_S},           {{"!N", 2}, NODE_TAG_N},
        {{"!B", 2}, NODE_TAG_B},           {{"!SS", 3}, NODE_TAG_SS},
        {{"!NS", 3}, NODE_TAG_NS},         {{"!BS", 3}, NODE_TAG_BS},
        {{"!handle", 7}, NODE_TAG_HANDLE},
    };
    struct str names[sizeof TAGS / sizeof TAGS[0]];
    for (size_t i = 0; i < sizeof TAGS / sizeof TAGS[0]; i++) {
        if (str_eq(tag, TAGS[i].name)) {
            node->tag = TAGS[i].tag;
            return true;
        }
        names[i] = TAGS[i].name;
    }
    static const struct str CORE = {"tag:yaml.org,2002:", 18};
    struct str shown = tag;        // B002
    if (str_starts(shown, CORE)) { // as it was written: !!str
        shown =
            arena_printf(diags->arena, "!!%.*s", STR_ARG(str_skip(shown, CORE.len)));
    }
    struct diag *diag = diag_add(diags, DIAG_YAML_TAG, node->span, "unknown tag %s",
                                 diag_quote(diags, shown));
    diag_help_nearest(diags, diag, tag, names, sizeof TAGS / sizeof TAGS[0]);
    return false;
}
