/* overrun.c: promises the library one byte more than there is. Not a check of the library but of
 * the address sanitizer in it: this program must be stopped.
 */

#include "check.h"

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, resource(argc, argv));
    ViByte *data = malloc(4);
    ViUInt32 count = 0;

    CHECK(data != NULL);
    memcpy(data, "ECHO", 4);
    EXPECT(viWrite(vi, data, 5, &count), VI_SUCCESS);
    free(data);
    return 0;
}
