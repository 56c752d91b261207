// Endpoints. In: a url, a region, an account's id as someone wrote them. Out: their
// parts, or a diagnostic that says what is wrong without repeating the text.
//
// A url is taken apart by hand and strictly: what two parsers may read differently
// (userinfo, backslashes, 127.1, percent signs in hosts) is no endpoint.
#include "endpoint.h"

#include "ascii.h"
#include "partition.h"

#include <arpa/inet.h>
#include <string.h>

#define HOST_MAX 253
#define LABEL_MAX 63
#define PORT_MAX 65535
#define ACCOUNT_ID_LEN 12
#define PROFILE_MAX 64
#define PROFILE_WORD_MAX 32  // letters
#define PROFILE_MIXED_MAX 19 // letters and digits: an access key's id has 20

const struct shape ENDPOINT_URL_SHAPE = {
    SHAPE_STRING,
    .doc = "A url with http or https, a host, perhaps a port.",
    .pattern = "^[Hh][Tt][Tt][Pp][Ss]?://"
               "(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*)"
               "(:[0-9]{1,5})?/?$",
};
const struct shape REGION_SHAPE = {SHAPE_STRING, .min = 1, .max = LABEL_MAX,
                                   .doc = "A region's name, like us-east-1.",
                                   .pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"};
const struct shape ACCOUNT_ID_SHAPE = {
    SHAPE_STRING, .min = ACCOUNT_ID_LEN, .max = ACCOUNT_ID_LEN,
    .doc = "12 digits, in quotes.", .pattern = "^[0-9]*$"};

static bool is_host_char(char c)
{
    // Names in compose files have underscores.
    return ascii_is_alnum(c) || c == '-' || c == '_';
}

static struct str to_lower(struct str text, struct arena *arena)
{
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = ascii_lower(text.at[i]);
    }
    return (struct str){copy, text.len};
}

// Dot-separated labels of 1 to 63 characters.
static bool is_host_name(struct str host)
{
    size_t label = 0;
    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
        } else if (!is_host_char(host.at[i]) || ++label > LABEL_MAX) {
            return false;
        }
    }
    return label > 0 && host.len <= HOST_MAX;
}

// A name whose last label begins with a digit is taken for an address by resolvers, in
// forms such as 127.1 or 0x7f000001: only the plain dotted quad is accepted.
static bool looks_like_address(struct str host)
{
    size_t at = host.len;
    while (at > 0 && host.at[at - 1] != '.') {
        at--;
    }
    return ascii_is_digit(host.at[at]);
}

static const char *read_name(struct endpoint *out, struct str host, struct arena *arena)
{
    struct in_addr address;

    if (!is_host_name(host)) {
        return "the url's host is malformed";
    }
    out->hostname = to_lower(host, arena);
    out->loopback = str_is(out->hostname, "localhost");
    if (looks_like_address(host)) {
        if (inet_pton(AF_INET, out->hostname.at, &address) != 1) {
            return "the url's IPv4 address is malformed";
        }
        out->loopback = (ntohl(address.s_addr) >> 24) == 127;
    }
    return NULL;
}

static const char *read_ipv6(struct endpoint *out, struct str host, struct arena *arena)
{
    struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
    struct in6_addr address;

    out->hostname = to_lower(host, arena);
    if (host.len == 0 || memchr(host.at, '\0', host.len) != NULL ||
        inet_pton(AF_INET6, out->hostname.at, &address) != 1) {
        return "the url's IPv6 address is malformed";
    }
    out->loopback = memcmp(&address, &loopback, sizeof address) == 0;
    return NULL;
}

// 1 to 65535, or 0.
static unsigned read_port(struct str text)
{
    unsigned port = 0;
    if (text.len == 0 || text.len > 5) {
        return 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.at[i])) {
            return 0;
        }
        port = port * 10 + (unsigned)(text.at[i] - '0');
    }
    return port <= PORT_MAX ? port : 0;
}

// Cuts rest, which begins with the host, into *host and, behind a colon, *port (at NULL
// without one). The brackets of an IPv6 address are dropped.
static bool cut_authority(struct str *host, struct str *port, struct str rest,
                          bool ipv6)
{
    size_t end = str_find_char(rest, ipv6 ? ']' : ':');
    *port = (struct str){0};
    *host = (struct str){rest.at, end};
    if (ipv6) {
        if (end == rest.len) {
            return false;
        }
        *host = str_skip(*host, 1);
        rest = str_skip(rest, end + 1);
    } else {
        rest = str_skip(rest, end);
    }
    if (rest.len > 0) {
        if (rest.at[0] != ':') {
            return false;
        }
        *port = str_skip(rest, 1);
    }
    return true;
}

// NULL, or what is wrong with text.
static const char *parse(struct endpoint *out, struct str text, struct arena *arena)
{
    struct str http = STR("http://");
    struct str https = STR("https://");
    struct str host;
    struct str port;
    unsigned number = 0;

    struct str folded = to_lower(text, arena);
    out->https = str_starts(folded, https);
    if (!out->https && !str_starts(folded, http)) {
        return "the url must begin with http:// or https://";
    }
    struct str rest = str_skip(text, out->https ? https.len : http.len);
    if (str_find_char(rest, '@') < rest.len) {
        return "the url holds a user name or a password, and must not";
    }
    if (rest.len > 0 && rest.at[rest.len - 1] == '/') {
        rest.len--;
    }
    if (rest.len == 0) {
        return "the url has no host";
    }
    if (str_find_char(rest, '/') < rest.len || str_find_char(rest, '?') < rest.len ||
        str_find_char(rest, '#') < rest.len) {
        return "the url has a path, a query or a fragment, and must not";
    }
    bool ipv6 = rest.at[0] == '[';
    if (!cut_authority(&host, &port, rest, ipv6)) {
        return "the url's host is malformed";
    }
    if (port.at != NULL && (number = read_port(port)) == 0) {
        return "the url's port must be a number from 1 to 65535";
    }
    const char *why = ipv6 ? read_ipv6(out, host, arena) : read_name(out, host, arena);
    if (why != NULL) {
        return why;
    }
    // Clients leave the scheme's own port out of the Host header, so it goes
    // everywhere.
    bool plain = number == 0 || number == (out->https ? 443U : 80U);
    out->host = arena_printf(arena, ipv6 ? "[%.*s]" : "%.*s", STR_ARG(out->hostname));
    if (!plain) {
        out->host = arena_printf(arena, "%.*s:%u", STR_ARG(out->host), number);
    }
    out->url =
        arena_printf(arena, "http%s://%.*s", out->https ? "s" : "", STR_ARG(out->host));
    return NULL;
}

bool endpoint_read(struct endpoint *out, struct str text, const char *what,
                   struct span span, struct arena *arena, struct diags *diags)
{
    *out = (struct endpoint){0};
    const char *why = parse(out, text, arena);
    if (why == NULL) {
        return true;
    }
    // An excerpt would show what the line holds.
    if (span.source != NULL &&
        (str_find_char(text, '@') < text.len || str_find_char(text, '?') < text.len)) {
        span = source_span_file(span.source);
    }
    struct diag *diag = diag_add(diags, DIAG_TARGET_URL, span, "%s: %s", what, why);
    diag_help(diags, diag, "an endpoint looks like http://localhost:8000");
    return false;
}

bool region_check(struct str text, const char *what, struct span span,
                  struct diags *diags)
{
    bool good = text.len > 0 && text.len <= LABEL_MAX && text.at[0] != '-' &&
                text.at[text.len - 1] != '-';
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.at[i];
        good = ascii_is_digit(c) || ascii_is_lower(c) || c == '-';
    }
    if (!good) {
        struct diag *diag = diag_add(diags, DIAG_WRONG_VALUE, span,
                                     "%s: this is no region's name", what);
        diag_help(diags, diag, "a region looks like us-east-1");
    }
    return good;
}

bool account_id_check(struct str text, const char *what, struct span span,
                      struct diags *diags)
{
    bool good = text.len == ACCOUNT_ID_LEN;
    for (size_t i = 0; good && i < text.len; i++) {
        good = ascii_is_digit(text.at[i]);
    }
    if (!good) {
        diag_add(diags, DIAG_WRONG_VALUE, span, "%s: an account's id has 12 digits",
                 what);
    }
    return good;
}

// The next label, cut off *rest with the separator behind it.
static struct str cut_label(struct str *rest, char separator)
{
    size_t end = str_find_char(*rest, separator);
    struct str label = {rest->at, end};

    *rest = str_skip(*rest, end < rest->len ? end + 1 : end);
    return label;
}

static bool is_word(struct str text, size_t min, size_t max)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_lower(text.at[i])) {
            return false;
        }
    }
    return text.len >= min && text.len <= max;
}

// us-east-1, us-gov-west-1, us-isob-east-1, eusc-de-east-1: a few letters, one or two
// words, one or two digits.
bool region_is_usual(struct str text)
{
    if (str_is(text, "local")) {
        return true;
    }
    bool good = is_word(cut_label(&text, '-'), 2, 4);
    size_t words = 0;
    while (good && text.len > 0 && ascii_is_lower(text.at[0])) {
        good = is_word(cut_label(&text, '-'), 2, 9);
        words++;
    }
    good = good && words >= 1 && words <= 2 && (text.len == 1 || text.len == 2);
    for (size_t i = 0; good && i < text.len; i++) {
        good = ascii_is_digit(text.at[i]);
    }
    return good;
}

// Keys and tokens are long runs of letters and digits; names are words.
bool profile_is_usual(struct str text)
{
    size_t run = 0;
    bool digits = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (ascii_is_alnum(c)) {
            run++;
            digits = digits || ascii_is_digit(c);
        } else if (c == '-' || c == '_' || c == '.' || c == '@') {
            run = 0;
            digits = false;
        } else {
            return false;
        }
        if (run > PROFILE_WORD_MAX || (run > PROFILE_MIXED_MAX && digits)) {
            return false;
        }
    }
    return text.len > 0 && text.len <= PROFILE_MAX;
}

// Whether rest, behind which a partition's suffix stood, is DYNAMODB.REGION with one of
// dynamodb, dynamodb-fips and ACCOUNT.ddb, or an interface endpoint of these.
static bool is_service(struct str rest, bool interface)
{
    struct str label = cut_label(&rest, '.');
    if (interface) {
        if (!str_starts(label, STR("vpce-"))) {
            return false;
        }
        label = cut_label(&rest, '.');
    }
    if (label.len == ACCOUNT_ID_LEN && ascii_is_digit(label.at[0])) {
        label = cut_label(&rest, '.');
        return str_is(label, "ddb") && region_is_usual(rest);
    }
    return (str_is(label, "dynamodb") || str_is(label, "dynamodb-fips")) &&
           region_is_usual(rest);
}

static bool is_under(struct str hostname, const char *suffix, bool interface)
{
    struct str tail = str_from(suffix);
    if (!str_ends(hostname, tail) || hostname.len <= tail.len ||
        hostname.at[hostname.len - tail.len - 1] != '.') {
        return false;
    }
    return is_service((struct str){hostname.at, hostname.len - tail.len - 1},
                      interface);
}

bool endpoint_is_service(struct str hostname)
{
    bool found = is_under(hostname, "vpce.amazonaws.com", true);
    for (size_t i = 0; !found && i < PARTITION_COUNT; i++) {
        found = is_under(hostname, PARTITIONS[i].suffix, false) ||
                is_under(hostname, PARTITIONS[i].dual, false);
    }
    return found;
}
