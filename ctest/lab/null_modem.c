/* Two ports of this machine joined by a null modem: messages and their ends, and flow control. */

#include <pthread.h>
#include "serial.h"

static ViSession one, two;

static void messages(void)
{
    /* The default: a termination character ends a read, enabled or not; none is added. */
    WRITE(one, "first\nsecond\n", 13);
    EXPECT_READ(two, 100, VI_SUCCESS, "first\n");
    EXPECT_READ(two, 100, VI_SUCCESS, "second\n");
    WRITE(two, "back\n", 5);
    EXPECT_READ(one, 100, VI_SUCCESS, "back\n");

    SET(one, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_TERMCHAR);
    WRITE(one, "line", 4);
    EXPECT_READ(two, 100, VI_SUCCESS, "line\n");
    SET(one, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_NONE);

    /* Without an end in the data, a read ends at its count. */
    SET(two, VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE);
    WRITE(one, "a\nb\nc\n", 6);
    EXPECT_READ(two, 6, VI_SUCCESS_MAX_CNT, "a\nb\nc\n");
    SET(two, VI_ATTR_ASRL_END_IN, VI_ASRL_END_TERMCHAR);
}

/* The highest data bit marks the last character; characters have one bit less then. */
static void last_bit(void)
{
    SET(one, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_LAST_BIT);
    SET(two, VI_ATTR_ASRL_END_IN, VI_ASRL_END_LAST_BIT);
    WRITE(one, "abc", 3);
    WRITE(one, "de", 2);
    EXPECT_READ(two, 100, VI_SUCCESS, "ab\xE3");
    EXPECT_READ(two, 100, VI_SUCCESS, "d\xE5");
    SET(one, VI_ATTR_ASRL_DATA_BITS, 7);
    SET(two, VI_ATTR_ASRL_DATA_BITS, 7);
    WRITE(one, "\x01\x02\x03", 3);
    EXPECT_READ(two, 100, VI_SUCCESS, "\x01\x02\x43");
    SET(one, VI_ATTR_ASRL_DATA_BITS, 8);
    SET(two, VI_ATTR_ASRL_DATA_BITS, 8);
    SET(one, VI_ATTR_ASRL_END_OUT, VI_ASRL_END_NONE);
    SET(two, VI_ATTR_ASRL_END_IN, VI_ASRL_END_TERMCHAR);
}

static void waiting_bytes(void)
{
    CHECK(GET(two, VI_ATTR_ASRL_AVAIL_NUM) == 0);
    WRITE(one, "12345\n67", 8);
    await(two, VI_ATTR_ASRL_AVAIL_NUM, 8);
    EXPECT_READ(two, 100, VI_SUCCESS, "12345\n");
    CHECK(GET(two, VI_ATTR_ASRL_AVAIL_NUM) == 2);
    EXPECT(viFlush(two, VI_IO_IN_BUF_DISCARD), VI_SUCCESS);
    CHECK(GET(two, VI_ATTR_ASRL_AVAIL_NUM) == 0);
}

/* The other side's XOFF stops the output, its XON lets it go on; neither is data. */
static void xon_xoff(void)
{
    ViByte nothing[4];
    ViUInt32 count = 99;
    SET(one, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_XON_XOFF);
    WRITE(two, "\x13", 1);
    EXPECT(viFlush(two, VI_IO_OUT_BUF), VI_SUCCESS);
    /* XOFF has arrived when what was sent after it has. */
    WRITE(two, "x\n", 2);
    EXPECT_READ(one, 100, VI_SUCCESS, "x\n");
    WRITE(one, "held\n", 5);
    SET(one, VI_ATTR_TMO_VALUE, 500);
    EXPECT(viFlush(one, VI_IO_OUT_BUF), VI_ERROR_TMO);
    SET(one, VI_ATTR_TMO_VALUE, PATIENTLY);
    SET(two, VI_ATTR_TMO_VALUE, 500);
    EXPECT(viRead(two, nothing, sizeof nothing, &count), VI_ERROR_TMO);
    CHECK(count == 0);
    SET(two, VI_ATTR_TMO_VALUE, PATIENTLY);
    WRITE(two, "\x11", 1);
    EXPECT_READ(two, 100, VI_SUCCESS, "held\n");

    /* Whoever switches flow control off is held up no longer. */
    WRITE(two, "\x13y\n", 3);
    EXPECT_READ(one, 100, VI_SUCCESS, "y\n");
    WRITE(one, "let go\n", 7);
    SET(one, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_NONE);
    EXPECT_READ(two, 100, VI_SUCCESS, "let go\n");
}

/* VI_ATTR_ASRL_ALLOW_TRANSMIT stops the output as a received XOFF would. */
static void allow_transmit(void)
{
    SET(one, VI_ATTR_ASRL_ALLOW_TRANSMIT, VI_FALSE);
    WRITE(one, "dropped\n", 8);
    SET(one, VI_ATTR_TMO_VALUE, 500);
    EXPECT(viFlush(one, VI_IO_OUT_BUF), VI_ERROR_TMO);
    SET(one, VI_ATTR_TMO_VALUE, PATIENTLY);
    EXPECT(viFlush(one, VI_IO_OUT_BUF_DISCARD), VI_SUCCESS);
    WRITE(one, "later\n", 6);
    SET(one, VI_ATTR_ASRL_ALLOW_TRANSMIT, VI_TRUE);
    EXPECT_READ(two, 100, VI_SUCCESS, "later\n");
}

enum { LONG = 16384 };

static void *sending(void *argument)
{
    WRITE(one, argument, LONG);
    return NULL;
}

/* No byte is lost or changed, whatever it is. */
static void long_message(void)
{
    static char sent[LONG];
    static ViByte got[LONG];
    ViUInt32 count = 0, have = 0;
    pthread_t thread;
    size_t i;
    for (i = 0; i < sizeof sent; i++) {
        sent[i] = (char)(i * 7 + i / 256);
    }
    SET(one, VI_ATTR_ASRL_BAUD, 115200);
    SET(two, VI_ATTR_ASRL_BAUD, 115200);
    SET(two, VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE);
    CHECK(pthread_create(&thread, NULL, sending, sent) == 0);
    while (have < LONG) {
        EXPECT(viRead(two, got + have, LONG - have < 5000 ? LONG - have : 5000, &count),
               VI_SUCCESS_MAX_CNT);
        have += count;
    }
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(memcmp(sent, got, LONG) == 0);
}

int main(void)
{
    ViSession rm = open_manager();
    one = open_port(rm, "ASRL1::INSTR");
    two = open_port(rm, "ASRL2::INSTR");
    messages();
    last_bit();
    waiting_bytes();
    xon_xoff();
    allow_transmit();
    long_message();
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
