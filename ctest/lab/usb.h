/* usb.h: what the programs about USB instruments share. Deadlines are long, for the bench VM is
 * emulated and its host is busy.
 */

#ifndef USB_H
#define USB_H

#include "bench.h"

#define PATIENTLY 60000

/* The resource name of the emulated instrument with this serial number. */
CHECK_MAYBE_UNUSED
static const char *instrument(const char *serial)
{
    static char name[128];
    snprintf(name, sizeof name, "USB0::0x1209::0x0010::%s::0::INSTR", serial);
    return name;
}

CHECK_MAYBE_UNUSED
static ViSession open_instrument(ViSession rm, const char *serial)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, instrument(serial), VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
    return vi;
}

/* The answer of the bench must have this part. */
CHECK_MAYBE_UNUSED
static void expect_part(const char *serial, const char *command, const char *want)
{
    const char *answer = bench(serial, command);
    if (strstr(answer, want) == NULL) {
        printf("%s: \"%s\" has no \"%s\"\n", command, answer, want);
        exit(1);
    }
}

CHECK_MAYBE_UNUSED
static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

CHECK_MAYBE_UNUSED
static void pause_ms(long ms)
{
    struct timespec time;
    time.tv_sec = ms / 1000;
    time.tv_nsec = ms % 1000 * 1000000;
    nanosleep(&time, NULL);
}

/* The byte of the simulator's pattern at this place (src/sim/bulk.rs). */
CHECK_MAYBE_UNUSED
static ViByte pattern(unsigned long i)
{
    return (ViByte)(i * 31 + i / 251);
}

/* Writes a definite length block of the pattern with a head and a line feed; how long all is. */
CHECK_MAYBE_UNUSED
static size_t block(ViByte *to, const char *head, unsigned long count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lu", count);
    size_t at = (size_t)sprintf((char *)to, "%s#%d%s", head, length, digits);
    unsigned long i;
    for (i = 0; i < count; i++) {
        to[at++] = pattern(i);
    }
    to[at++] = '\n';
    return at;
}

#endif
