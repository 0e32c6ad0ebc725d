/* A cable that is pulled ends every call on its port with VI_ERROR_CONN_LOST, at once: a read here
 * has no deadline of its own. Put back, the port opens again. Argument: an adapter's serial number.
 */

#include <pthread.h>
#include "serial.h"

struct caller {
    ViSession vi;
    ViStatus status;
    ViUInt32 count;
};

static void *reading(void *argument)
{
    struct caller *caller = argument;
    ViByte buffer[100];
    caller->status = viRead(caller->vi, buffer, sizeof buffer, &caller->count);
    return NULL;
}

static void during_a_read(ViSession vi, const char *adapter)
{
    struct caller caller = { VI_NULL, VI_SUCCESS, 0 };
    pthread_t thread;
    caller.vi = vi;
    SET(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE);
    bench(adapter, "send part");
    await(vi, VI_ATTR_ASRL_AVAIL_NUM, 4);
    CHECK(pthread_create(&thread, NULL, reading, &caller) == 0);
    /* The read is under way when what it has received waits no more. */
    await(vi, VI_ATTR_ASRL_AVAIL_NUM, 0);
    bench(adapter, "unplug");
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(caller.status == VI_ERROR_CONN_LOST && caller.count == 4);
}

static void *writing(void *argument)
{
    struct caller *caller = argument;
    static ViByte more[65536];
    caller->status = viWrite(caller->vi, more, sizeof more, &caller->count);
    return NULL;
}

/* FTDI's own flow control holds the output up until the kernel takes no more. */
static void during_a_write(ViSession vi, const char *adapter)
{
    struct caller caller = { VI_NULL, VI_SUCCESS, 0 };
    pthread_t thread;
    caller.vi = vi;
    SET(vi, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE);
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_RTS_CTS);
    CHECK(pthread_create(&thread, NULL, writing, &caller) == 0);
    while (atol(bench(adapter, "held")) == 0) {
    }
    bench(adapter, "unplug");
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(caller.status == VI_ERROR_CONN_LOST && caller.count < 65536);
}

static void everything_says_so(ViSession vi)
{
    ViByte buffer[4];
    ViUInt32 count = 99;
    ViUInt32 waiting;
    EXPECT(viRead(vi, buffer, sizeof buffer, &count), VI_ERROR_CONN_LOST);
    CHECK(count == 0);
    EXPECT(viWrite(vi, (ViConstBuf) "x", 1, &count), VI_ERROR_CONN_LOST);
    EXPECT(viClear(vi), VI_ERROR_CONN_LOST);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_BAUD, 19200), VI_ERROR_CONN_LOST);
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_DTR_STATE, VI_STATE_ASSERTED), VI_ERROR_CONN_LOST);
    EXPECT(viGetAttribute(vi, VI_ATTR_ASRL_AVAIL_NUM, &waiting), VI_ERROR_CONN_LOST);
}

static void works(ViSession vi, const char *adapter)
{
    WRITE(vi, "there\n", 6);
    EXPECT_BENCH(adapter, "received 6", "there\\x0A");
    bench(adapter, "send back\\x0A");
    EXPECT_READ(vi, 100, VI_SUCCESS, "back\n");
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();
    ViSession first, second;
    const char *adapter = argc == 2 ? argv[1] : "";
    char name[256];
    snprintf(name, sizeof name, "%s", name_of(bench(adapter, "tty")));
    first = open_port(rm, name);
    works(first, adapter);
    during_a_read(first, adapter);
    everything_says_so(first);
    EXPECT(viOpen(rm, name, VI_NO_LOCK, 0, &second), VI_ERROR_RSRC_NFOUND);

    /* A new session has the new port, also while the old one is still open. */
    bench(adapter, "plug");
    snprintf(name, sizeof name, "%s", name_of(bench(adapter, "tty")));
    second = open_port(rm, name);
    works(second, adapter);
    everything_says_so(first);
    EXPECT(viClose(first), VI_SUCCESS);
    works(second, adapter);

    /* Pulled while nobody uses it: the next call says so. */
    bench(adapter, "unplug");
    everything_says_so(second);
    EXPECT(viClose(second), VI_SUCCESS);
    bench(adapter, "plug");
    second = open_port(rm, name_of(bench(adapter, "tty")));
    works(second, adapter);
    if (strstr(name, "USB") != NULL) {
        during_a_write(second, adapter);
        everything_says_so(second);
        bench(adapter, "plug");
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
