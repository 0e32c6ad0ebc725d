/* formatted_blocks.c: waveforms and other binary data as IEEE 488.2 blocks, by viQueryf and viPrintf:
 * whole, with all byte values, in every width of element, and longer than any buffer.
 *
 * Line feeds are data here, also while they are the termination character: a block tells its
 * length.
 */

#include <math.h>
#include "check.h"

#define POINTS 1000
#define LONG 100000

static ViSession vi;
static ViBoolean char_ends;

static void no_error(void)
{
    int number = -1;

    if (char_ends) {
        /* Where a block ends with the termination character, the line feed behind it has not been
         * read, and the next query interrupts that answer. */
        EXPECT(viPrintf(vi, "*CLS\n"), VI_SUCCESS);
    }
    EXPECT(viQueryf(vi, "SYST:ERR?\n", "%d", &number), VI_SUCCESS);
    CHECK(number == 0);
}

/* The sine that the instrument measures. */
static double sine(int i)
{
    return sin(2 * 3.14159265358979323846 * i / POINTS);
}

static void waveforms(void)
{
    static signed char bytes[POINTS + 1];
    static short words[POINTS + 1];
    static double reals[POINTS + 1];
    static float floats[2 * POINTS];
    int size, i;

    size = POINTS + 1;
    bytes[POINTS] = 99;
    EXPECT(viQueryf(vi, "WAV:POIN %d;FORM BYTE;:CURV?\n", "%#b", POINTS, &size, bytes), VI_SUCCESS);
    CHECK(size == POINTS && bytes[POINTS] == 99);
    for (i = 0; i < POINTS; i++) {
        CHECK(fabs(bytes[i] - (127.5 * sine(i) - 0.5)) <= 0.51);
    }

    size = POINTS + 1;
    words[POINTS] = 99;
    EXPECT(viQueryf(vi, "WAV:FORM WORD;:CURV?\n", "%#hb", &size, words), VI_SUCCESS);
    CHECK(size == POINTS && words[POINTS] == 99);
    for (i = 0; i < POINTS; i++) {
        CHECK(fabs(words[i] - 32767 * sine(i)) <= 0.51);
    }

    size = POINTS + 1;
    reals[POINTS] = 99;
    EXPECT(viQueryf(vi, "WAV:FORM REAL;:CURV?\n", "%#Zb", &size, reals), VI_SUCCESS);
    CHECK(size == POINTS && reals[POINTS] == 99);
    for (i = 0; i < POINTS; i++) {
        CHECK(fabs(reals[i] - sine(i)) < 1e-12);
    }

    /* Fewer than there are: the rest of the block is thrown away, and nothing of the next. */
    size = 10;
    words[10] = 77;
    EXPECT(viQueryf(vi, "WAV:FORM WORD;:CURV?\n", "%#hb", &size, words), VI_SUCCESS);
    CHECK(size == 10 && words[10] == 77 && words[1] == (short)lround(32767 * sine(1)));

    /* Singles there and back. */
    for (i = 0; i < POINTS; i++) {
        floats[i] = (float)sine(i);
    }
    size = POINTS;
    EXPECT(viQueryf(vi, "ECHO:BLOC? %*zb\n", "%#zb", POINTS, floats, &size, floats + POINTS),
           VI_SUCCESS);
    CHECK(size == POINTS && memcmp(floats, floats + POINTS, sizeof floats / 2) == 0);
    no_error();
}

/* What is sent is on the wire in big-endian order, and checked there as bytes. */
static void uploads(void)
{
    static ViByte bytes[LONG];
    static unsigned short halves[] = {0x0102, 0xFF0A, 0x000A};
    static unsigned int singles[] = {0x01020304, 0x0A0A0A0A};
    static unsigned long long doubles[] = {0x0102030405060708ULL};
    ViByte got[64];
    ViUInt32 count = 0;
    int size, right = 0, i;

    for (i = 0; i < LONG; i++) {
        /* The simulated instrument's pattern, which has all byte values. */
        bytes[i] = (ViByte)(i * 31 + i / 251);
    }
    EXPECT(viPrintf(vi, "DATA:LOAD %*b\n", LONG, bytes), VI_SUCCESS);
    EXPECT(viQueryf(vi, "DATA:LOAD?\n", "%lu,%*u,%d", &count, &right), VI_SUCCESS);
    CHECK(count == LONG && right == 1);

    size = sizeof got;
    EXPECT(viQueryf(vi, "ECHO:BLOC? %*hb\n", "%#b", 3, halves, &size, got), VI_SUCCESS);
    CHECK(size == 6 && memcmp(got, "\1\2\xFF\x0A\0\x0A", 6) == 0);
    size = sizeof got;
    EXPECT(viQueryf(vi, "ECHO:BLOC? %2lb\n", "%#b", singles, &size, got), VI_SUCCESS);
    CHECK(size == 8 && memcmp(got, "\1\2\3\4\x0A\x0A\x0A\x0A", 8) == 0);
    size = sizeof got;
    EXPECT(viQueryf(vi, "ECHO:BLOC? %1llb\n", "%#b", doubles, &size, got), VI_SUCCESS);
    CHECK(size == 8 && memcmp(got, "\1\2\3\4\5\6\7\x08", 8) == 0);
    /* A block made by hand around raw data, in the order of small machines. */
    size = sizeof got;
    EXPECT(viQueryf(vi, "ECHO:BLOC? #14%2!olhy\n", "%#b", halves, &size, got), VI_SUCCESS);
    CHECK(size == 4 && memcmp(got, "\2\1\x0A\xFF", 4) == 0);
    /* An empty one. */
    size = sizeof got;
    EXPECT(viQueryf(vi, "ECHO:BLOC? %*b\n", "%#b", 0, VI_NULL, &size, got), VI_SUCCESS);
    CHECK(size == 0);
    no_error();
}

static void downloads(void)
{
    static ViByte bytes[LONG + 1];
    int size = LONG + 1, i, number = 0;
    unsigned short halves[2] = {0, 0};

    EXPECT(viQueryf(vi, "DATA:BLOC? %d\n", "%#b", LONG, &size, bytes), VI_SUCCESS);
    CHECK(size == LONG);
    for (i = 0; i < LONG; i++) {
        CHECK(bytes[i] == (ViByte)(i * 31 + i / 251));
    }
    /* A block and what follows it in the same answer. */
    size = 4;
    EXPECT(viQueryf(vi, "ECHO:BLOC? %4b;:ECHO? 17\n", "%#b;%d", "a\nb\n", &size, bytes, &number),
           VI_SUCCESS);
    CHECK(size == 4 && memcmp(bytes, "a\nb\n", 4) == 0 && number == 17);
    /* Raw data, the count known beforehand. */
    EXPECT(viQueryf(vi, "ECHO? \1\2\3\4\n", "%2!olhy", halves), VI_SUCCESS);
    CHECK(halves[0] == 0x0201 && halves[1] == 0x0403);
    no_error();
}

/* A block of no told length ends with END, which a SOCKET and a serial line have not. */
static void indefinite(void)
{
    ViByte got[64];
    int size = sizeof got;

    EXPECT(viQueryf(vi, "ECHO:BLOC? %6B", "%#b", "a\nb\nc\n", &size, got), VI_SUCCESS);
    CHECK(size == 6 && memcmp(got, "a\nb\nc\n", 6) == 0);
    no_error();
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();

    vi = open_session(rm, name);
    for (char_ends = VI_FALSE; char_ends <= VI_TRUE; char_ends++) {
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, char_ends), VI_SUCCESS);
        waveforms();
        uploads();
        downloads();
    }
    char_ends = VI_FALSE;
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, char_ends), VI_SUCCESS);
    if (!is_stream(name)) {
        indefinite();
    }
    if (is_serial(name)) {
        /* Nor does the line feed end a block where it is END. */
        EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_END_IN, VI_ASRL_END_TERMCHAR), VI_SUCCESS);
        waveforms();
        downloads();
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
