/* Flow control by lines: what the far end does not let come stays here, and no call waits for it
 * longer than its time. Argument: the serial number of an adapter that has flow control of its own.
 */

#include "serial.h"

enum { LONG = 65536 };

static char all[LONG];

/* The letters of `all` from `from` on must arrive, `count` of them. */
static void expect_arrived(const char *adapter, size_t from, size_t count)
{
    while (count > 0) {
        const char *got = bench(adapter, "received 1");
        size_t length = strlen(got);
        CHECK(length > 0 && length <= count);
        CHECK(memcmp(got, all + from, length) == 0);
        from += length;
        count -= length;
    }
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession vi;
    ViUInt32 count = 0;
    const char *adapter = argc == 2 ? argv[1] : "";
    size_t i;
    for (i = 0; i < LONG; i++) {
        all[i] = (char)('a' + i % 23);
    }
    vi = open_port(rm, name_of(bench(adapter, "tty")));
    bench(adapter, "lines");
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_RTS_CTS);

    /* Little fits into the buffers, and the flush says that it has not left. */
    WRITE(vi, all, 100);
    SET(vi, VI_ATTR_TMO_VALUE, 500);
    EXPECT(viFlush(vi, VI_IO_OUT_BUF), VI_ERROR_TMO);
    EXPECT_BENCH(adapter, "received 0", "");
    bench(adapter, "lines cts");
    SET(vi, VI_ATTR_TMO_VALUE, PATIENTLY);
    EXPECT(viFlush(vi, VI_IO_OUT_BUF), VI_SUCCESS);
    expect_arrived(adapter, 0, 100);

    /* Much does not fit: the count tells what will arrive, not one byte more or less. */
    bench(adapter, "lines");
    SET(vi, VI_ATTR_TMO_VALUE, 500);
    EXPECT(viWrite(vi, (ViConstBuf)all, LONG, &count), VI_ERROR_TMO);
    CHECK(count > 0 && count < LONG);
    bench(adapter, "lines cts");
    expect_arrived(adapter, 0, count);
    SET(vi, VI_ATTR_TMO_VALUE, PATIENTLY);
    WRITE(vi, all + count, 100);
    expect_arrived(adapter, count, 100);
    EXPECT_BENCH(adapter, "received 0", "");

    /* Whoever switches flow control off is held up no longer. */
    bench(adapter, "lines");
    WRITE(vi, all, 100);
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_NONE);
    expect_arrived(adapter, 0, 100);

    /* What is held when the session closes is dropped: closing does not wait for the far end. */
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_RTS_CTS);
    WRITE(vi, all, 100);
    SET(vi, VI_ATTR_TMO_VALUE, 500);
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
