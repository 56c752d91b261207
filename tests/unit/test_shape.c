// Every key table says what its values look like: the JSON Schema is written from the
// tables, so a shape that is missing or says nothing is found here.
#include "unit.h"

#include "bind.h"
#include "data_file.h"
#include "definition.h"
#include "handles_file.h"
#include "header.h"
#include "project_file.h"

#include <string.h>

#define SHAPES_MAX 500

struct walk {
    const struct shape *seen[SHAPES_MAX];
    size_t count;
    size_t faults;
    const char *place; // the key under which the walk is
};

static void walk_shape(struct walk *walk, const struct shape *shape);
static void walk_record(struct walk *walk, const struct bind_record *record);

static void expect(struct walk *walk, bool good, const char *what)
{
    if (!good) {
        print_error("%s: %s\n", walk->place, what);
        walk->faults++;
    }
}

// False when it was seen before. A name stands for one shape only.
static bool enter(struct walk *walk, const struct shape *shape)
{
    for (size_t i = 0; i < walk->count; i++) {
        const struct shape *seen = walk->seen[i];
        if (seen == shape) {
            return false;
        }
        expect(walk,
               shape->name == NULL || seen->name == NULL ||
                   strcmp(shape->name, seen->name) != 0,
               "its shape's name is another shape's as well");
    }
    assert_true(walk->count < SHAPES_MAX);
    walk->seen[walk->count++] = shape;
    return true;
}

static bool is_text(const struct shape *shape)
{
    bool text = shape->kind == SHAPE_STRING || shape->kind == SHAPE_WORD ||
                shape->kind == SHAPE_ANY_OF;
    for (size_t i = 0; shape->kind == SHAPE_ANY_OF && shape->choices[i] != NULL; i++) {
        text = text && is_text(shape->choices[i]);
    }
    return text;
}

static void walk_key(struct walk *walk, const struct bind_key *key)
{
    const char *place = walk->place;
    walk->place = key->name;
    expect(walk, key->doc != NULL && key->doc[0] != '\0', "it has no .doc");
    expect(walk, key->kind != BIND_NODE || key->shape != NULL, "it has no .shape");
    expect(walk,
           key->shape == NULL || key->kind == BIND_NODE || key->kind == BIND_STRING,
           "only a node or a string has a .shape");
    expect(walk, key->kind != BIND_STRING || key->shape == NULL || is_text(key->shape),
           "it is a string, and its shape takes others");
    if (key->shape != NULL) {
        walk_shape(walk, key->shape);
    }
    if (key->kind == BIND_RECORD) {
        walk_record(walk, key->record);
    }
    walk->place = place;
}

static void walk_record(struct walk *walk, const struct bind_record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        walk_key(walk, &record->keys[i]);
    }
}

static void check_limits(struct walk *walk, const struct shape *shape)
{
    bool counts = shape->kind == SHAPE_STRING || shape->kind == SHAPE_RECORD ||
                  shape->kind == SHAPE_MAPPING || shape->kind == SHAPE_LIST;
    bool set = shape->min != 0 || shape->max != 0;
    expect(walk, counts || shape->kind == SHAPE_INTEGER || !set,
           "its shape has limits that mean nothing");
    expect(walk, !counts || (shape->min >= 0 && shape->max >= 0),
           "its shape has a negative limit");
    expect(walk, shape->max == 0 || shape->min <= shape->max,
           "its shape's limits leave nothing");
}

static bool is_key_of(const struct bind_record *record, const char *name)
{
    for (size_t i = 0; record != NULL && i < record->count; i++) {
        if (strcmp(record->keys[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_members(struct walk *walk, const struct shape *shape)
{
    bool holds = shape->kind == SHAPE_MAPPING || shape->kind == SHAPE_LIST;
    expect(walk, (shape->record != NULL) == (shape->kind == SHAPE_RECORD),
           "its shape and .record do not fit");
    expect(walk, (shape->words != NULL) == (shape->kind == SHAPE_WORD),
           "its shape and .words do not fit");
    expect(walk, (shape->choices != NULL) == (shape->kind == SHAPE_ANY_OF),
           "its shape and .choices do not fit");
    expect(walk, (shape->of != NULL) == holds, "its shape and .of do not fit");
    expect(walk, shape->pattern == NULL || shape->kind == SHAPE_STRING,
           "its shape and .pattern do not fit");
    expect(walk, shape->key == NULL || shape->kind == SHAPE_MAPPING,
           "its shape and .key do not fit");
    expect(walk, shape->key == NULL || shape->key->kind == SHAPE_STRING,
           "its names are no strings");
    expect(walk, shape->has == NULL || holds || is_key_of(shape->record, shape->has),
           "its shape and .has do not fit");
    expect(walk, !shape->distinct || shape->kind == SHAPE_LIST,
           "its shape and .distinct do not fit");
}

static void walk_shape(struct walk *walk, const struct shape *shape)
{
    if (!enter(walk, shape)) {
        return;
    }
    check_limits(walk, shape);
    check_members(walk, shape);
    if (shape->record != NULL) {
        walk_record(walk, shape->record);
    }
    for (size_t i = 0; shape->choices != NULL && shape->choices[i] != NULL; i++) {
        walk_shape(walk, shape->choices[i]);
    }
    if (shape->key != NULL) {
        walk_shape(walk, shape->key);
    }
    if (shape->of != NULL) {
        walk_shape(walk, shape->of);
    }
}

static void test_all_tables(void **state)
{
    const struct shape *const files[] = {&DEFINITION_SHAPE, &HEADER_SHAPE,
                                         &PROJECT_FILE_SHAPE, &HANDLES_FILE_SHAPE,
                                         &DATA_FILE_SHAPE};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct walk walk = {.place = "the file"};
        walk_shape(&walk, files[i]);
        assert_true(walk.count > 1);
        assert_int_equal(walk.faults, 0);
    }
}

static void test_faults_are_found(void **state)
{
    static const struct shape patterned_number = {SHAPE_NUMBER, .pattern = "x"};
    static const struct bind_key keys[] = {
        {"opaque", BIND_NODE, .doc = "."},
        {"undocumented", BIND_STRING, .doc = ""},
        {"mistyped", BIND_STRING, .shape = &patterned_number, .doc = "."},
    };
    static const struct bind_record record = {"a record", keys, COUNT_OF(keys), 0};
    const struct shape shape = {SHAPE_RECORD, .record = &record, .min = 4, .max = 3};
    struct walk walk = {.place = "the record"};
    (void)state;

    walk_shape(&walk, &shape);
    assert_int_equal(walk.faults, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_tables),
        cmocka_unit_test(test_faults_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
