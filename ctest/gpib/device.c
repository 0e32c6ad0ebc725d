/* device.c: that /dev/gpib0 does what Linux's driver does with its calls. Structures and numbers come
 * from libgpib/board.h; instruments are at 5, 9 and 12:3.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include "bus.h"
#include "libgpib/board.h"
#include "libgpib/ib.h"

#define DOES(call) CHECK((call) == 0)
#define REFUSED(call, error) \
    do { \
        errno = 0; \
        CHECK((call) == -1); \
        if (errno != (error)) { \
            printf("%s:%d: %s: errno %d, must be %d\n", __FILE__, __LINE__, #call, errno, (error)); \
            exit(1); \
        } \
    } while (0)

static int open_board(void)
{
    int fd = open("/dev/gpib0", O_RDWR);
    CHECK(fd >= 0);
    return fd;
}

static int lock(int fd, int32_t on) { return ioctl(fd, IBMUTEX, &on); }

static int set_timeout(int fd, uint32_t microseconds) { return ioctl(fd, IBTMO, &microseconds); }

static int commands(int fd, const char *bytes, uint32_t count)
{
    struct transfer it = { (uintptr_t)bytes, count, 0, 0, 0 };
    int outcome = ioctl(fd, IBCMD, &it);
    CHECK(outcome < 0 || it.completed == count);
    return outcome;
}

static int send_data(int fd, const void *bytes, uint32_t count, uint32_t *done)
{
    struct transfer it = { (uintptr_t)bytes, count, 0, 1, 0 };
    int outcome = ioctl(fd, IBWRT, &it);
    *done = it.completed;
    return outcome;
}

static int receive(int fd, void *bytes, uint32_t most, uint32_t *done, int32_t *end)
{
    struct transfer it = { (uintptr_t)bytes, most, 0, 0, 0 };
    int outcome = ioctl(fd, IBRD, &it);
    *done = it.completed;
    *end = it.end;
    return outcome;
}

static int status_of(int fd)
{
    struct waiting now = { 0, 0, 0, 0, 0, 0, 0, 0 };
    CHECK(ioctl(fd, IBWAIT, &now) == 0);
    return now.status;
}

/* The numbers that Linux has on this machine. */
static void numbers(void)
{
    CHECK(IBRD == 0xC018A064 && IBWRT == 0xC018A065 && IBCMD == 0xC018A066);
    CHECK(IBOPENDEV == 0xC010A003 && IBCLOSEDEV == 0x4004A004 && IBWAIT == 0xC020A005);
    CHECK(IBRPP == 0xC001A006 && IBSIC == 0x4004A009 && IBSRE == 0x4004A00A && IBGTS == 0xA00B);
    CHECK(IBCAC == 0x4004A00C && IBLINES == 0x8002A00E && IBPAD == 0x4008A00F);
    CHECK(IBSAD == 0x4008A010 && IBTMO == 0x4004A011 && IBRSP == 0xC00CA012);
    CHECK(IBEOS == 0x4008A013 && IBRSV == 0x4001A014 && IBMUTEX == 0x4004A01A);
    CHECK(IBSPOLL_BYTES == 0xC00CA01B && IBPPC == 0x4004A01C && IBBOARD_INFO == 0x801CA01D);
    CHECK(IBQUERY_BOARD_RSV == 0x8004A01F && IBEVENT == 0x8002A021 && IBRSC == 0x4004A022);
    CHECK(IB_T1_DELAY == 0x4004A023 && IBLOC == 0xA024 && IBAUTOSPOLL == 0x4002A026);
}

/* Commands, data both ways, lines and the state of the board. */
static void transfers(void)
{
    int fd = open_board();
    char answer[64];
    uint32_t done = 0;
    int32_t end = 0, on = 0;
    int16_t lines = 0;
    struct board_info info;
    struct end_of_string comma = { ',', REOS | BIN }, none = { 0, 0 };
    EXPECT_BUS("forget", "");
    DOES(lock(fd, 1));
    DOES(commands(fd, "\x3F\x40\x25", 3));
    CHECK((status_of(fd) & (CIC | ATN | TACS | LACS | CMPL)) == (CIC | ATN | TACS | CMPL));
    DOES(send_data(fd, "ECHO a,b", 8, &done));
    CHECK(done == 8);
    DOES(commands(fd, "\x3F\x20\x45", 3));
    DOES(ioctl(fd, IBEOS, &comma));
    DOES(receive(fd, answer, sizeof answer, &done, &end));
    CHECK(done == 2 && end && memcmp(answer, "a,", 2) == 0);
    DOES(ioctl(fd, IBEOS, &none));
    DOES(receive(fd, answer, 1, &done, &end));
    CHECK(done == 1 && !end && answer[0] == 'b');
    DOES(receive(fd, answer, sizeof answer, &done, &end));
    CHECK(done == 1 && end && answer[0] == '\n');
    EXPECT_BUS("log", "3F 40 25 0>8. 3F 20 45 5>4.");
    DOES(ioctl(fd, IBLINES, &lines));
    CHECK((lines & ValidNDAC) && (lines & ValidSRQ) && (lines & BusREN) && !(lines & BusATN));
    DOES(ioctl(fd, IBSRE, &on));
    DOES(ioctl(fd, IBSIC, &on));
    EXPECT_BUS("lines", "ATN NDAC");
    DOES(ioctl(fd, IBBOARD_INFO, &info));
    CHECK(info.pad == 0 && info.sad == -1 && info.is_system_controller == 1 && info.autopolling == 0);
    DOES(lock(fd, 0));
    close(fd);
}

/* Longer than one call of CUSE can move: it comes short and goes on. */
static void large(void)
{
    enum { SIZE = 300000 };
    int fd = open_board(), calls = 0;
    char *data = malloc(SIZE), head[] = "DATA:BLOCK? 299991";
    struct transfer it = { (uintptr_t)data, SIZE, 0, 0, 0 };
    uint32_t done, i;
    CHECK(data != NULL);
    DOES(lock(fd, 1));
    DOES(commands(fd, "\x3F\x40\x25", 3));
    DOES(send_data(fd, head, sizeof head - 1, &done));
    DOES(commands(fd, "\x3F\x20\x45", 3));
    while (!it.end) {
        uint32_t before = it.completed;
        DOES(ioctl(fd, IBRD, &it));
        CHECK(it.completed > before && it.requested == SIZE && calls++ < 100);
    }
    CHECK(it.completed == SIZE && memcmp(data, "#6299991", 8) == 0 && data[SIZE - 1] == '\n');
    for (i = 0; i < 299991; i++) {
        CHECK((unsigned char)data[8 + i] == (unsigned char)(i * 31 + i / 251));
    }
    memcpy(data, "DATA:LOAD #6299982", 18);
    for (i = 0; i < 299982; i++) {
        data[18 + i] = (char)(i * 31 + i / 251);
    }
    DOES(commands(fd, "\x3F\x40\x25", 3));
    EXPECT_BUS("forget", "");
    it.completed = 0;
    it.end = 1;
    while (it.completed < SIZE) {
        uint32_t before = it.completed;
        DOES(ioctl(fd, IBWRT, &it));
        CHECK(it.completed > before && it.end == 1);
    }
    /* One message, with END at its end only. */
    EXPECT_BUS("log", "0>300000.");
    DOES(send_data(fd, "DATA:LOAD?", 10, &done));
    DOES(commands(fd, "\x3F\x20\x45", 3));
    it.completed = it.end = 0;
    DOES(ioctl(fd, IBRD, &it));
    CHECK(memcmp(data, "299982,", 7) == 0 && data[it.completed - 2] == '1');
    close(fd);
}

/* Handles, and what cannot be done. */
static void refusals(void)
{
    int fd = open_board(), other = open_board();
    struct open_device device = { 77, 5, -1, 0 };
    struct transfer it = { 0, 4, 0, 0, 0 };
    struct serial_poll poll = { 9, -1, 0 };
    struct waiting now = { 0, 0, 0, 0, 0, 0, 0, 0 };
    uint32_t done = 0, handle, zero = 0;
    int32_t end = 0;
    char byte = 'x';
    /* Only who has the board may use it. */
    REFUSED(commands(fd, "\x3F", 1), EPERM);
    REFUSED(send_data(fd, "x", 1, &done), EPERM);
    REFUSED(ioctl(fd, IBRSP, &poll), EPERM);
    REFUSED(ioctl(fd, IBSIC, &zero), EPERM);
    REFUSED(lock(fd, 0), EPERM);
    DOES(lock(fd, 1));
    DOES(set_timeout(fd, 100000));
    REFUSED(ioctl(fd, 0xA0FF, NULL), ENOTTY);
    /* Only who is open is polled. */
    REFUSED(ioctl(fd, IBRSP, &poll), EINVAL);
    DOES(ioctl(fd, IBOPENDEV, &device));
    handle = device.handle;
    CHECK(handle > 0 && handle < 0x1000);
    now.handle = (int32_t)handle;
    DOES(ioctl(fd, IBWAIT, &now));
    REFUSED(ioctl(other, IBWAIT, &now), EINVAL);
    REFUSED(ioctl(other, IBCLOSEDEV, &handle), EINVAL);
    DOES(ioctl(fd, IBCLOSEDEV, &handle));
    REFUSED(ioctl(fd, IBWAIT, &now), EINVAL);
    it.handle = (int32_t)handle;
    REFUSED(ioctl(fd, IBRD, &it), EINVAL);
    /* Memory that is not there. */
    it.handle = 0;
    it.buffer = 16;
    DOES(commands(fd, "\x3F\x40\x25", 3));
    REFUSED(ioctl(fd, IBWRT, &it), EFAULT);
    REFUSED(ioctl(fd, IBWRT, (void *)16), EFAULT);
    REFUSED(ioctl(fd, IBMUTEX, (void *)16), EFAULT);
    /* Nobody there; the board not addressed; the time over. */
    DOES(commands(fd, "\x3F\x40\x3E", 3));
    REFUSED(send_data(fd, "x", 1, &done), ECOMM);
    DOES(commands(fd, "\x3F\x5F", 2));
    REFUSED(send_data(fd, "x", 1, &done), ENXIO);
    DOES(commands(fd, "\x3F\x20\x45", 3));
    REFUSED(receive(fd, &byte, 1, &done, &end), ETIMEDOUT);
    CHECK(done == 0 && !end);
    bus("fault 5 holds 2");
    DOES(commands(fd, "\x3F\x40\x25", 3));
    REFUSED(send_data(fd, "*IDN?", 5, &done), ETIMEDOUT);
    CHECK(done == 2);
    bus("fault 5 hangs");
    REFUSED(commands(fd, "\x3F", 1), ETIMEDOUT);
    bus("fault 5 off");
    bus("fault 9 off");
    bus("fault 12:3 off");
    DOES(lock(fd, 0));
    close(fd);
    close(other);
}

static void nothing(int signal) { (void)signal; }

struct reader {
    int fd;
    int outcome, error;
    volatile pid_t thread;
};

static void *read_blocked(void *argument)
{
    struct reader *reader = argument;
    char bytes[16];
    uint32_t done;
    int32_t end;
    CHECK(lock(reader->fd, 1) == 0 && set_timeout(reader->fd, 0) == 0);
    CHECK(commands(reader->fd, "\x3F\x20\x45", 3) == 0);
    reader->outcome = receive(reader->fd, bytes, sizeof bytes, &done, &end);
    reader->error = errno;
    CHECK(lock(reader->fd, 0) == 0);
    return NULL;
}

static void pause_ms(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

/* A read that waits for ever keeps nobody from calls that need no board, and a signal ends it. */
static void interruption(void)
{
    struct reader reader = { open_board(), 0, 0, 0 };
    int other = open_board();
    struct sigaction action;
    struct waiting now = { 0, 0, 0, 0, 0, 0, 0, 0 };
    pthread_t thread;
    int16_t lines = 0;
    memset(&action, 0, sizeof action);
    action.sa_handler = nothing;
    DOES(sigaction(SIGUSR1, &action, NULL));
    DOES(pthread_create(&thread, NULL, read_blocked, &reader));
    while ((status_of(reader.fd) & CMPL) != 0 || (status_of(reader.fd) & ATN) != 0) {
        pause_ms(1);
    }
    DOES(ioctl(other, IBLINES, &lines));
    DOES(ioctl(other, IBWAIT, &now));
    CHECK((now.status & (LACS | CMPL)) == (LACS | CMPL));
    pthread_kill(thread, SIGUSR1);
    DOES(pthread_join(thread, NULL));
    CHECK(reader.outcome == -1 && reader.error == EINTR);
    DOES(lock(other, 1));
    DOES(lock(other, 0));
}

/* A process that is killed in the middle leaves nothing: neither its lock nor its handles. */
static void killed(void)
{
    int fd = open_board(), status = 0;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct reader reader = { open_board(), 0, 0, 0 };
        struct open_device device = { 0, 5, -1, 0 };
        CHECK(ioctl(reader.fd, IBOPENDEV, &device) == 0);
        read_blocked(&reader);
        _exit(3);
    }
    while ((status_of(fd) & LACS) == 0) {
        pause_ms(1);
    }
    pause_ms(20);
    DOES(kill(child, SIGKILL));
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    DOES(lock(fd, 1));
    {
        struct serial_poll poll = { 5, -1, 0 };
        REFUSED(ioctl(fd, IBRSP, &poll), EINVAL);
    }
    close(fd);
}

/* Waiting for SRQ, and the driver's own polls, which give each device its byte. */
static void service(void)
{
    int fd = open_board();
    struct open_device device = { 0, 9, -1, 0 };
    struct waiting wait = { 0, SRQI | TIMO, 0, 0, 0, 0, 0, 100000 };
    struct collected collected = { 0, 9, -1 };
    struct serial_poll poll = { 9, -1, 0 };
    int16_t on = 1, off = 0;
    uint32_t done;
    DOES(ioctl(fd, IBWAIT, &wait));
    CHECK((wait.status & (TIMO | SRQI)) == TIMO);
    DOES(lock(fd, 1));
    DOES(commands(fd, "\x3F\x40\x29", 3));
    DOES(send_data(fd, "*CLS;*SRE 16;:SYST:DEL 100;*IDN?", 32, &done));
    wait.timeout = 20000000;
    DOES(ioctl(fd, IBWAIT, &wait));
    CHECK((wait.status & (TIMO | SRQI)) == SRQI);
    DOES(ioctl(fd, IBOPENDEV, &device));
    REFUSED(ioctl(fd, IBAUTOSPOLL, &off), EINVAL);
    DOES(ioctl(fd, IBAUTOSPOLL, &on));
    /* The driver waits for the board as everybody does. */
    pause_ms(50);
    DOES(ioctl(fd, IBSPOLL_BYTES, &collected));
    CHECK(collected.count == 0);
    DOES(lock(fd, 0));
    wait.handle = (int32_t)device.handle;
    wait.wait_mask = RQS | TIMO;
    DOES(ioctl(fd, IBWAIT, &wait));
    CHECK((wait.status & (TIMO | RQS)) == RQS);
    DOES(ioctl(fd, IBSPOLL_BYTES, &collected));
    CHECK(collected.count == 1);
    DOES(lock(fd, 1));
    DOES(ioctl(fd, IBRSP, &poll));
    CHECK(poll.status == 0x50);
    DOES(ioctl(fd, IBRSP, &poll));
    CHECK(poll.status == 0x10);
    DOES(ioctl(fd, IBAUTOSPOLL, &off));
    DOES(lock(fd, 0));
    close(fd);
}

/* Addresses of the board and of a handle; what the board is as a device. */
static void addresses(void)
{
    int fd = open_board();
    struct open_device device = { 0, 5, -1, 0 };
    struct handle_pad pad = { 0, 7 };
    struct handle_sad sad = { 0, -1 };
    struct serial_poll poll = { 12, 3, 0 };
    struct board_info info;
    uint8_t request = 0x42, config_answer = 0;
    int32_t value = 0;
    int16_t event = 9;
    DOES(ioctl(fd, IBPAD, &pad));
    DOES(ioctl(fd, IBBOARD_INFO, &info));
    CHECK(info.pad == 7 && info.sad == -1);
    pad.pad = 31;
    REFUSED(ioctl(fd, IBPAD, &pad), EINVAL);
    DOES(ioctl(fd, IBOPENDEV, &device));
    pad.handle = sad.handle = device.handle;
    pad.pad = 12;
    sad.sad = 3;
    DOES(ioctl(fd, IBPAD, &pad));
    DOES(ioctl(fd, IBSAD, &sad));
    DOES(lock(fd, 1));
    DOES(ioctl(fd, IBRSP, &poll));
    DOES(ioctl(fd, IBRSV, &request));
    DOES(ioctl(fd, IBQUERY_BOARD_RSV, &value));
    CHECK(value == 0x42);
    DOES(ioctl(fd, IBRPP, &config_answer));
    CHECK(config_answer == 0);
    CHECK((status_of(fd) & SRQI) != 0);
    /* Control passes to the other one, which polls the board and triggers it. */
    DOES(commands(fd, "\x5D\x09", 2));
    REFUSED(commands(fd, "\x3F", 1), EINVAL);
    REFUSED(ioctl(fd, IBGTS, NULL), EINVAL);
    bus("other command 3F 27 08");
    CHECK((status_of(fd) & (CIC | LACS | REM | DTAS | EVENT)) == (LACS | REM | DTAS | EVENT));
    DOES(ioctl(fd, IBEVENT, &event));
    CHECK(event == 1);
    DOES(ioctl(fd, IBLOC, NULL));
    CHECK((status_of(fd) & (REM | EVENT)) == 0);
    DOES(lock(fd, 0));
    close(fd);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*check)(void);
    } checks[] = {
        { "numbers", numbers }, { "transfers", transfers }, { "large", large },
        { "refusals", refusals }, { "interruption", interruption }, { "killed", killed },
        { "service", service }, { "addresses", addresses },
    };
    size_t i;
    for (i = 0; argc == 2 && i < sizeof checks / sizeof *checks; i++) {
        if (strcmp(argv[1], checks[i].name) == 0) {
            checks[i].check();
            return 0;
        }
    }
    printf("usage: %s CHECK\n", argv[0]);
    return 2;
}
