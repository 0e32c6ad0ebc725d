/* visa_faults.c: instruments and buses that do not do what they should. */

#include "visa_bus.h"

/* VISA's milliseconds, whatever steps the driver has: never less, and not a step more. */
static void expect_time(long began, long want)
{
    long took = milliseconds() - began;
    if (took < want - 1 || took > want + 5000) {
        printf("took %ld ms, must be %ld\n", took, want);
        exit(1);
    }
}

static void timeouts(ViSession rm, const char *board)
{
    static const ViUInt32 times[] = { 50, 120, 700 };
    ViSession a = open_at(rm, board, "5"), b = open_at(rm, board, "9");
    ViByte bytes[16];
    ViUInt32 count, i;
    for (i = 0; i < sizeof times / sizeof *times; i++) {
        long began = milliseconds();
        EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, times[i]), VI_SUCCESS);
        EXPECT(viRead(a, bytes, sizeof bytes, &count), VI_ERROR_TMO);
        CHECK(count == 0);
        expect_time(began, (long)times[i]);
    }
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, VI_TMO_IMMEDIATE), VI_SUCCESS);
    EXPECT(viRead(a, bytes, sizeof bytes, &count), VI_ERROR_TMO);
    ask(b, "*IDN?", IDENTITY "9,1.0\n");
    /* A step of 1 s is longer than 700 ms, and 3 s than 1500. */
    {
        long began = milliseconds();
        EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 1500), VI_SUCCESS);
        EXPECT(viRead(a, bytes, sizeof bytes, &count), VI_ERROR_TMO);
        CHECK(milliseconds() - began < 2900);
    }
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    ask(a, "*CLS;*IDN?", IDENTITY "5,1.0\n");
}

/* What was taken before NRFD was held is counted; the bus is free for others afterwards. */
static void holds_nrfd(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), b = open_at(rm, board, "9");
    ViUInt32 count = 99;
    ViUInt16 status = 99;
    bus("fault 5 holds 3");
    /* A step of linux-gpib's: of a transfer that has to be stopped it does not tell the count. */
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viWrite(a, (ViConstBuf)"*IDN?", 5, &count), VI_ERROR_TMO);
    CHECK(count == 3);
    EXPECT(viReadSTB(a, &status), VI_SUCCESS);
    ask(b, "*IDN?", IDENTITY "9,1.0\n");
    EXPECT(viWrite(a, (ViConstBuf)"*IDN?", 5, &count), VI_ERROR_TMO);
    bus("fault 5 none");
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    EXPECT(viClear(a), VI_SUCCESS);
    ask(a, "*IDN?", IDENTITY "5,1.0\n");
}

static void slow(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5");
    bus("fault 5 slow 20");
    /* Longer than one step, in many bytes. */
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 20000), VI_SUCCESS);
    ask(a, "*IDN?", IDENTITY "5,1.0\n");
}

/* One that hangs stops the whole bus: each call ends by its deadline, and so does a search. */
static void hangs(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), b = open_at(rm, board, "9");
    ViUInt32 count = 0;
    ViChar found[VI_FIND_BUFLEN];
    ViFindList list = VI_NULL;
    long began = milliseconds();
    bus("fault 5 hangs");
    EXPECT(viSetAttribute(b, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viWrite(b, (ViConstBuf)"x", 1, &count), VI_ERROR_TMO);
    expect_time(began, 300);
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT(viClear(a), VI_ERROR_TMO);
    began = milliseconds();
    EXPECT(viFindRsrc(rm, "GPIB?*", &list, &count, found), VI_SUCCESS);
    CHECK(milliseconds() - began < 10000);
    EXPECT(viClose(list), VI_SUCCESS);
    bus("fault 5 off");
    EXPECT(viSetAttribute(b, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    ask(b, "*IDN?", IDENTITY "9,1.0\n");
    EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 2000), VI_SUCCESS);
    EXPECT(viWrite(a, (ViConstBuf)"x", 1, &count), VI_ERROR_NLISTENERS);
}

/* A device that never ends its message fills the buffer and no more. */
static void endless(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), b = open_at(rm, board, "9");
    bus("fault 5 endless");
    EXPECT_READ(a, 10, VI_SUCCESS_MAX_CNT, "~~~~~~~~~~");
    ask(b, "*IDN?", IDENTITY "9,1.0\n");
}

struct reader {
    ViSession vi;
    ViStatus status;
    ViUInt32 count;
    long took;
};

static void *read_blocked(void *argument)
{
    struct reader *reader = argument;
    ViByte bytes[16];
    long began = milliseconds();
    reader->status = viRead(reader->vi, bytes, sizeof bytes, &reader->count);
    reader->took = milliseconds() - began;
    return NULL;
}

/* viTerminate and viClose end a transfer that waits; the bus is free afterwards. */
static void ending(ViSession rm, const char *board)
{
    ViSession a = open_at(rm, board, "5"), b = open_at(rm, board, "9");
    struct reader reader = { 0, 0, 0, 0 };
    pthread_t thread;
    int closes;
    for (closes = 0; closes < 2; closes++) {
        reader.vi = a;
        EXPECT(viSetAttribute(a, VI_ATTR_TMO_VALUE, 60000), VI_SUCCESS);
        EXPECT_BUS("forget", "");
        CHECK(pthread_create(&thread, NULL, read_blocked, &reader) == 0);
        /* It is in the driver when the talker is addressed and ATN is gone. */
        while (strstr(bus("log"), "45") == NULL || strstr(bus("lines"), "ATN") != NULL) {
            pause_ms(1);
        }
        pause_ms(50);
        if (closes) {
            EXPECT(viClose(a), VI_SUCCESS);
        } else {
            EXPECT(viTerminate(a, VI_NULL, VI_NULL), VI_SUCCESS);
        }
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(reader.status == VI_ERROR_ABORT || reader.status == VI_ERROR_INV_OBJECT ||
              reader.status == VI_ERROR_CLOSING_FAILED);
        CHECK(reader.took < 30000);
        ask(b, "*IDN?", IDENTITY "9,1.0\n");
    }
}

int main(int argc, char **argv)
{
    static const struct bus_check checks[] = {
        { "timeouts", timeouts }, { "holds_nrfd", holds_nrfd }, { "slow", slow },
        { "hangs", hangs }, { "endless", endless }, { "ending", ending },
    };
    return run_check(argc, argv, checks, sizeof checks / sizeof *checks);
}
