/* What a USB instrument does wrong must not outlast the call that meets it. For each fault and each
 * operation that it can hit: the call ends in time and says what is wrong, and the next query gets
 * its own answer, or the session says that its device is gone. What the library does to recover
 * keeps to the standards, for the device complains of whatever does not. Arguments: a group of
 * faults, an instrument's serial number, and a fault where only that one is to be tried.
 */

#include "usb.h"

/* Of calls that are to end by it. */
#define TIMEOUT 1500
/* How much later a call may end on a busy machine. */
#define SLACK 20000
#define LARGE 100000

enum operation { QUERY, LARGE_WRITE, LARGE_READ, SMALL_READ, CLEAR, STATUS, TRIGGER, REMOTE, PULSE };

enum afterwards {
    RIGHT,   /* the next query gets its own answer */
    CLEARED, /* it does after viClear */
    LOST     /* the device is gone, and every call says so */
};

struct row {
    const char *fault;
    const char *second; /* another fault that is set besides, or NULL */
    enum operation operation;
    ViStatus wanted[3]; /* any of them; 1 ends the list */
    enum afterwards then;
};

#define END 1

/* Nothing is wrong, or nothing that a host may mind. */
static const struct row harmless[] = {
    { "align always", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "extra always 4", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "extra always 600", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "extra always 511", NULL, LARGE_READ, { VI_SUCCESS, END }, RIGHT },
    { "split always 5", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "split always 1000", NULL, LARGE_READ, { VI_SUCCESS, END }, RIGHT },
    { "split always 4000", NULL, LARGE_READ, { VI_SUCCESS, END }, RIGHT },
    { "delay-out 1 300", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "delay-in 1 300", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "ignore-size 1", NULL, SMALL_READ, { VI_SUCCESS, END }, RIGHT },
    { "delay-control 1", NULL, STATUS, { VI_SUCCESS, END }, RIGHT },
    { "delay-control 1", NULL, CLEAR, { VI_SUCCESS, END }, RIGHT },
    { "pending 3 check-clear", NULL, CLEAR, { VI_SUCCESS, END }, RIGHT },
};

/* Halted pipes. */
static const struct row halts[] = {
    { "stall-out 1", NULL, QUERY, { VI_ERROR_IO, END }, RIGHT },
    { "stall-out 1 50000", NULL, LARGE_WRITE, { VI_ERROR_IO, END }, RIGHT },
    { "stall-in 1", NULL, QUERY, { VI_ERROR_IO, END }, RIGHT },
    { "stall-in 1 50000", NULL, LARGE_READ, { VI_ERROR_IO, END }, RIGHT },
};

/* Devices that go on no more. */
static const struct row waits[] = {
    { "hold-out 1", NULL, QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-out 1 50000", NULL, LARGE_WRITE, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", NULL, QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1 50000", NULL, LARGE_READ, { VI_ERROR_TMO, END }, RIGHT },
    { "no-end 1", NULL, LARGE_READ, { VI_SUCCESS, END }, RIGHT },
    { "empty 1", NULL, QUERY, { VI_ERROR_TMO, END }, RIGHT },
};

/* Aborts that are refused, ignored, never done, never answered, failing. */
static const struct row aborts[] = {
    { "hold-in 1", "stall-control always abort-in", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", "ignore-abort 1", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", "pending 3 check-abort-in", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", "pending always check-abort-in", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", "fail-control always abort-in", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", "silent-control 1 abort-in", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-in 1", "stall-control always check-abort-in", QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-out 1 50000", "stall-control always abort-out", LARGE_WRITE, { VI_ERROR_TMO, END },
      RIGHT },
    { "hold-out 1 50000", "pending 3 check-abort-out", LARGE_WRITE, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-out 1 50000", "pending always check-abort-out", LARGE_WRITE, { VI_ERROR_TMO, END },
      RIGHT },
    { "hold-out 1 50000", "silent-control 1 abort-out", LARGE_WRITE, { VI_ERROR_TMO, END }, RIGHT },
    { "hold-out 1 50000", "fail-control always abort-out", LARGE_WRITE, { VI_ERROR_TMO, END },
      RIGHT },
};

/* Answers that are none. The bTag before is that of an answer that was given up: the right one may
 * yet come. */
static const struct row answers[] = {
    { "in-tag 1", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "in-tag 1 255", NULL, QUERY, { VI_ERROR_TMO, END }, RIGHT },
    { "in-tag 1", NULL, LARGE_READ, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "in-inverse 1", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "in-id 1", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "in-id 1", NULL, LARGE_READ, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "stale 1", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "short-header 1", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "babble 1", NULL, QUERY, { VI_ERROR_IO, END }, RIGHT },
};

/* Lengths that are wrong. What TransferSize does not count is not the message's (USBTMC 1.0, table
 * 9); what it counts must come, in whatever packets. */
static const struct row lengths[] = {
    { "size-more 1", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "size-more 1 1000", NULL, LARGE_READ, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "size-less 1", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "size-less 1 1000", NULL, LARGE_READ, { VI_SUCCESS, END }, RIGHT },
    { "size-max 1", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "size-max 1", NULL, LARGE_READ, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "cut 1 4", NULL, QUERY, { VI_ERROR_INP_PROT_VIOL, END }, RIGHT },
    { "dribble 1 20", NULL, QUERY, { VI_SUCCESS, END }, RIGHT },
    { "dribble 1 700", NULL, LARGE_READ, { VI_SUCCESS, END }, RIGHT },
    { "no-eom 1", NULL, QUERY, { VI_ERROR_TMO, END }, RIGHT },
};

/* Control requests. What a device says that it can and then refuses, has failed. */
static const struct row controls[] = {
    { "stall-control 1 status-byte", NULL, STATUS, { VI_ERROR_IO, END }, RIGHT },
    { "silent-control 1 status-byte", NULL, STATUS, { VI_ERROR_TMO, END }, RIGHT },
    { "fail-control 1 status-byte", NULL, STATUS, { VI_ERROR_IO, END }, RIGHT },
    { "stb-none 1", NULL, STATUS, { VI_ERROR_TMO, END }, RIGHT },
    { "stb-tag 1", NULL, STATUS, { VI_ERROR_TMO, END }, RIGHT },
    { "stall-out 1", NULL, TRIGGER, { VI_ERROR_IO, END }, RIGHT },
    { "hold-out 1", NULL, TRIGGER, { VI_ERROR_TMO, END }, RIGHT },
    { "stall-control 1 ren", NULL, REMOTE, { VI_ERROR_IO, END }, RIGHT },
    { "silent-control 1 ren", NULL, REMOTE, { VI_ERROR_TMO, END }, RIGHT },
    { "fail-control 1 ren", NULL, REMOTE, { VI_ERROR_IO, END }, RIGHT },
    { "stall-control 1 pulse", NULL, PULSE, { VI_ERROR_IO, END }, RIGHT },
    { "silent-control 1 pulse", NULL, PULSE, { VI_ERROR_TMO, END }, RIGHT },
    { "stall-control 1 clear", NULL, CLEAR, { VI_ERROR_IO, END }, RIGHT },
    { "silent-control 1 clear", NULL, CLEAR, { VI_ERROR_TMO, END }, RIGHT },
    { "fail-control 1 clear", NULL, CLEAR, { VI_ERROR_IO, END }, RIGHT },
    { "pending always check-clear", NULL, CLEAR, { VI_ERROR_TMO, END }, RIGHT },
    { "stall-control 1 check-clear", NULL, CLEAR, { VI_ERROR_IO, END }, RIGHT },
};

/* The cable. */
static const struct row cables[] = {
    { "unplug-out 1", NULL, QUERY, { VI_ERROR_CONN_LOST, END }, LOST },
    { "unplug-out 1 50000", NULL, LARGE_WRITE, { VI_ERROR_CONN_LOST, END }, LOST },
    { "unplug-in 1", NULL, QUERY, { VI_ERROR_CONN_LOST, END }, LOST },
    { "unplug-in 1 50000", NULL, LARGE_READ, { VI_ERROR_CONN_LOST, END }, LOST },
    { "unplug-control 1", NULL, STATUS, { VI_ERROR_CONN_LOST, END }, LOST },
    { "unplug-control 1", NULL, CLEAR, { VI_ERROR_CONN_LOST, END }, LOST },
    { "unplug-control 1", NULL, REMOTE, { VI_ERROR_CONN_LOST, END }, LOST },
    { "hold-in 1", "unplug-control 1 abort-in", QUERY, { VI_ERROR_TMO, VI_ERROR_CONN_LOST, END },
      LOST },
};

#define GROUP(rows) { #rows, rows, (int)(sizeof rows / sizeof *rows) }

static const struct group {
    const char *name;
    const struct row *rows;
    int count;
} groups[] = {
    GROUP(harmless), GROUP(halts), GROUP(waits), GROUP(aborts),
    GROUP(answers), GROUP(lengths), GROUP(controls), GROUP(cables),
};

static ViByte sent[LARGE + 64], got[LARGE + 64];
static ViUInt32 got_count;

static ViStatus whole_write(ViSession vi, const void *bytes, size_t count)
{
    ViUInt32 done = 0;
    return viWrite(vi, bytes, (ViUInt32)count, &done);
}

static ViStatus say(ViSession vi, const char *text)
{
    return whole_write(vi, text, strlen(text));
}

/* Reads in pieces up to the end of the message. */
static ViStatus whole_read(ViSession vi, ViUInt32 most)
{
    ViStatus status;
    got_count = 0;
    do {
        ViUInt32 count = 0, room = (ViUInt32)sizeof got - got_count;
        status = viRead(vi, got + got_count, room < most ? room : most, &count);
        got_count += count;
    } while (status == VI_SUCCESS_MAX_CNT && got_count < sizeof got);
    return status;
}

/* The status that counts is the first that is no success. */
static ViStatus carry_out(ViSession vi, enum operation operation)
{
    ViUInt16 byte = 0;
    ViStatus status;
    switch (operation) {
    case QUERY:
        status = say(vi, "ECHO 0123456789\n");
        return status < 0 ? status : whole_read(vi, LARGE);
    case SMALL_READ:
        status = say(vi, "ECHO 0123456789\n");
        return status < 0 ? status : whole_read(vi, 4);
    case LARGE_WRITE:
        return whole_write(vi, sent, block(sent, "DATA:LOAD ", LARGE));
    case LARGE_READ:
        /* 100052 bytes in one transfer would be no whole packets; 99828 are 195. */
        status = say(vi, "DATA:BLOCK? 99820\n");
        return status < 0 ? status : whole_read(vi, LARGE + 64);
    case CLEAR:
        return viClear(vi);
    case STATUS:
        return viReadSTB(vi, &byte);
    case TRIGGER:
        return viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT);
    case REMOTE:
        return viGpibControlREN(vi, VI_GPIB_REN_ASSERT);
    default:
        return viUsbControlIn(vi, 0xA1, 64, 0, 0, 1, got, &byte);
    }
}

static int wanted(const struct row *row, ViStatus status)
{
    size_t i;
    for (i = 0; i < 3 && row->wanted[i] != END; i++) {
        if (row->wanted[i] == status) {
            return 1;
        }
    }
    return 0;
}

static int failures;

static void fails(const struct row *row, const char *what, ViStatus status)
{
    printf("%s, %s, operation %d: %s (0x%08lX)\n", row->fault, row->second ? row->second : "-",
           row->operation, what, (unsigned long)(ViUInt32)status);
    failures++;
}

/* A success must bring what the device meant, and of wrong lengths what it told of. */
static int complete(const struct row *row)
{
    static const char ten[] = "0123456789\n";
    unsigned long less = 0;
    if (strncmp(row->fault, "size-less", 9) == 0) {
        less = row->operation == QUERY ? 4 : 1000;
    }
    switch (row->operation) {
    case QUERY:
    case SMALL_READ:
        return got_count == strlen(ten) - less && memcmp(got, ten, got_count) == 0;
    case LARGE_READ:
        return got_count == block(sent, "", 99820) - less && memcmp(got, sent, got_count) == 0;
    default:
        return 1;
    }
}

static void recovered(ViSession vi, const struct row *row, int number)
{
    char text[80], want[64];
    ViStatus status;
    double began = now();
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
    sprintf(want, "after %d\n", number);
    sprintf(text, "ECHO %s", want);
    status = say(vi, text);
    if (status == VI_SUCCESS) {
        status = whole_read(vi, LARGE);
    }
    if (status != VI_SUCCESS || got_count != strlen(want) || memcmp(got, want, got_count) != 0) {
        fails(row, "the next query did not get its answer", status);
        printf("    but \"%.*s\"\n", got_count < 60 ? (int)got_count : 60, (char *)got);
    }
    if (now() - began > SLACK) {
        fails(row, "the next query took too long", status);
    }
}

static ViSession lost(ViSession rm, ViSession vi, const struct row *row, const char *serial)
{
    ViUInt16 byte;
    ViStatus status = say(vi, "*IDN?\n");
    if (status != VI_ERROR_CONN_LOST) {
        fails(row, "a write to a lost device", status);
    }
    status = whole_read(vi, 100);
    if (status != VI_ERROR_CONN_LOST) {
        fails(row, "a read from a lost device", status);
    }
    status = viReadSTB(vi, &byte);
    if (status != VI_ERROR_CONN_LOST) {
        fails(row, "the status byte of a lost device", status);
    }
    status = viClear(vi);
    if (status != VI_ERROR_CONN_LOST) {
        fails(row, "a clear of a lost device", status);
    }
    EXPECT(viClose(vi), VI_SUCCESS);
    bench(serial, "unplug");
    bench(serial, "plug");
    return open_instrument(rm, serial);
}

static void set(const char *serial, const char *fault)
{
    char command[80];
    sprintf(command, "fault %s", fault);
    bench(serial, command);
}

/* How often the fault was seen, as the device tells it. */
static int happened(const char *serial, const char *fault)
{
    char command[80];
    sprintf(command, "happened %s", fault);
    *strchr(command + 9, ' ') = '\0';
    return atoi(bench(serial, command));
}

static ViSession try(ViSession rm, ViSession vi, const struct row *row, int number,
                     const char *serial)
{
    const char *violations;
    ViStatus status;
    double began, took;
    int lies, before = happened(serial, row->fault);
    set(serial, row->fault);
    if (row->second != NULL) {
        set(serial, row->second);
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, wanted(row, VI_ERROR_TMO) ? TIMEOUT : PATIENTLY),
           VI_SUCCESS);
    began = now();
    status = carry_out(vi, row->operation);
    took = now() - began;
    if (!wanted(row, status)) {
        fails(row, "ended wrongly", status);
    } else if (status == VI_SUCCESS && !complete(row)) {
        fails(row, "succeeded with something else", status);
        printf("    %lu bytes, \"%.*s\"\n", (unsigned long)got_count,
               got_count < 60 ? (int)got_count : 60, (char *)got);
    }
    /* A query is two calls. What needs no timeout to end does not wait for one. */
    if (took > 2 * TIMEOUT + SLACK) {
        fails(row, "took too long", status);
    }
    if (row->then == LOST) {
        return lost(rm, vi, row, serial);
    }
    if (happened(serial, row->fault) == before) {
        fails(row, "was not met", status);
    }
    if (row->then == CLEARED) {
        EXPECT(viClear(vi), VI_SUCCESS);
    }
    /* Aborts go wrong as long as the device does. */
    recovered(vi, row, number);
    set(serial, "off");
    recovered(vi, row, number + 1000);
    /* A device that says that it has aborted, or has nothing to abort, is believed. */
    lies = row->second != NULL
           && (strstr(row->second, "ignore-abort") != NULL || strstr(row->second, "fail-") != NULL);
    violations = bench(serial, "violations");
    if (strcmp(violations, "none") != 0 && !lies) {
        fails(row, violations, 0);
    }
    return vi;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const char *serial = argc > 2 ? argv[2] : "";
    /* Where only one of them is of interest. */
    const char *only = argc > 3 ? argv[3] : "";
    ViSession rm = open_manager();
    ViSession vi = open_instrument(rm, serial);
    int tried = 0;
    size_t i;
    for (i = 0; i < sizeof groups / sizeof *groups; i++) {
        int n;
        for (n = 0; n < groups[i].count && strcmp(groups[i].name, name) == 0; n++) {
            if (strncmp(only, groups[i].rows[n].fault, strlen(only)) == 0) {
                vi = try(rm, vi, &groups[i].rows[n], n, serial);
                tried++;
            }
        }
    }
    CHECK(tried > 0);
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT_BENCH(serial, "driver", "usbtmc");
    EXPECT(viClose(rm), VI_SUCCESS);
    return failures != 0;
}
