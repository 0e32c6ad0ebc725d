/* find_parse.c: names are parsed without the device; searches end, and write only their results. */

#include "check.h"

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    ViUInt16 type[3] = {0x5A5A, 0x5A5A, 0x5A5A}, number[3] = {0x5A5A, 0x5A5A, 0x5A5A};
    char class_[256], full[256], alias[256], again[256];
    ViFindList list = VI_NULL;
    ViUInt32 count = 0, i;
    ViStatus status;
    ViSession vi = VI_NULL;
    ViUInt16 interface = is_serial(name) ? VI_INTF_ASRL : is_usb(name) ? VI_INTF_USB : VI_INTF_TCPIP;
    const char *start = is_serial(name) ? "ASRL/dev/" : is_usb(name) ? "USB0::" : "TCPIP0::127.0.0.1";

    EXPECT(viParseRsrc(rm, name, &type[1], &number[1]), VI_SUCCESS);
    CHECK(type[1] == interface && number[1] == 0);
    CHECK(type[0] == 0x5A5A && type[2] == 0x5A5A && number[0] == 0x5A5A && number[2] == 0x5A5A);

    EXPECT(viParseRsrcEx(rm, name, &type[1], &number[1], class_, full, alias), VI_SUCCESS);
    CHECK(type[1] == interface && number[1] == 0);
    CHECK(strcmp(class_, is_socket(name) ? "SOCKET" : "INSTR") == 0);
    CHECK(strncmp(full, start, strlen(start)) == 0);
    CHECK(strcmp(alias, "") == 0);
    EXPECT(viParseRsrcEx(rm, name, &type[1], &number[1], VI_NULL, VI_NULL, VI_NULL), VI_SUCCESS);

    /* The full name is a name: it parses to itself and opens. */
    EXPECT(viParseRsrcEx(rm, full, &type[1], &number[1], VI_NULL, again, VI_NULL), VI_SUCCESS);
    CHECK(strcmp(full, again) == 0);
    EXPECT(viOpen(rm, full, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_NAME, again), VI_SUCCESS);
    CHECK(strcmp(full, again) == 0);

    EXPECT(viParseRsrc(rm, "tcpip::127.0.0.1::instr", &type[1], &number[1]), VI_SUCCESS);
    EXPECT(viParseRsrc(rm, "GPIB3::7::INSTR", &type[1], &number[1]), VI_SUCCESS);
    CHECK(type[1] == VI_INTF_GPIB && number[1] == 3);
    EXPECT(viParseRsrc(rm, "NO SUCH THING", &type[1], &number[1]), VI_ERROR_INV_RSRC_NAME);
    EXPECT(viParseRsrc(rm, "", &type[1], &number[1]), VI_ERROR_INV_RSRC_NAME);

    EXPECT(viFindRsrc(rm, "[", &list, &count, full), VI_ERROR_INV_EXPR);
    EXPECT(viFindRsrc(rm, "(a", &list, &count, full), VI_ERROR_INV_EXPR);
    EXPECT(viFindRsrc(rm, "NOSUCH?*", &list, &count, full), VI_ERROR_RSRC_NFOUND);

    /* Whatever this machine has: as many as said, and then no more. */
    status = viFindRsrc(rm, "?*", &list, &count, full);
    if (status == VI_SUCCESS) {
        CHECK(count >= 1 && strlen(full) > 0);
        for (i = 1; i < count; i++) {
            EXPECT(viFindNext(list, full), VI_SUCCESS);
            CHECK(strlen(full) > 0);
        }
        EXPECT(viFindNext(list, full), VI_ERROR_RSRC_NFOUND);
        EXPECT(viClose(list), VI_SUCCESS);
        EXPECT(viFindNext(list, full), VI_ERROR_INV_OBJECT);
        EXPECT(viFindRsrc(rm, "?*", VI_NULL, VI_NULL, full), VI_SUCCESS);
    } else {
        EXPECT(status, VI_ERROR_RSRC_NFOUND);
    }

    /* Searching and parsing belong to managers. */
    EXPECT(viFindRsrc(vi, "?*", &list, &count, full), VI_ERROR_NSUP_OPER);
    EXPECT(viParseRsrc(vi, name, &type[1], &number[1]), VI_ERROR_NSUP_OPER);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
