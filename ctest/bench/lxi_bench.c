/* lxi_bench.c: the benchmark's client over liblxi (VXI-11, by the portmapper), which it loads where the
 * machine has it. Commands: client.c.
 */

#include "bench.h"
#include "client.h"
#include <dlfcn.h>

/* As lxi.h has them; the library's development files are not needed. */
enum { LXI_VXI11 = 0, TIMEOUT_MS = 60000 };

static int (*lxi_connect)(const char *, int, const char *, int, int);
static int (*lxi_send)(int, const char *, int, int);
static int (*lxi_receive)(int, char *, int, int);
static int (*lxi_disconnect)(int);

struct peer {
    int device;
};

static const char *load(void)
{
    void *handle = dlopen("liblxi.so.1", RTLD_NOW);
    int (*start)(void);

    if (handle == NULL) {
        return "this machine has no liblxi.so.1";
    }
    *(void **)&start = dlsym(handle, "lxi_init");
    *(void **)&lxi_connect = dlsym(handle, "lxi_connect");
    *(void **)&lxi_send = dlsym(handle, "lxi_send");
    *(void **)&lxi_receive = dlsym(handle, "lxi_receive");
    *(void **)&lxi_disconnect = dlsym(handle, "lxi_disconnect");
    if (start == NULL || lxi_connect == NULL || lxi_send == NULL || lxi_receive == NULL ||
        lxi_disconnect == NULL) {
        return "this machine's liblxi is another one";
    }
    start();
    return NULL;
}

int peer_start(int argc, char **argv)
{
    const char *lack = load();

    (void)argc;
    (void)argv;
    if (lack != NULL) {
        printf("{\"lacking\":\"%s\"}\n", lack);
        exit(0);
    }
    return 0;
}

struct peer *peer_open(void)
{
    struct peer *peer = malloc(sizeof *peer);

    DEMAND(peer != NULL, "no memory");
    peer->device = lxi_connect("127.0.0.1", 0, "inst0", TIMEOUT_MS, LXI_VXI11);
    DEMAND(peer->device >= 0, "lxi_connect");
    return peer;
}

void peer_close(struct peer *peer)
{
    lxi_disconnect(peer->device);
    free(peer);
}

void peer_expect_blocks(struct peer *peer, int blocks)
{
    (void)peer;
    (void)blocks;
}

void peer_write(struct peer *peer, const void *data, size_t length)
{
    DEMAND(lxi_send(peer->device, data, (int)length, TIMEOUT_MS) == (int)length, "lxi_send");
}

size_t peer_read(struct peer *peer, void *data, size_t room)
{
    int count = lxi_receive(peer->device, data, (int)room, TIMEOUT_MS);

    DEMAND(count >= 0, "lxi_receive");
    return (size_t)count;
}

int peer_command(const char *command)
{
    (void)command;
    return 0;
}
