/* transfer.c: data and commands, also in the background. */

#define _GNU_SOURCE
#include "internal.h"

#include <string.h>
#include <time.h>

enum { READ, WRITE, COMMANDS };

/* The call of the calling thread that ibstop may interrupt. */
static __thread struct call *interruptible;

static int set_timeout(const struct descriptor *descriptor, unsigned timeout)
{
    uint32_t argument = timeout;
    return ask_driver(descriptor, IBTMO, &argument);
}

/* One call of the driver; `refused` is the errno that means that nobody listens. */
static int transfer(struct descriptor *descriptor, unsigned long request, struct transfer *transfer,
                    int refused, int late)
{
    if (set_timeout(descriptor, descriptor->timeout) < 0) {
        return -1;
    }
    if (board_call(board_of(descriptor), request, transfer, interruptible) >= 0) {
        return 0;
    }
    if (errno == ETIMEDOUT) {
        descriptor->timed_out = 1;
        return fails(late);
    }
    if (errno == EINTR) {
        return fails(EABO);
    }
    return errno == refused ? fails(ENOL) : driver_error();
}

int do_commands(struct descriptor *descriptor, const void *bytes, long count, long *done,
                int goes_on)
{
    struct transfer it = { (uintptr_t)bytes, (uint32_t)count, 0, goes_on, descriptor->handle };
    int outcome;
    *done = 0;
    if (!is_cic(descriptor)) {
        return fails(ECIC);
    }
    outcome = transfer(descriptor, IBCMD, &it, ENOTCONN, EBUS);
    *done = it.completed;
    return outcome;
}

int add_address(int pad, int sad, int talk, unsigned char *to)
{
    to[0] = (unsigned char)((talk ? TALK : LISTEN) + pad);
    to[1] = (unsigned char)(SECONDARY + sad);
    return sad < 0 ? 1 : 2;
}

int own_address(const struct descriptor *descriptor, int talk, unsigned char *to)
{
    struct board_info info;
    if (ask_driver(descriptor, IBBOARD_INFO, &info) < 0) {
        return 0;
    }
    return add_address((int)info.pad, info.sad, talk, to);
}

/* linux-gpib's order: for a write MTA, UNL, MLA; for a read UNL, MLA, MTA. */
static int address_device(struct descriptor *descriptor, int talks)
{
    unsigned char bytes[8];
    int count = 0;
    long done;
    if (talks) {
        bytes[count++] = UNL;
        count += own_address(descriptor, 0, bytes + count);
        count += add_address(descriptor->pad, descriptor->sad, 1, bytes + count);
    } else {
        count += own_address(descriptor, 1, bytes + count);
        bytes[count++] = UNL;
        count += add_address(descriptor->pad, descriptor->sad, 0, bytes + count);
    }
    return do_commands(descriptor, bytes, count, &done, 1);
}

static int unaddress(struct descriptor *descriptor)
{
    static const unsigned char bytes[] = { UNT, UNL };
    long done;
    if (descriptor->is_board || !descriptor->unaddr) {
        return 0;
    }
    return do_commands(descriptor, bytes, 2, &done, 0);
}

int set_read_end(const struct descriptor *descriptor, int eos, int flags)
{
    struct end_of_string end = { eos, flags };
    return ask_driver(descriptor, IBEOS, &end);
}

int read_bytes(struct descriptor *descriptor, void *buffer, long count, long *done)
{
    struct transfer it = { (uintptr_t)buffer, (uint32_t)count, 0, 0, descriptor->handle };
    int outcome = transfer(descriptor, IBRD, &it, -1, EABO);
    descriptor->end = it.end;
    *done = it.completed;
    return outcome;
}

int write_bytes(struct descriptor *descriptor, const void *buffer, long count, int eoi, long *done)
{
    struct transfer it = { (uintptr_t)buffer, (uint32_t)count, 0, eoi, descriptor->handle };
    int outcome = transfer(descriptor, IBWRT, &it, ECOMM, EABO);
    *done = it.completed;
    descriptor->end = eoi && *done == count;
    return outcome;
}

int do_read(struct descriptor *descriptor, void *buffer, long count, long *done)
{
    int outcome;
    *done = 0;
    if (set_read_end(descriptor, descriptor->eos, descriptor->eos_flags) < 0 ||
        (!descriptor->is_board && address_device(descriptor, 1) < 0)) {
        return -1;
    }
    outcome = read_bytes(descriptor, buffer, count, done);
    return unaddress(descriptor) < 0 ? -1 : outcome;
}

/* With XEOS, EOI goes with each end-of-string byte too: the data is sent in parts. */
static int is_eos(const struct descriptor *descriptor, unsigned char byte)
{
    int mask = (descriptor->eos_flags & BIN) != 0 ? 0xFF : 0x7F;
    return (descriptor->eos_flags & XEOS) != 0 && ((byte ^ descriptor->eos) & mask) == 0;
}

static long part_of(const struct descriptor *descriptor, const unsigned char *bytes, long count)
{
    long i;
    for (i = 0; i < count; i++) {
        if (is_eos(descriptor, bytes[i])) {
            return i + 1;
        }
    }
    return count;
}

int do_write(struct descriptor *descriptor, const void *buffer, long count, long *done)
{
    const unsigned char *bytes = buffer;
    int outcome = 0;
    *done = 0;
    if (!descriptor->is_board && address_device(descriptor, 0) < 0) {
        return -1;
    }
    while (outcome == 0 && *done < count) {
        long moved = 0, part = part_of(descriptor, bytes + *done, count - *done);
        int last = *done + part == count;
        int eoi = (last && descriptor->send_eoi) || is_eos(descriptor, bytes[*done + part - 1]);
        outcome = write_bytes(descriptor, bytes + *done, part, eoi, &moved);
        *done += moved;
    }
    return unaddress(descriptor) < 0 ? -1 : outcome;
}

int tell_device(struct descriptor *descriptor, unsigned char command)
{
    unsigned char bytes[8];
    int count = 0;
    long done;
    bytes[count++] = UNL;
    count += add_address(descriptor->pad, descriptor->sad, 0, bytes + count);
    bytes[count++] = command;
    bytes[count++] = UNL;
    return do_commands(descriptor, bytes, count, &done, 0);
}

/* ---- the functions */

static int finished(struct descriptor *descriptor, int outcome, long done)
{
    if (outcome == 0 || ThreadIberr() != EDVR) {
        set_cnt(done);
    }
    return leave(descriptor, outcome, CLEARS);
}

int ibrd(int ud, void *buffer, long count)
{
    struct descriptor *descriptor = enter(ud, 0);
    long done;
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    descriptor->end = 0;
    outcome = do_read(descriptor, buffer, count, &done);
    return finished(descriptor, outcome, done);
}

int ibwrt(int ud, const void *buffer, long count)
{
    struct descriptor *descriptor = enter(ud, 0);
    long done;
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    descriptor->end = 0;
    outcome = do_write(descriptor, buffer, count, &done);
    return finished(descriptor, outcome, done);
}

int ibcmd(int ud, const void *commands, long count)
{
    struct descriptor *descriptor = enter(ud, 0);
    long done = 0;
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = descriptor->is_board ? do_commands(descriptor, commands, count, &done, 0)
                                   : fails(EARG);
    if (outcome == 0 || ThreadIberr() != EDVR) {
        set_cnt(done);
    }
    return leave(descriptor, outcome, 0);
}

/* ---- in the background */

static void finish(struct descriptor *descriptor, int outcome, long done)
{
    struct background *background = &descriptor->background;
    int status = 0;
    pthread_mutex_lock(&background->mutex);
    background->err = outcome < 0 ? ThreadIberr() : 0;
    background->cnt = outcome < 0 && background->err == EDVR ? ThreadIbcntl() : done;
    background->sta = CMPL | (outcome < 0 ? ERR : 0) | (descriptor->end ? END : 0) |
                      (descriptor->timed_out ? TIMO : 0);
    background->is_done = 1;
    pthread_mutex_unlock(&background->mutex);
    look(descriptor, 0, 0, CMPL, &status);
    lock_board(descriptor, 0);
}

static void cancelled(void *argument)
{
    finish(argument, fails(EABO), 0);
}

static void *work(void *argument)
{
    struct descriptor *descriptor = argument;
    struct background *background = &descriptor->background;
    long done = 0;
    int outcome;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    set_err(0);
    set_cnt(0);
    outcome = lock_board(descriptor, 1);
    pthread_cleanup_push(cancelled, descriptor);
    if (outcome == 0) {
        interruptible = &background->call;
        if (background->stopped) {
            outcome = fails(EABO);
        } else if (background->what == READ) {
            outcome = do_read(descriptor, background->buffer, background->count, &done);
        } else if (background->what == WRITE) {
            outcome = do_write(descriptor, background->buffer, background->count, &done);
        } else {
            outcome = do_commands(descriptor, background->buffer, background->count, &done, 1);
        }
        interruptible = NULL;
    }
    pthread_cleanup_pop(0);
    finish(descriptor, outcome, done);
    return NULL;
}

static int begin(int ud, int what, void *buffer, long count)
{
    struct descriptor *descriptor = enter(ud, WITHOUT_LOCK);
    struct background *background;
    int status;
    if (descriptor == NULL) {
        return leave_failed();
    }
    background = &descriptor->background;
    if (what == COMMANDS && !descriptor->is_board) {
        return leave(descriptor, fails(EARG), WITHOUT_LOCK);
    }
    if (what == COMMANDS && !is_cic(descriptor)) {
        return leave(descriptor, fails(ECIC), WITHOUT_LOCK);
    }
    if (background->exists) {
        return leave(descriptor, fails(EOIP), WITHOUT_LOCK);
    }
    background->what = what;
    background->buffer = buffer;
    background->count = count;
    background->is_done = background->stopped = 0;
    descriptor->end = 0;
    /* No CMPL from here on. */
    if (look(descriptor, 0, CMPL, 0, &status) < 0) {
        return leave(descriptor, -1, WITHOUT_LOCK);
    }
    errno = pthread_create(&background->thread, NULL, work, descriptor);
    if (errno != 0) {
        return leave(descriptor, driver_error(), WITHOUT_LOCK);
    }
    background->exists = 1;
    return leave(descriptor, 0, WITHOUT_LOCK);
}

int ibrda(int ud, void *buffer, long count) { return begin(ud, READ, buffer, count); }

int ibwrta(int ud, const void *buffer, long count)
{
    return begin(ud, WRITE, (void *)(uintptr_t)buffer, count);
}

int ibcmda(int ud, const void *commands, long count)
{
    return begin(ud, COMMANDS, (void *)(uintptr_t)commands, count);
}

/* Takes over what it came to; 1 if there was one. */
int join_background(struct descriptor *descriptor)
{
    struct background *background = &descriptor->background;
    if (!background->exists) {
        return 0;
    }
    pthread_join(background->thread, NULL);
    background->exists = 0;
    set_async(background);
    set_err(background->err);
    set_cnt(background->cnt);
    return 1;
}

/* 1 if there was one: stopped, or over and not waited for, which linux-gpib does not tell apart. What
 * had been moved before it was stopped is not known.
 */
int stop_background(struct descriptor *descriptor)
{
    struct background *background = &descriptor->background;
    int running;
    if (!background->exists) {
        return 0;
    }
    pthread_mutex_lock(&background->mutex);
    running = !background->is_done;
    background->stopped = 1;
    pthread_mutex_unlock(&background->mutex);
    if (running && board_of(descriptor)->is_device) {
        pthread_cancel(background->thread);
    }
    while (running) {
        struct timespec pause = { 0, 1000000 };
        /* It may be between two calls: again, until it has noticed. */
        if (!board_of(descriptor)->is_device) {
            board_interrupt(&background->call);
        }
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&background->mutex);
        running = !background->is_done;
        pthread_mutex_unlock(&background->mutex);
    }
    if (background->err == EABO && (background->sta & TIMO) == 0) {
        background->sta = background->err = 0;
        background->cnt = 0;
    }
    pthread_join(background->thread, NULL);
    background->exists = 0;
    set_async(background);
    return 1;
}

int ibstop(int ud)
{
    struct descriptor *descriptor = enter(ud, WITHOUT_LOCK);
    if (descriptor == NULL) {
        return leave_failed();
    }
    if (stop_background(descriptor)) {
        return leave(descriptor, fails(EABO), WITHOUT_LOCK);
    }
    return leave(descriptor, 0, WITHOUT_LOCK);
}
