// Which variable of the environment sends requests through a proxy. libcurl takes them;
// here is only told which one, so that a failure is not blamed on the server. Its
// value, which may hold a password, is never shown.
#ifndef DDB_SERVICE_PROXY_H
#define DDB_SERVICE_PROXY_H

#include "str.h"

#include <stdbool.h>

// The variable's name, as libcurl chooses it: https_proxy or HTTPS_PROXY, of plain http
// only http_proxy, then all_proxy or ALL_PROXY. NULL: there is none, or no_proxy
// (NO_PROXY) names the host.
const char *proxy_variable(bool https, struct str hostname);

#endif
