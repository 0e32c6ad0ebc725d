/* internal.h: what the parts of the stand-in share. */

#ifndef INTERNAL_H
#define INTERNAL_H

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include "board.h"
#include "ib.h"

enum { BOARDS = 16, DESCRIPTORS = 1024 };

/* An operation in the background. */
struct background {
    pthread_t thread;
    int exists;     /* the thread was started and not joined */
    int is_done;
    int what;
    void *buffer;
    long count;
    unsigned timeout;
    int sta, err;
    long cnt;
    struct call call;
    int stopped;
    pthread_mutex_t mutex;
};

/* A board or a device, as ibfind and ibdev give it. */
struct descriptor {
    int in_use;
    int is_board;
    int board;
    int pad, sad;           /* sad negative: none */
    unsigned timeout;       /* in microseconds, 0 for none */
    unsigned poll_timeout;
    int eos, eos_flags;
    int send_eoi;
    int readdr, unaddr;
    int handle;
    int end, timed_out;
    struct background background;
};

extern struct descriptor descriptors[DESCRIPTORS];

/* The calling thread's status. */
void set_sta(int value);
void set_err(int value);
void set_cnt(long value);
void publish(void);
void set_async(const struct background *of);

/* Fails with EDVR and errno. Returns -1. */
int driver_error(void);
/* Fails with this error. Returns -1. */
int fails(int error);

struct board *board_of(const struct descriptor *descriptor);
int ask_driver(const struct descriptor *descriptor, unsigned long request, void *argument);

/* Opens what is not open yet, and takes the board for the calling thread: every function begins
 * with `enter` and ends with `leave`, which gives ibsta. Null when that fails; `leave_failed` then. */
enum { WITHOUT_LOCK = 1, WHILE_BUSY = 2, CLEARS = 4 /* DCAS, once told */ };
struct descriptor *enter(int ud, int how);
int leave(struct descriptor *descriptor, int outcome, int how);
int leave_failed(void);

int lock_board(const struct descriptor *descriptor, int lock);
int is_cic(const struct descriptor *descriptor);
int is_system_controller(const struct descriptor *descriptor);
/* The status word, and END, TIMO of the last operation. */
int look(struct descriptor *descriptor, int wait_mask, int clear_mask, int set_mask, int *status);
unsigned microseconds(int code);
int step_of(unsigned timeout);

int do_commands(struct descriptor *descriptor, const void *bytes, long count, long *done,
                int goes_on);
int do_write(struct descriptor *descriptor, const void *buffer, long count, long *done);
int do_read(struct descriptor *descriptor, void *buffer, long count, long *done);
int write_bytes(struct descriptor *descriptor, const void *buffer, long count, int eoi, long *done);
int read_bytes(struct descriptor *descriptor, void *buffer, long count, long *done);
int set_read_end(const struct descriptor *descriptor, int eos, int flags);
/* Address commands; how many bytes were added. */
int own_address(const struct descriptor *descriptor, int talk, unsigned char *to);
int add_address(int pad, int sad, int talk, unsigned char *to);
/* UNL, the device's listen address, and this command. */
int tell_device(struct descriptor *descriptor, unsigned char command);
int find_listener(struct descriptor *descriptor, int pad, int sad, short *found);
int poll_device(struct descriptor *descriptor, int pad, int sad, unsigned timeout, char *status);
int pass_control(struct descriptor *descriptor, int pad, int sad);
int stop_background(struct descriptor *descriptor);
int join_background(struct descriptor *descriptor);
int set_pad(struct descriptor *descriptor, int value);
int set_sad(struct descriptor *descriptor, int value);
int set_remote(struct descriptor *descriptor, int value);

enum {
    GTL = 0x01, SDC = 0x04, PPC = 0x05, GET = 0x08, TCT = 0x09, LLO = 0x11, DCL = 0x14, PPU = 0x15,
    UNL = 0x3F, UNT = 0x5F, LISTEN = 0x20, TALK = 0x40, SECONDARY = 0x60
};

#endif
