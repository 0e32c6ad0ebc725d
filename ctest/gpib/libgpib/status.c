/* status.c: ibsta, iberr and ibcnt, for each thread and for all; entering and leaving. */

#define _GNU_SOURCE
#include "internal.h"

#include <stdio.h>
#include <string.h>

volatile int ibsta, ibcnt, iberr;
volatile long ibcntl;

static __thread int sta, err, async_sta, async_err;
static __thread long cnt, async_cnt;

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static struct board boards[BOARDS];
static int board_is_open[BOARDS];

struct descriptor descriptors[DESCRIPTORS];

int ThreadIbsta(void) { return sta; }
int ThreadIberr(void) { return err; }
int ThreadIbcnt(void) { return (int)cnt; }
long ThreadIbcntl(void) { return cnt; }
int AsyncIbsta(void) { return async_sta; }
int AsyncIberr(void) { return async_err; }
int AsyncIbcnt(void) { return (int)async_cnt; }
long AsyncIbcntl(void) { return async_cnt; }

void set_sta(int value) { sta = value; }
void set_err(int value) { err = value; }
void set_cnt(long value) { cnt = value; }

void publish(void)
{
    ibsta = sta;
    iberr = err;
    ibcnt = (int)cnt;
    ibcntl = cnt;
}

void set_async(const struct background *of)
{
    async_sta = of->sta;
    async_err = of->err;
    async_cnt = of->cnt;
}

int fails(int error)
{
    err = error;
    return -1;
}

int driver_error(void)
{
    cnt = errno;
    return fails(EDVR);
}

void ibvers(char **version)
{
    static char text[] = "0.0.0 (a stand-in for tests)";
    *version = text;
}

const char *gpib_error_string(int error)
{
    static const char *const names[] = {
        "EDVR", "ECIC", "ENOL", "EADR", "EARG", "ESAC", "EABO", "ENEB", "EDMA", "9", "EOIP", "ECAP",
        "EFSO", "13", "EBUS", "ESTB", "ESRQ", "17", "18", "19", "ETAB",
    };
    return error >= 0 && error < (int)(sizeof names / sizeof *names) ? names[error] : "unknown";
}

struct board *board_of(const struct descriptor *descriptor)
{
    return &boards[descriptor->board];
}

int ask_driver(const struct descriptor *descriptor, unsigned long request, void *argument)
{
    if (board_call(board_of(descriptor), request, argument, NULL) < 0) {
        return driver_error();
    }
    return 0;
}

int lock_board(const struct descriptor *descriptor, int lock)
{
    int32_t argument = lock;
    return ask_driver(descriptor, IBMUTEX, &argument);
}

/* The board's file, with automatic polls as linux-gpib begins, and the descriptor's handle. */
static int make_open(struct descriptor *descriptor)
{
    int outcome = 0;
    pthread_mutex_lock(&opening);
    if (!board_is_open[descriptor->board]) {
        int16_t on = 1;
        if (board_open(board_of(descriptor), descriptor->board) < 0) {
            outcome = driver_error();
        } else {
            board_is_open[descriptor->board] = 1;
            outcome = ask_driver(descriptor, IBAUTOSPOLL, &on);
        }
    }
    if (outcome == 0 && descriptor->handle < 0) {
        struct open_device device = { 0, (uint32_t)descriptor->pad, descriptor->sad, 0 };
        outcome = ask_driver(descriptor, IBOPENDEV, &device);
        descriptor->handle = outcome == 0 ? (int)device.handle : -1;
    }
    pthread_mutex_unlock(&opening);
    return outcome;
}

struct descriptor *enter(int ud, int how)
{
    struct descriptor *descriptor;
    err = 0;
    cnt = 0;
    if (ud < 0 || ud >= DESCRIPTORS) {
        err = EARG;
        return NULL;
    }
    descriptor = &descriptors[ud];
    if (ud < BOARDS && !descriptor->in_use) {
        /* Boards are there without being asked for. */
        memset(descriptor, 0, sizeof *descriptor);
        pthread_mutex_init(&descriptor->background.mutex, NULL);
        descriptor->background.call.fd = -1;
        descriptor->in_use = descriptor->is_board = descriptor->send_eoi = 1;
        descriptor->board = ud;
        descriptor->sad = -1;
        descriptor->timeout = 3000000;
        descriptor->poll_timeout = 1000000;
    }
    if (!descriptor->in_use) {
        err = EARG;
        return NULL;
    }
    if (make_open(descriptor) < 0) {
        return NULL;
    }
    if (descriptor->background.exists && !descriptor->background.is_done &&
        (how & (WITHOUT_LOCK | WHILE_BUSY)) == 0) {
        err = EOIP;
        return NULL;
    }
    descriptor->timed_out = 0;
    if ((how & WITHOUT_LOCK) == 0 && lock_board(descriptor, 1) < 0) {
        return NULL;
    }
    return descriptor;
}

int is_cic(const struct descriptor *descriptor)
{
    struct waiting now = { 0, 0, 0, 0, 0, 0, 0, 0 };
    if (ask_driver(descriptor, IBWAIT, &now) < 0) {
        return 0;
    }
    return (now.status & CIC) != 0;
}

int is_system_controller(const struct descriptor *descriptor)
{
    struct board_info info;
    return ask_driver(descriptor, IBBOARD_INFO, &info) == 0 && info.is_system_controller;
}

int look(struct descriptor *descriptor, int wait_mask, int clear_mask, int set_mask, int *status)
{
    struct waiting waiting = { descriptor->handle, wait_mask, clear_mask, set_mask, 0, 0, 0, 0 };
    int known = TIMO | END | CMPL | (descriptor->is_board ? 0x17FF & ~RQS & ~EVENT : RQS);
    if (!descriptor->is_board && !is_cic(descriptor)) {
        return fails(ECIC);
    }
    if ((wait_mask & ~known) != 0) {
        return fails(EARG);
    }
    waiting.timeout = descriptor->timeout;
    if (ask_driver(descriptor, IBWAIT, &waiting) < 0) {
        return -1;
    }
    *status = waiting.status & known;
    return 0;
}

int leave(struct descriptor *descriptor, int outcome, int how)
{
    int status = 0;
    int before = err;
    long count = cnt;
    if (look(descriptor, 0, (how & CLEARS) != 0 ? DCAS : 0, 0, &status) < 0) {
        outcome = -1;
    } else {
        err = before;
        cnt = count;
    }
    sta = status | (outcome < 0 ? ERR : 0) | (descriptor->end ? END : 0) |
          (descriptor->timed_out ? TIMO : 0);
    if ((how & WITHOUT_LOCK) == 0) {
        lock_board(descriptor, 0);
    }
    publish();
    return sta;
}

int leave_failed(void)
{
    sta = ERR;
    publish();
    return sta;
}

/* One and three of each decade, from 10 us. */
unsigned microseconds(int code)
{
    unsigned unit = 10;
    int i;
    if (code == TNONE) {
        return 0;
    }
    for (i = 1; i < code - 1; i += 2) {
        unit *= 10;
    }
    return code % 2 == 1 ? unit : unit * 3;
}

int step_of(unsigned timeout)
{
    int code;
    for (code = 1; timeout > 0 && code < T1000s; code++) {
        if (microseconds(code) >= timeout) {
            break;
        }
    }
    return timeout == 0 ? TNONE : code;
}
