/* bench.h: what the programs for the bench VM share. Adapters are emulated by the process that
 * started the program; lab/usbip/adapter.rs lists the commands that they take.
 */

#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../check.h"

/* What the adapter with this serial number answers to a command; valid until the next call. */
CHECK_MAYBE_UNUSED
static const char *bench(const char *adapter, const char *command)
{
    static char answer[1 << 18];
    struct sockaddr_un address = { AF_UNIX, "" };
    size_t length = 0;
    ssize_t count;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(snprintf(address.sun_path, sizeof address.sun_path, "/run/bench/%s", adapter) > 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(write(fd, command, strlen(command)) == (ssize_t)strlen(command));
    CHECK(write(fd, "\n", 1) == 1);
    while ((count = read(fd, answer + length, sizeof answer - 1 - length)) > 0) {
        length += (size_t)count;
    }
    close(fd);
    CHECK(length > 0 && answer[length - 1] == '\n');
    answer[length - 1] = '\0';
    if (strncmp(answer, "error:", 6) == 0) {
        printf("bench %s: %s: %s\n", adapter, command, answer);
        exit(1);
    }
    return answer;
}

/* The adapter must answer exactly this. */
#define EXPECT_BENCH(adapter, command, want) \
    check_bench(__FILE__, __LINE__, (adapter), (command), (want))

CHECK_MAYBE_UNUSED
static void check_bench(const char *file, int line, const char *adapter, const char *command,
                        const char *want)
{
    const char *got = bench(adapter, command);
    if (strcmp(got, want) != 0) {
        printf("%s:%d: %s: %s\n    is \"%s\", must be \"%s\"\n", file, line, adapter, command, got,
               want);
        exit(1);
    }
}

#endif
