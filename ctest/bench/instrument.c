/* instrument.c: the instrument at the other end of the benchmark: as little as can be between the
 * system and device.h, so that what is measured is the client. A process of its own, one thread
 * to a connection, codecs of its own.
 *
 *   instrument [-p PROCESSOR] [-t PSEUDO-TERMINALS] [-m]
 *
 * prints a line for each way in ("socket PORT", "hislip PORT", "vxi11 PORT", "pty PATH") and "ready",
 * and lives until its standard input ends. With -m it serves the portmapper too, on the port 111.
 */

#include "device.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <termios.h>

#define MOST_PARTS 512

static uint16_t vxi11_port;

static uint32_t get32(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, 4);
    return ntohl(value);
}

static void put32(unsigned char *at, uint32_t value)
{
    value = htonl(value);
    memcpy(at, &value, 4);
}

/* Bytes without borders: SOCKET and pseudo-terminals. */
static void stream(int fd)
{
    struct device device = {0};
    unsigned char buffer[4096];
    struct iovec parts[MOST_PARTS];

    for (;;) {
        size_t room;
        unsigned char *space = payload_space(&device, &room);
        ssize_t got = space != NULL ? read(fd, space, room) : read(fd, buffer, sizeof buffer);

        if (got <= 0) {
            break;
        }
        if (space != NULL) {
            payload_came(&device, (size_t)got);
        } else {
            feed(&device, buffer, (size_t)got);
        }
        while (output_left(&device) > 0) {
            /* Pieces of a megabyte. */
            if (!send_parts(fd, parts, output(&device, 1 << 20, parts, MOST_PARTS))) {
                break;
            }
        }
        after_answer(&device);
    }
    if (device.payload != NULL) {
        munmap(device.payload, MOST_PAYLOAD);
    }
}

/* HiSLIP 1.0, synchronized mode. */

enum { HEADER = 16 };

/* By session: the payload that the client takes in one message. */
static size_t hislip_most[1 << 16];

static void header(unsigned char *at, int type, int control, uint32_t parameter, uint64_t length)
{
    at[0] = 'H';
    at[1] = 'S';
    at[2] = (unsigned char)type;
    at[3] = (unsigned char)control;
    put32(at + 4, parameter);
    put32(at + 8, (uint32_t)(length >> 32));
    put32(at + 12, (uint32_t)length);
}

static int say(int fd, int type, int control, uint32_t parameter, const void *payload,
               size_t length)
{
    unsigned char head[HEADER];
    struct iovec parts[2] = {{head, HEADER}, {(void *)payload, length}};

    header(head, type, control, parameter, length);
    return send_parts(fd, parts, 2);
}

static int hislip_answer(int fd, struct device *device, uint32_t number, size_t most)
{
    while (output_left(device) > 0) {
        size_t left = output_left(device), piece = left < most ? left : most;
        unsigned char head[HEADER];
        struct iovec parts[MOST_PARTS] = {{head, HEADER}};
        int count;

        header(head, piece == left ? 7 : 6, 0, number, piece);
        count = 1 + output(device, piece, parts + 1, MOST_PARTS - 1);
        if (!send_parts(fd, parts, count)) {
            return 0;
        }
    }
    return 1;
}

/* The first message is Initialize or AsyncInitialize and tells which of the two it is. */
static void hislip(int fd)
{
    static uint32_t sessions;
    unsigned char buffer[4096], *head = buffer;
    struct device device = {0};
    uint32_t session = 0;
    size_t have = 0;
    int alive = 1;

    while (alive) {
        uint64_t length, done;
        size_t use;
        ssize_t got;

        /* As a rule the whole message comes with its header. */
        while (have < HEADER && alive) {
            got = read(fd, buffer + have, sizeof buffer - have);
            alive = got > 0;
            have += alive ? (size_t)got : 0;
        }
        if (!alive) {
            break;
        }
        length = (uint64_t)get32(head + 8) << 32 | get32(head + 12);
        use = have - HEADER < length ? have - HEADER : (size_t)length;
        if (head[2] == 6 || head[2] == 7) {
            feed(&device, buffer + HEADER, use);
        }
        for (done = use; done < length && alive; done += (uint64_t)got) {
            size_t room, left = (size_t)(length - done);
            unsigned char *space = payload_space(&device, &room), spare[4096];
            int is_payload = space != NULL && (head[2] == 6 || head[2] == 7);

            room = is_payload ? room : sizeof spare;
            got = read(fd, is_payload ? space : spare, room < left ? room : left);
            alive = got > 0;
            if (alive && is_payload) {
                payload_came(&device, (size_t)got);
            } else if (alive && (head[2] == 6 || head[2] == 7)) {
                feed(&device, spare, (size_t)got);
            }
        }
        switch (head[2]) {
        case 0: /* Initialize */
            session = __atomic_add_fetch(&sessions, 1, __ATOMIC_SEQ_CST) & 0xFFFF;
            hislip_most[session] = 1024;
            alive &= say(fd, 1, 0, 0x01000000 | session, NULL, 0);
            break;
        case 17: /* AsyncInitialize */
            session = get32(head + 4) & 0xFFFF;
            alive &= say(fd, 18, 0, ('B' << 8) | 'B', NULL, 0);
            break;
        case 15: { /* AsyncMaximumMessageSize; its 8 bytes came with it */
            unsigned char most[8] = {0};

            hislip_most[session] = get32(buffer + HEADER + 4) - HEADER;
            put32(most, 1);
            alive &= say(fd, 16, 0, 0, most, 8);
            break;
        }
        case 21: /* AsyncStatusQuery */
            alive &= say(fd, 22, 0, 0, NULL, 0);
            break;
        case 6: /* Data */
            break;
        case 7: /* DataEND */
            end_of_message(&device);
            alive &= hislip_answer(fd, &device, get32(head + 4), hislip_most[session]);
            after_answer(&device);
            break;
        default: /* Error: unknown message */
            alive &= say(fd, 3, 1, 0, NULL, 0);
        }
        have -= HEADER + use;
        memmove(buffer, buffer + HEADER + use, have);
    }
    if (device.payload != NULL) {
        munmap(device.payload, MOST_PAYLOAD);
    }
}

/* VXI-11 */

/* The most that device_write may bring. */
#define MOST_WRITTEN (1 << 20)

/* A reply with the results in `words`, and then `length` bytes of output. */
static int reply(int fd, uint32_t xid, const uint32_t *words, int count, struct device *device,
                 size_t length)
{
    static const unsigned char zeros[4];
    unsigned char head[64];
    struct iovec parts[MOST_PARTS] = {{head, 28 + 4 * (size_t)count}};
    size_t padding = (4 - length % 4) % 4;
    int i, used = 1;

    memset(head, 0, sizeof head);
    put32(head, 0x80000000 | (uint32_t)(24 + 4 * (size_t)count + length + padding));
    put32(head + 4, xid);
    put32(head + 8, 1);
    for (i = 0; i < count; i++) {
        put32(head + 28 + 4 * i, words[i]);
    }
    if (length > 0) {
        used += output(device, length, parts + 1, MOST_PARTS - 2);
        parts[used].iov_base = (void *)zeros;
        parts[used++].iov_len = padding;
    }
    return send_parts(fd, parts, used);
}

static void vxi11(int fd)
{
    static uint32_t links;
    unsigned char *buffer = malloc(MOST_WRITTEN + 4096);
    struct device device = {0};
    int alive = buffer != NULL;

    while (alive) {
        uint32_t words[4] = {0}, xid, procedure;
        const unsigned char *arguments;
        size_t have = 0, length = 4, verifier;

        /* One call at a time; nothing follows before it is answered. */
        while (have < length && alive) {
            ssize_t got = read(fd, buffer + have, MOST_WRITTEN + 4096 - have);

            alive = got > 0;
            have += alive ? (size_t)got : 0;
            if (have >= 4) {
                length = 4 + (get32(buffer) & 0x7FFFFFFF);
                alive &= length <= MOST_WRITTEN + 4096;
            }
        }
        if (!alive) {
            break;
        }
        xid = get32(buffer + 4);
        procedure = get32(buffer + 24);
        /* Behind credentials and verifier. */
        verifier = 28 + 8 + get32(buffer + 32);
        arguments = buffer + verifier + 8 + get32(buffer + verifier + 4);
        switch (procedure) {
        case 10: /* create_link */
            words[1] = __atomic_add_fetch(&links, 1, __ATOMIC_SEQ_CST);
            words[2] = vxi11_port;
            words[3] = MOST_WRITTEN;
            alive = reply(fd, xid, words, 4, NULL, 0);
            break;
        case 11: { /* device_write */
            size_t count = get32(arguments + 16);

            feed(&device, arguments + 20, count);
            if ((get32(arguments + 12) & 8) != 0) {
                end_of_message(&device);
            }
            words[1] = (uint32_t)count;
            alive = reply(fd, xid, words, 2, NULL, 0);
            break;
        }
        case 12: { /* device_read */
            size_t most = get32(arguments + 4), left = output_left(&device);
            size_t length_out = left < most ? left : most;

            words[0] = left == 0 ? 15 : 0;
            words[1] = (left <= most ? 4u : 0u) | (left >= most ? 1u : 0u);
            words[2] = (uint32_t)length_out;
            alive = reply(fd, xid, words, 3, &device, length_out);
            if (output_left(&device) == 0) {
                after_answer(&device);
            }
            break;
        }
        case 13: /* device_readstb */
            alive = reply(fd, xid, words, 2, NULL, 0);
            break;
        default: /* an error word, which is 0, is what all others answer */
            alive = reply(fd, xid, words, 1, NULL, 0);
        }
    }
    if (device.payload != NULL) {
        munmap(device.payload, MOST_PAYLOAD);
    }
    free(buffer);
}

/* PMAPPROC_GETPORT: the core channel's port, whatever is asked for. */
static size_t portmap(const unsigned char *call, unsigned char *answer)
{
    memset(answer, 0, 28);
    memcpy(answer, call, 4);
    put32(answer + 4, 1);
    put32(answer + 24, vxi11_port);
    return 28;
}

static void portmapper(int fd)
{
    unsigned char buffer[512], answer[32];

    while (receive_all(fd, buffer, 4)) {
        size_t length = get32(buffer) & 0x7FFFFFFF;
        struct iovec part = {answer, 0};

        if (length > sizeof buffer || !receive_all(fd, buffer, length)) {
            break;
        }
        part.iov_len = 4 + portmap(buffer, answer + 4);
        put32(answer, 0x80000000 | (uint32_t)(part.iov_len - 4));
        if (!send_parts(fd, &part, 1)) {
            break;
        }
    }
}

static void *datagrams(void *argument)
{
    int fd = (int)(intptr_t)argument;
    unsigned char buffer[512], answer[32];
    struct sockaddr_in from;
    socklen_t size = sizeof from;

    while (recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size) > 0) {
        size_t length = portmap(buffer, answer);

        sendto(fd, answer, length, 0, (struct sockaddr *)&from, size);
        size = sizeof from;
    }
    return NULL;
}

/* Ways in */

struct way {
    void (*serve)(int fd);
    int fd;
};

static void start(void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    DEMAND(pthread_create(&thread, &attributes, run, argument) == 0, "no thread");
    pthread_attr_destroy(&attributes);
}

static void *serve(void *argument)
{
    struct way *way = argument;

    way->serve(way->fd);
    close(way->fd);
    free(way);
    return NULL;
}

static void *welcome(void *argument)
{
    struct way *listening = argument;

    for (;;) {
        struct way *way = malloc(sizeof *way);
        int on = 1;

        DEMAND(way != NULL, "no memory");
        way->serve = listening->serve;
        way->fd = accept4(listening->fd, NULL, NULL, SOCK_CLOEXEC);
        if (way->fd < 0) {
            free(way);
            continue;
        }
        setsockopt(way->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        start(serve, way);
    }
    return NULL;
}

static int bound(int type, uint16_t port)
{
    struct sockaddr_in address = {0};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static uint16_t listen_for(void (*serve)(int), uint16_t port)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    struct way *way = malloc(sizeof *way);

    DEMAND(way != NULL, "no memory");
    way->serve = serve;
    way->fd = bound(SOCK_STREAM, port);
    if (way->fd < 0) {
        free(way);
        return 0;
    }
    DEMAND(listen(way->fd, 1024) == 0, "listen");
    getsockname(way->fd, (struct sockaddr *)&address, &size);
    start(welcome, way);
    return ntohs(address.sin_port);
}

static void pseudo_terminal(void)
{
    struct way *way = malloc(sizeof *way);
    struct termios settings;
    int keeper;

    DEMAND(way != NULL, "no memory");
    way->serve = stream;
    way->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    DEMAND(way->fd >= 0 && grantpt(way->fd) == 0 && unlockpt(way->fd) == 0, "no terminal");
    /* While one end stays open, the other does not fail between two clients. */
    keeper = open(ptsname(way->fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    DEMAND(keeper >= 0 && tcgetattr(keeper, &settings) == 0, "no terminal");
    cfmakeraw(&settings);
    tcsetattr(keeper, TCSANOW, &settings);
    printf("pty %s\n", ptsname(way->fd));
    start(serve, way);
}

int main(int argc, char **argv)
{
    int terminals = 0, with_portmapper = 0, option, fd;
    char ignored[64];

    while ((option = getopt(argc, argv, "p:t:m")) != -1) {
        switch (option) {
        case 'p':
            pin(atoi(optarg));
            break;
        case 't':
            terminals = atoi(optarg);
            break;
        case 'm':
            with_portmapper = 1;
            break;
        default:
            return 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    make_pattern();
    printf("socket %d\n", listen_for(stream, 0));
    printf("hislip %d\n", listen_for(hislip, 0));
    vxi11_port = listen_for(vxi11, 0);
    printf("vxi11 %d\n", vxi11_port);
    while (terminals-- > 0) {
        pseudo_terminal();
    }
    if (with_portmapper && listen_for(portmapper, 111) == 111 &&
        (fd = bound(SOCK_DGRAM, 111)) >= 0) {
        start(datagrams, (void *)(intptr_t)fd);
        printf("portmapper 111\n");
    }
    printf("ready\n");
    fflush(stdout);
    while (read(0, ignored, sizeof ignored) > 0) {
    }
    return 0;
}
