/* board.c: the calls of board.h. Where there is /dev/gpibN it is taken; else board 0 is the socket of
 * the bench that the environment names (GPIB_BENCH).
 */

#define _GNU_SOURCE
#include "board.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { OPEN_FILE = 1, CALL = 2 };

static pthread_mutex_t calls = PTHREAD_MUTEX_INITIALIZER;

static int send_all(int fd, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0) {
        ssize_t sent = send(fd, next, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return -1;
        }
        next += sent;
        count -= (size_t)sent;
    }
    return 0;
}

/* A signal interrupts the driver's call, whose answer then comes. */
static int receive_all(int fd, void *bytes, size_t count)
{
    char *next = bytes;
    while (count > 0) {
        ssize_t got = recv(fd, next, count, 0);
        if (got < 0 && errno == EINTR) {
            if (send_all(fd, "!", 1) < 0) {
                return -1;
            }
            continue;
        }
        if (got <= 0) {
            errno = EIO;
            return -1;
        }
        next += got;
        count -= (size_t)got;
    }
    return 0;
}

static int connected(void)
{
    struct sockaddr_un address = { AF_UNIX, "" };
    const char *folder = getenv("GPIB_BENCH");
    int fd;
    if (folder == NULL) {
        errno = ENOENT;
        return -1;
    }
    snprintf(address.sun_path, sizeof address.sun_path, "%s/board", folder);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

int board_open(struct board *board, int number)
{
    uint32_t open_file = OPEN_FILE;
    char path[32];
    memset(board, 0, sizeof *board);
    snprintf(path, sizeof path, "/dev/gpib%d", number);
    board->fd = open(path, O_RDWR | O_CLOEXEC);
    if (board->fd >= 0) {
        board->is_device = 1;
        return 0;
    }
    if (number != 0) {
        errno = ENODEV;
        board->fd = -1;
        return -1;
    }
    board->fd = connected();
    if (board->fd < 0) {
        return -1;
    }
    if (send_all(board->fd, &open_file, sizeof open_file) < 0 ||
        receive_all(board->fd, &board->file, sizeof board->file) < 0) {
        board_close(board);
        return -1;
    }
    return 0;
}

void board_close(struct board *board)
{
    int why = errno;
    close(board->fd);
    board->fd = -1;
    errno = why;
}

static void set_call(struct call *call, int fd)
{
    if (call != NULL) {
        pthread_mutex_lock(&calls);
        call->fd = fd;
        pthread_mutex_unlock(&calls);
    }
}

void board_interrupt(struct call *call)
{
    pthread_mutex_lock(&calls);
    if (call->fd >= 0) {
        send(call->fd, "!", 1, MSG_NOSIGNAL);
    }
    pthread_mutex_unlock(&calls);
}

struct answer {
    int32_t result;
    uint32_t argument;
    uint32_t data;
};

static int over_socket(int fd, const struct board *board, unsigned long request, void *argument)
{
    size_t size = _IOC_SIZE(request);
    int is_transfer = request == IBRD || request == IBWRT || request == IBCMD;
    struct transfer *transfer = argument;
    char *buffer = NULL;
    struct answer answer;
    struct {
        uint32_t kind, file[2], thread, request, argument, data;
    } head;
    memset(&head, 0, sizeof head);
    if (is_transfer) {
        buffer = (char *)(uintptr_t)transfer->buffer + transfer->completed;
    }
    head.kind = CALL;
    head.file[0] = (uint32_t)board->file;
    head.file[1] = (uint32_t)(board->file >> 32);
    head.thread = (uint32_t)syscall(SYS_gettid);
    head.request = (uint32_t)request;
    head.argument = (_IOC_DIR(request) & _IOC_WRITE) != 0 ? (uint32_t)size : 0;
    if (is_transfer && request != IBRD) {
        head.data = transfer->requested - transfer->completed;
    }
    if (send_all(fd, &head, sizeof head) < 0 || send_all(fd, argument, head.argument) < 0 ||
        send_all(fd, buffer, head.data) < 0 || receive_all(fd, &answer, sizeof answer) < 0) {
        return -1;
    }
    if (answer.argument > size || (is_transfer && answer.data > transfer->requested)) {
        errno = EIO;
        return -1;
    }
    if (receive_all(fd, argument, answer.argument) < 0 ||
        receive_all(fd, buffer, answer.data) < 0) {
        return -1;
    }
    if (answer.result < 0) {
        errno = -answer.result;
        return -1;
    }
    return answer.result;
}

/* Calls that come back at once share a connection, one for each thread. Others have their own, for
 * whatever comes on it meanwhile interrupts the call.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t kept;

struct connection {
    int fd;
    pid_t process;
};

static void drop(void *connection)
{
    close(((struct connection *)connection)->fd);
    free(connection);
}

static void make_key(void)
{
    pthread_key_create(&kept, drop);
}

static void drop_connection(void)
{
    void *connection = pthread_getspecific(kept);
    if (connection != NULL) {
        pthread_setspecific(kept, NULL);
        drop(connection);
    }
}

static int kept_connection(void)
{
    struct connection *connection;
    pthread_once(&once, make_key);
    connection = pthread_getspecific(kept);
    if (connection != NULL && connection->process == getpid()) {
        return connection->fd;
    }
    /* A forked child has its own. */
    drop_connection();
    connection = malloc(sizeof *connection);
    if (connection == NULL) {
        return -1;
    }
    connection->process = getpid();
    connection->fd = connected();
    if (connection->fd < 0) {
        free(connection);
        return -1;
    }
    pthread_setspecific(kept, connection);
    return connection->fd;
}

static int may_wait(unsigned long request, const void *argument)
{
    switch (request) {
    case IBRD: case IBWRT: case IBCMD: case IBRSP: return 1;
    case IBMUTEX: return *(const int32_t *)argument != 0;
    case IBWAIT: return ((const struct waiting *)argument)->wait_mask != 0;
    default: return 0;
    }
}

/* A device may move less than all of a transfer at once: then it goes on where it was. A call that may
 * be interrupted is where its thread may be cancelled, as linux-gpib does it.
 */
static int call_device(const struct board *board, unsigned long request, void *argument,
                       const struct call *call)
{
    int state = 0, type = 0, why;
    int is_transfer = request == IBRD || request == IBWRT || request == IBCMD;
    const struct transfer *transfer = argument;
    int result;
    uint32_t before;
    if (call != NULL) {
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    }
    do {
        before = is_transfer ? transfer->completed : 0;
        result = ioctl(board->fd, request, argument);
    } while (result >= 0 && is_transfer && transfer->completed < transfer->requested &&
             transfer->completed > before && (request != IBRD || !transfer->end));
    why = errno;
    if (call != NULL) {
        pthread_setcancelstate(state, NULL);
        pthread_setcanceltype(type, NULL);
    }
    errno = why;
    return result;
}

int board_call(const struct board *board, unsigned long request, void *argument,
               struct call *call)
{
    int fd, result, why;
    if (board->is_device) {
        return call_device(board, request, argument, call);
    }
    if (!may_wait(request, argument)) {
        fd = kept_connection();
        result = fd < 0 ? -1 : over_socket(fd, board, request, argument);
        why = errno;
        if (result < 0 && why == EIO) {
            drop_connection();
        }
    } else {
        fd = connected();
        if (fd < 0) {
            return -1;
        }
        set_call(call, fd);
        result = over_socket(fd, board, request, argument);
        why = errno;
        set_call(call, -1);
        close(fd);
    }
    errno = why;
    return result;
}
