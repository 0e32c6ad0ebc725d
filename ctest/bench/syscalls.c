/* syscalls.c: counts the system calls of a program's first thread between two calls of getppid.
 *
 *   syscalls PROGRAM [ARGUMENT...]
 *
 * prints one line of JSON: how many there were, and how many of each number.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUMBERS 512

static void give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

int main(int argc, char **argv)
{
    static long counts[NUMBERS];
    long total = 0;
    int markers = 0, status, i, first = 1;
    pid_t child;

    if (argc < 2) {
        fprintf(stderr, "usage: syscalls PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    child = fork();
    if (child == 0) {
        /* What it prints is not what we print. */
        dup2(2, 1);
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            give_up("ptrace");
        }
        raise(SIGSTOP);
        execv(argv[1], argv + 1);
        give_up(argv[1]);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
        give_up("fork");
    }
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
        give_up("ptrace");
    }
    status = 0;
    for (;;) {
        int stop = WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
        int passed_on = stop == SIGTRAP || stop == (SIGTRAP | 0x80) ? 0 : stop;

        if (ptrace(PTRACE_SYSCALL, child, NULL, passed_on) != 0 ||
            waitpid(child, &status, 0) != child) {
            give_up("ptrace");
        }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            break;
        }
        if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
            struct __ptrace_syscall_info info;

            if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) {
                give_up("ptrace");
            }
            if (info.op != PTRACE_SYSCALL_INFO_ENTRY) {
                continue;
            }
            if (info.entry.nr == SYS_getppid) {
                markers++;
            } else if (markers == 1) {
                total++;
                counts[info.entry.nr < NUMBERS ? info.entry.nr : NUMBERS - 1]++;
            }
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || markers != 2) {
        fprintf(stderr, "the program failed, or called getppid %d times\n", markers);
        return 1;
    }
    printf("{\"total\":%ld,\"numbers\":{", total);
    for (i = 0; i < NUMBERS; i++) {
        if (counts[i] > 0) {
            printf("%s\"%d\":%ld", first ? "" : ",", i, counts[i]);
            first = 0;
        }
    }
    printf("}}\n");
    return 0;
}
