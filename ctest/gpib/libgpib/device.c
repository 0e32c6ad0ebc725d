/* device.c: descriptors of boards and devices, and what is done with one device. */

#define _GNU_SOURCE
#include "internal.h"

#include <stdio.h>
#include <string.h>

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;

int ibdev(int board, int pad, int sad, int timeout, int send_eoi, int eos)
{
    struct descriptor made;
    int ud;
    set_err(0);
    set_cnt(0);
    if (board < 0 || board >= BOARDS || pad < 0 || pad > 30 || timeout < TNONE ||
        timeout > T1000s || (sad != NO_SAD && (sad < SECONDARY || sad > SECONDARY + 30)) ||
        (eos & ~0x1CFF) != 0) {
        set_err(EARG);
        leave_failed();
        return -1;
    }
    memset(&made, 0, sizeof made);
    made.in_use = 1;
    made.board = board;
    made.pad = pad;
    made.sad = sad == NO_SAD ? -1 : sad - SECONDARY;
    made.timeout = microseconds(timeout);
    made.poll_timeout = 1000000;
    made.eos = eos & 0xFF;
    made.eos_flags = eos & 0x1C00;
    made.send_eoi = send_eoi != 0;
    made.handle = -1;
    made.background.call.fd = -1;
    pthread_mutex_init(&made.background.mutex, NULL);
    pthread_mutex_lock(&table);
    for (ud = BOARDS; ud < DESCRIPTORS && descriptors[ud].in_use; ud++) {
    }
    if (ud < DESCRIPTORS) {
        descriptors[ud] = made;
    }
    pthread_mutex_unlock(&table);
    if (ud == DESCRIPTORS) {
        set_err(ETAB);
        leave_failed();
        return -1;
    }
    if (enter(ud, WITHOUT_LOCK) == NULL) {
        descriptors[ud].in_use = 0;
        leave_failed();
        return -1;
    }
    leave(&descriptors[ud], 0, WITHOUT_LOCK);
    return ud;
}

/* Only boards have names here. */
int ibfind(const char *name)
{
    int number, length = 0;
    if (name == NULL || sscanf(name, "gpib%d%n", &number, &length) != 1 ||
        name[length] != '\0' || number < 0 || number >= BOARDS) {
        set_err(EDVR);
        set_cnt(ENODEV);
        leave_failed();
        return -1;
    }
    if (enter(number, WITHOUT_LOCK) == NULL) {
        leave_failed();
        return -1;
    }
    leave(&descriptors[number], 0, WITHOUT_LOCK);
    return number;
}

int ibonl(int ud, int online)
{
    struct descriptor *descriptor = enter(ud, WITHOUT_LOCK | WHILE_BUSY);
    int sta;
    if (descriptor == NULL) {
        return leave_failed();
    }
    stop_background(descriptor);
    set_err(0);
    sta = leave(descriptor, 0, WITHOUT_LOCK);
    if (!online && !descriptor->is_board) {
        uint32_t handle = (uint32_t)descriptor->handle;
        if (ask_driver(descriptor, IBCLOSEDEV, &handle) < 0) {
            return leave_failed();
        }
        pthread_mutex_destroy(&descriptor->background.mutex);
        pthread_mutex_lock(&table);
        descriptor->in_use = 0;
        pthread_mutex_unlock(&table);
    }
    return sta;
}

/* A command for the device that the descriptor names. */
static int tell(int ud, unsigned char command)
{
    struct descriptor *descriptor = enter(ud, 0);
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = descriptor->is_board ? fails(EARG) : tell_device(descriptor, command);
    return leave(descriptor, outcome, 0);
}

int ibclr(int ud) { return tell(ud, SDC); }
int ibtrg(int ud) { return tell(ud, GET); }

/* For a board: its own local message. */
int ibloc(int ud)
{
    struct descriptor *descriptor;
    int outcome;
    if (ud >= BOARDS) {
        return tell(ud, GTL);
    }
    descriptor = enter(ud, 0);
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = ask_driver(descriptor, IBLOC, NULL);
    return leave(descriptor, outcome, 0);
}

int poll_device(struct descriptor *descriptor, int pad, int sad, unsigned timeout, char *status)
{
    struct serial_poll poll = { (uint32_t)pad, sad, 0 };
    uint32_t limit = timeout;
    if (ask_driver(descriptor, IBTMO, &limit) < 0) {
        return -1;
    }
    if (board_call(board_of(descriptor), IBRSP, &poll, NULL) < 0) {
        if (errno == ETIMEDOUT) {
            descriptor->timed_out = 1;
            return fails(EABO);
        }
        return errno == EPIPE ? fails(ESTB) : driver_error();
    }
    *status = (char)poll.status;
    return 0;
}

int ibrsp(int ud, char *status)
{
    struct descriptor *descriptor = enter(ud, 0);
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = descriptor->is_board ? fails(EARG)
                                   : poll_device(descriptor, descriptor->pad, descriptor->sad,
                                                 descriptor->poll_timeout, status);
    return leave(descriptor, outcome, 0);
}

int ibspb(int ud, short *count)
{
    struct descriptor *descriptor = enter(ud, 0);
    struct collected collected = { 0, 0, 0 };
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    if (descriptor->is_board) {
        return leave(descriptor, fails(EARG), 0);
    }
    collected.pad = (uint32_t)descriptor->pad;
    collected.sad = descriptor->sad;
    outcome = ask_driver(descriptor, IBSPOLL_BYTES, &collected);
    *count = (short)collected.count;
    return leave(descriptor, outcome, 0);
}

/* Whether NDAC is held when this was addressed and ATN is gone. */
static int is_heard(struct descriptor *descriptor, const unsigned char *addresses, int count,
                    short *heard)
{
    unsigned char bytes[40];
    static const unsigned char end[] = { UNL };
    int16_t lines = 0;
    long done;
    bytes[0] = UNL;
    memcpy(bytes + 1, addresses, (size_t)count);
    if (do_commands(descriptor, bytes, count + 1, &done, 0) < 0 ||
        ask_driver(descriptor, IBGTS, NULL) < 0 ||
        ask_driver(descriptor, IBLINES, &lines) < 0 ||
        do_commands(descriptor, end, 1, &done, 0) < 0) {
        return -1;
    }
    if ((lines & ValidNDAC) == 0) {
        return fails(ECAP);
    }
    *heard = (lines & BusNDAC) != 0;
    return 0;
}

/* `sad` as for ibln: 0 for none, -1 for any. */
int find_listener(struct descriptor *descriptor, int pad, int sad, short *found)
{
    unsigned char bytes[32];
    int count = 1, i;
    if (pad < 0 || pad > 30 ||
        (sad != NO_SAD && sad != ALL_SAD && (sad < SECONDARY || sad > SECONDARY + 30))) {
        return fails(EARG);
    }
    bytes[0] = (unsigned char)(LISTEN + pad);
    if (sad == ALL_SAD) {
        for (i = 0; i <= 30; i++) {
            bytes[count++] = (unsigned char)(SECONDARY + i);
        }
    } else if (sad != NO_SAD) {
        bytes[count++] = (unsigned char)sad;
    }
    return is_heard(descriptor, bytes, count, found);
}

int ibln(int ud, int pad, int sad, short *found)
{
    struct descriptor *descriptor = enter(ud, 0);
    int outcome;
    if (descriptor == NULL) {
        return leave_failed();
    }
    outcome = find_listener(descriptor, pad, sad, found);
    return leave(descriptor, outcome, 0);
}

/* UNL, the own listen address, the device's talk address, TCT, as linux-gpib has it. */
int pass_control(struct descriptor *descriptor, int pad, int sad)
{
    unsigned char bytes[8];
    int count = 0;
    long done;
    bytes[count++] = UNL;
    count += own_address(descriptor, 0, bytes + count);
    count += add_address(pad, sad, 1, bytes + count);
    bytes[count++] = TCT;
    return do_commands(descriptor, bytes, count, &done, 0);
}

/* Also when it has succeeded this ends with ERR and ECIC: a device's status cannot be asked for when
 * the board is not in charge. So it is in linux-gpib.
 */
int ibpct(int ud)
{
    struct descriptor *descriptor = enter(ud, 0);
    if (descriptor == NULL) {
        return leave_failed();
    }
    if (descriptor->is_board) {
        return leave(descriptor, fails(EARG), 0);
    }
    return leave(descriptor, pass_control(descriptor, descriptor->pad, descriptor->sad), 0);
}
