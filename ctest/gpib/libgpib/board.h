/* board.h: the driver's calls, by a device file or by the socket of the bench (../server.rs). */

#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/types.h>

struct transfer {
    uint64_t buffer;
    uint32_t requested;
    uint32_t completed;
    int32_t end;
    int32_t handle;
};

struct open_device {
    uint32_t handle;
    uint32_t pad;
    int32_t sad;
    uint32_t is_board;
};

struct serial_poll {
    uint32_t pad;
    int32_t sad;
    uint8_t status;
};

struct end_of_string {
    int32_t eos;
    int32_t flags;
};

struct waiting {
    int32_t handle;
    int32_t wait_mask;
    int32_t clear_mask;
    int32_t set_mask;
    int32_t status;
    int32_t pad;
    int32_t sad;
    uint32_t timeout;
};

struct collected {
    uint32_t count;
    uint32_t pad;
    int32_t sad;
};

struct board_info {
    uint32_t pad;
    int32_t sad;
    int32_t parallel;
    int32_t autopolling;
    int32_t is_system_controller;
    uint32_t t1_delay;
    uint32_t ist;
};

struct parallel_config {
    uint8_t config;
    uint8_t flags;
    uint8_t unused[2];
};

struct handle_pad {
    uint32_t handle;
    uint32_t pad;
};

struct handle_sad {
    uint32_t handle;
    int32_t sad;
};

#define IBRD _IOWR(160, 100, struct transfer)
#define IBWRT _IOWR(160, 101, struct transfer)
#define IBCMD _IOWR(160, 102, struct transfer)
#define IBOPENDEV _IOWR(160, 3, struct open_device)
#define IBCLOSEDEV _IOW(160, 4, uint32_t)
#define IBWAIT _IOWR(160, 5, struct waiting)
#define IBRPP _IOWR(160, 6, uint8_t)
#define IBSIC _IOW(160, 9, uint32_t)
#define IBSRE _IOW(160, 10, int32_t)
#define IBGTS _IO(160, 11)
#define IBCAC _IOW(160, 12, int32_t)
#define IBLINES _IOR(160, 14, int16_t)
#define IBPAD _IOW(160, 15, struct handle_pad)
#define IBSAD _IOW(160, 16, struct handle_sad)
#define IBTMO _IOW(160, 17, uint32_t)
#define IBRSP _IOWR(160, 18, struct serial_poll)
#define IBEOS _IOW(160, 19, struct end_of_string)
#define IBRSV _IOW(160, 20, uint8_t)
#define IBMUTEX _IOW(160, 26, int32_t)
#define IBSPOLL_BYTES _IOWR(160, 27, struct collected)
#define IBPPC _IOW(160, 28, struct parallel_config)
#define IBBOARD_INFO _IOR(160, 29, struct board_info)
#define IBQUERY_BOARD_RSV _IOR(160, 31, int32_t)
#define IBEVENT _IOR(160, 33, int16_t)
#define IBRSC _IOW(160, 34, int32_t)
#define IB_T1_DELAY _IOW(160, 35, uint32_t)
#define IBLOC _IO(160, 36)
#define IBAUTOSPOLL _IOW(160, 38, int16_t)

/* How a thread's call can be ended by another thread. */
struct call {
    int fd; /* of the connection, -1 when there is none */
};

/* An open board: a file, or the connection that stands for one. */
struct board {
    int fd;
    int is_device;
    uint64_t file;
};

/* 0, or -1 with errno. */
int board_open(struct board *board, int number);
void board_close(struct board *board);

/* As ioctl(2). `call`, if not null, can be interrupted meanwhile. */
int board_call(const struct board *board, unsigned long request, void *argument,
               struct call *call);
void board_interrupt(struct call *call);

#endif
