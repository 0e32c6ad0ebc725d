/* check.h: what every program here shares. A program stops at the first broken rule, says which,
 * and exits with 1; with 0 when all held; with 77, after saying why, where it cannot check.
 */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "visa.h"

#if defined(__GNUC__)
#define CHECK_MAYBE_UNUSED __attribute__((unused))
#else
#define CHECK_MAYBE_UNUSED
#endif

/* The condition must hold. */
#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

/* The call must return this status. */
#define EXPECT(call, status) check_status(__FILE__, __LINE__, #call, (call), (status))

CHECK_MAYBE_UNUSED
static void check_status(const char *file, int line, const char *call, ViStatus got, ViStatus want)
{
    if (got != want) {
        printf("%s:%d: %s\n    is 0x%08lX, must be 0x%08lX\n", file, line, call,
               (unsigned long)(ViUInt32)got, (unsigned long)(ViUInt32)want);
        exit(1);
    }
}

/* This machine, or this library, lacks what the program is about. */
CHECK_MAYBE_UNUSED
static void skip(const char *why)
{
    printf("%s\n", why);
    exit(77);
}

/* The resource name that the program was started with. */
CHECK_MAYBE_UNUSED
static const char *resource(int argc, char **argv)
{
    if (argc != 2) {
        printf("usage: %s RESOURCE\n", argv[0]);
        exit(2);
    }
    return argv[1];
}

CHECK_MAYBE_UNUSED
static int is_socket(const char *name)
{
    return strstr(name, "::SOCKET") != NULL;
}

CHECK_MAYBE_UNUSED
static int is_serial(const char *name)
{
    return strncmp(name, "ASRL", 4) == 0;
}

/* Its sessions share the device, and it belongs to one process. */
CHECK_MAYBE_UNUSED
static int is_usb(const char *name)
{
    return strncmp(name, "USB", 3) == 0;
}

CHECK_MAYBE_UNUSED
static int is_gpib(const char *name)
{
    return strncmp(name, "GPIB", 4) == 0;
}

/* A bare socket marks no END, nor does a serial line; the programs let them end their reads at line
 * feed. */
CHECK_MAYBE_UNUSED
static int is_stream(const char *name)
{
    return is_socket(name) || is_serial(name);
}

CHECK_MAYBE_UNUSED
static ViSession open_manager(void)
{
    ViSession rm = VI_NULL;
    EXPECT(viOpenDefaultRM(&rm), VI_SUCCESS);
    CHECK(rm != VI_NULL);
    return rm;
}

/* A session that reads whole answers: at END, or at line feed where there is no END. */
CHECK_MAYBE_UNUSED
static ViSession open_session(ViSession rm, const char *name)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    CHECK(vi != VI_NULL);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    if (is_serial(name)) {
        /* Where the line feed is END by default. */
        EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE), VI_SUCCESS);
    }
    if (is_stream(name)) {
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '\n'), VI_SUCCESS);
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    }
    return vi;
}

/* What a read of a whole answer returns after open_session. */
CHECK_MAYBE_UNUSED
static ViStatus whole(const char *name)
{
    return is_stream(name) ? VI_SUCCESS_TERM_CHAR : VI_SUCCESS;
}

/* Sends a command with its line feed. */
CHECK_MAYBE_UNUSED
static void command(ViSession vi, const char *text)
{
    ViUInt32 count = 0;
    char line[512];
    int length = snprintf(line, sizeof line, "%s\n", text);
    CHECK(length > 0 && (size_t)length < sizeof line);
    EXPECT(viWrite(vi, (ViConstBuf)line, (ViUInt32)length, &count), VI_SUCCESS);
    CHECK(count == (ViUInt32)length);
}

/* One read of up to `most` bytes must end with `status` and bring exactly `text`. */
#define EXPECT_READ(vi, most, status, text) \
    check_read(__FILE__, __LINE__, (vi), (most), (status), (text))

CHECK_MAYBE_UNUSED
static void check_read(const char *file, int line, ViSession vi, ViUInt32 most, ViStatus status,
                       const char *text)
{
    ViByte buffer[1024];
    ViUInt32 count = 0xDEAD;
    CHECK(most < sizeof buffer);
    memset(buffer, '#', sizeof buffer);
    check_status(file, line, "viRead", viRead(vi, buffer, most, &count), status);
    if (count != strlen(text) || memcmp(buffer, text, count) != 0) {
        printf("%s:%d: read %lu bytes \"%.*s\", must be \"%s\"\n", file, line,
               (unsigned long)count, (int)(count < most ? count : most), (char *)buffer, text);
        exit(1);
    }
    CHECK(buffer[most] == '#');
}

#endif
