/* open_close.c: a manager and a session come, answer who they are, and go, twenty times over;
 * closing the manager takes along what was left open. What cannot be opened is refused.
 */

#include "check.h"

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    char text[256] = "";
    int round;

    for (round = 0; round < 20; round++) {
        ViSession rm = open_manager();
        ViSession vi = open_session(rm, name);
        ViSession second = open_session(rm, name);
        ViSession owner = VI_NULL;

        CHECK(vi != second && vi != rm && second != rm);
        EXPECT(viGetAttribute(vi, VI_ATTR_RM_SESSION, &owner), VI_SUCCESS);
        CHECK(owner == rm);
        EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_NAME, text), VI_SUCCESS);
        CHECK(strstr(text, is_socket(name) ? "::SOCKET" : "::INSTR") != NULL);
        /* Rules 4.2.1 and 4.2.2: a manager has no name and no manager. */
        EXPECT(viGetAttribute(rm, VI_ATTR_RSRC_NAME, text), VI_SUCCESS);
        CHECK(strcmp(text, "") == 0);
        EXPECT(viGetAttribute(rm, VI_ATTR_RM_SESSION, &owner), VI_SUCCESS);
        CHECK(owner == VI_NULL);

        EXPECT(viClose(vi), VI_SUCCESS);
        if (round % 2 == 0) {
            EXPECT(viClose(second), VI_SUCCESS);
        }
        /* Closes what is left of its sessions. */
        EXPECT(viClose(rm), VI_SUCCESS);
    }

    {
        ViSession rm = open_manager();
        ViSession vi = 0x5A5A;
        EXPECT(viOpen(rm, "TCPIP::NOT::A::NAME::AT::ALL", VI_NO_LOCK, 0, &vi),
               VI_ERROR_INV_RSRC_NAME);
        EXPECT(viOpen(rm, "", VI_NO_LOCK, 0, &vi), VI_ERROR_INV_RSRC_NAME);
        /* Port 9 of this host: nobody listens there. */
        CHECK(viOpen(rm, "TCPIP0::127.0.0.1::9::SOCKET", VI_NO_LOCK, 2000, &vi) < VI_SUCCESS);
        EXPECT(viOpen(rm, name, 0xFFFFFFF0UL, 0, &vi), VI_ERROR_INV_ACC_MODE);
        EXPECT(viClose(rm), VI_SUCCESS);
    }
    return 0;
}
