/* query.c: what is asked is answered, in order, on two sessions at once. */

#include "check.h"

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    ViByte identity[256];
    ViUInt32 count = 0;
    int i;

    command(vi, "*IDN?");
    EXPECT(viRead(vi, identity, sizeof identity, &count), whole(name));
    CHECK(count > 4 && identity[count - 1] == '\n');
    CHECK(memchr(identity, ',', count) != NULL);

    for (i = 0; i < 100; i++) {
        char ask[64], answer[64];
        sprintf(ask, "ECHO? number %d", i);
        sprintf(answer, "number %d\n", i);
        command(vi, ask);
        EXPECT_READ(vi, 64, whole(name), answer);
    }

    /* Sessions of one resource are independent: each gets its own answer. A serial line or a USB
     * instrument they share, and the first to read gets the first answer; an instrument on GPIB has
     * one output queue. */
    if (!is_serial(name) && !is_usb(name) && !is_gpib(name)) {
        ViSession other = open_session(rm, name);
        command(vi, "ECHO? mine");
        command(other, "ECHO? yours");
        EXPECT_READ(other, 64, whole(name), "yours\n");
        EXPECT_READ(vi, 64, whole(name), "mine\n");
        EXPECT(viClose(other), VI_SUCCESS);
    }

    /* The counts are optional. */
    EXPECT(viWrite(vi, (ViConstBuf)"*OPC?\n", 6, VI_NULL), VI_SUCCESS);
    EXPECT(viRead(vi, identity, sizeof identity, VI_NULL), whole(name));
    CHECK(identity[0] == '1');

    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
