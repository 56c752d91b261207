// Locks: any text, as ddbgen.lock. One that passes can be written, shows nothing
// harmful, and reads back as what gives the same text again.
#include "fuzz.h"

#include "lock.h"

#define TEXT_MAX ((size_t)64 << 20)

static void require_back(struct str text)
{
    struct fuzz_stage stage;
    struct lock lock;
    struct buf again;
    fuzz_stage_init(&stage, text);
    lock_init(&lock, &stage.arena);
    FUZZ_REQUIRE(lock_read(&lock, &stage.source, &stage.diags));
    FUZZ_REQUIRE(stage.diags.count == 0);
    buf_init(&again, TEXT_MAX);
    lock_write(&again, &lock);
    FUZZ_REQUIRE(str_eq(buf_str(&again), text));
    buf_deinit(&again);
    fuzz_stage_deinit(&stage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_stage stage;
    struct lock lock;
    fuzz_stage_init(&stage, (struct str){(const char *)data, size});
    lock_init(&lock, &stage.arena);
    if (lock_read(&lock, &stage.source, &stage.diags)) {
        struct buf out;
        FUZZ_REQUIRE(stage.diags.errors == 0);
        buf_init(&out, TEXT_MAX);
        lock_write(&out, &lock);
        FUZZ_REQUIRE(!out.overflowed);
        fuzz_require_harmless(buf_str(&out));
        require_back(buf_str(&out));
        buf_deinit(&out);
    } else {
        FUZZ_REQUIRE(stage.diags.errors > 0);
    }
    fuzz_stage_deinit(&stage);
    return 0;
}
