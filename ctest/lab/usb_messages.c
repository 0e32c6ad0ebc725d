/* Messages to and from USB instruments: every length, in pieces of any size, and where they end.
 * Arguments: the check and the instrument's serial number.
 */

#include "usb.h"

#define LARGEST (15UL << 20)

static ViByte sent[LARGEST + 64], got[LARGEST + 64];

static void say(ViSession vi, const void *bytes, size_t length)
{
    ViUInt32 count = 0;
    EXPECT(viWrite(vi, bytes, (ViUInt32)length, &count), VI_SUCCESS);
    CHECK(count == length);
}

/* Reads the message that waits, in pieces of at most `most` bytes. */
static size_t whole_answer(ViSession vi, ViUInt32 most)
{
    size_t length = 0;
    ViStatus status;
    do {
        size_t room = sizeof got - length;
        ViUInt32 count = 0, piece = room < most ? (ViUInt32)room : most;
        status = viRead(vi, got + length, piece, &count);
        length += count;
        CHECK(status != VI_SUCCESS_MAX_CNT || count == piece);
    } while (status == VI_SUCCESS_MAX_CNT && length < sizeof got);
    EXPECT(status, VI_SUCCESS);
    return length;
}

static void both_ways(ViSession vi, unsigned long count, ViUInt32 piece)
{
    char command_[64];
    size_t length;
    sprintf(command_, "DATA:BLOCK? %lu\n", count);
    say(vi, command_, strlen(command_));
    length = whole_answer(vi, piece);
    CHECK(length == block(sent, "", count) && memcmp(got, sent, length) == 0);

    length = block(sent, "DATA:LOAD ", count);
    say(vi, sent, length);
    say(vi, "DATA:LOAD?\n", 11);
    length = whole_answer(vi, 100);
    got[length] = '\0';
    CHECK(strtoul((char *)got, NULL, 10) == count);
    CHECK(strcmp(strrchr((char *)got, ','), ",1\n") == 0);
}

/* Every length whose transfer, with its header and the head of the block, ends near the end of a
 * packet, up to four packets; read whole, and in a buffer that ends near one, too. */
static void lengths(ViSession vi, const char *serial)
{
    unsigned long packet = (unsigned long)atoi(bench(serial, "packet")), count;
    for (count = 0; count <= 4 * packet + 3; count++) {
        if ((count + 30) % packet <= 33) {
            both_ways(vi, count, 8192);
            both_ways(vi, count, (ViUInt32)(packet - 12));
        }
    }
}

static void large(ViSession vi, const char *serial)
{
    (void)serial;
    both_ways(vi, (1UL << 20) - 1, 1 << 20);
    both_ways(vi, (1UL << 20) + 1, 4 << 20);
    both_ways(vi, LARGEST, 100001);
    both_ways(vi, LARGEST, LARGEST + 64);
}

/* What a read leaves of a message comes with the next: nothing is lost or comes twice. */
static void small_reads(ViSession vi, const char *serial)
{
    ViUInt32 packet = (ViUInt32)atoi(bench(serial, "packet")), size;
    static const ViUInt32 sizes[] = { 1, 7, 12, 13 };
    size_t i;
    for (i = 0; i < 4; i++) {
        both_ways(vi, 3 * packet, sizes[i]);
    }
    for (size = packet - 13; size <= packet + 1; size++) {
        both_ways(vi, 3 * packet, size);
    }
    /* A count of nothing takes nothing. */
    say(vi, "ECHO all\n", 9);
    EXPECT_READ(vi, 0, VI_SUCCESS_MAX_CNT, "");
    EXPECT_READ(vi, 4, VI_SUCCESS, "all\n");
}

/* Without END a message goes on with the next write. */
static void send_end(ViSession vi, const char *serial)
{
    (void)serial;
    EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_FALSE), VI_SUCCESS);
    say(vi, "ECHO in", 7);
    say(vi, " two", 4);
    EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_TRUE), VI_SUCCESS);
    say(vi, " or three", 9);
    EXPECT_READ(vi, 100, VI_SUCCESS, "in two or three\n");
    /* A clear drops what has begun. */
    EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_FALSE), VI_SUCCESS);
    say(vi, "ECHO lost", 9);
    EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_TRUE), VI_SUCCESS);
    EXPECT(viClear(vi), VI_SUCCESS);
    say(vi, "ECHO kept", 9);
    EXPECT_READ(vi, 100, VI_SUCCESS, "kept\n");
}

/* A character ends reads, whether the device looks for it or the library has to. */
static void termination(ViSession vi, const char *serial)
{
    (void)serial;
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR, ';'), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    say(vi, "ECHO a;bb;ccc\n", 14);
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, "a;");
    EXPECT_READ(vi, 2, VI_SUCCESS_MAX_CNT, "bb");
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, ";");
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    EXPECT_READ(vi, 100, VI_SUCCESS, "ccc\n");
    /* Set in the middle of what is there already. */
    say(vi, "ECHO a;bb;ccc\n", 14);
    EXPECT_READ(vi, 1, VI_SUCCESS_MAX_CNT, "a");
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, ";");
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, "bb;");
    EXPECT_READ(vi, 100, VI_SUCCESS, "ccc\n");
}

/* Vendor specific messages have MsgIDs of their own, and this device gives back what it got. */
static void vendor(ViSession vi, const char *serial)
{
    ViUInt32 count = 0;
    (void)serial;
    EXPECT(viSetAttribute(vi, VI_ATTR_IO_PROT, VI_PROT_USBTMC_VENDOR), VI_SUCCESS);
    say(vi, "a\0\xFF;\n!", 6);
    EXPECT(viRead(vi, got, 100, &count), VI_SUCCESS);
    CHECK(count == 6 && memcmp(got, "a\0\xFF;\n!", 6) == 0);
    EXPECT(viSetAttribute(vi, VI_ATTR_IO_PROT, VI_PROT_NORMAL), VI_SUCCESS);
    say(vi, "ECHO normal", 11);
    EXPECT_READ(vi, 100, VI_SUCCESS, "normal\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_IO_PROT, VI_PROT_4882_STRS), VI_ERROR_NSUP_ATTR_STATE);
}

/* A call whose time is up leaves nothing behind. */
static void timeouts(ViSession vi, const char *serial)
{
    int i;
    (void)serial;
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    EXPECT_READ(vi, 100, VI_ERROR_TMO, "");
    for (i = 0; i < 3; i++) {
        say(vi, "SYST:DELAY 1000;:ECHO late\n", 27);
        EXPECT_READ(vi, 100, VI_ERROR_TMO, "");
        EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
        if (i == 2) {
            /* By now it has come. */
            pause_ms(1500);
        }
        say(vi, "ECHO next\n", 10);
        EXPECT_READ(vi, 100, VI_SUCCESS, "next\n");
        EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 300), VI_SUCCESS);
    }
    /* One that has time comes. */
    say(vi, "SYST:DELAY 500;:ECHO late\n", 26);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE), VI_SUCCESS);
    EXPECT_READ(vi, 100, VI_SUCCESS, "late\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(ViSession vi, const char *serial);
    } checks[] = {
        { "lengths", lengths },   { "large", large },
        { "small_reads", small_reads }, { "send_end", send_end },
        { "termination", termination }, { "vendor", vendor },
        { "timeouts", timeouts },
    };
    ViSession rm = open_manager(), vi;
    size_t i;
    CHECK(argc == 3);
    vi = open_instrument(rm, argv[2]);
    for (i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (strcmp(argv[1], checks[i].name) == 0) {
            checks[i].run(vi, argv[2]);
            EXPECT_BENCH(argv[2], "violations", "none");
            EXPECT(viClose(rm), VI_SUCCESS);
            EXPECT_BENCH(argv[2], "driver", "usbtmc");
            return 0;
        }
    }
    printf("no such check\n");
    return 2;
}
