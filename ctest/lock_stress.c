/* lock_stress.c: four processes of four threads, each with a session of its own, take turns. What
 * they count without any other protection is right only if the lock never had two holders.
 */

#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 4
#define THREADS 4
#define ROUNDS 25

static const char *name;
static ViSession rm;

/* Shared by all processes, touched under the lock only. */
static volatile struct {
    long inside, turns;
} *board;

static void *take_turns(void *unused)
{
    ViSession vi = open_session(rm, name);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        long turns;
        EXPECT(viLock(vi, VI_EXCLUSIVE_LOCK, 60000, VI_NULL, VI_NULL), VI_SUCCESS);
        CHECK(board->inside++ == 0);
        turns = board->turns;
        if (i % 5 == 0) {
            /* An exchange takes long enough for all others to try. */
            command(vi, "ECHO? turn");
            EXPECT_READ(vi, 64, whole(name), "turn\n");
        }
        board->turns = turns + 1;
        CHECK(--board->inside == 0);
        EXPECT(viUnlock(vi), VI_SUCCESS);
        /* Some come and go. */
        if (i % 8 == 7) {
            EXPECT(viClose(vi), VI_SUCCESS);
            vi = open_session(rm, name);
        }
    }
    EXPECT(viClose(vi), VI_SUCCESS);
    return unused;
}

static void process(void)
{
    pthread_t threads[THREADS];
    int i;

    rm = open_manager();
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, take_turns, NULL) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    EXPECT(viClose(rm), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    int i, status;

    name = resource(argc, argv);
    board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(board != MAP_FAILED);
    for (i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            process();
            exit(0);
        }
    }
    for (i = 0; i < PROCESSES; i++) {
        CHECK(wait(&status) > 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    CHECK(board->turns == (long)PROCESSES * THREADS * ROUNDS);
    return 0;
}
