/* handles.c: numbers of objects. A closed one stays invalid, also after its place is taken again;
 * closing a manager closes its sessions and no others.
 */

#include "check.h"

static void is_dead(ViObject vi)
{
    ViUInt32 value = 0, count = 0;
    ViByte buffer[16];
    ViUInt16 status = 0;

    EXPECT(viGetAttribute(vi, VI_ATTR_TMO_VALUE, &value), VI_ERROR_INV_OBJECT);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 1), VI_ERROR_INV_OBJECT);
    EXPECT(viWrite(vi, (ViConstBuf)"x", 1, &count), VI_ERROR_INV_OBJECT);
    EXPECT(viRead(vi, buffer, sizeof buffer, &count), VI_ERROR_INV_OBJECT);
    EXPECT(viReadSTB(vi, &status), VI_ERROR_INV_OBJECT);
    EXPECT(viClear(vi), VI_ERROR_INV_OBJECT);
    EXPECT(viUnlock(vi), VI_ERROR_INV_OBJECT);
    EXPECT(viClose(vi), VI_ERROR_INV_OBJECT);
}

static void is_alive(ViSession vi, const char *name)
{
    command(vi, "ECHO? alive");
    EXPECT_READ(vi, 64, whole(name), "alive\n");
}

int main(int argc, char **argv)
{
    static const ViObject foreign[] = {1, 2, 255, 256, 0x7FFFFFFFUL, 0x80000000UL, 0xFFFFFFFFUL};
    const char *name = resource(argc, argv);
    ViSession rm = open_manager(), other = open_manager();
    ViSession vi = open_session(rm, name), kept = open_session(other, name);
    ViSession old, child;
    ViUInt32 count = 0;
    size_t i;

    CHECK(rm != other);
    EXPECT(viClose(VI_NULL), VI_WARN_NULL_OBJECT); /* rule 3.3.2 */

    /* Twice is once too often. */
    EXPECT(viClose(vi), VI_SUCCESS);
    is_dead(vi);

    /* The place of a closed object is used again, sooner or later; its number is not. */
    old = vi;
    for (i = 0; i < 20000; i++) {
        child = open_manager();
        CHECK(child != old);
        EXPECT(viSetAttribute(old, VI_ATTR_TMO_VALUE, 1), VI_ERROR_INV_OBJECT);
        EXPECT(viClose(child), VI_SUCCESS);
    }
    is_dead(old);

    /* Numbers that were never given. */
    for (i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (foreign[i] != rm && foreign[i] != other && foreign[i] != kept) {
            is_dead(foreign[i]);
        }
    }

    /* Objects of the wrong kind. */
    vi = open_session(rm, name);
    EXPECT(viWrite(rm, (ViConstBuf)"x", 1, &count), VI_ERROR_NSUP_OPER);
    EXPECT(viOpen(vi, name, VI_NO_LOCK, 0, &child), VI_ERROR_NSUP_OPER);
    EXPECT(viFindNext(vi, (ViChar *)name), VI_ERROR_NSUP_OPER);

    /* A manager takes its own sessions along. */
    is_alive(vi, name);
    EXPECT(viClose(rm), VI_SUCCESS);
    is_dead(vi);
    is_dead(rm);
    is_alive(kept, name);
    EXPECT(viClose(other), VI_SUCCESS);
    is_dead(kept);
    return 0;
}
