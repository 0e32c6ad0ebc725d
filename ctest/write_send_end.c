/* write_send_end.c: with VI_ATTR_SEND_END_EN off, writes are pieces of one message. */

#include "check.h"

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    ViBoolean enabled = VI_FALSE;
    ViUInt32 count = 0;

    EXPECT(viGetAttribute(vi, VI_ATTR_SEND_END_EN, &enabled), VI_SUCCESS);
    CHECK(enabled == VI_TRUE);

    /* Without line feed, END alone ends the message; a socket has only the line feed. */
    EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_FALSE), VI_SUCCESS);
    EXPECT(viWrite(vi, (ViConstBuf)"ECHO? he", 8, &count), VI_SUCCESS);
    CHECK(count == 8);
    EXPECT(viWrite(vi, (ViConstBuf)"l", 1, &count), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_SEND_END_EN, VI_TRUE), VI_SUCCESS);
    if (is_stream(name)) {
        EXPECT(viWrite(vi, (ViConstBuf)"lo\n", 3, &count), VI_SUCCESS);
    } else {
        EXPECT(viWrite(vi, (ViConstBuf)"lo", 2, &count), VI_SUCCESS);
    }
    EXPECT_READ(vi, 64, whole(name), "hello\n");

    /* Nothing to write is nothing wrong. */
    EXPECT(viWrite(vi, (ViConstBuf)"", 0, &count), VI_SUCCESS);
    CHECK(count == 0);
    command(vi, "ECHO? after");
    EXPECT_READ(vi, 64, whole(name), "after\n");

    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
