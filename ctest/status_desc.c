/* status_desc.c: every status has a sentence that fits 256 bytes, on every object. */

#include "check.h"

/* The standard's range of completion codes: which of them are known is for the text to say. */
static int known(ViObject object, ViStatus first)
{
    int texts = 0;
    ViStatus code;

    for (code = first; code < first + 0x100; code++) {
        char text[264];
        ViStatus status;

        memset(text, '#', sizeof text);
        status = viStatusDesc(object, code, text);
        CHECK(status == VI_SUCCESS || status == VI_WARN_UNKNOWN_STATUS);
        CHECK(memchr(text, '\0', 256) != NULL && strlen(text) > 4);
        CHECK(memcmp(text + 256, "########", 8) == 0);
        texts += status == VI_SUCCESS;
    }
    return texts;
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, resource(argc, argv));
    char text[256];

    /* VPP-4.3.2 has 84 errors and 21 successes and warnings in these ranges. */
    CHECK(known(rm, VI_ERROR_SYSTEM_ERROR) >= 84);
    CHECK(known(vi, 0x3FFF0000L) >= 21);
    EXPECT(viStatusDesc(vi, VI_SUCCESS, text), VI_SUCCESS);
    EXPECT(viStatusDesc(vi, VI_ERROR_TMO, text), VI_SUCCESS);
    EXPECT(viStatusDesc(vi, 0x12345678L, text), VI_WARN_UNKNOWN_STATUS);
    EXPECT(viStatusDesc(vi, -1, text), VI_WARN_UNKNOWN_STATUS);

    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viStatusDesc(vi, VI_ERROR_TMO, text), VI_ERROR_INV_OBJECT);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
