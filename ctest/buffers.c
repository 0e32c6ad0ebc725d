/* buffers.c: what viBufWrite collects is sent when flushed, full or wanted by a read; what
 * viBufRead reads ahead stays for the next one; every mask of viFlush and viSetBuf. */

#include <time.h>
#include "check.h"

static const char *name;

static void pause_ms(long ms)
{
    struct timespec time;
    time.tv_sec = 0;
    time.tv_nsec = ms * 1000000;
    nanosleep(&time, NULL);
}

static void put(ViSession vi, const char *text)
{
    ViUInt32 count = 0xDEAD;
    EXPECT(viBufWrite(vi, (ViConstBuf)text, (ViUInt32)strlen(text), &count), VI_SUCCESS);
    CHECK(count == strlen(text));
}

#define EXPECT_TAKE(vi, most, status, text) \
    check_take(__FILE__, __LINE__, (vi), (most), (status), (text))

static void check_take(const char *file, int line, ViSession vi, ViUInt32 most, ViStatus status,
                       const char *text)
{
    ViByte buffer[256];
    ViUInt32 count = 0xDEAD;
    memset(buffer, '#', sizeof buffer);
    check_status(file, line, "viBufRead", viBufRead(vi, buffer, most, &count), status);
    if (count != strlen(text) || memcmp(buffer, text, count) != 0 || buffer[most] != '#') {
        printf("%s:%d: took %lu bytes \"%.*s\", must be \"%s\"\n", file, line,
               (unsigned long)count, (int)(count < most ? count : most), (char *)buffer, text);
        exit(1);
    }
}

static void nothing_comes(ViSession vi)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
}

static ViUInt32 size(ViSession vi, ViAttr which)
{
    ViUInt32 value = 0;
    EXPECT(viGetAttribute(vi, which, &value), VI_SUCCESS);
    return value;
}

static void writing(ViSession vi)
{
    char filler[64];

    /* Nothing is sent before the flush: another question is answered as if it were the first. */
    put(vi, "ECHO? buff");
    put(vi, "ered\n");
    nothing_comes(vi);
    command(vi, "ECHO? past the buffer");
    EXPECT_READ(vi, 64, whole(name), "past the buffer\n");
    EXPECT(viFlush(vi, VI_WRITE_BUF), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "buffered\n");
    EXPECT(viFlush(vi, VI_WRITE_BUF), VI_SUCCESS);
    nothing_comes(vi);

    put(vi, "ECHO? dropped\n");
    EXPECT(viFlush(vi, VI_WRITE_BUF_DISCARD), VI_SUCCESS);
    EXPECT(viFlush(vi, VI_WRITE_BUF), VI_SUCCESS);
    nothing_comes(vi);

    /* viClear drops it too. */
    put(vi, "ECHO? dropped\n");
    EXPECT(viClear(vi), VI_SUCCESS);
    EXPECT(viFlush(vi, VI_WRITE_BUF), VI_SUCCESS);
    nothing_comes(vi);

    /* Full: sent without being asked to. What exceeds the size goes along. */
    EXPECT(viSetBuf(vi, VI_WRITE_BUF, 16), VI_SUCCESS);
    CHECK(size(vi, VI_ATTR_WR_BUF_SIZE) == 16);
    CHECK(size(vi, VI_ATTR_RD_BUF_SIZE) == 4096);
    put(vi, "ECHO? 01234567\n");
    nothing_comes(vi);
    EXPECT(viFlush(vi, VI_WRITE_BUF_DISCARD), VI_SUCCESS);
    put(vi, "ECHO? 0123456");
    put(vi, "789 dropped");
    EXPECT(viFlush(vi, VI_WRITE_BUF_DISCARD), VI_SUCCESS);
    command(vi, "");
    EXPECT_READ(vi, 64, whole(name), "0123456789\n");
    memset(filler, 'x', sizeof filler);
    memcpy(filler, "ECHO? ", 6);
    memcpy(filler + 47, "\n", 2);
    put(vi, filler);
    EXPECT(viFlush(vi, VI_WRITE_BUF), VI_SUCCESS);
    memmove(filler, filler + 6, 43);
    EXPECT_READ(vi, 128, whole(name), filler);

    /* A new size sends what the old one held. Size 0 holds nothing back. */
    put(vi, "ECHO? old\n");
    EXPECT(viSetBuf(vi, VI_WRITE_BUF, 0), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "old\n");
    put(vi, "ECHO? new");
    command(vi, "");
    EXPECT_READ(vi, 64, whole(name), "new\n");
    EXPECT(viSetBuf(vi, VI_WRITE_BUF, 4096), VI_SUCCESS);

    EXPECT(viSetAttribute(vi, VI_ATTR_WR_BUF_OPER_MODE, VI_FLUSH_ON_ACCESS), VI_SUCCESS);
    put(vi, "ECHO? at ");
    put(vi, "once");
    command(vi, "");
    EXPECT_READ(vi, 64, whole(name), "at once\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_WR_BUF_OPER_MODE, VI_FLUSH_WHEN_FULL), VI_SUCCESS);
}

static void reading(ViSession vi)
{
    /* The question that is still in the buffer is asked before its answer is waited for. */
    put(vi, "ECHO? one,two,three\n");
    EXPECT_TAKE(vi, 4, VI_SUCCESS_MAX_CNT, "one,");
    EXPECT_TAKE(vi, 4, VI_SUCCESS_MAX_CNT, "two,");
    /* What was read ahead is the buffer's: viRead does not see it. */
    nothing_comes(vi);
    EXPECT_TAKE(vi, 64, whole(name), "three\n");

    /* Dropped: the rest of the answer, and nothing of the next. */
    put(vi, "ECHO? one,two\n");
    EXPECT_TAKE(vi, 4, VI_SUCCESS_MAX_CNT, "one,");
    EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    put(vi, "ECHO? next\n");
    EXPECT_TAKE(vi, 64, whole(name), "next\n");
    put(vi, "ECHO? one,two\n");
    EXPECT_TAKE(vi, 4, VI_SUCCESS_MAX_CNT, "one,");
    EXPECT(viFlush(vi, VI_READ_BUF_DISCARD), VI_SUCCESS);
    put(vi, "ECHO? next\n");
    EXPECT_TAKE(vi, 64, whole(name), "next\n");
    put(vi, "ECHO? one,two\n");
    EXPECT_TAKE(vi, 4, VI_SUCCESS_MAX_CNT, "one,");
    EXPECT(viClear(vi), VI_SUCCESS);
    put(vi, "ECHO? next\n");
    EXPECT_TAKE(vi, 64, whole(name), "next\n");

    /* An empty buffer: the answer that the device holds is not dropped. */
    command(vi, "ECHO? kept");
    EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "kept\n");

    /* A message longer than the buffer: a flush reads on to its end, a discard does not. */
    EXPECT(viSetBuf(vi, VI_READ_BUF, 4), VI_SUCCESS);
    CHECK(size(vi, VI_ATTR_RD_BUF_SIZE) == 4);
    put(vi, "ECHO? 0123456789\n");
    EXPECT_TAKE(vi, 2, VI_SUCCESS_MAX_CNT, "01");
    EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    nothing_comes(vi);
    if (!is_stream(name)) {
        EXPECT(viClear(vi), VI_SUCCESS);
    }
    put(vi, "ECHO? 0123456789\n");
    EXPECT_TAKE(vi, 2, VI_SUCCESS_MAX_CNT, "01");
    EXPECT(viFlush(vi, VI_READ_BUF_DISCARD), VI_SUCCESS);
    EXPECT_TAKE(vi, 64, whole(name), "456789\n");
    EXPECT(viSetBuf(vi, VI_READ_BUF, 0), VI_SUCCESS);
    put(vi, "ECHO? 0123456789\n");
    EXPECT_TAKE(vi, 2, VI_SUCCESS_MAX_CNT, "01");
    EXPECT_READ(vi, 64, whole(name), "23456789\n");
    EXPECT(viSetBuf(vi, VI_READ_BUF | VI_WRITE_BUF, 4096), VI_SUCCESS);

    EXPECT(viSetAttribute(vi, VI_ATTR_RD_BUF_OPER_MODE, VI_FLUSH_ON_ACCESS), VI_SUCCESS);
    put(vi, "ECHO? one,two\n");
    EXPECT_TAKE(vi, 4, VI_SUCCESS_MAX_CNT, "one,");
    put(vi, "ECHO? next\n");
    EXPECT_TAKE(vi, 64, whole(name), "next\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_RD_BUF_OPER_MODE, VI_FLUSH_DISABLE), VI_SUCCESS);

    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    EXPECT_TAKE(vi, 64, VI_ERROR_TMO, "");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    if (!is_stream(name)) {
        EXPECT(viClear(vi), VI_SUCCESS);
    }
}

/* A socket whose reads nothing but the count ends: no reading ahead, which would wait for more. */
static void without_end(ViSession vi)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE), VI_SUCCESS);
    put(vi, "ECHO? 0123\n");
    EXPECT_TAKE(vi, 2, VI_SUCCESS_MAX_CNT, "01");
    EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    EXPECT_TAKE(vi, 3, VI_SUCCESS_MAX_CNT, "23\n");
    EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
}

static void low_level(ViSession vi)
{
    EXPECT(viFlush(vi, VI_IO_OUT_BUF), VI_SUCCESS);
    EXPECT(viFlush(vi, VI_IO_OUT_BUF_DISCARD), VI_SUCCESS);
    EXPECT(viSetBuf(vi, VI_IO_IN_BUF, 100), VI_WARN_NSUP_BUF);
    EXPECT(viSetBuf(vi, VI_IO_OUT_BUF | VI_READ_BUF, 100), VI_WARN_NSUP_BUF);
    CHECK(size(vi, VI_ATTR_RD_BUF_SIZE) == 100);
    if (is_stream(name)) {
        command(vi, "ECHO? not wanted");
        pause_ms(300);
        EXPECT(viFlush(vi, VI_IO_IN_BUF), VI_SUCCESS);
        command(vi, "ECHO? wanted");
        EXPECT_READ(vi, 64, whole(name), "wanted\n");
    } else {
        EXPECT(viFlush(vi, VI_IO_IN_BUF_DISCARD), VI_SUCCESS);
        command(vi, "ECHO? wanted");
        EXPECT_READ(vi, 64, whole(name), "wanted\n");
    }
}

static void masks(ViSession vi)
{
    ViUInt16 mask;

    EXPECT(viFlush(vi, 0), VI_ERROR_INV_MASK);
    EXPECT(viFlush(vi, 0x100), VI_ERROR_INV_MASK);
    EXPECT(viSetBuf(vi, 0, 100), VI_ERROR_INV_MASK);
    EXPECT(viSetBuf(vi, VI_READ_BUF_DISCARD, 100), VI_ERROR_INV_MASK);
    for (mask = 1; mask < 0x100; mask++) {
        int twice = (mask & 0x05) == 0x05 || (mask & 0x0A) == 0x0A || (mask & 0x50) == 0x50
            || (mask & 0xA0) == 0xA0;
        EXPECT(viFlush(vi, mask), twice ? VI_ERROR_INV_MASK : VI_SUCCESS);
    }
    EXPECT(viBufWrite(vi, VI_NULL, 1, VI_NULL), VI_ERROR_USER_BUF);
    EXPECT(viBufRead(vi, VI_NULL, 1, VI_NULL), VI_ERROR_USER_BUF);
    EXPECT(viBufRead(vi, VI_NULL, 0, VI_NULL), VI_SUCCESS_MAX_CNT);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;
    name = resource(argc, argv);
    vi = open_session(rm, name);
    masks(vi);
    writing(vi);
    reading(vi);
    if (is_stream(name)) {
        without_end(vi);
    }
    low_level(vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
