/* clear.c: after viClear an old answer never appears, read in part or not at all, late or not. */

#include "check.h"

#define MESSAGE_AVAILABLE 0x10

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    ViUInt16 status = 0;
    int i;

    if (is_stream(name)) {
        /* A bare socket has no device clear: only what has arrived can be dropped. */
        command(vi, "ECHO? stale and more");
        EXPECT_READ(vi, 5, VI_SUCCESS_MAX_CNT, "stale");
        EXPECT(viClear(vi), VI_SUCCESS);
        command(vi, "ECHO? fresh");
        EXPECT_READ(vi, 64, whole(name), "fresh\n");
        EXPECT(viClose(rm), VI_SUCCESS);
        return 0;
    }

    /* What was cleared is not there to be read, and nobody says that it is. */
    command(vi, "ECHO? stale");
    EXPECT(viClear(vi), VI_SUCCESS);
    EXPECT(viReadSTB(vi, &status), VI_SUCCESS);
    CHECK((status & MESSAGE_AVAILABLE) == 0);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    EXPECT(viClear(vi), VI_SUCCESS);

    for (i = 0; i < 25; i++) {
        command(vi, "ECHO? stale");
        if (i % 2 == 0) {
            EXPECT_READ(vi, 2, VI_SUCCESS_MAX_CNT, "st");
        }
        EXPECT(viClear(vi), VI_SUCCESS);
        command(vi, "ECHO? fresh");
        EXPECT_READ(vi, 64, VI_SUCCESS, "fresh\n");
    }

    /* The answer comes after the read has given up. */
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 100), VI_SUCCESS);
    command(vi, "SYST:DELAY 1500;:ECHO? late");
    EXPECT_READ(vi, 64, VI_ERROR_TMO, "");
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    EXPECT(viClear(vi), VI_SUCCESS);
    command(vi, "ECHO? in time");
    EXPECT_READ(vi, 64, VI_SUCCESS, "in time\n");

    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
