/* limit.c: the bare clients that libraries are measured against: blocking sockets without timeouts,
 * one system call to send and one to receive wherever the protocol allows, no more of the protocol
 * than the benchmark's instrument needs, no error handling but giving up.
 *
 *   limit socket|hislip|vxi11 PORT [COMMAND...]
 *   limit pty PATH [COMMAND...]
 */

#include "bench.h"
#include "client.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <termios.h>

static char protocol;
static const char *place;

struct peer {
    int fd;
    /* HiSLIP: the second connection, the number of the next message, and what is still to come of
     * the payload of a message. */
    int second;
    uint32_t number;
    uint64_t left;
    /* VXI-11: the link, and the number of the next call. */
    uint32_t link, xid;
};

/* HiSLIP messages that this client takes, with their headers: as many bytes as VISA's default. */
#define MESSAGE (1 << 20)

int peer_start(int argc, char **argv)
{
    if (argc < 2 || strchr("shvp", argv[0][0]) == NULL) {
        fprintf(stderr, "usage: limit socket|hislip|vxi11|pty PLACE [COMMAND...]\n");
        exit(2);
    }
    protocol = argv[0][0];
    place = argv[1];
    return 2;
}

static int dial(void)
{
    struct sockaddr_in address = {0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)atoi(place));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    DEMAND(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* Moves all of the parts, in one system call if the system does. */
static void move_all(ssize_t (*move)(int, const struct iovec *, int), int fd, struct iovec *parts,
                     int count)
{
    while (count > 0) {
        ssize_t moved = move(fd, parts, count);

        DEMAND(moved > 0, "connection");
        while (count > 0 && (size_t)moved >= parts->iov_len) {
            moved -= (ssize_t)parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + moved;
            parts->iov_len -= (size_t)moved;
        }
    }
}

static void put32(unsigned char *at, uint32_t value)
{
    value = htonl(value);
    memcpy(at, &value, 4);
}

static uint32_t get32(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, 4);
    return ntohl(value);
}

/* HiSLIP */

enum { HEADER = 16, DATA = 6, DATA_END = 7 };

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

static uint64_t payload_length(const unsigned char *head)
{
    return (uint64_t)get32(head + 8) << 32 | get32(head + 12);
}

static void exchange(int fd, int type, uint32_t parameter, const void *payload, size_t length,
                     unsigned char *answer, size_t answer_length)
{
    unsigned char head[HEADER];
    struct iovec out[2] = {{head, HEADER}, {(void *)payload, length}};
    struct iovec in = {answer, answer_length};

    header(head, type, 0, parameter, length);
    move_all(writev, fd, out, 2);
    move_all(readv, fd, &in, 1);
}

static void hislip_open(struct peer *peer)
{
    unsigned char answer[HEADER + 8], most[8] = {0};

    peer->number = 0xFFFFFF00;
    exchange(peer->fd, 0, 0x01000000 | ('B' << 8) | 'B', "hislip0", 7, answer, HEADER);
    peer->second = dial();
    exchange(peer->second, 17, get32(answer + 4) & 0xFFFF, NULL, 0, answer, HEADER);
    put32(most + 4, MESSAGE);
    exchange(peer->second, 15, 0, most, 8, answer, HEADER + 8);
}

static void hislip_write(struct peer *peer, const void *data, size_t length)
{
    unsigned char head[HEADER];
    struct iovec parts[2] = {{head, HEADER}, {(void *)data, length}};

    header(head, DATA_END, 1, peer->number, length);
    peer->number += 2;
    move_all(writev, peer->fd, parts, 2);
}

static size_t hislip_read(struct peer *peer, unsigned char *data, size_t room)
{
    size_t got = 0;

    while (got < room) {
        unsigned char head[HEADER];
        struct iovec parts[2] = {{head, HEADER}, {data + got, room - got}};
        ssize_t count;

        if (peer->left > 0) {
            size_t want = room - got < peer->left ? room - got : (size_t)peer->left;

            count = recv(peer->fd, data + got, want, 0);
            DEMAND(count > 0, "connection");
        } else {
            /* No message but the last of an answer is shorter than this. */
            if (parts[1].iov_len > MESSAGE - HEADER) {
                parts[1].iov_len = MESSAGE - HEADER;
            }
            count = readv(peer->fd, parts, 2) - HEADER;
            DEMAND(count >= 0, "header in pieces");
            peer->left = payload_length(head);
            if (head[2] == DATA_END && peer->left == (uint64_t)count) {
                peer->left = 0;
                return got + (size_t)count;
            }
        }
        peer->left -= (uint64_t)count;
        got += (size_t)count;
    }
    return got;
}

/* VXI-11 */

enum { CREATE_LINK = 10, DEVICE_WRITE = 11, DEVICE_READ = 12, DESTROY_LINK = 23 };

/* Record mark, number, and all that a call says before its arguments. */
#define CALL 44
/* The same for a reply that was accepted. */
#define REPLY 28

static void call_head(struct peer *peer, unsigned char *at, int procedure, size_t arguments)
{
    static const uint32_t words[10] = {0, 2, 395183, 1, 0, 0, 0, 0, 0, 0};
    int i;

    put32(at, 0x80000000 | (uint32_t)(CALL - 4 + arguments));
    put32(at + 4, ++peer->xid);
    for (i = 0; i < 9; i++) {
        put32(at + 8 + 4 * i, words[i]);
    }
    put32(at + 24, (uint32_t)procedure);
}

static void vxi11_open(struct peer *peer)
{
    unsigned char call[CALL + 24] = {0}, reply[REPLY + 16];
    struct iovec out = {call, sizeof call}, in = {reply, sizeof reply};

    call_head(peer, call, CREATE_LINK, 24);
    put32(call + CALL + 12, 5);
    memcpy(call + CALL + 16, "inst0", 5);
    move_all(writev, peer->fd, &out, 1);
    move_all(readv, peer->fd, &in, 1);
    DEMAND(get32(reply + REPLY) == 0, "create_link");
    peer->link = get32(reply + REPLY + 4);
}

static void vxi11_close(struct peer *peer)
{
    unsigned char call[CALL + 4], reply[REPLY + 4];
    struct iovec out = {call, sizeof call}, in = {reply, sizeof reply};

    call_head(peer, call, DESTROY_LINK, 4);
    put32(call + CALL, peer->link);
    move_all(writev, peer->fd, &out, 1);
    move_all(readv, peer->fd, &in, 1);
}

static void vxi11_write(struct peer *peer, const unsigned char *data, size_t length)
{
    enum { ARGUMENTS = 20 };
    static const unsigned char zeros[4];
    size_t done = 0;

    do {
        unsigned char call[CALL + ARGUMENTS], reply[REPLY + 8];
        /* As much as the instrument says that it takes. */
        size_t piece = length - done < (1 << 20) ? length - done : (1 << 20);
        size_t padding = (4 - piece % 4) % 4;
        struct iovec out[3] = {{call, sizeof call}, {(void *)(data + done), piece}};
        struct iovec in = {reply, sizeof reply};

        out[2].iov_base = (void *)zeros;
        out[2].iov_len = padding;
        call_head(peer, call, DEVICE_WRITE, ARGUMENTS + piece + padding);
        put32(call + CALL, peer->link);
        put32(call + CALL + 4, 60000);
        put32(call + CALL + 8, 0);
        put32(call + CALL + 12, done + piece == length ? 8 : 0);
        put32(call + CALL + 16, (uint32_t)piece);
        move_all(writev, peer->fd, out, 3);
        move_all(readv, peer->fd, &in, 1);
        DEMAND(get32(reply + REPLY) == 0, "device_write");
        done += piece;
    } while (done < length);
}

static size_t vxi11_read(struct peer *peer, unsigned char *data, size_t room)
{
    enum { ARGUMENTS = 24, HEAD = REPLY + 12 };
    unsigned char call[CALL + ARGUMENTS], head[HEAD], padding[3];
    struct iovec out = {call, sizeof call};
    size_t got, all;

    call_head(peer, call, DEVICE_READ, ARGUMENTS);
    put32(call + CALL, peer->link);
    put32(call + CALL + 4, (uint32_t)room);
    put32(call + CALL + 8, 60000);
    memset(call + CALL + 12, 0, 12);
    move_all(writev, peer->fd, &out, 1);
    got = 0;
    all = HEAD;
    while (got < all) {
        size_t in_data = got > HEAD ? got - HEAD : 0;
        struct iovec parts[3] = {{head, HEAD}, {data, room}, {padding, 3}};
        struct iovec *first = parts;
        ssize_t count;

        if (got < HEAD) {
            parts[0].iov_base = head + got;
            parts[0].iov_len = HEAD - got;
        } else {
            first = parts + 1;
            parts[1].iov_base = data + in_data;
            parts[1].iov_len = room - in_data;
        }
        count = readv(peer->fd, first, (int)(parts + 3 - first));
        DEMAND(count > 0, "connection");
        got += (size_t)count;
        if (got >= HEAD) {
            all = 4 + (get32(head) & 0x7FFFFFFF);
        }
    }
    return get32(head + REPLY + 8);
}

/* All of them */

static void pty_open(struct peer *peer)
{
    struct termios settings;

    peer->fd = open(place, O_RDWR | O_NOCTTY | O_CLOEXEC);
    DEMAND(peer->fd >= 0, place);
    DEMAND(tcgetattr(peer->fd, &settings) == 0, "termios");
    cfmakeraw(&settings);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    DEMAND(tcsetattr(peer->fd, TCSANOW, &settings) == 0, "termios");
}

struct peer *peer_open(void)
{
    struct peer *peer = calloc(1, sizeof *peer);

    DEMAND(peer != NULL, "no memory");
    peer->second = -1;
    if (protocol == 'p') {
        pty_open(peer);
        return peer;
    }
    peer->fd = dial();
    if (protocol == 'h') {
        hislip_open(peer);
    } else if (protocol == 'v') {
        vxi11_open(peer);
    }
    return peer;
}

void peer_close(struct peer *peer)
{
    if (protocol == 'v') {
        vxi11_close(peer);
    }
    close(peer->fd);
    if (peer->second >= 0) {
        close(peer->second);
    }
    free(peer);
}

void peer_expect_blocks(struct peer *peer, int blocks)
{
    (void)peer;
    (void)blocks;
}

void peer_write(struct peer *peer, const void *data, size_t length)
{
    struct iovec part = {(void *)data, length};

    if (protocol == 'h') {
        hislip_write(peer, data, length);
    } else if (protocol == 'v') {
        vxi11_write(peer, data, length);
    } else {
        move_all(writev, peer->fd, &part, 1);
    }
}

size_t peer_read(struct peer *peer, void *data, size_t room)
{
    size_t got = 0;

    if (protocol == 'h') {
        return hislip_read(peer, data, room);
    }
    if (protocol == 'v') {
        return vxi11_read(peer, data, room);
    }
    /* Up to the count or the line feed, as far as that is the last byte that came. */
    while (got < room) {
        ssize_t count = read(peer->fd, (char *)data + got, room - got);

        DEMAND(count > 0, "connection");
        got += (size_t)count;
        if (((char *)data)[got - 1] == '\n') {
            break;
        }
    }
    return got;
}

int peer_command(const char *command)
{
    (void)command;
    return 0;
}
