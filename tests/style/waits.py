#!/usr/bin/env python3
"""Whoever waits for a peer has a deadline and looks at the stop that interrupts.

base/os/await.c is where both are demanded, and the only place of the system's own waits. A call
of one of them anywhere else needs a line here that says what limits it. What interrupts is a
struct stop wherever it is asked: its flag is known to base/os/stop.h alone.
"""

import re
import sys

from tree import ROOT

CALLS = {
    # Waits, and what loops until a peer is done.
    *("poll", "ppoll", "select", "pselect", "epoll_wait", "epoll_pwait"),
    *("wait", "waitpid", "waitid", "wait3", "wait4", "sigwait", "sigsuspend", "pause"),
    *("sleep", "usleep", "nanosleep", "clock_nanosleep", "flock", "lockf", "pclose", "system"),
    # Reads of what another process fills.
    *("read", "readv", "recv", "recvfrom", "recvmsg", "accept", "accept4", "connect"),
    *("getline", "getdelim", "fgets", "fgetc", "getchar", "fread", "fscanf", "scanf"),
    *("getaddrinfo", "gethostbyname"),
    # libpq and libcurl.
    *("PQexec", "PQexecParams", "PQexecPrepared", "PQprepare", "PQdescribePrepared"),
    *("PQgetResult", "PQconsumeInput", "PQconnectPoll", "PQgetCopyData", "PQcancel"),
    *("PQconnectdb", "PQconnectdbParams", "PQsetdbLogin", "PQreset", "PQflush", "PQgetline"),
    *("curl_easy_perform", "curl_multi_poll", "curl_multi_wait", "curl_multi_perform"),
}
ALLOWED = {
    ("compile/lock/lock_read.c", "read"): "a function that is handed over: nodes in memory",
    ("base/os/await.c", "flock"): "with LOCK_NB",
    ("base/os/await.c", "poll"): "here the deadline and the stop are looked at",
    ("base/os/await.c", "waitpid"): "with WNOHANG",
    ("base/os/leftover.c", "waitpid"): "after SIGKILL",
    **{("build/git_files.c", call): "a file of our own" for call in ("fread", "fgets", "fgetc")},
    ("base/os/file.c", "poll"): "the user's own standard input or output",
    ("base/os/file.c", "read"): "files, and the user's own standard input",
    ("cli/line/terminal.c", "read"): "the user's answer to a question; the stop is looked at",
    ("service/wire/client.c", "nanosleep"): "client_sleep: a slice, then the stop and the deadline",
    ("service/http/events.c", "epoll_wait"): "http_wait has a deadline, its caller the stop",
    ("service/postgres/pg_link.c", "PQconnectPoll"): "after wait_for_fd",
    ("service/postgres/pg_link.c", "PQgetResult"): "pg_link_next, after wait_check",
    ("service/postgres/pg_link.c", "PQconsumeInput"): "pg_link_next, after wait_for_fd",
    ("service/postgres/pg_link.c", "PQcancel"): "in a process that is killed when its time is up",
    ("service/postgres/pg_session.c", "fgets"): "/proc",
    ("base/os/worker.c", "read"): "after wait_for_fd",
}
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"", re.S)
CALL = re.compile(r"(?<![\w.>])(" + "|".join(sorted(CALLS)) + r")\s*\(")
FLAG, FLAG_IN = "sig_atomic_t", "base/os/stop.h"
DECLARED = re.compile(r"(?m)^(?:static )?(?:bool|int|size_t|ssize_t|void|struct \w+|enum \w+) \*?$")


def calls_in(text):
    """The waits in a C source, as (line, name); a function of our own of such a name is none."""
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n") or " ", text)
    for match in CALL.finditer(text):
        begin = text.rfind("\n", 0, match.start()) + 1
        if not DECLARED.match(text[begin : match.start()]):
            yield text.count("\n", 0, match.start()) + 1, match[1]


def main():
    found, needed, problems = 0, set(), []
    sources = sorted((ROOT / "src").rglob("*.c"))
    for path in sources:
        name = "/".join(path.relative_to(ROOT / "src").parts)
        for line, call in calls_in(path.read_text(encoding="utf-8")):
            found += 1
            needed.add((name, call))
            if (name, call) not in ALLOWED:
                problems.append(f"src/{name}:{line}: {call} waits without a deadline; see await.h")
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        name = "/".join(path.relative_to(ROOT / "src").parts)
        if (FLAG in path.read_text(encoding="utf-8")) != (name == FLAG_IN):
            problems.append(f"src/{name}: {FLAG} stands in {FLAG_IN} alone, as struct stop")
    problems += [f"{name} does not call {call}" for name, call in sorted(set(ALLOWED) - needed)]
    print(*problems, f"{found} waits in {len(sources)} files", sep="\n")
    return 1 if problems or not found else 0


def check_itself():
    """A loop as it once was must be found."""
    sample = (
        "static bool await(struct session *s)\n{\n"
        "    while (PQisBusy(s->conn) == 0) {\n        r = PQgetResult(s->conn);\n    }\n"
        '    // poll(x)\n    say("read(x)");\n    call->read(x);\n    waitpid(child, &status, 0);\n'
    )
    return [call for _, call in calls_in(sample)] == ["PQgetResult", "waitpid"]


if __name__ == "__main__":
    if not check_itself():
        sys.exit("the check does not find what it looks for")
    sys.exit(main())
