/* visa_bus.h: what the programs share that use the library on the bench. They are started with the
 * name of a board ("GPIB0") and, some of them, with the name of a check.
 */

#ifndef VISA_BUS_H
#define VISA_BUS_H

#include <pthread.h>
#include <time.h>
#include "bus.h"

#define IDENTITY "Ferrovisa,GPIB Instrument,"

struct bus_check {
    const char *name;
    void (*check)(ViSession rm, const char *board);
};

/* A session with what is at "5", "12::3" or, for the board itself, "INTFC". */
CHECK_MAYBE_UNUSED
static ViSession open_at(ViSession rm, const char *board, const char *where)
{
    char name[64];
    ViSession vi = VI_NULL;
    const char *end = strcmp(where, "INTFC") == 0 || strcmp(where, "SERVANT") == 0 ? "" : "::INSTR";
    CHECK(snprintf(name, sizeof name, "%s::%s%s", board, where, end) > 0);
    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    return vi;
}

CHECK_MAYBE_UNUSED
static void send_text(ViSession vi, const char *text)
{
    ViUInt32 count = 0;
    ViUInt32 length = (ViUInt32)strlen(text);
    EXPECT(viWrite(vi, (ViConstBuf)text, length, &count), VI_SUCCESS);
    CHECK(count == length);
}

CHECK_MAYBE_UNUSED
static void ask(ViSession vi, const char *question, const char *answer)
{
    send_text(vi, question);
    EXPECT_READ(vi, 256, VI_SUCCESS, answer);
}

CHECK_MAYBE_UNUSED
static long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

CHECK_MAYBE_UNUSED
static void pause_ms(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

/* Waits for an event of this kind and closes it. */
#define EXPECT_EVENT(vi, type, ms, status) \
    check_event(__FILE__, __LINE__, (vi), (type), (ms), (status))

CHECK_MAYBE_UNUSED
static void check_event(const char *file, int line, ViSession vi, ViEventType type, ViUInt32 ms,
                        ViStatus status)
{
    ViEventType got = 0;
    ViEvent context = VI_NULL;
    check_status(file, line, "viWaitOnEvent", viWaitOnEvent(vi, type, ms, &got, &context), status);
    if (status >= VI_SUCCESS) {
        check_status(file, line, "viClose(context)", viClose(context), VI_SUCCESS);
    }
}

CHECK_MAYBE_UNUSED
static int run_check(int argc, char **argv, const struct bus_check *checks, size_t count)
{
    size_t i;
    for (i = 0; argc == 3 && i < count; i++) {
        if (strcmp(argv[2], checks[i].name) == 0) {
            ViSession rm = open_manager();
            checks[i].check(rm, argv[1]);
            EXPECT(viClose(rm), VI_SUCCESS);
            return 0;
        }
    }
    printf("usage: %s BOARD CHECK\n", argv[0]);
    return 2;
}

#endif
