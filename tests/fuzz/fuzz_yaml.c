// YAML: any text. What comes out is a tree of well-formed texts that know their places;
// what gives no tree is diagnosed.
#include "fuzz.h"

#include "typed_json.h"
#include "utf8.h"
#include "yaml_read.h"

static void require_span(const struct fuzz_stage *stage, const struct span *span)
{
    FUZZ_REQUIRE(span->source == &stage->source);
    FUZZ_REQUIRE(span->line >= 1);
    FUZZ_REQUIRE(span->line_at <= stage->source.text.len);
}

static void require_node(const struct fuzz_stage *stage, const struct node *node,
                         unsigned depth)
{
    FUZZ_REQUIRE(depth <= YAML_MAX_DEPTH);
    require_span(stage, &node->span);
    (void)node_describe(node);
    if (node->kind == NODE_SCALAR) {
        FUZZ_REQUIRE(utf8_check(node->text) == node->text.len);
        (void)node_type(node);
        (void)node_ambiguity(node);
    }
    for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->count; i++) {
        require_node(stage, node->items[i], depth + 1);
    }
    for (size_t i = 0; node->kind == NODE_MAPPING && i < node->count; i++) {
        const struct node_pair *pair = &node->pairs[i];
        FUZZ_REQUIRE(pair->key->kind == NODE_SCALAR);
        require_node(stage, pair->key, depth + 1);
        require_node(stage, pair->value, depth + 1);
        for (size_t k = 0; k < i; k++) {
            FUZZ_REQUIRE(!str_eq(node->pairs[k].key->text, pair->key->text));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_stage stage;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    if (root == NULL) {
        FUZZ_REQUIRE(stage.diags.errors > 0);
    } else {
        const char *help = NULL;
        const char *what = typed_json_document(root, &help);
        FUZZ_REQUIRE(what == NULL || help != NULL);
        require_node(&stage, root, 0);
    }
    fuzz_stage_deinit(&stage);
    return 0;
}
