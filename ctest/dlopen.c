/* dlopen.c: programs that load the library by its name, as most clients do. All functions are
 * there, also viGetDefaultRM that the header hides; after dlclose the code stays, so that a thread
 * of the library never loses it.
 */

#include <dlfcn.h>
#include "check.h"

static void *find(void *library, const char *name)
{
    void *function = dlsym(library, name);
    if (function == NULL) {
        printf("%s is missing: %s\n", name, dlerror());
        exit(1);
    }
    return function;
}

/* ISO C has no cast from an object pointer to a function pointer. */
#define FUNCTION(variable, name) \
    do { \
        void *found = find(library, name); \
        memcpy(&(variable), &found, sizeof found); \
    } while (0)

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    int round;

    for (round = 0; round < 3; round++) {
        void *library = dlopen("libvisa.so", RTLD_NOW | RTLD_LOCAL);
        ViStatus(_VI_FUNC * open_rm)(ViPSession);
        ViStatus(_VI_FUNC * get_rm)(ViPSession);
        ViStatus(_VI_FUNC * open_)(ViSession, ViConstRsrc, ViAccessMode, ViUInt32, ViPSession);
        ViStatus(_VI_FUNC * write_)(ViSession, ViConstBuf, ViUInt32, ViPUInt32);
        ViStatus(_VI_FUNC * read_)(ViSession, ViPBuf, ViUInt32, ViPUInt32);
        ViStatus(_VI_FUNC * close_)(ViObject);
        ViSession rm = VI_NULL, old = VI_NULL, vi = VI_NULL;
        ViByte answer[2];
        ViUInt32 count = 0;

        if (library == NULL) {
            printf("%s\n", dlerror());
            return 1;
        }
        FUNCTION(open_rm, "viOpenDefaultRM");
        FUNCTION(get_rm, "viGetDefaultRM");
        FUNCTION(open_, "viOpen");
        FUNCTION(write_, "viWrite");
        FUNCTION(read_, "viRead");
        FUNCTION(close_, "viClose");
        find(library, "viPrintf");
        find(library, "viMemAllocEx");
        find(library, "viPxiReserveTriggers");

        EXPECT(open_rm(&rm), VI_SUCCESS);
        EXPECT(get_rm(&old), VI_SUCCESS);
        EXPECT(open_(rm, name, VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
        EXPECT(write_(vi, (ViConstBuf)"*OPC?\n", 6, &count), VI_SUCCESS);
        CHECK(read_(vi, answer, sizeof answer, &count) >= VI_SUCCESS);
        CHECK(count == 2 && memcmp(answer, "1\n", 2) == 0);
        EXPECT(close_(old), VI_SUCCESS);
        /* rm and vi stay open: whoever unloads the library may forget them. */
        CHECK(dlclose(library) == 0);
        CHECK(dlopen("libvisa.so", RTLD_NOW | RTLD_NOLOAD) != NULL);
    }
    return 0;
}
