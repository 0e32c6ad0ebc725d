/* USB RAW: devices that halt a pipe, stay silent, send too much or go. Every call ends by its
 * deadline and says why, and what comes next is right again. Argument: the device's serial number.
 */

#define _DEFAULT_SOURCE
#include <sys/mman.h>
#include "raw.h"

static const char *device;

static void echoes(ViSession vi)
{
    WRITE(vi, "well", 4);
    EXPECT_READ(vi, 100, VI_SUCCESS, "well");
}

static void halted(ViSession vi)
{
    ViUInt32 count = 9;
    bench(device, "fault stall 1 81");
    EXPECT_READ(vi, 100, VI_ERROR_IO, "");
    CHECK(GET(vi, VI_ATTR_USB_BULK_IN_STATUS) == VI_USB_PIPE_STALLED);
    /* Until somebody says so. */
    EXPECT_READ(vi, 100, VI_ERROR_IO, "");
    CHECK(GET(vi, VI_ATTR_USB_BULK_OUT_STATUS) == VI_USB_PIPE_READY);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_BULK_IN_STATUS, VI_USB_PIPE_STALLED),
           VI_ERROR_NSUP_ATTR_STATE);
    SET(vi, VI_ATTR_USB_BULK_IN_STATUS, VI_USB_PIPE_READY);
    CHECK(GET(vi, VI_ATTR_USB_BULK_IN_STATUS) == VI_USB_PIPE_READY);
    EXPECT_BENCH(device, "halted", "");
    echoes(vi);

    bench(device, "fault stall 1 01");
    EXPECT(viWrite(vi, (ViConstBuf)"x", 1, &count), VI_ERROR_IO);
    CHECK(count == 0 && GET(vi, VI_ATTR_USB_BULK_OUT_STATUS) == VI_USB_PIPE_STALLED);
    EXPECT(viClear(vi), VI_SUCCESS);
    CHECK(GET(vi, VI_ATTR_USB_BULK_OUT_STATUS) == VI_USB_PIPE_READY);
    echoes(vi);
}

static void silent(ViSession vi)
{
    ViUInt32 count = 9;
    ViByte bytes[8];
    ViUInt16 length;
    SET(vi, VI_ATTR_TMO_VALUE, SHORTLY);
    EXPECT_READ(vi, 100, VI_ERROR_TMO, "");
    bench(device, "fault hold always 01");
    EXPECT(viWrite(vi, (ViConstBuf)"lost", 4, &count), VI_ERROR_TMO);
    CHECK(count == 0);
    bench(device, "fault off");
    bench(device, "fault silent-control 1");
    EXPECT(viUsbControlIn(vi, 0xC0, 5, 0, 0, 8, bytes, &length), VI_ERROR_TMO);
    bench(device, "fault silent-control 1");
    EXPECT(viUsbControlOut(vi, 0x40, 2, 0, 0, 4, (ViConstBuf)"lost"), VI_ERROR_TMO);
    EXPECT(viUsbControlIn(vi, 0xC0, 5, 0, 0, 8, bytes, &length), VI_SUCCESS);
    bench(device, "fault stall-control 1");
    EXPECT(viUsbControlIn(vi, 0xC0, 5, 0, 0, 8, bytes, &length), VI_ERROR_IO);
    EXPECT(viUsbControlIn(vi, 0xC0, 5, 0, 0, 8, bytes, &length), VI_SUCCESS);
    SET(vi, VI_ATTR_TMO_VALUE, PATIENTLY);
    echoes(vi);
}

/* Two packets have come, the rest does not. */
static void parts(ViSession vi)
{
    static ViByte bytes[2048];
    ViUInt32 count = 0;
    memset(bytes, 'p', sizeof bytes);
    WRITE(vi, bytes, 1024);
    SET(vi, VI_ATTR_TMO_VALUE, SHORTLY);
    EXPECT(viRead(vi, bytes, 512, &count), VI_SUCCESS_MAX_CNT);
    EXPECT(viRead(vi, bytes, 512, &count), VI_SUCCESS_MAX_CNT);
    SET(vi, VI_ATTR_TMO_VALUE, PATIENTLY);
    echoes(vi);
}

static void too_much(ViSession vi)
{
    ViUInt32 count;
    ViByte bytes[512];
    bench(device, "fault overflow 1 81");
    WRITE(vi, "babble", 6);
    EXPECT(viRead(vi, bytes, sizeof bytes, &count), VI_ERROR_IO);
    EXPECT(viClear(vi), VI_SUCCESS);
    echoes(vi);
}

/* Memory that is not there is a status, and what was to go there is not lost. */
static void no_memory(ViSession vi)
{
    static ViByte pattern[4096];
    long page = sysconf(_SC_PAGESIZE);
    ViByte *wild = mmap(NULL, (size_t)page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ViUInt32 count;
    ViUInt16 length;
    CHECK(wild != MAP_FAILED);
    EXPECT(viWrite(vi, wild, 100, &count), VI_ERROR_USER_BUF);
    WRITE(vi, "kept", 4);
    EXPECT(viRead(vi, wild, 100, &count), VI_ERROR_USER_BUF);
    EXPECT_READ(vi, 100, VI_SUCCESS, "kept");
    memset(pattern, 'w', sizeof pattern);
    WRITE(vi, pattern, 1500);
    EXPECT(viRead(vi, wild, 2048, &count), VI_ERROR_USER_BUF);
    EXPECT(viRead(vi, pattern, sizeof pattern, &count), VI_SUCCESS);
    CHECK(count == 1500);
    EXPECT(viUsbControlOut(vi, 0x40, 2, 0, 0, 100, wild), VI_ERROR_USER_BUF);
    EXPECT(viUsbControlIn(vi, 0xC0, 1, 0, 0, 100, wild, &length), VI_ERROR_USER_BUF);
    CHECK(munmap(wild, (size_t)page) == 0);
    echoes(vi);
}

/* A read without a deadline of its own. */
static void ended_by(ViSession vi, ViStatus (*end)(ViSession), ViStatus status)
{
    static struct reader reader;
    pthread_t thread;
    reader.vi = vi;
    SET(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE);
    CHECK(pthread_create(&thread, NULL, reading, &reader) == 0);
    await_waiting(device, 1);
    EXPECT(end(vi), VI_SUCCESS);
    CHECK(pthread_join(thread, NULL) == 0);
    EXPECT(reader.status, status);
    CHECK(reader.count == 0);
}

static ViStatus terminate(ViSession vi)
{
    return viTerminate(vi, VI_NULL, VI_NULL);
}

static ViStatus unplug(ViSession vi)
{
    (void)vi;
    bench(device, "unplug");
    return VI_SUCCESS;
}

/* A cable that is pulled while a transfer is under way, noticed by the device's own fault. */
static void gone(ViSession rm, ViSession vi)
{
    ViUInt32 count;
    ViUInt16 length;
    ViByte bytes[8];
    ViSession again;
    EXPECT(viRead(vi, bytes, 8, &count), VI_ERROR_CONN_LOST);
    EXPECT(viWrite(vi, (ViConstBuf)"x", 1, &count), VI_ERROR_CONN_LOST);
    EXPECT(viClear(vi), VI_ERROR_CONN_LOST);
    EXPECT(viUsbControlIn(vi, 0xC0, 5, 0, 0, 8, bytes, &length), VI_ERROR_CONN_LOST);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_ALT_SETTING, 1), VI_ERROR_CONN_LOST);
    EXPECT(viOpen(rm, raw_name(device, 0), VI_NO_LOCK, PATIENTLY, &again), VI_ERROR_RSRC_NFOUND);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi, again;
    ViUInt32 count;
    CHECK(argc == 2);
    device = argv[1];
    vi = open_raw(rm, device);
    halted(vi);
    silent(vi);
    parts(vi);
    too_much(vi);
    no_memory(vi);
    ended_by(vi, terminate, VI_ERROR_ABORT);
    SET(vi, VI_ATTR_TMO_VALUE, PATIENTLY);
    echoes(vi);
    ended_by(vi, viClose, VI_ERROR_ABORT);

    vi = open_raw(rm, device);
    ended_by(vi, unplug, VI_ERROR_CONN_LOST);
    gone(rm, vi);
    /* Plugged in again it opens, also while the old session is there. */
    bench(device, "plug");
    again = open_raw(rm, device);
    echoes(again);
    EXPECT(viWrite(vi, (ViConstBuf)"x", 1, &count), VI_ERROR_CONN_LOST);
    EXPECT(viClose(vi), VI_SUCCESS);
    echoes(again);
    bench(device, "fault unplug 1 01");
    EXPECT(viWrite(again, (ViConstBuf)"x", 1, &count), VI_ERROR_CONN_LOST);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
