/* visa_bench.c: the benchmark's client over any libvisa, which it loads by its path:
 *
 *   cc -O2 -I include -o visa_bench ctest/bench/visa_bench.c ctest/bench/client.c -ldl -lpthread
 *   ./visa_bench /path/to/libvisa.so TCPIP::127.0.0.1::5025::SOCKET 'query 1000'
 *
 * The other end must be the benchmark's instrument (instrument.c). Besides the commands of client.c:
 *
 *   load             loads the library and opens the resource manager, in a fresh process
 *   attribute N      viGetAttribute(VI_ATTR_TMO_VALUE), 500 at a time, the median of N such
 *   spin US          VI_FVATTR_SPIN of the sessions opened from now on, in microseconds
 */

#include "bench.h"
#include "client.h"
#include "visa.h"
#include <dlfcn.h>
#include <sys/wait.h>

static const char *library, *resource;
static ViSession manager;
static long spin;

static ViStatus (_VI_FUNC *open_manager)(ViSession *);
static ViStatus (_VI_FUNC *open_)(ViSession, ViConstRsrc, ViAccessMode, ViUInt32, ViSession *);
static ViStatus (_VI_FUNC *close_)(ViObject);
static ViStatus (_VI_FUNC *set)(ViObject, ViAttr, ViAttrState);
static ViStatus (_VI_FUNC *get)(ViObject, ViAttr, void *);
static ViStatus (_VI_FUNC *read_)(ViSession, ViPBuf, ViUInt32, ViUInt32 *);
static ViStatus (_VI_FUNC *write_)(ViSession, ViConstBuf, ViUInt32, ViUInt32 *);

struct peer {
    ViSession vi;
    int is_socket;
};

static void *symbol(void *handle, const char *name)
{
    void *found = dlsym(handle, name);

    DEMAND(found != NULL, name);
    return found;
}

static void load(void)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

    if (handle == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    /* As POSIX has it: a pointer to an object, stored into one to a function. */
    *(void **)&open_manager = symbol(handle, "viOpenDefaultRM");
    *(void **)&open_ = symbol(handle, "viOpen");
    *(void **)&close_ = symbol(handle, "viClose");
    *(void **)&set = symbol(handle, "viSetAttribute");
    *(void **)&get = symbol(handle, "viGetAttribute");
    *(void **)&read_ = symbol(handle, "viRead");
    *(void **)&write_ = symbol(handle, "viWrite");
    DEMAND(open_manager(&manager) >= VI_SUCCESS, "viOpenDefaultRM");
}

int peer_start(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: visa_bench LIBRARY RESOURCE [COMMAND...]\n");
        exit(2);
    }
    library = argv[0];
    resource = argv[1];
    return 2;
}

struct peer *peer_open(void)
{
    struct peer *peer = malloc(sizeof *peer);

    DEMAND(peer != NULL, "no memory");
    if (manager == VI_NULL) {
        load();
    }
    DEMAND(open_(manager, resource, VI_NO_LOCK, 5000, &peer->vi) >= VI_SUCCESS, resource);
    DEMAND(set(peer->vi, VI_ATTR_TMO_VALUE, 60000) >= VI_SUCCESS, "timeout");
    peer->is_socket = strstr(resource, "SOCKET") != NULL;
    if (peer->is_socket) {
        peer_expect_blocks(peer, 0);
    }
    if (spin > 0) {
        DEMAND(set(peer->vi, VI_FVATTR_SPIN, (ViAttrState)spin) >= VI_SUCCESS, "spin");
    }
    return peer;
}

void peer_close(struct peer *peer)
{
    DEMAND(close_(peer->vi) >= VI_SUCCESS, "viClose");
    free(peer);
}

/* A SOCKET knows the end of a line by the termination character alone. */
void peer_expect_blocks(struct peer *peer, int blocks)
{
    if (peer->is_socket) {
        ViAttrState on = blocks ? VI_FALSE : VI_TRUE;

        DEMAND(set(peer->vi, VI_ATTR_TERMCHAR_EN, on) >= VI_SUCCESS, "VI_ATTR_TERMCHAR_EN");
    }
}

void peer_write(struct peer *peer, const void *data, size_t length)
{
    ViUInt32 count = 0;

    DEMAND(write_(peer->vi, data, (ViUInt32)length, &count) >= VI_SUCCESS, "viWrite");
    DEMAND(count == length, "viWrite wrote less");
}

size_t peer_read(struct peer *peer, void *data, size_t room)
{
    ViUInt32 count = 0;

    DEMAND(read_(peer->vi, data, (ViUInt32)room, &count) >= VI_SUCCESS, "viRead");
    return count;
}

/* In a process of its own, for a library is loaded once. */
static void load_afresh(void)
{
    double took = 0;
    int ends[2], status = 0;
    pid_t child;

    DEMAND(pipe(ends) == 0, "no pipe");
    child = fork();
    DEMAND(child >= 0, "no process");
    if (child == 0) {
        double start = now_ns();

        load();
        took = now_ns() - start;
        DEMAND(write(ends[1], &took, sizeof took) == sizeof took, "pipe");
        _exit(0);
    }
    DEMAND(waitpid(child, &status, 0) == child && status == 0, "it does not load");
    DEMAND(read(ends[0], &took, sizeof took) == sizeof took, "pipe");
    close(ends[0]);
    close(ends[1]);
    printf("{\"ns\":%.1f,\"count\":1}\n", took);
}

static void attribute(long count)
{
    enum { BATCH = 500 };
    static struct peer *peer;
    static double times[4000];
    ViUInt32 value = 0;
    double start;
    long batch, i;

    if (peer == NULL) {
        peer = peer_open();
    }
    DEMAND(count <= 4000, "too many batches");
    for (batch = 0; batch < count; batch++) {
        /* Too short a time to be measured alone, and too short for another program to come between. */
        start = now_ns();
        for (i = 0; i < BATCH; i++) {
            DEMAND(get(peer->vi, VI_ATTR_TMO_VALUE, &value) == VI_SUCCESS, "viGetAttribute");
        }
        times[batch] = (now_ns() - start) / BATCH;
    }
    DEMAND(value == 60000, "wrong timeout");
    printf("{\"ns\":%.2f,\"count\":%ld}\n", median(times, (size_t)count), count * BATCH);
}

int peer_command(const char *command)
{
    long count;

    if (strcmp(command, "load") == 0) {
        load_afresh();
    } else if (sscanf(command, "attribute %ld", &count) == 1) {
        attribute(count);
    } else if (sscanf(command, "spin %ld", &count) == 1) {
        spin = count;
        printf("{}\n");
    } else {
        return 0;
    }
    return 1;
}
