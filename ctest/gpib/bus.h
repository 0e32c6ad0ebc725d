/* bus.h: what the programs about GPIB share. The bench that they run with (bench.rs) tells in
 * GPIB_BENCH where its sockets are; control.rs lists what it can be told.
 */

#ifndef BUS_H
#define BUS_H

#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../check.h"

/* What the bench answers to a command; valid until the next call. */
CHECK_MAYBE_UNUSED
static const char *bus(const char *format, ...)
{
    static char answer[1 << 20];
    char line[1024];
    struct sockaddr_un address = { AF_UNIX, "" };
    const char *folder = getenv("GPIB_BENCH");
    size_t length = 0;
    ssize_t count;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    strcat(line, "\n");
    CHECK(folder != NULL);
    CHECK(snprintf(address.sun_path, sizeof address.sun_path, "%s/control", folder) > 0);
    CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(write(fd, line, strlen(line)) == (ssize_t)strlen(line));
    while ((count = read(fd, answer + length, sizeof answer - 1 - length)) > 0) {
        length += (size_t)count;
    }
    close(fd);
    CHECK(length > 0 && answer[length - 1] == '\n');
    answer[length - 1] = '\0';
    if (strncmp(answer, "error:", 6) == 0) {
        printf("bus: %s    %s\n", line, answer);
        exit(1);
    }
    return answer;
}

/* The bench must answer exactly this. */
#define EXPECT_BUS(command, want) check_bus(__FILE__, __LINE__, (command), (want))

CHECK_MAYBE_UNUSED
static void check_bus(const char *file, int line, const char *command, const char *want)
{
    const char *got = bus("%s", command);
    if (strcmp(got, want) != 0) {
        printf("%s:%d: %s\n    is \"%s\", must be \"%s\"\n", file, line, command, got, want);
        exit(1);
    }
}

#endif
