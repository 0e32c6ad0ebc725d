/* types.c: widths and signs of the types, as VPP-4.3.2 has them. */

#include <stddef.h>
#include "check.h"
#include "vpptype.h"

#define WIDTH(type, bytes) CHECK(sizeof(type) == (bytes))
#define SIGNED(type) CHECK((type)-1 < (type)0)
#define UNSIGNED(type) CHECK((type)-1 > (type)0)

int main(void)
{
    WIDTH(ViUInt64, 8);
    WIDTH(ViInt64, 8);
    WIDTH(ViUInt32, 4);
    WIDTH(ViInt32, 4);
    WIDTH(ViUInt16, 2);
    WIDTH(ViInt16, 2);
    WIDTH(ViUInt8, 1);
    WIDTH(ViInt8, 1);
    WIDTH(ViByte, 1);
    WIDTH(ViChar, 1);
    WIDTH(ViBoolean, 2);
    WIDTH(ViReal32, 4);
    WIDTH(ViReal64, 8);
    SIGNED(ViInt64);
    SIGNED(ViInt32);
    SIGNED(ViInt16);
    SIGNED(ViInt8);
    SIGNED(ViStatus);
    UNSIGNED(ViUInt64);
    UNSIGNED(ViUInt32);
    UNSIGNED(ViUInt16);
    UNSIGNED(ViUInt8);
    UNSIGNED(ViByte);
    UNSIGNED(ViBoolean);

    WIDTH(ViStatus, 4);
    WIDTH(ViVersion, 4);
    WIDTH(ViObject, 4);
    WIDTH(ViSession, 4);
    WIDTH(ViEvent, 4);
    WIDTH(ViFindList, 4);
    WIDTH(ViAttr, 4);
    WIDTH(ViEventType, 4);
    WIDTH(ViEventFilter, 4);
    WIDTH(ViJobId, 4);
    WIDTH(ViAccessMode, 4);
    WIDTH(ViBusAddress64, 8);

    /* As wide as an address. */
    WIDTH(ViAddr, sizeof(void *));
    WIDTH(ViBuf, sizeof(void *));
    WIDTH(ViString, sizeof(void *));
    WIDTH(ViHndlr, sizeof(void (*)(void)));
    WIDTH(ViAttrState, sizeof(void *));
    WIDTH(ViBusAddress, sizeof(void *));
    WIDTH(ViBusSize, sizeof(void *));
    CHECK(VI_ATTR_USER_DATA == (sizeof(void *) == 8 ? VI_ATTR_USER_DATA_64 : VI_ATTR_USER_DATA_32));

    /* A P type points to the type; buffers and strings are their own P type. */
    {
        ViInt16 number = 0;
        ViPInt16 to = &number;
        ViAInt16 array = &number;
        ViChar text[] = "x";
        ViPString same = text;
        ViString string = same;
        ViPRsrc name = string;
        ViByte byte = 0;
        ViPBuf buffer = &byte;
        ViBuf also = buffer;
        ViConstString constant = name;
        ViConstBuf bytes = also;
        ViPAttrState anywhere = &number;
        CHECK(to == array && constant == text && bytes == &byte && anywhere == to);
    }

    /* Drivers compare with the names of VPP-3.2. */
    CHECK(VI_ERROR_PARAMETER8 < VI_SUCCESS && VI_WARN_NSUP_RESET > VI_SUCCESS);
    CHECK(VI_ON == VI_TRUE && VI_OFF == VI_FALSE);
    return 0;
}
