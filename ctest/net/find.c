/* find.c: searches for resources by an expression and says which there are, one a line, in the order
 * of the list; then how long that took. A second argument is what VI_RS_ATTR_TCPIP_FIND_RSRC_MODE
 * becomes before. */

#define RSVISA_EXTENSION /* VI_RS_ATTR_TCPIP_FIND_RSRC_MODE */

#include <time.h>

#include "../check.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    const char *expression = resource(argc > 2 ? 2 : argc, argv);
    ViSession rm = VI_NULL;
    ViFindList list = VI_NULL;
    ViUInt32 count = 0, i;
    ViChar name[VI_FIND_BUFLEN];
    ViStatus status;
    double began, took;

    EXPECT(viOpenDefaultRM(&rm), VI_SUCCESS);
    if (argc > 2) {
        EXPECT(viSetAttribute(rm, VI_RS_ATTR_TCPIP_FIND_RSRC_MODE, (ViAttrState)atoi(argv[2])), VI_SUCCESS);
    }
    began = now();
    status = viFindRsrc(rm, expression, &list, &count, name);
    took = now() - began;
    if (status == VI_ERROR_RSRC_NFOUND) {
        CHECK(count == 0);
    } else {
        EXPECT(status, VI_SUCCESS);
        CHECK(count >= 1);
        printf("found %s\n", name);
        for (i = 1; i < count; i++) {
            EXPECT(viFindNext(list, name), VI_SUCCESS);
            printf("found %s\n", name);
        }
        EXPECT(viFindNext(list, name), VI_ERROR_RSRC_NFOUND);
        EXPECT(viClose(list), VI_SUCCESS);
    }
    printf("took %.1f\n", took);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
