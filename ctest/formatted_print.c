/* formatted_print.c: when viPrintf sends, and where a message ends: at a line feed of the format and
 * nowhere else; what buffer modes and sizes change of that; what failures leave behind.
 *
 * The simulated instrument takes any line feed for the end of a message on a SOCKET, and on VXI-11
 * one that is the last byte of a write; on HiSLIP it goes by END alone.
 */

#include "check.h"

static const char *name;

static void nothing_comes(ViSession vi)
{
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
}

/* The device has seen no error, no cut message: all that was sent was understood. That it was read
 * from without having been asked (-420) is what nothing_comes does. */
static void no_error(ViSession vi)
{
    char answer[128] = "";
    int number = -1;

    while (number != 0) {
        EXPECT(viQueryf(vi, "SYST:ERR?\n", "%d,%t", &number, answer), VI_SUCCESS);
        if (number != 0 && (number != -420 || is_socket(name))) {
            printf("the device says %d,%s", number, answer);
            exit(1);
        }
    }
}

static void buffered(ViSession vi)
{
    /* Until the format's line feed all is one message, whatever it was made of. */
    EXPECT(viPrintf(vi, "ECHO? "), VI_SUCCESS);
    EXPECT(viPrintf(vi, "%d,", 1), VI_SUCCESS);
    EXPECT(viPrintf(vi, "%s", "word"), VI_SUCCESS);
    nothing_comes(vi);
    EXPECT(viPrintf(vi, ",%.1f\n", 2.5), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "1,word,2.5\n");
    /* The two characters backslash and n are that line feed too. */
    EXPECT(viPrintf(vi, "ECHO? escaped\\n"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "escaped\n");
    /* Two messages of one format. */
    if (is_socket(name)) {
        EXPECT(viPrintf(vi, "ECHO? one\nECHO? two\n"), VI_SUCCESS);
        EXPECT_READ(vi, 64, whole(name), "one\n");
        EXPECT_READ(vi, 64, whole(name), "two\n");
    }
    /* The line feed of an argument is data: it sends nothing. */
    EXPECT(viPrintf(vi, "%s", "ECHO? data\n"), VI_SUCCESS);
    nothing_comes(vi);
    EXPECT(viFlush(vi, VI_WRITE_BUF), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "data\n");
    /* One buffer with viBufWrite; viFlush and viClear drop it. */
    EXPECT(viBufWrite(vi, (ViConstBuf) "ECHO? both ", 11, VI_NULL), VI_SUCCESS);
    EXPECT(viPrintf(vi, "%s\n", "kinds"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "both kinds\n");
    EXPECT(viPrintf(vi, "ECHO? dropped"), VI_SUCCESS);
    EXPECT(viFlush(vi, VI_WRITE_BUF_DISCARD), VI_SUCCESS);
    EXPECT(viPrintf(vi, "ECHO? cleared"), VI_SUCCESS);
    EXPECT(viClear(vi), VI_SUCCESS);
    EXPECT(viPrintf(vi, "ECHO? sent\n"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "sent\n");
    /* viScanf sends what is left, as an answer is wanted. */
    {
        char word[16] = "";
        EXPECT(viPrintf(vi, "%s", "ECHO? asked\n"), VI_SUCCESS);
        EXPECT(viScanf(vi, "%s", word), VI_SUCCESS);
        CHECK(strcmp(word, "asked") == 0);
        EXPECT(viFlush(vi, VI_READ_BUF), VI_SUCCESS);
    }
    no_error(vi);
}

static void end_is_the_formats(ViSession vi)
{
    int is_hislip = strstr(name, "hislip") != NULL;

    EXPECT(viSetAttribute(vi, VI_ATTR_WR_BUF_OPER_MODE, VI_FLUSH_ON_ACCESS), VI_SUCCESS);
    EXPECT(viPrintf(vi, "%s", "ECHO? at "), VI_SUCCESS);
    nothing_comes(vi);
    EXPECT(viPrintf(vi, "%s", "once"), VI_SUCCESS);
    command(vi, "");
    EXPECT_READ(vi, 64, whole(name), "at once\n");
    if (is_hislip) {
        /* Sent, with a line feed as its last byte, and yet no message without the format's. */
        EXPECT(viPrintf(vi, "%s", "ECHO? first\n"), VI_SUCCESS);
        nothing_comes(vi);
        EXPECT(viPrintf(vi, "ECHO? second\n"), VI_SUCCESS);
        EXPECT_READ(vi, 64, whole(name), "first\nECHO? second\n");
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_WR_BUF_OPER_MODE, VI_FLUSH_WHEN_FULL), VI_SUCCESS);
    if (is_hislip) {
        /* So it is with what a full buffer sends. */
        EXPECT(viSetBuf(vi, VI_WRITE_BUF, 8), VI_SUCCESS);
        EXPECT(viPrintf(vi, "%sECHO? second\n", "ECHO? first\n"), VI_SUCCESS);
        EXPECT_READ(vi, 64, whole(name), "first\nECHO? second\n");
        EXPECT(viSetBuf(vi, VI_WRITE_BUF, 4096), VI_SUCCESS);
        /* A session that sends no END sends none here either. */
        EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_FALSE), VI_SUCCESS);
        EXPECT(viPrintf(vi, "ECHO? first\n"), VI_SUCCESS);
        nothing_comes(vi);
        EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_TRUE), VI_SUCCESS);
        EXPECT(viPrintf(vi, "ECHO? second\n"), VI_SUCCESS);
        EXPECT_READ(vi, 64, whole(name), "first\nECHO? second\n");
    }
    no_error(vi);
}

static void failures(ViSession vi)
{
    int number = -1;

    /* A wrong format touches nothing: what the buffer had is still sent. */
    EXPECT(viPrintf(vi, "ECHO? "), VI_SUCCESS);
    EXPECT(viPrintf(vi, "lost%Q\n", 1), VI_ERROR_INV_FMT);
    EXPECT(viPrintf(vi, VI_NULL), VI_ERROR_USER_BUF);
    EXPECT(viQueryf(vi, "lost\n", "%Q", &number), VI_ERROR_INV_FMT);
    EXPECT(viQueryf(vi, "lost%Q\n", "%d", &number), VI_ERROR_INV_FMT);
    EXPECT(viScanf(vi, "%Q", &number), VI_ERROR_INV_FMT);
    nothing_comes(vi);
    EXPECT(viPrintf(vi, "kept\n"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "kept\n");
    /* An argument that is no good empties it. */
    EXPECT(viPrintf(vi, "ECHO? lost"), VI_SUCCESS);
    EXPECT(viPrintf(vi, "%s\n", VI_NULL), VI_ERROR_USER_BUF);
    EXPECT(viPrintf(vi, "ECHO? next\n"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "next\n");
    EXPECT(viPrintf(vi, "ECHO? %*b\n", -1, "x"), VI_ERROR_INV_FMT);
    EXPECT(viPrintf(vi, "ECHO? next\n"), VI_SUCCESS);
    EXPECT_READ(vi, 64, whole(name), "next\n");
    CHECK(number == -1);
    no_error(vi);
}

/* Another session's lock keeps everything from the device, but not from memory. */
static void locked(ViSession rm, ViSession vi)
{
    ViSession other = open_session(rm, name);
    ViByte out[16] = "";
    int number = -1;

    EXPECT(viLock(other, VI_EXCLUSIVE_LOCK, 1000, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viPrintf(vi, "ECHO? locked\n"), VI_ERROR_RSRC_LOCKED);
    EXPECT(viPrintf(vi, "ECHO? locked"), VI_ERROR_RSRC_LOCKED);
    EXPECT(viScanf(vi, "%d", &number), VI_ERROR_RSRC_LOCKED);
    EXPECT(viQueryf(vi, "ECHO? 5\n", "%d", &number), VI_ERROR_RSRC_LOCKED);
    EXPECT(viSPrintf(vi, out, "%d", 5), VI_SUCCESS);
    EXPECT(viUnlock(other), VI_SUCCESS);
    EXPECT(viClose(other), VI_SUCCESS);
    CHECK(number == -1);
    no_error(vi);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;

    name = resource(argc, argv);
    vi = open_session(rm, name);
    buffered(vi);
    end_is_the_formats(vi);
    failures(vi);
    locked(rm, vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
