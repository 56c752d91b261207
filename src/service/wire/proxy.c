// The environment enters, the name of a variable leaves.
#include "proxy.h"

#include <stdlib.h>

static struct str env(const char *name)
{
    return str_trim(str_from(getenv(name)));
}

static bool same_letters(struct str a, struct str b)
{
    bool same = a.len == b.len;
    for (size_t i = 0; same && i < a.len; i++) {
        same = (a.at[i] | 0x20) == (b.at[i] | 0x20);
    }
    return same;
}

// "example.com" and ".example.com" name the host and all below it.
static bool names_host(struct str name, struct str host)
{
    name = str_skip(name, name.len > 0 && name.at[0] == '.' ? 1 : 0);
    if (name.len == 0 || host.len < name.len) {
        return false;
    }
    struct str tail = str_skip(host, host.len - name.len);
    bool whole = tail.len == host.len || host.at[host.len - tail.len - 1] == '.';
    return whole && same_letters(name, tail);
}

static bool is_exempt(struct str hostname)
{
    struct str list = env("no_proxy");
    list = list.len > 0 ? list : env("NO_PROXY");
    if (str_is(list, "*")) {
        return true;
    }
    while (list.len > 0) {
        size_t end = 0;
        while (end < list.len && list.at[end] != ',' && list.at[end] != ' ') {
            end++;
        }
        if (names_host((struct str){list.at, end}, hostname)) {
            return true;
        }
        list = str_skip(list, end < list.len ? end + 1 : end);
    }
    return false;
}

const char *proxy_variable(bool https, struct str hostname)
{
    static const char *const OF_HTTPS[] = {"https_proxy", "HTTPS_PROXY", "all_proxy",
                                           "ALL_PROXY", NULL};
    static const char *const OF_HTTP[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
    for (const char *const *name = https ? OF_HTTPS : OF_HTTP; *name != NULL; name++) {
        if (env(*name).len > 0) {
            return is_exempt(hostname) ? NULL : *name;
        }
    }
    return NULL;
}
