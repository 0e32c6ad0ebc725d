/* USB INSTR for a user who may open nothing but the kernel's /dev/usbtmcN: all that the protocol
 * has works, every call ends by its deadline, and the next one is right. Argument: the instrument's
 * serial number. The program begins as root, and is nobody from then on, except to permit.
 */

#define _DEFAULT_SOURCE
#include <grp.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "usbtmc_node.h"

enum { NOBODY = 65534 };
#define PATIENTLY 60000
#define SHORTLY 300
#define LARGEST (5UL << 20)

static const char *device;
static char name[128];
static char sent[LARGEST + 64], got[LARGEST + 64];

/* What the user may open. */
static void permit(int node, int usb)
{
    char path[256];
    FILE *number;
    int bus = 0, address = 0, i;
    int *numbers[] = { &bus, &address };
    static const char *const files[] = { "busnum", "devnum" };
    CHECK(seteuid(0) == 0);
    CHECK(chmod(bench(device, "usbtmc"), node ? 0666 : 0600) == 0);
    for (i = 0; i < 2; i++) {
        CHECK(snprintf(path, sizeof path, "/sys/bus/usb/devices/%s/%s", bench(device, "path"),
                       files[i]) > 0);
        number = fopen(path, "r");
        CHECK(number != NULL && fscanf(number, "%d", numbers[i]) == 1);
        fclose(number);
    }
    CHECK(snprintf(path, sizeof path, "/dev/bus/usb/%03d/%03d", bus, address) > 0);
    CHECK(chmod(path, usb ? 0666 : 0600) == 0);
    CHECK(seteuid(NOBODY) == 0);
}

static ViSession open_node(ViSession rm)
{
    ViSession vi = VI_NULL;
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
    EXPECT_BENCH(device, "driver", "usbtmc");
    return vi;
}

static void timeout(ViSession vi, ViUInt32 ms)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, ms), VI_SUCCESS);
}

static void answers(ViSession vi)
{
    command(vi, "ECHO? its own question");
    EXPECT_READ(vi, 100, VI_SUCCESS, "its own question\n");
}

static void both_ways(ViSession vi, unsigned long count)
{
    ViUInt32 done = 0;
    char line[64];
    size_t length;
    snprintf(line, sizeof line, "DATA:BLOCK? %lu", count);
    command(vi, line);
    EXPECT(viRead(vi, (ViBuf)got, sizeof got, &done), VI_SUCCESS);
    CHECK(done == block(sent, "", count) && memcmp(got, sent, done) == 0);
    length = block(sent, "DATA:LOAD ", count);
    EXPECT(viWrite(vi, (ViConstBuf)sent, (ViUInt32)length, &done), VI_SUCCESS);
    CHECK(done == length);
    command(vi, "DATA:LOAD?");
    EXPECT(viRead(vi, (ViBuf)got, sizeof got, &done), VI_SUCCESS);
    got[done] = '\0';
    CHECK(strtoul(got, NULL, 10) == count && strcmp(strrchr(got, ','), ",1\n") == 0);
}

/* Around the ends of packets and of what the driver receives in one piece. */
static void lengths(ViSession vi)
{
    unsigned long packet = (unsigned long)atoi(bench(device, "packet")), count;
    for (count = 0; count <= 2 * packet + 3; count++) {
        if ((count + 30) % packet <= 33) {
            both_ways(vi, count);
        }
    }
    for (count = 4096 - 40; count <= 4100; count += packet == 64 ? 9 : 3) {
        both_ways(vi, count);
    }
    both_ways(vi, (1UL << 20) + 7);
    both_ways(vi, LARGEST);
    /* In parts. */
    command(vi, "ECHO? 0123456789");
    EXPECT_READ(vi, 4, VI_SUCCESS_MAX_CNT, "0123");
    EXPECT_READ(vi, 100, VI_SUCCESS, "456789\n");
}

static void operations(ViSession vi)
{
    ViUInt16 status = 0;
    ViEventType type = 0;
    ViEvent context = VI_NULL;
    ViByte bytes[0x18];
    ViUInt16 length = 0;
    command(vi, "*CLS;*ESE 1;*SRE 32");
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    command(vi, "*OPC");
    EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, PATIENTLY, &type, &context), VI_SUCCESS);
    EXPECT(viClose(context), VI_SUCCESS);
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status == (0x40 | 0x20));
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK(status == 0x20);
    EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_ERROR_NSUP_OPER);
    command(vi, "*CLS");
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    command(vi, "TRIG:COUN?");
    EXPECT_READ(vi, 100, VI_SUCCESS, "1\n");
    EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ASSERT_ADDRESS_LLO), VI_SUCCESS);
    EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ADDRESS_GTL), VI_SUCCESS);
    command(vi, "ECHO? dropped");
    EXPECT(viClear(vi), VI_SUCCESS);
    answers(vi);
    /* The device's own character. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, '5'), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    command(vi, "ECHO? 0123456789");
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, "012345");
    EXPECT_READ(vi, 100, VI_SUCCESS, "6789\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    /* GET_CAPABILITIES by hand. */
    EXPECT(viUsbControlIn(vi, 0xA1, 7, 0, 0, 0x18, bytes, &length), VI_SUCCESS);
    CHECK(length == 0x18 && bytes[0] == 1);
    EXPECT_BENCH(device, "violations", "none");
}

/* An answer that does not come, then one that does: it must be the next question's. */
static void silent(ViSession vi)
{
    ViUInt16 status;
    ViUInt32 count;
    timeout(vi, SHORTLY);
    bench(device, "fault hold-in 1");
    command(vi, "ECHO? late");
    EXPECT_READ(vi, 100, VI_ERROR_TMO, "");
    bench(device, "fault off");
    timeout(vi, PATIENTLY);
    answers(vi);
    timeout(vi, SHORTLY);
    bench(device, "fault hold-out 1");
    EXPECT(viWrite(vi, (ViConstBuf)"*CLS\n", 5, &count), VI_ERROR_TMO);
    bench(device, "fault off");
    timeout(vi, PATIENTLY);
    answers(vi);
    /* The driver itself waits 5 s for a request's answer; the calls do not. */
    timeout(vi, SHORTLY);
    bench(device, "fault silent-control 1 status-byte");
    EXPECT(viReadSTB(vi, &status), VI_ERROR_TMO);
    EXPECT(viReadSTB(vi, &status), VI_ERROR_TMO);
    timeout(vi, PATIENTLY);
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    answers(vi);
}

static void halted(ViSession vi)
{
    ViUInt32 count;
    bench(device, "fault stall-in 1");
    command(vi, "ECHO? never");
    EXPECT(viRead(vi, (ViBuf)got, 100, &count), VI_ERROR_IO);
    EXPECT(viClear(vi), VI_SUCCESS);
    answers(vi);
    bench(device, "fault stall-out 1");
    EXPECT(viWrite(vi, (ViConstBuf)"*CLS\n", 5, &count), VI_ERROR_IO);
    answers(vi);
}

struct reader {
    ViSession vi;
    ViStatus status;
    ViUInt32 count;
    ViByte buffer[100];
};

static void *reading(void *argument)
{
    struct reader *reader = argument;
    reader->status = viRead(reader->vi, reader->buffer, sizeof reader->buffer, &reader->count);
    return NULL;
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

/* A read without a deadline of its own. `waiting` transfers wait at the device without it. */
static void ended_by(ViSession vi, ViStatus (*end)(ViSession), ViStatus status)
{
    static struct reader reader;
    pthread_t thread;
    int waiting = atoi(bench(device, "waiting"));
    reader.vi = vi;
    timeout(vi, VI_TMO_INFINITE);
    CHECK(pthread_create(&thread, NULL, reading, &reader) == 0);
    while (atoi(bench(device, "waiting")) <= waiting) {
        struct timespec moment = { 0, 20000000 };
        nanosleep(&moment, NULL);
    }
    EXPECT(end(vi), VI_SUCCESS);
    CHECK(pthread_join(thread, NULL) == 0);
    EXPECT(reader.status, status);
}

/* What another process of the same user gets. */
static ViStatus in_child(void)
{
    int status = 0;
    ViStatus result = VI_SUCCESS;
    int pipes[2];
    pid_t child;
    CHECK(pipe(pipes) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession rm, vi;
        EXPECT(viOpenDefaultRM(&rm), VI_SUCCESS);
        result = viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi);
        CHECK(write(pipes[1], &result, sizeof result) == (ssize_t)sizeof result);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(read(pipes[0], &result, sizeof result) == (ssize_t)sizeof result);
    close(pipes[0]);
    close(pipes[1]);
    return result;
}

int main(int argc, char **argv)
{
    ViSession rm, vi, second;
    char socket_file[128];
    CHECK(argc == 2);
    device = argv[1];
    CHECK(snprintf(name, sizeof name, "USB0::0x1209::0x0010::%s::0::INSTR", device) > 0);
    CHECK(snprintf(socket_file, sizeof socket_file, "/run/bench/%s", device) > 0);
    CHECK(chmod(socket_file, 0666) == 0);
    CHECK(setgroups(0, NULL) == 0 && setegid(NOBODY) == 0);
    permit(0, 0);
    rm = open_manager();
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_ERROR_NPERMISSION);

    permit(1, 0);
    CHECK(in_child() == VI_SUCCESS);
    vi = open_node(rm);
    CHECK(in_child() == VI_ERROR_RSRC_BUSY);
    second = open_node(rm);
    answers(second);
    EXPECT(viClose(second), VI_SUCCESS);
    answers(vi);
    lengths(vi);
    operations(vi);
    silent(vi);
    halted(vi);
    ended_by(vi, terminate, VI_ERROR_ABORT);
    timeout(vi, PATIENTLY);
    answers(vi);
    ended_by(vi, viClose, VI_ERROR_ABORT);
    /* What it left is no hindrance. */
    vi = open_node(rm);
    answers(vi);
    ended_by(vi, unplug, VI_ERROR_CONN_LOST);
    EXPECT_READ(vi, 100, VI_ERROR_CONN_LOST, "");
    EXPECT(viClear(vi), VI_ERROR_CONN_LOST);
    CHECK(seteuid(0) == 0);
    bench(device, "plug");
    permit(1, 0);
    second = open_node(rm);
    answers(second);
    EXPECT(viClose(vi), VI_SUCCESS);
    answers(second);
    EXPECT(viClose(second), VI_SUCCESS);

    /* Where the device is permitted, that is the way. */
    permit(1, 1);
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT_BENCH(device, "driver", "usbfs");
    EXPECT(viClose(rm), VI_SUCCESS);
    EXPECT_BENCH(device, "driver", "usbtmc");
    return 0;
}
