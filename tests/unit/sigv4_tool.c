// Signs what tests/integration/test_sigv4.py asks for. Input: records of ten fields,
// each "LENGTH\nbytes\n": access key id, secret, token, host, target, body, region, the
// date in microseconds, service and content type. Output: a line "DATE AUTHORIZATION"
// for each record.
#include "sigv4.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FIELDS 10

static bool field_read(struct str *out)
{
    size_t len = 0;
    if (scanf("%zu", &len) != 1 || getchar() != '\n') {
        return false;
    }
    char *bytes = malloc(len + 1);
    if (bytes == NULL || fread(bytes, 1, len, stdin) != len || getchar() != '\n') {
        free(bytes);
        return false;
    }
    bytes[len] = '\0';
    *out = (struct str){bytes, len};
    return true;
}

static void sign(const struct str *fields)
{
    const struct credentials credentials = {fields[0], fields[1], fields[2]};
    const struct sigv4_request request = {
        .host = fields[3],
        .target = fields[4],
        .body = fields[5],
        .region = fields[6],
        .date = strtoll(fields[7].at, NULL, 10),
        .service = fields[8],
        .content_type = fields[9],
    };
    struct buf authorization;
    char date[16];
    buf_init(&authorization, (size_t)1 << 16);
    sigv4_sign(&authorization, date, &request, &credentials);
    printf("%.*s %.*s\n", 16, date, STR_ARG(buf_str(&authorization)));
    buf_deinit(&authorization);
}

int main(void)
{
    struct str fields[FIELDS] = {0};
    size_t count = 0;
    while (field_read(&fields[count])) {
        if (++count < FIELDS) {
            continue;
        }
        sign(fields);
        for (size_t i = 0; i < FIELDS; i++) {
            free((void *)(uintptr_t)fields[i].at);
        }
        count = 0;
    }
    return count == 0 ? 0 : 1;
}
