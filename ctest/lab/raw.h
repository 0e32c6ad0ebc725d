/* raw.h: what the programs about USB RAW share. The device is the bench's (lab/usbip/raw). Deadlines
 * are long, for the bench VM is emulated and its host is busy; where a call must end by itself
 * there is none.
 */

#ifndef RAW_H
#define RAW_H

/* What the header has of NI's. */
#define NIVISA_USB

#include <pthread.h>
#include "bench.h"

#define PATIENTLY 60000
/* Long enough for anything that is going to happen, short enough to be waited for. */
#define SHORTLY 300

/* The bench's device with this serial number; it has one packet size. */
CHECK_MAYBE_UNUSED
static const char *raw_name(const char *serial, int interface)
{
    static char name[256];
    CHECK(snprintf(name, sizeof name, "USB0::0x1209::0x0020::%s::%d::RAW", serial, interface) > 0);
    return name;
}

CHECK_MAYBE_UNUSED
static ViSession open_raw(ViSession rm, const char *serial)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, raw_name(serial, 0), VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
    return vi;
}

/* All attributes of pipes are 16 bits wide. */
#define GET(vi, attribute) get_half(__FILE__, __LINE__, (vi), (attribute))

CHECK_MAYBE_UNUSED
static int get_half(const char *file, int line, ViSession vi, ViAttr attribute)
{
    ViInt16 half = 0x5A5A;
    check_status(file, line, "viGetAttribute", viGetAttribute(vi, attribute, &half), VI_SUCCESS);
    return half;
}

#define SET(vi, attribute, value) EXPECT(viSetAttribute((vi), (attribute), (value)), VI_SUCCESS)

/* The whole must be taken. */
#define WRITE(vi, data, count) check_write(__FILE__, __LINE__, (vi), (data), (count))

CHECK_MAYBE_UNUSED
static void check_write(const char *file, int line, ViSession vi, const void *data, size_t count)
{
    ViUInt32 done = 0;
    ViStatus status = viWrite(vi, (ViConstBuf)data, (ViUInt32)count, &done);
    check_status(file, line, "viWrite", status, VI_SUCCESS);
    CHECK(done == count);
}

/* The byte of the simulator's pattern at this place (src/sim/bulk.rs). */
CHECK_MAYBE_UNUSED
static unsigned char pattern(unsigned long i)
{
    return (unsigned char)(i * 31 + i / 251);
}

/* A read must end with `status` and bring these bytes of the pattern. */
#define EXPECT_PATTERN(vi, most, status, from, count) \
    check_pattern(__FILE__, __LINE__, (vi), (most), (status), (from), (count))

CHECK_MAYBE_UNUSED
static void check_pattern(const char *file, int line, ViSession vi, size_t most, ViStatus status,
                          unsigned long from, size_t count)
{
    ViByte *buffer = malloc(most + 1);
    ViUInt32 done = 0xDEAD;
    size_t i;
    CHECK(buffer != NULL);
    buffer[most] = 0xA5;
    check_status(file, line, "viRead", viRead(vi, buffer, (ViUInt32)most, &done), status);
    if (done != count) {
        printf("%s:%d: %lu bytes, must be %lu\n", file, line, (unsigned long)done,
               (unsigned long)count);
        exit(1);
    }
    for (i = 0; i < count; i++) {
        if (buffer[i] != pattern(from + i)) {
            printf("%s:%d: byte %lu is wrong\n", file, line, (unsigned long)i);
            exit(1);
        }
    }
    CHECK(buffer[most] == 0xA5);
    free(buffer);
}

/* A read on a thread of its own. */
struct reader {
    ViSession vi;
    ViStatus status;
    ViUInt32 count;
    ViByte buffer[1 << 16];
};

CHECK_MAYBE_UNUSED
static void *reading(void *argument)
{
    struct reader *reader = argument;
    reader->status = viRead(reader->vi, reader->buffer, sizeof reader->buffer, &reader->count);
    return NULL;
}

/* Waits until so many transfers wait at the device. */
CHECK_MAYBE_UNUSED
static void await_waiting(const char *device, int count)
{
    int tries;
    for (tries = 0; tries < PATIENTLY / 20; tries++) {
        struct timespec moment = { 0, 20000000 };
        if (atoi(bench(device, "waiting")) == count) {
            return;
        }
        nanosleep(&moment, NULL);
    }
    printf("%s transfers wait, must be %d\n", bench(device, "waiting"), count);
    exit(1);
}

#endif
