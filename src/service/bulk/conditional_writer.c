// Conditional writes. Enter: changes, each with what was seen. Leave: PutItem, UpdateItem
// and DeleteItem, and what became of those that the service declined.
//
// A change is a job from when it is taken until it is written or left: its two items are
// kept as texts, and become values again when an answer has to be judged.
#include "conditional_writer.h"

#include "conditional.h"
#include "die.h"
#include "fetcher.h"
#include "item_key.h"
#include "json_read.h"
#include "json_write.h"
#include "map.h"
#include "missing.h"
#include "put_back.h"
#include "value_json.h"
#include "writer.h"

#include <stdlib.h>

#define KEYS_IN_READ 100u // C040
#define ITEM_JSON_MAX ((size_t)16 << 20)

struct job {
    struct conditional_writer *writer;
    struct job *made_before; // of all jobs
    struct job *next;        // in one of the writer's lists
    struct buf live;         // empty: nothing was there
    struct buf wanted;       // empty: nothing is to be there
    struct batch_item of;
    bool loose;       // it is sent a second time (conditional.h)
    bool old;         // its answer has to tell what was there
    struct item *now; // while it is settled: what is there; NULL: nothing
    struct str key;   // likewise: {"pk":{...}}
};

struct jobs {
    struct job *first;
    struct job *last;
    size_t count;
    size_t bytes;
};

struct conditional_writer {
    struct client *client;
    struct loader *loader;
    const struct table *table;
    struct conditional_left left;
    const struct stop *stop;
    struct diags *diags;
    struct arena scratch; // for one change, or one answer
    struct arena settling;
    struct buf body;
    struct batch one;
    struct job *made;    // the last one
    struct jobs idle;    // to be used again
    struct jobs pending; // declined, and not yet settled
    struct conditional_counts counts;
};

static void jobs_add(struct jobs *jobs, struct job *job)
{
    job->next = NULL;
    if (jobs->last != NULL) {
        jobs->last->next = job;
    } else {
        jobs->first = job;
    }
    jobs->last = job;
    jobs->count++;
    jobs->bytes += job->live.len + job->wanted.len;
}

static struct job *jobs_take(struct jobs *jobs)
{
    struct job *job = jobs->first;
    if (job != NULL) {
        jobs->first = job->next;
        jobs->last = jobs->first == NULL ? NULL : jobs->last;
        jobs->count--;
        jobs->bytes -= job->live.len + job->wanted.len;
    }
    return job;
}

struct conditional_writer *
conditional_writer_new(struct client *client, struct loader *loader,
                       const struct table *table, const struct conditional_left *left,
                       const struct stop *stop, struct diags *diags)
{
    struct conditional_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        die("out of memory");
    }
    writer->client = client;
    writer->loader = loader;
    writer->table = table;
    writer->left = *left;
    writer->stop = stop;
    writer->diags = diags;
    buf_init(&writer->body, ITEM_JSON_MAX);
    return writer;
}

void conditional_writer_free(struct conditional_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    for (struct job *job = writer->made; job != NULL;) {
        struct job *before = job->made_before;
        buf_deinit(&job->live);
        buf_deinit(&job->wanted);
        free(job);
        job = before;
    }
    buf_deinit(&writer->body);
    arena_deinit(&writer->scratch);
    arena_deinit(&writer->settling);
    free(writer);
}

static struct job *job_new(struct conditional_writer *writer)
{
    struct job *job = jobs_take(&writer->idle);
    if (job != NULL) {
        buf_reset(&job->live);
        buf_reset(&job->wanted);
        return job;
    }
    job = calloc(1, sizeof *job);
    if (job == NULL) {
        die("out of memory");
    }
    job->writer = writer;
    job->made_before = writer->made;
    writer->made = job;
    buf_init(&job->live, ITEM_JSON_MAX);
    buf_init(&job->wanted, ITEM_JSON_MAX);
    return job;
}

// ---- the two items of a change

// NULL: the text is empty. False: it is no item.
static bool read_item(struct item **item, struct str json, struct arena *arena,
                      const char **why)
{
    *item = json.len > 0 ? arena_alloc(arena, sizeof **item) : NULL;
    return *item == NULL || value_json_read_item(&(*item)->attributes, &(*item)->count,
                                                 json, arena, why);
}

// One that was read before.
static struct item *item_of(struct str json, struct arena *arena)
{
    struct item *item = NULL;
    const char *why = NULL;
    if (!read_item(&item, json, arena, &why)) {
        die("an item that was read before does not read: %s", why);
    }
    return item;
}

static struct conditional conditional_of(const struct job *job, struct arena *arena)
{
    return (struct conditional){
        .table = job->writer->table,
        .seen = item_of(buf_str(&job->live), arena),
        .wanted = item_of(buf_str(&job->wanted), arena),
        .loose = job->loose,
    };
}

// {"pk":{...},"sk":{...}}, and the same in canonical form.
static void job_key(const struct job *job, struct str *key, struct str *text,
                    struct arena *arena)
{
    const struct table *table = job->writer->table;
    const struct buf *from = job->live.len > 0 ? &job->live : &job->wanted;
    struct json_reader reader;
    struct buf out;
    buf_init(&out, ITEM_JSON_MAX);
    conditional_write_key(&out, table, item_of(buf_str(from), arena));
    *key = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    json_reader_init(&reader, *key, arena);
    if (!item_key_read(text, &reader, table, arena)) {
        die("an item of ours has no readable key");
    }
}

static void leave(struct job *job)
{
    struct conditional_writer *writer = job->writer;
    struct str key;
    struct str text;
    job_key(job, &key, &text, &writer->scratch);
    writer->counts.left++;
    writer->left.left(writer->left.context, key, text, &job->of);
    jobs_add(&writer->idle, job);
}

// ---- answers

static enum loader_answer read_answer(void *context, const struct reply *reply,
                                      const char **why)
{
    struct job *job = context;
    struct conditional_writer *writer = job->writer;
    struct arena *scratch = &writer->scratch;
    struct item *old = NULL;
    if (reply_is(reply, CONDITION_DECLINED)) {
        jobs_add(&writer->pending, job);
        return LOADER_DECLINED;
    }
    if (reply->kind != REPLY_OK) {
        return LOADER_REFUSED;
    }
    arena_reset(scratch);
    if (job->old && !put_back_read(&old, "Attributes", arena_str(scratch, reply->body),
                                   scratch, why)) {
        return LOADER_FOREIGN;
    }
    struct conditional conditional = conditional_of(job, scratch);
    // As it is to be: the answer to our own first attempt got lost.
    if (old == NULL || conditional_saw(&conditional, old, scratch) ||
        conditional_done(&conditional, old, scratch)) {
        jobs_add(&writer->idle, job);
        return LOADER_WRITTEN;
    }
    bool back = put_back(writer->client, &conditional, old, scratch, writer->diags);
    leave(job);
    return back ? LOADER_DECLINED : LOADER_LOST;
}

// ---- sending

// False: the loader gave up.
static bool send(struct job *job)
{
    struct conditional_writer *writer = job->writer;
    arena_reset(&writer->scratch);
    buf_reset(&writer->body);
    struct conditional conditional = conditional_of(job, &writer->scratch);
    struct conditional_request request =
        conditional_build(&writer->body, &conditional, &writer->scratch);
    if (request.operation == CONDITIONAL_NOTHING) {
        writer->counts.landed++;
        jobs_add(&writer->idle, job);
        return true;
    }
    job->old = request.old;
    struct loader_single single = {
        .operation = conditional_operation_name(request.operation),
        .body = buf_str(&writer->body),
        .items = {buf_str(&job->live), buf_str(&job->wanted)},
        .read = read_answer,
        .context = job,
    };
    return loader_take_single(writer->loader, writer->table, &job->of, &single);
}

// The canonical key of an item. False: it has none.
static bool read_key(struct str *text, struct str json, const struct table *table,
                     struct arena *arena)
{
    struct json_reader reader;
    json_reader_init(&reader, json, arena);
    return item_key_read(text, &reader, table, arena);
}

// Changes come from files, too.
static bool have_one_key(struct conditional_writer *writer,
                         const struct conditional_change *change)
{
    const struct table *table = writer->table;
    struct str seen = {0};
    struct str wanted = {0};
    arena_reset(&writer->scratch);
    if ((change->live.len == 0 ||
         read_key(&seen, change->live, table, &writer->scratch)) &&
        (change->declared.len == 0 ||
         read_key(&wanted, change->declared, table, &writer->scratch)) &&
        (seen.len == 0 || wanted.len == 0 || str_eq(seen, wanted))) {
        return true;
    }
    diag_add(writer->diags, DIAG_PLAN_FILE,
             span_of_line(change->of->source, change->of->line),
             "an item of table %s cannot be written: it was seen under another key",
             diag_quote(writer->diags, table->name));
    return false;
}

bool conditional_writer_take(struct conditional_writer *writer,
                             const struct conditional_change *change)
{
    bool full = writer->pending.count >= CONDITIONAL_PENDING_MAX ||
                writer->pending.bytes >= CONDITIONAL_PENDING_BYTES;
    if ((full && !conditional_writer_settle(writer)) || !have_one_key(writer, change)) {
        return false;
    }
    struct job *job = job_new(writer);
    buf_put(&job->live, change->live);
    buf_put(&job->wanted, change->declared);
    job->of = *change->of;
    job->loose = false;
    return send(job);
}

// ---- what was declined

// Those that are read again. What is in flight when there are enough of them may be
// declined as well.
struct settling {
    struct conditional_writer *writer;
    struct job *jobs[CONDITIONAL_PENDING_MAX + WRITER_MAX_SLOTS];
    size_t count;
    struct map by_key; // canonical
};

static bool take_now(void *context, struct str json)
{
    struct settling *settling = context;
    struct conditional_writer *writer = settling->writer;
    struct arena *arena = &writer->settling;
    const char *why = "it has no key";
    struct item *item = NULL;
    struct str text;
    if (read_item(&item, arena_str(arena, json), arena, &why) &&
        read_key(&text, json, writer->table, arena)) {
        struct job *job = map_find(&settling->by_key, text);
        if (job != NULL) {
            job->now = item;
        }
        return true;
    }
    diag_add(writer->diags, DIAG_SERVICE, (struct span){0},
             "an item of table %s cannot be read: %s",
             diag_quote(writer->diags, writer->table->name), why);
    return false;
}

// What stands between the braces of RequestItems, for some of the jobs.
static struct fetch fetch_of(const struct settling *settling, size_t from, size_t to)
{
    struct conditional_writer *writer = settling->writer;
    struct buf out;
    buf_init(&out, ITEM_JSON_MAX);
    json_put_string(&out, writer->table->name);
    buf_puts(&out, ":{\"Keys\":[");
    for (size_t i = from; i < to; i++) {
        buf_puts(&out, i > from ? "," : "");
        buf_put(&out, settling->jobs[i]->key);
    }
    buf_puts(&out, "],\"ConsistentRead\":true}");
    struct fetch fetch = {
        .kind = FETCH_KEYS,
        .members = arena_str(&writer->settling, buf_str(&out)),
        .table = writer->table,
    };
    buf_deinit(&out);
    return fetch;
}

// Takes all that is pending, and reads it again. False: diagnosed, or interrupted.
static bool read_pending(struct settling *settling)
{
    struct conditional_writer *writer = settling->writer;
    struct fetch
        fetches[sizeof settling->jobs / sizeof settling->jobs[0] / KEYS_IN_READ + 1];
    struct reader_sink to = {take_now, settling};
    size_t reads = 0;
    for (struct job *job; (job = jobs_take(&writer->pending)) != NULL;) {
        struct str text;
        job->now = NULL;
        job_key(job, &job->key, &text, &writer->settling);
        map_add(&settling->by_key, text, NULL)->value = job;
        settling->jobs[settling->count++] = job;
    }
    for (size_t from = 0; from < settling->count; from += KEYS_IN_READ) {
        size_t end = from + KEYS_IN_READ;
        fetches[reads++] =
            fetch_of(settling, from, end < settling->count ? end : settling->count);
    }
    return fetcher_run(NULL, writer->client, fetches, reads, &to, writer->stop,
                       "reading items that changed meanwhile", writer->diags);
}

// False: the loader gave up.
static bool judge(struct job *job)
{
    struct conditional_writer *writer = job->writer;
    arena_reset(&writer->scratch);
    struct conditional conditional = conditional_of(job, &writer->scratch);
    if (conditional_done(&conditional, job->now, &writer->scratch)) {
        writer->counts.landed++;
        jobs_add(&writer->idle, job);
        return true;
    }
    if (!job->loose && conditional_saw(&conditional, job->now, &writer->scratch)) {
        job->loose = true;
        return send(job);
    }
    leave(job);
    return true;
}

static void give_up(struct job *job)
{
    loader_add_missing(job->writer->loader, &job->of);
    jobs_add(&job->writer->idle, job);
}

static bool settle_pending(struct conditional_writer *writer)
{
    struct settling settling = {.writer = writer};
    arena_reset(&writer->settling);
    map_init(&settling.by_key, &writer->settling);
    bool going = read_pending(&settling);
    for (size_t i = 0; i < settling.count; i++) {
        if (going) {
            going = judge(settling.jobs[i]);
        } else {
            give_up(settling.jobs[i]);
        }
    }
    return going;
}

bool conditional_writer_settle(struct conditional_writer *writer)
{
    bool going = loader_drain(writer->loader);
    while (going && writer->pending.count > 0) {
        going = settle_pending(writer) && loader_drain(writer->loader);
    }
    for (struct job *job; (job = jobs_take(&writer->pending)) != NULL;) {
        give_up(job);
    }
    return going;
}

struct conditional_counts
conditional_writer_get_counts(const struct conditional_writer *writer)
{
    return writer->counts;
}
