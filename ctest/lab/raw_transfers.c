/* USB RAW: reads and writes of every length, and what ends a read. Arguments: the device's serial
 * number and the size of its packets.
 */

#include "raw.h"

static unsigned long packet;
static const char *device;

/* Around the boundaries of packets: what goes out comes back. */
static void lengths(ViSession vi)
{
    static unsigned char data[5 * 512];
    size_t i, count;
    for (i = 0; i < sizeof data; i++) {
        data[i] = pattern(i);
    }
    for (count = 1; count <= 4 * packet + 3; count++) {
        size_t into = count % packet;
        if (into > 3 && into < packet - 3) {
            continue;
        }
        WRITE(vi, data, count);
        if (into != 0) {
            EXPECT_PATTERN(vi, count + 100, VI_SUCCESS, 0, count);
            WRITE(vi, data, count);
            EXPECT_PATTERN(vi, 1, count == 1 ? VI_SUCCESS : VI_SUCCESS_MAX_CNT, 0, 1);
            if (count > 1) {
                EXPECT_PATTERN(vi, count - 1, VI_SUCCESS, 1, count - 1);
            }
        } else {
            /* Nothing says that it is over but the count. */
            EXPECT_PATTERN(vi, count, VI_SUCCESS_MAX_CNT, 0, count);
        }
    }
}

static void large(ViSession vi)
{
    enum { MOST = 5 * 1024 * 1024 + 77 };
    unsigned char *data = malloc(MOST);
    unsigned long i;
    char want[64], command[64];
    CHECK(data != NULL);
    for (i = 0; i < MOST; i++) {
        data[i] = pattern(i);
    }
    SET(vi, VI_ATTR_USB_BULK_OUT_PIPE, 0x02);
    SET(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x82);
    WRITE(vi, data, MOST);
    CHECK(snprintf(want, sizeof want, "%lu ok", (unsigned long)MOST) > 0);
    EXPECT_BENCH(device, "sink", want);
    CHECK(snprintf(command, sizeof command, "source %lu", (unsigned long)MOST) > 0);
    bench(device, command);
    EXPECT_PATTERN(vi, MOST + 1000, VI_SUCCESS, 0, MOST);
    /* In parts that no packet fits. */
    bench(device, "source 100000");
    EXPECT_PATTERN(vi, 33333, VI_SUCCESS_MAX_CNT, 0, 33333);
    EXPECT_PATTERN(vi, 33333, VI_SUCCESS_MAX_CNT, 33333, 33333);
    EXPECT_PATTERN(vi, 33335, VI_SUCCESS, 66666, 33334);
    free(data);
}

static void ends(ViSession vi)
{
    char command[64];
    SET(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x82);
    CHECK(snprintf(command, sizeof command, "source %lu", 4 * packet) > 0);
    bench(device, command);
    EXPECT_PATTERN(vi, 4 * packet, VI_SUCCESS_MAX_CNT, 0, 4 * packet);
    EXPECT_PATTERN(vi, packet, VI_SUCCESS, 0, 0);

    SET(vi, VI_ATTR_USB_END_IN, VI_USB_END_SHORT);
    bench(device, command);
    EXPECT_PATTERN(vi, 4 * packet, VI_SUCCESS, 0, 4 * packet);
    bench(device, command);
    EXPECT_PATTERN(vi, packet, VI_SUCCESS_MAX_CNT, 0, packet);
    EXPECT_PATTERN(vi, 3 * packet, VI_SUCCESS, packet, 3 * packet);

    /* Short packets end nothing. */
    SET(vi, VI_ATTR_USB_BULK_IN_PIPE, 0x81);
    SET(vi, VI_ATTR_USB_END_IN, VI_USB_END_NONE);
    WRITE(vi, "abc", 3);
    WRITE(vi, "defg", 4);
    EXPECT_READ(vi, 6, VI_SUCCESS_MAX_CNT, "abcdef");
    SET(vi, VI_ATTR_TMO_VALUE, SHORTLY);
    EXPECT_READ(vi, 6, VI_ERROR_TMO, "g");
    SET(vi, VI_ATTR_TMO_VALUE, PATIENTLY);
    EXPECT(viSetAttribute(vi, VI_ATTR_USB_END_IN, 3), VI_ERROR_NSUP_ATTR_STATE);
    SET(vi, VI_ATTR_USB_END_IN, VI_USB_END_SHORT_OR_COUNT);
}

static void characters(ViSession vi)
{
    SET(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE);
    WRITE(vi, "one\ntwo\nthree", 13);
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, "one\n");
    EXPECT_READ(vi, 2, VI_SUCCESS_MAX_CNT, "tw");
    EXPECT_READ(vi, 100, VI_SUCCESS_TERM_CHAR, "o\n");
    EXPECT_READ(vi, 100, VI_SUCCESS, "three");
    SET(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE);
}

/* 488.2 strings stand in for device operations. */
static void strings(ViSession vi)
{
    ViUInt16 status;
    EXPECT(viReadSTB(vi, &status), VI_ERROR_NSUP_OPER);
    SET(vi, VI_ATTR_IO_PROT, VI_PROT_4882_STRS);
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    EXPECT_READ(vi, 100, VI_SUCCESS, "*TRG\n");
    EXPECT(viClear(vi), VI_SUCCESS);
    EXPECT_READ(vi, 100, VI_SUCCESS, "*CLS\n");
    /* The device gives the question back, which is no number. */
    EXPECT(viReadSTB(vi, &status), VI_ERROR_IO);
    SET(vi, VI_ATTR_IO_PROT, VI_PROT_NORMAL);
}

static void formatted(ViSession vi)
{
    double number = 0;
    char word[16] = "";
    EXPECT(viPrintf(vi, "%f %s\n", 1.25, "volts"), VI_SUCCESS);
    EXPECT(viScanf(vi, "%lf %15s", &number, word), VI_SUCCESS);
    CHECK(number == 1.25 && strcmp(word, "volts") == 0);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;
    CHECK(argc == 3);
    device = argv[1];
    packet = strtoul(argv[2], NULL, 10);
    vi = open_raw(rm, device);
    lengths(vi);
    characters(vi);
    strings(vi);
    formatted(vi);
    EXPECT(viFlush(vi, VI_READ_BUF_DISCARD), VI_SUCCESS);
    ends(vi);
    large(vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
