// Settings of a table, declared and live, each compared by its own rules.
#include "settings_diff.h"

#include "kms_key.h"
#include "policy_equal.h"

#define KEY_PATH "sse_specification.kms_master_key_id"
#define RECOVERY_DAYS_DEFAULT 35 // A206

static const struct str NONE;

void note_untold(struct table_diff *out, const struct secondary_index *index,
                 const char *path)
{
    table_note_add(out, (struct table_note){
                            .kind = TABLE_NOTE_UNKNOWN,
                            .path = table_change_path(out, index, path),
                            .text = STR(TABLE_NOTE_UNTOLD),
                            .index = index,
                            .untold = true,
                        });
}

// True: there is nothing to compare. What is declared, and not told of the live table,
// is noted.
static bool is_unsaid(struct table_diff *out, enum setting declared, enum setting live,
                      const char *path)
{
    if (declared != SETTING_UNSAID && live == SETTING_UNSAID) {
        note_untold(out, NULL, path);
    }
    return declared == SETTING_UNSAID || live == SETTING_UNSAID;
}

static void diff_stream(struct table_diff *out,
                        const struct stream_specification *declared,
                        const struct stream_specification *live)
{
    static const struct str VIEWS[] = {{"KEYS_ONLY", 9},
                                       {"NEW_IMAGE", 9},
                                       {"OLD_IMAGE", 9},
                                       {"NEW_AND_OLD_IMAGES", 18}};
    bool on = declared->state == SETTING_ENABLED;
    bool was_on = live->state == SETTING_ENABLED;
    if (is_unsaid(out, declared->state, live->state, "stream_specification") ||
        (on == was_on && (!on || declared->view_type == live->view_type))) {
        return;
    }
    table_change_add(out, (struct table_change){
                              .kind = TABLE_CHANGE_STREAM,
                              .path = STR("stream_specification.stream_view_type"),
                              .from = was_on ? VIEWS[live->view_type] : NONE,
                              .to = on ? VIEWS[declared->view_type] : NONE,
                              .span = declared->span,
                              .destructive = was_on, // A154: who reads it loses it
                          });
}

static void note_key(struct table_diff *out, const struct sse_specification *declared,
                     const struct sse_specification *live)
{
    struct str name = kms_key_name(declared);
    struct str why = live->kms_master_key_id.len == 0 ? STR("the server tells no key")
                     : live->unknown.len > 0          ? live->unknown
                                                      : STR("nobody was asked");
    table_note_add(
        out,
        (struct table_note){
            .kind = TABLE_NOTE_UNKNOWN,
            .path = STR(KEY_PATH),
            .value = live->kms_master_key_id.len > 0 ? live->kms_master_key_id : NONE,
            .text = arena_printf(out->arena,
                                 "whether that is %.*s is not known: %.*s; 'apply "
                                 "--resend sse_specification' sets it all the same",
                                 STR_ARG(name), STR_ARG(why)),
        });
}

static void change_key(struct table_diff *out, const struct sse_specification *declared,
                       const struct sse_specification *live)
{
    bool on = declared->state == SETTING_ENABLED;
    bool was_on = live->state == SETTING_ENABLED;
    struct str from = live->told ? live->kms_master_key_id : kms_key_name(live);
    table_change_add(out, (struct table_change){
                              .kind = TABLE_CHANGE_SSE,
                              .path = STR(KEY_PATH),
                              .from = !was_on         ? NONE
                                      : from.len == 0 ? STR("unknown")
                                                      : from,
                              .to = on ? kms_key_name(declared) : NONE,
                              .span = declared->span,
                          });
}

void sse_resend(struct table_diff *out, const struct table *declared,
                const struct table *live)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (out->changes[i].kind == TABLE_CHANGE_SSE) {
            return; // it is set anyway
        }
    }
    if (out->other_key || declared->settings.sse.state != SETTING_ENABLED) {
        return;
    }
    for (size_t i = 0; i < out->note_count; i++) {
        if (!str_starts(out->notes[i].path, STR("sse_specification"))) {
            out->notes[kept++] = out->notes[i];
        }
    }
    out->note_count = kept;
    change_key(out, &declared->settings.sse, &live->settings.sse);
}

static void diff_sse(struct table_diff *out, const struct sse_specification *declared,
                     const struct sse_specification *live)
{
    bool on = declared->state == SETTING_ENABLED;
    bool was_on = live->state == SETTING_ENABLED;
    if (is_unsaid(out, declared->state, live->state, "sse_specification")) {
        return;
    }
    enum kms_match match = on && was_on ? kms_key_match(declared, live) : KMS_OTHER;
    if (match == KMS_UNKNOWN) {
        note_key(out, declared, live);
    }
    if (match != KMS_OTHER || on + was_on == 0) {
        return;
    }
    change_key(out, declared, live);
}

static void diff_words(struct table_diff *out, const struct table_settings *declared,
                       const struct table_settings *live)
{
    static const struct str CLASSES[] = {
        {NULL, 0}, {"STANDARD", 8}, {"STANDARD_INFREQUENT_ACCESS", 26}};
    bool class_said = declared->table_class != TABLE_CLASS_UNSAID;
    bool class_told = live->table_class != TABLE_CLASS_UNSAID;
    if (class_said && !class_told) {
        note_untold(out, NULL, "table_class");
    } else if (class_said && declared->table_class != live->table_class) {
        table_change_add(out, (struct table_change){
                                  .kind = TABLE_CHANGE_TABLE_CLASS,
                                  .path = STR("table_class"),
                                  .from = CLASSES[live->table_class],
                                  .to = CLASSES[declared->table_class],
                                  .span = declared->table_class_span,
                              });
    }
    if (!is_unsaid(out, declared->deletion_protection, live->deletion_protection,
                   "deletion_protection_enabled") &&
        declared->deletion_protection != live->deletion_protection) {
        bool on = declared->deletion_protection == SETTING_ENABLED;
        table_change_add(out, (struct table_change){
                                  .kind = TABLE_CHANGE_DELETION_PROTECTION,
                                  .path = STR("deletion_protection_enabled"),
                                  .from = on ? STR("false") : STR("true"),
                                  .to = on ? STR("true") : STR("false"),
                                  .span = declared->deletion_protection_span,
                              });
    }
}

static const struct tag *find_tag(const struct table_settings *settings, struct str key)
{
    for (size_t i = 0; i < settings->tag_count; i++) {
        if (str_eq(settings->tags[i].key, key)) {
            return &settings->tags[i];
        }
    }
    return NULL;
}

// A value of no bytes is a value.
static struct str tag_value(const struct tag *tag)
{
    return tag == NULL ? NONE : tag->value.len == 0 ? STR("") : tag->value;
}

static void add_tag(struct table_diff *out, const struct tag *declared,
                    const struct tag *live, struct span span)
{
    const struct tag *tag = declared != NULL ? declared : live;
    table_change_add(out, (struct table_change){
                              .kind = TABLE_CHANGE_TAG,
                              .path = table_change_tag_path(out, tag->key),
                              .from = tag_value(live),
                              .to = tag_value(declared),
                              .span = span,
                              .destructive = declared == NULL,
                              .tag = tag,
                          });
}

static void diff_tags(struct table_diff *out, const struct table_settings *declared,
                      const struct table_settings *live)
{
    if (declared->tags_said && !live->tags_said) {
        note_untold(out, NULL, "tags");
    }
    if (!declared->tags_said || !live->tags_said) {
        return;
    }
    for (size_t i = 0; i < declared->tag_count; i++) {
        const struct tag *tag = &declared->tags[i];
        const struct tag *old = find_tag(live, tag->key);
        if (old == NULL || !str_eq(old->value, tag->value)) {
            add_tag(out, tag, old, tag->span);
        }
    }
    for (size_t i = 0; i < live->tag_count; i++) {
        const struct tag *tag = &live->tags[i];
        bool reserved = str_starts(tag->key, STR("aws:")); // A167: not the user's
        if (!reserved && find_tag(declared, tag->key) == NULL) {
            add_tag(out, NULL, tag, declared->tags_span);
        }
    }
}

bool tags_same(const struct table_settings *declared, const struct table_settings *live)
{
    struct arena arena = {0};
    struct table_diff diff = {.arena = &arena};
    diff_tags(&diff, declared, live);
    arena_deinit(&arena);
    return diff.count == 0;
}

static void diff_policy(struct table_diff *out, const struct table_settings *declared,
                        const struct table_settings *live)
{
    struct str from = live->resource_policy;
    struct str to = declared->resource_policy;
    if (declared->resource_policy_said && !live->resource_policy_said) {
        note_untold(out, NULL, "resource_policy");
    }
    if (!declared->resource_policy_said || !live->resource_policy_said ||
        policy_equal(from, to)) {
        return;
    }
    table_change_add(out, (struct table_change){
                              .kind = TABLE_CHANGE_RESOURCE_POLICY,
                              .path = STR("resource_policy"),
                              .from = from.len == 0 ? NONE : from,
                              .to = to.len == 0 ? NONE : to,
                              .span = declared->resource_policy_span,
                              .destructive = to.len == 0,
                          });
}

// Whether a definition that disables time to live names an attribute, and another one
// than that by which it is enabled.
static bool is_other_attribute(const struct time_to_live *declared,
                               const struct time_to_live *live)
{
    return declared->state == SETTING_DISABLED && live->state == SETTING_ENABLED &&
           declared->attribute_name.len > 0 &&
           !str_eq(declared->attribute_name, live->attribute_name);
}

// A195, A196. NULL: it can be changed in place.
static const char *time_to_live_recipe(const struct time_to_live *declared,
                                       const struct time_to_live *live)
{
    if (is_other_attribute(declared, live)) {
        return "name the attribute that it goes by, or none: `enabled: false` alone "
               "disables it";
    }
    if (declared->state != SETTING_ENABLED) {
        return NULL;
    }
    if (live->state == SETTING_DISABLING) {
        return "time to live is being disabled: apply again in an hour, when it can be "
               "enabled";
    }
    return live->state == SETTING_ENABLED
               ? "disable it (`enabled: false`) and apply, wait an hour, then enable "
                 "it by the other attribute and apply again"
               : NULL;
}

static void diff_time_to_live(struct table_diff *out,
                              const struct time_to_live *declared,
                              const struct time_to_live *live)
{
    bool on = declared->state == SETTING_ENABLED;
    bool was_on = live->state == SETTING_ENABLED;
    if (is_unsaid(out, declared->state, live->state, "time_to_live") ||
        (on == was_on &&
         (!on || str_eq(declared->attribute_name, live->attribute_name)))) {
        return;
    }
    const char *recipe = time_to_live_recipe(declared, live);
    table_change_add(
        out,
        (struct table_change){
            .kind = recipe ? TABLE_CHANGE_IMPOSSIBLE : TABLE_CHANGE_TIME_TO_LIVE,
            .path = STR("time_to_live.attribute_name"),
            .from = was_on ? live->attribute_name : NONE,
            .to = on || is_other_attribute(declared, live) ? declared->attribute_name
                                                           : NONE,
            .span = declared->span,
            .refusal = DIAG_TIME_TO_LIVE_TAKEN,
            .recipe = str_from(recipe),
        });
}

// 0: it is off.
static int64_t recovery_days(const struct point_in_time_recovery *recovery)
{
    if (recovery->state != SETTING_ENABLED) {
        return 0;
    }
    return recovery->recovery_period_in_days != 0 ? recovery->recovery_period_in_days
                                                  : RECOVERY_DAYS_DEFAULT;
}

static void diff_recovery(struct table_diff *out,
                          const struct point_in_time_recovery *declared,
                          const struct point_in_time_recovery *live)
{
    int64_t from = recovery_days(live);
    int64_t to = recovery_days(declared);
    if (is_unsaid(out, declared->state, live->state, "point_in_time_recovery") ||
        from == to) {
        return;
    }
    table_change_add(out,
                     (struct table_change){
                         .kind = TABLE_CHANGE_RECOVERY,
                         .path = STR("point_in_time_recovery.recovery_period_in_days"),
                         .from = table_change_units(out, from),
                         .to = table_change_units(out, to),
                         .span = declared->span,
                         .destructive = to < from, // A209
                     });
}

struct str insights_describe(const struct contributor_insights *insights)
{
    static const struct str MODES[] = {
        {"enabled", 7}, {"ACCESSED_AND_THROTTLED_KEYS", 27}, {"THROTTLED_KEYS", 14}};
    return insights->state == SETTING_ENABLED ? MODES[insights->mode] : NONE;
}

// Without a word the service takes what it always did.
static enum insights_mode mode_of(const struct contributor_insights *insights)
{
    return insights->mode == INSIGHTS_UNSAID ? INSIGHTS_ACCESSED_AND_THROTTLED_KEYS
                                             : insights->mode;
}

static void diff_insights(struct table_diff *out, struct table_change base,
                          const struct contributor_insights *declared,
                          const struct contributor_insights *live)
{
    bool on = declared->state == SETTING_ENABLED;
    bool was_on = live->state == SETTING_ENABLED;
    bool untold = on && was_on && live->mode == INSIGHTS_UNSAID &&
                  declared->mode == INSIGHTS_THROTTLED_KEYS;
    bool same_mode = untold || mode_of(declared) == mode_of(live);
    if (untold ||
        (declared->state != SETTING_UNSAID && live->state == SETTING_UNSAID)) {
        note_untold(out, base.index,
                    untold ? "contributor_insights.mode" : "contributor_insights");
    }
    if (declared->state == SETTING_UNSAID || live->state == SETTING_UNSAID ||
        (on == was_on && (!on || same_mode))) {
        return;
    }
    base.kind = TABLE_CHANGE_INSIGHTS;
    base.path = table_change_path(out, base.index, "contributor_insights.mode");
    struct contributor_insights to = *declared;
    if (was_on) { // one mode becomes another: both have a name
        to.mode = mode_of(declared);
    }
    base.from = insights_describe(live);
    base.to = insights_describe(&to);
    base.span = declared->span;
    table_change_add(out, base);
}

void insights_diff(struct table_diff *out, const struct secondary_index *declared,
                   const struct secondary_index *live, bool replaced)
{
    static const struct contributor_insights FRESH = {.state = SETTING_DISABLED};
    diff_insights(out,
                  (struct table_change){
                      .index = declared, .live_index = live, .of_replaced = replaced},
                  &declared->contributor_insights,
                  live == NULL ? &FRESH : &live->contributor_insights);
}

void settings_diff(struct table_diff *out, const struct table *declared,
                   const struct table *live)
{
    const struct table_settings *a = &declared->settings;
    const struct table_settings *b = &live->settings;
    diff_stream(out, &a->stream, &b->stream);
    diff_sse(out, &a->sse, &b->sse);
    diff_words(out, a, b);
    diff_tags(out, a, b);
    diff_policy(out, a, b);
    diff_time_to_live(out, &a->time_to_live, &b->time_to_live);
    diff_recovery(out, &a->point_in_time_recovery, &b->point_in_time_recovery);
    diff_insights(out, (struct table_change){0}, &a->contributor_insights,
                  &b->contributor_insights);
}
