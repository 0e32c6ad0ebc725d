/* lock_processes.c: locks between processes: exclusion, and their end by unlock, by exit, by
 * SIGKILL, and not by a fork.
 */

#include "check.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *name;

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A process that does as it is told by letters in a pipe, and answers each with one. */
struct helper {
    pid_t pid;
    int tell, hear;
};

static void serve(int from, int to)
{
    ViSession rm = open_manager();
    ViSession vi = open_session(rm, name);
    char order;
    ViUInt32 count;
    ViStatus status = VI_SUCCESS;

    while (read(from, &order, 1) == 1) {
        char answer;
        switch (order) {
        case 'x': status = viLock(vi, VI_EXCLUSIVE_LOCK, 0, VI_NULL, VI_NULL); break;
        case 's': status = viLock(vi, VI_SHARED_LOCK, 0, "common", VI_NULL); break;
        /* Says that it begins; the answer comes when it has the lock. */
        case 'w':
            CHECK(write(to, "w", 1) == 1);
            status = viLock(vi, VI_EXCLUSIVE_LOCK, 60000, VI_NULL, VI_NULL);
            break;
        case 'u': status = viUnlock(vi); break;
        case 'o': status = viWrite(vi, (ViConstBuf) "*CLS\n", 5, &count); break;
        case 'e': exit(0);
        default: exit(9);
        }
        answer = status == VI_SUCCESS ? 'y' : status == VI_ERROR_RSRC_LOCKED ? 'l' : '?';
        CHECK(write(to, &answer, 1) == 1);
    }
    _exit(0);
}

static struct helper start(void)
{
    int orders[2], answers[2];
    struct helper helper;

    CHECK(pipe(orders) == 0 && pipe(answers) == 0);
    fflush(stdout);
    helper.pid = fork();
    CHECK(helper.pid >= 0);
    if (helper.pid == 0) {
        close(orders[1]);
        close(answers[0]);
        serve(orders[0], answers[1]);
    }
    close(orders[0]);
    close(answers[1]);
    helper.tell = orders[1];
    helper.hear = answers[0];
    return helper;
}

static void tell(struct helper *helper, char order)
{
    CHECK(write(helper->tell, &order, 1) == 1);
}

static char hear(struct helper *helper)
{
    char answer = '!';
    CHECK(read(helper->hear, &answer, 1) == 1);
    return answer;
}

static char ask(struct helper *helper, char order)
{
    tell(helper, order);
    return hear(helper);
}

static void end(struct helper *helper, int signal)
{
    int status;
    if (signal != 0) {
        CHECK(kill(helper->pid, signal) == 0);
    }
    close(helper->tell);
    close(helper->hear);
    CHECK(waitpid(helper->pid, &status, 0) == helper->pid);
    CHECK(signal != 0 ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void exclusion(struct helper *one, struct helper *two)
{
    CHECK(ask(two, 'o') == 'y');
    CHECK(ask(one, 'x') == 'y');
    CHECK(ask(one, 'o') == 'y');
    CHECK(ask(two, 'o') == 'l');
    CHECK(ask(two, 'x') == 'l');
    CHECK(ask(two, 's') == 'l');
    CHECK(ask(one, 'u') == 'y');
    CHECK(ask(two, 'o') == 'y');

    CHECK(ask(one, 's') == 'y');
    CHECK(ask(two, 'o') == 'l');
    CHECK(ask(two, 's') == 'y');
    CHECK(ask(two, 'o') == 'y');
    CHECK(ask(one, 'x') == 'y');
    CHECK(ask(two, 'o') == 'l');
    CHECK(ask(one, 'u') == '?'); /* VI_SUCCESS_NESTED_SHARED */
    CHECK(ask(two, 'o') == 'y');
    CHECK(ask(one, 'u') == 'y');
    CHECK(ask(one, 'o') == 'l');
    CHECK(ask(two, 'u') == 'y');
    CHECK(ask(one, 'o') == 'y');
}

/* `helper` waits while another holds, and must get the lock long before its minute is over. */
static void begin_waiting(struct helper *helper)
{
    struct timespec moment = {0, 100 * 1000 * 1000};
    CHECK(ask(helper, 'w') == 'w');
    /* Only makes it likely that it sleeps; the rule holds either way. */
    nanosleep(&moment, NULL);
}

static void endings(struct helper *waiter)
{
    int round;
    for (round = 0; round < 3; round++) {
        struct helper holder = start();
        double begun;

        CHECK(ask(&holder, round == 2 ? 's' : 'x') == 'y');
        CHECK(ask(waiter, 'o') == 'l');
        begin_waiting(waiter);
        begun = now();
        switch (round) {
        case 0: CHECK(ask(&holder, 'u') == 'y'); break;
        case 1: end(&holder, SIGKILL); break;
        default: tell(&holder, 'e'); end(&holder, 0); break;
        }
        CHECK(hear(waiter) == 'y');
        CHECK(now() - begun < 20);
        CHECK(ask(waiter, 'u') == 'y');
        if (round == 0) {
            end(&holder, 0);
        }
    }
}

/* A forked child has none of its parent's locks, and neither its calls nor its exit end them. */
static void forking(ViSession vi, struct helper *other)
{
    pid_t pid;
    int status, alive[2];

    EXPECT(viLock(vi, VI_EXCLUSIVE_LOCK, 0, VI_NULL, VI_NULL), VI_SUCCESS);
    fflush(stdout);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        ViSession rm, own;
        ViUInt32 count;

        EXPECT(viUnlock(vi), VI_ERROR_INV_OBJECT);
        EXPECT(viLock(vi, VI_EXCLUSIVE_LOCK, 0, VI_NULL, VI_NULL), VI_ERROR_INV_OBJECT);
        EXPECT(viClose(vi), VI_SUCCESS);
        rm = open_manager();
        own = open_session(rm, name);
        EXPECT(viWrite(own, (ViConstBuf) "*CLS\n", 5, &count), VI_ERROR_RSRC_LOCKED);
        EXPECT(viLock(own, VI_EXCLUSIVE_LOCK, 0, VI_NULL, VI_NULL), VI_ERROR_RSRC_LOCKED);
        EXPECT(viClose(rm), VI_SUCCESS);
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(ask(other, 'o') == 'l');
    EXPECT(viUnlock(vi), VI_SUCCESS);
    CHECK(ask(other, 'o') == 'y');

    /* Nor does a child that lives on (until `alive` closes) keep a dead parent's lock, also not on
     * the device: it does not keep the connection. */
    CHECK(pipe(alive) == 0);
    fflush(stdout);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        ViSession rm = open_manager();
        ViSession own = open_session(rm, name);
        pid_t grandchild;
        int ready[2];
        char byte;

        EXPECT(viLock(own, VI_EXCLUSIVE_LOCK, 0, VI_NULL, VI_NULL), VI_SUCCESS);
        close(alive[1]);
        CHECK(pipe(ready) == 0);
        grandchild = fork();
        CHECK(grandchild >= 0);
        if (grandchild == 0) {
            CHECK(write(ready[1], "r", 1) == 1);
            _exit((int)read(alive[0], &byte, 1));
        }
        CHECK(read(ready[0], &byte, 1) == 1);
        kill(getpid(), SIGKILL);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    /* The device may notice a moment later than we. */
    CHECK(ask(other, 'w') == 'w');
    CHECK(hear(other) == 'y');
    CHECK(ask(other, 'u') == 'y');
    close(alive[0]);
    close(alive[1]);
}

int main(int argc, char **argv)
{
    struct helper one, two;
    ViSession rm, vi;

    name = resource(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    /* Before this process has sessions: theirs are all their own. */
    one = start();
    two = start();
    exclusion(&one, &two);
    endings(&two);

    rm = open_manager();
    vi = open_session(rm, name);
    forking(vi, &two);
    CHECK(ask(&one, 'x') == 'y');
    EXPECT(viClear(vi), VI_ERROR_RSRC_LOCKED);
    end(&one, SIGKILL);
    EXPECT(viLock(vi, VI_EXCLUSIVE_LOCK, 60000, VI_NULL, VI_NULL), VI_SUCCESS);
    EXPECT(viClear(vi), VI_SUCCESS);
    EXPECT(viClose(rm), VI_SUCCESS);
    end(&two, 0);
    return 0;
}
