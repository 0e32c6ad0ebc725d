/* serial.h: what the programs about serial ports share. Deadlines are long, for the bench VM is
 * emulated and its host is busy; where a call must end by itself there is none.
 */

#ifndef SERIAL_H
#define SERIAL_H

#include "bench.h"

#define PATIENTLY 60000

CHECK_MAYBE_UNUSED
static ViSession open_port(ViSession rm, const char *name)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
    return vi;
}

/* The resource name of a device file. */
CHECK_MAYBE_UNUSED
static const char *name_of(const char *path)
{
    static char name[256];
    CHECK(snprintf(name, sizeof name, "ASRL%s::INSTR", path) < (int)sizeof name);
    return name;
}

/* An attribute of any integer type as a number; its width is the header's. */
#define GET(vi, attribute) get_number(__FILE__, __LINE__, (vi), (attribute))

CHECK_MAYBE_UNUSED
static long get_number(const char *file, int line, ViSession vi, ViAttr attribute)
{
    ViUInt32 wide = 0;
    ViUInt16 half = 0;
    ViUInt8 byte = 0;
    switch (attribute) {
    case VI_ATTR_ASRL_BAUD:
    case VI_ATTR_ASRL_AVAIL_NUM:
        check_status(file, line, "viGetAttribute", viGetAttribute(vi, attribute, &wide), VI_SUCCESS);
        return (long)wide;
    case VI_ATTR_ASRL_XON_CHAR:
    case VI_ATTR_ASRL_XOFF_CHAR:
    case VI_ATTR_ASRL_REPLACE_CHAR:
        check_status(file, line, "viGetAttribute", viGetAttribute(vi, attribute, &byte), VI_SUCCESS);
        return byte;
    default:
        check_status(file, line, "viGetAttribute", viGetAttribute(vi, attribute, &half), VI_SUCCESS);
        return attribute == VI_ATTR_ASRL_CTS_STATE || attribute == VI_ATTR_ASRL_DSR_STATE
                || attribute == VI_ATTR_ASRL_DCD_STATE || attribute == VI_ATTR_ASRL_RI_STATE
                || attribute == VI_ATTR_ASRL_DTR_STATE || attribute == VI_ATTR_ASRL_RTS_STATE
            ? (long)(ViInt16)half
            : (long)half;
    }
}

#define SET(vi, attribute, value) EXPECT(viSetAttribute((vi), (attribute), (value)), VI_SUCCESS)

/* The whole of a message must be taken. */
#define WRITE(vi, text, count) check_write(__FILE__, __LINE__, (vi), (text), (count))

CHECK_MAYBE_UNUSED
static void check_write(const char *file, int line, ViSession vi, const char *text, size_t count)
{
    ViUInt32 done = 0;
    ViStatus status = viWrite(vi, (ViConstBuf)text, (ViUInt32)count, &done);
    check_status(file, line, "viWrite", status, VI_SUCCESS);
    CHECK(done == count);
}

/* Waits until an attribute has this value: what happens at the far end arrives in its time. */
CHECK_MAYBE_UNUSED
static void await(ViSession vi, ViAttr attribute, long value)
{
    int tries;
    for (tries = 0; tries < PATIENTLY / 20; tries++) {
        struct timespec moment = { 0, 20000000 };
        if (GET(vi, attribute) == value) {
            return;
        }
        nanosleep(&moment, NULL);
    }
    printf("attribute 0x%08lX is %ld, must be %ld\n", (unsigned long)attribute,
           GET(vi, attribute), value);
    exit(1);
}

#endif
