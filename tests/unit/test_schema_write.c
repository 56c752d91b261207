// schema_write: what each kind of shape and of key becomes, byte for byte. That the
// schemas of the real tables judge as the compiler does is tests/schema's to show.
#include "unit.h"

#include "bind.h"
#include "buf.h"
#include "schema_write.h"

static const char *const modes[] = {"FAST", "SLOW", NULL};
static const struct shape tag = {SHAPE_STRING, .min = 2, .max = 9,
                                 .pattern = "^\\$[a-z\"]"};
static const struct shape tree = {
    SHAPE_ANY_OF, .name = "tree", .doc = "A leaf, or trees.",
    .choices = SHAPES(&NUMBER_SHAPE, &NULL_SHAPE,
                      &(const struct shape){SHAPE_LIST, .of = &tree})};
static const struct shape tags = {SHAPE_LIST, .of = &tag,    .min = 1,
                                  .max = 3,   .has = "$all", .distinct = true};
static const struct shape number_or_null = {
    SHAPE_ANY_OF, .choices = SHAPES(&NUMBER_SHAPE, &NULL_SHAPE)};
static const struct shape map = {SHAPE_MAPPING, .key = &tag, .of = &tree, .has = "$id"};

static const struct bind_key inner_keys[] = {
    {"depth", BIND_INT, .required = true, .min = 0, .max = 5, .doc = "How deep."},
};
static const struct bind_record inner = {"inner", inner_keys, 1, 0};
static const struct shape one = {SHAPE_RECORD, .name = "one", .record = &inner,
                                 .min = 1, .max = 1};
static const struct bind_key outer_keys[] = {
    {"name", BIND_STRING, .required = true, .doc = "Any text."},
    {"tag", BIND_STRING, .shape = &tag, .doc = "A tag."},
    {"on", BIND_BOOL, .required = true, .doc = "On."},
    {"mode", BIND_ENUM, .names = modes, .doc = "Fast or slow."},
    {"inner", BIND_RECORD, .record = &inner, .doc = "Inside."},
    {"one", BIND_NODE, .shape = &one, .doc = "Elsewhere."},
    {"tags", BIND_NODE, .shape = &tags, .doc = "Tags."},
    {"map", BIND_NODE, .shape = &map, .doc = "Trees."},
};
static const struct bind_record outer = {"outer", outer_keys, COUNT_OF(outer_keys), 0};

static void expect(const struct shape *shape, const char *expected)
{
    struct buf out;

    buf_init(&out, 64 * (size_t)1024);
    schema_write(&out, "A test", shape);
    assert_false(out.overflowed);
    assert_text(buf_str(&out), expected);
    buf_deinit(&out);
}

static void test_scalar(void **state)
{
    (void)state;

    expect(&BOOL_SHAPE, "{\n"
                        "  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
                        "  \"title\": \"A test\",\n"
                        "  \"type\": \"boolean\"\n"
                        "}\n");
}

static void test_types(void **state)
{
    (void)state;

    expect(&number_or_null,
           "{\n"
           "  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
           "  \"title\": \"A test\",\n"
           "  \"type\": [\"number\", \"null\"]\n"
           "}\n");
}

static void test_all_kinds(void **state)
{
    const struct shape root = {SHAPE_RECORD, .record = &outer};
    (void)state;

    expect(&root, "{\n"
                  "  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
                  "  \"title\": \"A test\",\n"
                  "  \"type\": \"object\",\n"
                  "  \"properties\": {\n"
                  "    \"name\": {\n"
                  "      \"description\": \"Any text.\",\n"
                  "      \"type\": \"string\"\n"
                  "    },\n"
                  "    \"tag\": {\n"
                  "      \"description\": \"A tag.\",\n"
                  "      \"type\": \"string\",\n"
                  "      \"minLength\": 2,\n"
                  "      \"maxLength\": 9,\n"
                  "      \"pattern\": \"^\\\\$[a-z\\\"]\"\n"
                  "    },\n"
                  "    \"on\": {\n"
                  "      \"description\": \"On.\",\n"
                  "      \"type\": \"boolean\"\n"
                  "    },\n"
                  "    \"mode\": {\n"
                  "      \"description\": \"Fast or slow.\",\n"
                  "      \"type\": \"string\",\n"
                  "      \"enum\": [\"FAST\", \"SLOW\"]\n"
                  "    },\n"
                  "    \"inner\": {\n"
                  "      \"description\": \"Inside.\",\n"
                  "      \"type\": \"object\",\n"
                  "      \"properties\": {\n"
                  "        \"depth\": {\n"
                  "          \"description\": \"How deep.\",\n"
                  "          \"type\": \"integer\",\n"
                  "          \"minimum\": 0,\n"
                  "          \"maximum\": 5\n"
                  "        }\n"
                  "      },\n"
                  "      \"required\": [\"depth\"],\n"
                  "      \"additionalProperties\": false\n"
                  "    },\n"
                  "    \"one\": {\n"
                  "      \"description\": \"Elsewhere.\",\n"
                  "      \"$ref\": \"#/definitions/one\"\n"
                  "    },\n"
                  "    \"tags\": {\n"
                  "      \"description\": \"Tags.\",\n"
                  "      \"type\": \"array\",\n"
                  "      \"minItems\": 1,\n"
                  "      \"maxItems\": 3,\n"
                  "      \"items\": {\n"
                  "        \"type\": \"string\",\n"
                  "        \"minLength\": 2,\n"
                  "        \"maxLength\": 9,\n"
                  "        \"pattern\": \"^\\\\$[a-z\\\"]\"\n"
                  "      },\n"
                  "      \"contains\": {\"const\": \"$all\"},\n"
                  "      \"uniqueItems\": true\n"
                  "    },\n"
                  "    \"map\": {\n"
                  "      \"description\": \"Trees.\",\n"
                  "      \"type\": \"object\",\n"
                  "      \"propertyNames\": {\n"
                  "        \"type\": \"string\",\n"
                  "        \"minLength\": 2,\n"
                  "        \"maxLength\": 9,\n"
                  "        \"pattern\": \"^\\\\$[a-z\\\"]\"\n"
                  "      },\n"
                  "      \"properties\": {\n"
                  "        \"$id\": {\n"
                  "          \"$ref\": \"#/definitions/tree\"\n"
                  "        }\n"
                  "      },\n"
                  "      \"required\": [\"$id\"],\n"
                  "      \"additionalProperties\": {\n"
                  "        \"$ref\": \"#/definitions/tree\"\n"
                  "      }\n"
                  "    }\n"
                  "  },\n"
                  "  \"required\": [\"name\", \"on\"],\n"
                  "  \"additionalProperties\": false,\n"
                  "  \"definitions\": {\n"
                  "    \"one\": {\n"
                  "      \"type\": \"object\",\n"
                  "      \"minProperties\": 1,\n"
                  "      \"maxProperties\": 1,\n"
                  "      \"properties\": {\n"
                  "        \"depth\": {\n"
                  "          \"description\": \"How deep.\",\n"
                  "          \"type\": \"integer\",\n"
                  "          \"minimum\": 0,\n"
                  "          \"maximum\": 5\n"
                  "        }\n"
                  "      },\n"
                  "      \"required\": [\"depth\"],\n"
                  "      \"additionalProperties\": false\n"
                  "    },\n"
                  "    \"tree\": {\n"
                  "      \"description\": \"A leaf, or trees.\",\n"
                  "      \"anyOf\": [\n"
                  "        {\n"
                  "          \"type\": \"number\"\n"
                  "        },\n"
                  "        {\n"
                  "          \"type\": \"null\"\n"
                  "        },\n"
                  "        {\n"
                  "          \"type\": \"array\",\n"
                  "          \"items\": {\n"
                  "            \"$ref\": \"#/definitions/tree\"\n"
                  "          }\n"
                  "        }\n"
                  "      ]\n"
                  "    }\n"
                  "  }\n"
                  "}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalar),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
