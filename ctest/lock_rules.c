/* lock_rules.c: locks between the sessions of one process (section 3.6). */

#define KTVISA_EXTENSIONS /* VI_KTATTR_LOCKWAIT */
#include "check.h"

#include <time.h>

static const char *name;

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static ViAccessMode state(ViSession vi)
{
    ViAccessMode mode = 99;
    EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_LOCK_STATE, &mode), VI_SUCCESS);
    return mode;
}

static ViStatus lock(ViSession vi, ViUInt32 timeout)
{
    return viLock(vi, VI_EXCLUSIVE_LOCK, timeout, VI_NULL, VI_NULL);
}

static ViStatus share(ViSession vi, const char *key)
{
    ViChar granted[256];
    ViStatus status;

    memset(granted, '#', sizeof granted);
    status = viLock(vi, VI_SHARED_LOCK, VI_TMO_IMMEDIATE, key, granted);
    if (status >= VI_SUCCESS) {
        CHECK(strcmp(granted, key) == 0);
    }
    return status;
}

static void may_operate(ViSession vi)
{
    command(vi, "ECHO? mine");
    EXPECT_READ(vi, 64, whole(name), "mine\n");
}

static void is_shut_out(ViSession vi)
{
    ViByte buffer[8];
    ViUInt32 count = 7;
    ViUInt16 status = 0;
    ViBoolean on = VI_FALSE;

    EXPECT(viWrite(vi, (ViConstBuf) "*CLS\n", 5, &count), VI_ERROR_RSRC_LOCKED);
    CHECK(count == 0);
    EXPECT(viRead(vi, buffer, sizeof buffer, &count), VI_ERROR_RSRC_LOCKED);
    EXPECT(viClear(vi), VI_ERROR_RSRC_LOCKED);
    if (!is_stream(name)) {
        EXPECT(viReadSTB(vi, &status), VI_ERROR_RSRC_LOCKED);
        EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_ERROR_RSRC_LOCKED);
        EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ASSERT_ADDRESS), VI_ERROR_RSRC_LOCKED);
    }
    /* Attributes can be read, and those written that concern nobody else. */
    EXPECT(viGetAttribute(vi, VI_ATTR_TERMCHAR_EN, &on), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 9000), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    /* Events stay the session's own affair. */
    EXPECT(viDiscardEvents(vi, VI_ALL_ENABLED_EVENTS, VI_QUEUE), VI_SUCCESS_QUEUE_EMPTY);
}

static void exclusive(ViSession one, ViSession two)
{
    ViChar key[256];

    CHECK(state(one) == VI_NO_LOCK);
    EXPECT(viUnlock(one), VI_ERROR_SESN_NLOCKED);
    /* Its requested key is ignored, its access key is empty (3.6.13, 3.6.14). */
    memset(key, '#', sizeof key);
    EXPECT(viLock(one, VI_EXCLUSIVE_LOCK, 1000, "ignored", key), VI_SUCCESS);
    CHECK(key[0] == '\0' && key[1] == '#');
    CHECK(state(one) == VI_EXCLUSIVE_LOCK && state(two) == VI_EXCLUSIVE_LOCK);
    may_operate(one);
    is_shut_out(two);
    EXPECT(lock(two, VI_TMO_IMMEDIATE), VI_ERROR_RSRC_LOCKED);
    EXPECT(share(two, "k"), VI_ERROR_RSRC_LOCKED);
    EXPECT(viUnlock(two), VI_ERROR_SESN_NLOCKED);

    EXPECT(lock(one, VI_TMO_IMMEDIATE), VI_SUCCESS_NESTED_EXCLUSIVE);
    EXPECT(lock(one, 0), VI_SUCCESS_NESTED_EXCLUSIVE);
    /* Shared under an exclusive lock alone cannot be had (3.6.12). */
    EXPECT(viLock(one, VI_SHARED_LOCK, 5000, "k", key), VI_ERROR_RSRC_LOCKED);
    EXPECT(viUnlock(one), VI_SUCCESS_NESTED_EXCLUSIVE);
    EXPECT(viUnlock(one), VI_SUCCESS_NESTED_EXCLUSIVE);
    is_shut_out(two);
    EXPECT(viUnlock(one), VI_SUCCESS);
    EXPECT(viUnlock(one), VI_ERROR_SESN_NLOCKED);
    may_operate(two);
    CHECK(state(one) == VI_NO_LOCK);
}

static void shared(ViSession one, ViSession two, ViSession three)
{
    ViChar key[256], again[256];
    size_t i;

    memset(key, 0, sizeof key);
    EXPECT(viLock(one, VI_SHARED_LOCK, VI_TMO_IMMEDIATE, VI_NULL, key), VI_SUCCESS);
    CHECK(key[0] != '\0' && memchr(key, 0, sizeof key) != NULL);
    for (i = 0; key[i] != '\0'; i++) {
        CHECK(key[i] > ' ' && key[i] <= '~');
    }
    CHECK(state(one) == VI_SHARED_LOCK && state(three) == VI_SHARED_LOCK);
    EXPECT(share(two, key), VI_SUCCESS);
    may_operate(one);
    may_operate(two);
    is_shut_out(three);
    EXPECT(share(three, "another"), VI_ERROR_RSRC_LOCKED);
    EXPECT(viLock(three, VI_SHARED_LOCK, 0, VI_NULL, again), VI_ERROR_RSRC_LOCKED);
    EXPECT(lock(three, 0), VI_ERROR_RSRC_LOCKED);

    /* Nested: same key or none, and the same key back (3.6.20); no other (3.6.31). */
    EXPECT(share(one, key), VI_SUCCESS_NESTED_SHARED);
    EXPECT(viLock(one, VI_SHARED_LOCK, 0, VI_NULL, again), VI_SUCCESS_NESTED_SHARED);
    CHECK(strcmp(again, key) == 0);
    EXPECT(share(one, "another"), VI_ERROR_INV_ACCESS_KEY);

    /* Exclusive over shared shuts the other holders out. */
    EXPECT(lock(one, VI_TMO_IMMEDIATE), VI_SUCCESS);
    CHECK(state(two) == VI_EXCLUSIVE_LOCK);
    may_operate(one);
    is_shut_out(two);
    EXPECT(lock(two, VI_TMO_IMMEDIATE), VI_ERROR_RSRC_LOCKED);
    EXPECT(viUnlock(one), VI_SUCCESS_NESTED_SHARED);
    may_operate(two);

    EXPECT(viUnlock(one), VI_SUCCESS_NESTED_SHARED);
    EXPECT(viUnlock(one), VI_SUCCESS_NESTED_SHARED);
    EXPECT(viUnlock(one), VI_SUCCESS);
    EXPECT(viUnlock(one), VI_ERROR_SESN_NLOCKED);
    is_shut_out(one);
    EXPECT(viUnlock(two), VI_SUCCESS);
    may_operate(three);
}

static void bad_arguments(ViSession rm, ViSession vi)
{
    ViChar key[257], out[256];
    ViSession other = VI_NULL;

    memset(key, 'k', sizeof key);
    key[256] = '\0';
    EXPECT(viLock(vi, VI_SHARED_LOCK, 0, key, out), VI_ERROR_INV_ACCESS_KEY);
    key[255] = '\0';
    EXPECT(share(vi, key), VI_SUCCESS);
    EXPECT(viUnlock(vi), VI_SUCCESS);
    EXPECT(viLock(vi, VI_SHARED_LOCK, 0, "caf\xC3\xA9", out), VI_ERROR_INV_ACCESS_KEY);
    EXPECT(viLock(vi, VI_SHARED_LOCK, 0, "", out), VI_SUCCESS);
    CHECK(strlen(out) > 0);
    EXPECT(viUnlock(vi), VI_SUCCESS);
    EXPECT(viLock(vi, VI_NO_LOCK, 0, VI_NULL, out), VI_ERROR_INV_LOCK_TYPE);
    EXPECT(viLock(vi, 3, 0, VI_NULL, out), VI_ERROR_INV_LOCK_TYPE);
    EXPECT(viOpen(rm, name, 3, 0, &other), VI_ERROR_INV_ACC_MODE);
    EXPECT(viUnlock(vi), VI_ERROR_SESN_NLOCKED);
}

static void waiting(ViSession one, ViSession two)
{
    double start = now(), took;
    ViUInt32 count;

    EXPECT(lock(one, 0), VI_SUCCESS);
    EXPECT(lock(two, 200), VI_ERROR_TMO);
    took = now() - start;
    CHECK(took >= 0.2 && took < 5);

    /* Operations are refused at once, or wait where asked to. */
    start = now();
    EXPECT(viClear(two), VI_ERROR_RSRC_LOCKED);
    CHECK(now() - start < 5);
    EXPECT(viSetAttribute(two, VI_KTATTR_LOCKWAIT, VI_TRUE), VI_SUCCESS);
    EXPECT(viSetAttribute(two, VI_ATTR_TMO_VALUE, 200), VI_SUCCESS);
    start = now();
    EXPECT(viWrite(two, (ViConstBuf) "*CLS\n", 5, &count), VI_ERROR_TMO);
    CHECK(now() - start >= 0.2);
    EXPECT(viSetAttribute(two, VI_ATTR_TMO_VALUE, 10000), VI_SUCCESS);
    EXPECT(viSetAttribute(two, VI_KTATTR_LOCKWAIT, VI_FALSE), VI_SUCCESS);
    EXPECT(viUnlock(one), VI_SUCCESS);
    EXPECT(lock(two, 200), VI_SUCCESS);
    EXPECT(viUnlock(two), VI_SUCCESS);
}

static void opening(ViSession rm, ViSession one)
{
    ViSession locked = VI_NULL, other = 77;
    ViChar key[256];
    double start;

    EXPECT(viOpen(rm, name, VI_EXCLUSIVE_LOCK, VI_TMO_IMMEDIATE, &locked), VI_SUCCESS);
    CHECK(state(one) == VI_EXCLUSIVE_LOCK);
    is_shut_out(one);
    start = now();
    EXPECT(viOpen(rm, name, VI_EXCLUSIVE_LOCK, VI_TMO_IMMEDIATE, &other), VI_ERROR_RSRC_LOCKED);
    CHECK(now() - start < 4);
    start = now();
    EXPECT(viOpen(rm, name, VI_SHARED_LOCK, 1000, &other), VI_ERROR_TMO);
    CHECK(now() - start >= 1);
    CHECK(other == 77);
    /* Without a lock it opens; and a lock goes with its session. */
    EXPECT(viOpen(rm, name, VI_NO_LOCK, 5000, &other), VI_SUCCESS);
    is_shut_out(other);
    EXPECT(viClose(locked), VI_SUCCESS);
    CHECK(state(one) == VI_NO_LOCK);
    EXPECT(viClose(other), VI_SUCCESS);

    EXPECT(viOpen(rm, name, VI_SHARED_LOCK, 5000, &locked), VI_SUCCESS);
    CHECK(state(one) == VI_SHARED_LOCK);
    EXPECT(viLock(locked, VI_SHARED_LOCK, 0, VI_NULL, key), VI_SUCCESS_NESTED_SHARED);
    EXPECT(share(one, key), VI_SUCCESS);
    may_operate(one);
    EXPECT(viUnlock(one), VI_SUCCESS);
    EXPECT(viClose(locked), VI_SUCCESS);
    CHECK(state(one) == VI_NO_LOCK);
}

int main(int argc, char **argv)
{
    ViSession rm, other_rm, one, two, three;

    name = resource(argc, argv);
    rm = open_manager();
    other_rm = open_manager();
    one = open_session(rm, name);
    two = open_session(rm, name);
    three = open_session(other_rm, name);

    exclusive(one, two);
    shared(one, two, three);
    bad_arguments(rm, one);
    waiting(one, two);
    opening(rm, one);
    /* All locks of a manager's sessions go with it. */
    EXPECT(lock(three, 0), VI_SUCCESS);
    is_shut_out(one);
    EXPECT(viClose(other_rm), VI_SUCCESS);
    may_operate(one);

    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
