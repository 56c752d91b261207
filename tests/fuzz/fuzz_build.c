// A folder as `build -o` writes it: files, each behind a line "> NAME". Whatever is in
// it: what is refused is diagnosed, once; the items of what is taken are JSON, in as many
// files as it was said to have, and what tables say is written again.
#include "fuzz.h"

#include "build_dir.h"
#include "file.h"
#include "request.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 16
#define TEXT_MAX ((size_t)64 << 20)

// Of letters, digits, '-' and '.', with one folder at most; it does not begin with a dot.
static bool is_name(struct str name)
{
    size_t slashes = 0;
    bool begins = true;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.at[i];
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        slashes += c == '/' ? 1 : 0;
        if (begins ? !word : !word && c != '-' && c != '.' && c != '/') {
            return false;
        }
        begins = c == '/';
    }
    return name.len > 0 && name.len < 100 && slashes <= 1 && !begins;
}

static void put_file(const char *base, struct str name, struct str content,
                     struct arena *arena)
{
    const size_t slash = str_find_char(name, '/');
    if (slash < name.len) {
        (void)mkdir(arena_printf(arena, "%s/%.*s", base, (int)slash, name.at).at, 0700);
    }
    const char *path = arena_printf(arena, "%s/%.*s", base, STR_ARG(name)).at;
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd >= 0) { // not there already, as a file or a folder
        FUZZ_REQUIRE(file_write_all(fd, content) && close(fd) == 0);
    }
}

static void put_files(const char *base, struct str text, struct arena *arena)
{
    static const struct str MARK = {"> ", 2};
    for (size_t i = 0; i < FILES_MAX && str_starts(text, MARK); i++) {
        text = str_skip(text, MARK.len);
        struct str name = {text.at, str_find_char(text, '\n')};
        text = str_skip(text, name.len < text.len ? name.len + 1 : name.len);
        struct str content = text;
        content.len = str_starts(text, MARK) ? 0 : str_find(text, STR("\n> "));
        content.len += content.len < text.len && content.len > 0 ? 1 : 0;
        text = str_skip(text, content.len);
        if (is_name(name)) {
            put_file(base, name, content, arena);
        }
    }
}

static bool take_item(void *context, struct str json, const struct made_for *made_for,
                      const char **why)
{
    uint64_t *items = context;
    (void)made_for;
    (void)why;
    fuzz_require_json(json);
    FUZZ_REQUIRE(json.len > 1 && json.at[0] == '{');
    (*items)++;
    return true;
}

static void require_part(const struct build_part *part, struct diags *diags)
{
    uint64_t items = 0;
    const struct build_sink to = {take_item, &items};
    const size_t before = diags->errors;
    struct buf out;
    buf_init(&out, TEXT_MAX);
    request_write_create_table(&out, &part->table);
    fuzz_require_json(buf_str(&out));
    buf_deinit(&out);
    const bool fine = build_part_items(part, &to, diags);
    FUZZ_REQUIRE(diags->errors == before + (fine ? 0 : 1));
    FUZZ_REQUIRE(part->batches > 0 || items == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char base[FUZZ_FOLDER_MAX];
    struct fuzz_stage stage;
    struct build_dir dir;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    fuzz_folder_make(base);
    put_files(base, stage.source.text, &stage.arena);
    if (build_dir_read(&dir, base, "build", &stage.arena, &stage.diags)) {
        FUZZ_REQUIRE(stage.diags.errors == 0 && dir.count > 0);
        for (size_t i = 0; i < dir.count; i++) {
            require_part(&dir.parts[i], &stage.diags);
        }
    } else {
        FUZZ_REQUIRE(stage.diags.errors > 0);
    }
    fuzz_folder_remove(base);
    fuzz_stage_deinit(&stage);
    return 0;
}
