/* Calls on USB instruments that other threads end, calls of several threads at once, and the cable
 * that is pulled: nothing has a deadline of its own here. Arguments: the check and the instrument's
 * serial number.
 */

#include <pthread.h>
#include "usb.h"

#define LARGE (4u << 20)

struct call {
    ViSession vi;
    ViStatus status;
    ViUInt32 count;
};

static ViByte memory[LARGE];

static void *reading(void *argument)
{
    struct call *call = argument;
    call->status = viRead(call->vi, memory, LARGE, &call->count);
    return NULL;
}

static void *writing(void *argument)
{
    struct call *call = argument;
    call->status = viWrite(call->vi, memory, LARGE, &call->count);
    return NULL;
}

static ViSession patient(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    return vi;
}

/* Waits until the host's transfer waits at the device: the call is under way. With the interrupt
 * endpoint's own there may be more than one. */
static void await_transfer(const char *serial, int more_than)
{
    int tries;
    for (tries = 0; tries < 3000 && atoi(bench(serial, "waiting")) <= more_than; tries++) {
        pause_ms(10);
    }
    CHECK(tries < 3000);
}

enum how { TERMINATED, CLOSED, UNPLUGGED };

/* Begins a call that the device does not end, and ends it. */
static ViStatus ended(const char *serial, struct call *call, void *(*run)(void *), enum how how)
{
    pthread_t thread;
    int waiting = atoi(bench(serial, "waiting"));
    CHECK(pthread_create(&thread, NULL, run, call) == 0);
    await_transfer(serial, waiting);
    switch (how) {
    case TERMINATED:
        EXPECT(viTerminate(call->vi, VI_NULL, VI_NULL), VI_SUCCESS);
        break;
    case CLOSED:
        EXPECT(viClose(call->vi), VI_SUCCESS);
        break;
    default:
        bench(serial, "unplug");
    }
    CHECK(pthread_join(thread, NULL) == 0);
    return call->status;
}

static void answers(ViSession vi, const char *text)
{
    char want[64];
    sprintf(want, "ECHO %s", text);
    command(vi, want);
    sprintf(want, "%s\n", text);
    EXPECT_READ(vi, 64, VI_SUCCESS, want);
}

/* The beginning of a block that the device never takes to its end. */
static void begin_block(const char *serial, const char *fault)
{
    memset(memory, 'x', LARGE);
    memcpy(memory, "DATA:LOAD #74000000", 19);
    bench(serial, fault);
}

static void cancelling(ViSession rm, const char *serial)
{
    struct call call = { VI_NULL, VI_SUCCESS, 0 };
    int i;
    for (i = 0; i < 3; i++) {
        call.vi = patient(rm, serial);
        /* A question that nobody asked; an answer that stops; a device that takes no more. */
        EXPECT(ended(serial, &call, reading, TERMINATED), VI_ERROR_ABORT);
        answers(call.vi, "one");
        bench(serial, "fault hold-in 1 100000");
        command(call.vi, "DATA:BLOCK? 1000000");
        EXPECT(ended(serial, &call, reading, TERMINATED), VI_ERROR_ABORT);
        answers(call.vi, "two");
        begin_block(serial, "fault hold-out 1 500000");
        EXPECT(ended(serial, &call, writing, TERMINATED), VI_ERROR_ABORT);
        answers(call.vi, "three");
        /* By closing the session. */
        EXPECT(ended(serial, &call, reading, CLOSED), VI_ERROR_ABORT);
        call.vi = patient(rm, serial);
        begin_block(serial, "fault hold-out 1 500000");
        EXPECT(ended(serial, &call, writing, CLOSED), VI_ERROR_ABORT);
        call.vi = patient(rm, serial);
        answers(call.vi, "four");
        EXPECT(viClose(call.vi), VI_SUCCESS);
    }
    EXPECT_BENCH(serial, "violations", "none");
    EXPECT_BENCH(serial, "driver", "usbtmc");
}

static void everything_says_so(ViSession vi)
{
    ViByte buffer[4];
    ViUInt32 count = 99;
    ViUInt16 byte;
    EXPECT(viRead(vi, buffer, sizeof buffer, &count), VI_ERROR_CONN_LOST);
    CHECK(count == 0);
    EXPECT(viWrite(vi, (ViConstBuf) "x", 1, &count), VI_ERROR_CONN_LOST);
    EXPECT(viClear(vi), VI_ERROR_CONN_LOST);
    EXPECT(viReadSTB(vi, &byte), VI_ERROR_CONN_LOST);
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_ERROR_CONN_LOST);
    EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ASSERT), VI_ERROR_CONN_LOST);
    EXPECT(viUsbControlIn(vi, 0xA1, 64, 0, 0, 1, buffer, &byte), VI_ERROR_CONN_LOST);
}

static void unplugging(ViSession rm, const char *serial)
{
    struct call call = { VI_NULL, VI_SUCCESS, 0 };
    ViSession anew;
    int i;
    for (i = 0; i < 4; i++) {
        call.vi = patient(rm, serial);
        answers(call.vi, "here");
        switch (i) {
        case 0: /* while nobody uses it */
            bench(serial, "unplug");
            break;
        case 1: /* in a read for which nothing comes */
            EXPECT(ended(serial, &call, reading, UNPLUGGED), VI_ERROR_CONN_LOST);
            break;
        case 2: /* in an answer */
            bench(serial, "fault hold-in 1 100000");
            command(call.vi, "DATA:BLOCK? 1000000");
            EXPECT(ended(serial, &call, reading, UNPLUGGED), VI_ERROR_CONN_LOST);
            break;
        default: /* in a message, and with a watcher for events */
            EXPECT(viEnableEvent(call.vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
            begin_block(serial, "fault hold-out 1 500000");
            EXPECT(ended(serial, &call, writing, UNPLUGGED), VI_ERROR_CONN_LOST);
        }
        everything_says_so(call.vi);
        EXPECT(viOpen(rm, instrument(serial), VI_NO_LOCK, 100, &anew), VI_ERROR_RSRC_NFOUND);
        /* A new session has the new device, also while the old one is still open. */
        bench(serial, "plug");
        anew = patient(rm, serial);
        answers(anew, "back");
        everything_says_so(call.vi);
        EXPECT(viClose(call.vi), VI_SUCCESS);
        answers(anew, "still");
        EXPECT(viClose(anew), VI_SUCCESS);
        EXPECT_BENCH(serial, "driver", "usbtmc");
    }
}

/* While a read waits for its answer, status bytes, triggers and control requests pass it. */
static void passing(ViSession rm, const char *serial)
{
    struct call call = { VI_NULL, VI_SUCCESS, 0 };
    ViSession other = open_instrument(rm, serial);
    ViByte byte;
    ViUInt16 count = 0, status = 0;
    pthread_t thread;
    int waiting = atoi(bench(serial, "waiting"));
    call.vi = patient(rm, serial);
    command(call.vi, "SYST:DELAY 3000;:ECHO waited for");
    CHECK(pthread_create(&thread, NULL, reading, &call) == 0);
    await_transfer(serial, waiting);
    EXPECT(viReadSTB(other, &status), VI_SUCCESS);
    CHECK((status & 0x10) == 0);
    EXPECT(viUsbControlIn(other, 0xA1, 64, 0, 0, 1, &byte, &count), VI_SUCCESS);
    EXPECT(viGpibControlREN(other, VI_GPIB_REN_ASSERT), VI_SUCCESS);
    CHECK(pthread_join(thread, NULL) == 0);
    EXPECT(call.status, VI_SUCCESS);
    CHECK(call.count == 11 && memcmp(memory, "waited for\n", 11) == 0);
    EXPECT_BENCH(serial, "violations", "none");
}

/* Threads that take turns by a lock of the session get their own answers; others poll meanwhile. */
static const char *shared;
static ViSession manager;
static int polling = 1;

static void *asking(void *argument)
{
    ViSession vi = open_instrument(manager, shared);
    int i;
    for (i = 0; i < 50; i++) {
        char text[32];
        sprintf(text, "%ld of %d", (long)(size_t)argument, i);
        EXPECT(viLock(vi, VI_EXCLUSIVE_LOCK, PATIENTLY, VI_NULL, VI_NULL), VI_SUCCESS);
        answers(vi, text);
        EXPECT(viUnlock(vi), VI_SUCCESS);
    }
    EXPECT(viClose(vi), VI_SUCCESS);
    return NULL;
}

static void *polls(void *argument)
{
    ViSession vi = open_instrument(manager, shared);
    ViUInt16 status;
    (void)argument;
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    while (__atomic_load_n(&polling, __ATOMIC_ACQUIRE)) {
        ViStatus got = viReadSTB(vi, &status);
        CHECK(got == VI_SUCCESS || got == VI_ERROR_RSRC_LOCKED);
    }
    EXPECT(viClose(vi), VI_SUCCESS);
    return NULL;
}

static void threads(ViSession rm, const char *serial)
{
    pthread_t thread[5];
    size_t i;
    manager = rm;
    shared = serial;
    for (i = 0; i < 4; i++) {
        CHECK(pthread_create(&thread[i], NULL, asking, (void *)i) == 0);
    }
    CHECK(pthread_create(&thread[4], NULL, polls, NULL) == 0);
    for (i = 0; i < 5; i++) {
        if (i == 4) {
            __atomic_store_n(&polling, 0, __ATOMIC_RELEASE);
        }
        CHECK(pthread_join(thread[i], NULL) == 0);
    }
    EXPECT_BENCH(serial, "violations", "none");
    EXPECT_BENCH(serial, "driver", "usbtmc");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(ViSession rm, const char *serial);
    } checks[] = {
        { "cancelling", cancelling },
        { "unplugging", unplugging },
        { "passing", passing },
        { "threads", threads },
    };
    ViSession rm = open_manager();
    size_t i;
    CHECK(argc == 3);
    for (i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (strcmp(argv[1], checks[i].name) == 0) {
            checks[i].run(rm, argv[2]);
            EXPECT(viClose(rm), VI_SUCCESS);
            return 0;
        }
    }
    printf("no such check\n");
    return 2;
}
