/* Characters received with an error. Argument: an adapter's serial number. FTDI marks the character
 * itself, so that a read ends with it; CDC-ACM tells of it beside the data, so that some read of
 * what came with it must say it, once.
 */

#include "serial.h"

static const char *adapter;
static int marks;

static const struct {
    const char *fault;
    ViStatus status;
} FAULTS[] = {
    { "parity", VI_ERROR_ASRL_PARITY },
    { "framing", VI_ERROR_ASRL_FRAMING },
    { "overrun", VI_ERROR_ASRL_OVERRUN },
};

static void told_once(ViSession vi)
{
    char command[64];
    size_t i;
    for (i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        ViStatus status;
        ViByte buffer[16];
        ViUInt32 count = 0;
        snprintf(command, sizeof command, "send-bad %s x\\x0A", FAULTS[i].fault);
        bench(adapter, command);
        status = viRead(vi, buffer, sizeof buffer, &count);
        if (status != FAULTS[i].status) {
            printf("%s: 0x%08lX\n", FAULTS[i].fault, (unsigned long)(ViUInt32)status);
            exit(1);
        }
        if (marks && FAULTS[i].status != VI_ERROR_ASRL_OVERRUN) {
            /* The line feed of the same packet came with the error, too. */
            CHECK(count == 1 && buffer[0] == 'x');
            EXPECT(viRead(vi, buffer, sizeof buffer, &count), FAULTS[i].status);
            CHECK(count == 1 && buffer[0] == '\n');
        } else {
            CHECK(count == 2 && memcmp(buffer, "x\n", 2) == 0);
        }
        /* What follows is not blamed for it. */
        bench(adapter, "send fine\\x0A");
        EXPECT_READ(vi, 16, VI_SUCCESS, "fine\n");
    }
}

/* The read ends at the bad character: what came before it is good, and what comes after as well. */
static void ends_there(ViSession vi)
{
    bench(adapter, "send good");
    bench(adapter, "send-bad parity ?");
    bench(adapter, "send after\\x0A");
    EXPECT_READ(vi, 100, VI_ERROR_ASRL_PARITY, "good?");
    EXPECT_READ(vi, 100, VI_SUCCESS, "after\n");
}

static void replaced(ViSession vi)
{
    SET(vi, VI_ATTR_ASRL_REPLACE_CHAR, '#');
    bench(adapter, "send a");
    bench(adapter, "send-bad parity b");
    bench(adapter, "send-bad framing c");
    bench(adapter, "send d\\x0A");
    EXPECT_READ(vi, 100, VI_SUCCESS, "a##d\n");
    SET(vi, VI_ATTR_ASRL_REPLACE_CHAR, 0);
}

/* The byte that marks errors is a byte like any other, and zeros are dropped when wanted. */
static void bytes(ViSession vi)
{
    bench(adapter, "send \\xFF\\xFFa\\xFF\\x0A");
    EXPECT_READ(vi, 100, VI_SUCCESS, "\xFF\xFF" "a\xFF\n");
    SET(vi, VI_ATTR_ASRL_DISCARD_NULL, VI_TRUE);
    bench(adapter, "send \\x00a\\x00\\x00b\\x0A");
    EXPECT_READ(vi, 100, VI_SUCCESS, "ab\n");
    SET(vi, VI_ATTR_ASRL_DISCARD_NULL, VI_FALSE);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession vi;
    CHECK(argc == 2);
    adapter = argv[1];
    marks = strstr(bench(adapter, "tty"), "USB") != NULL;
    vi = open_port(rm, name_of(bench(adapter, "tty")));
    bytes(vi);
    told_once(vi);
    if (marks) {
        ends_there(vi);
        replaced(vi);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
