/* worker.c: calls the library as the fault harness says, one line of standard input at a time, and
 * answers each with one line: status, time taken and how late this process ran meanwhile, both in
 * microseconds, and the text that was read.
 */

#include <dirent.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include "../check.h"

#define NAP 5000L       /* microseconds */
#define PATIENCE 1000   /* naps for descriptors and threads to go */
#define LONGEST 4096

static ViSession rm, vi;
static char text[LONGEST];

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void nap(void)
{
    struct timespec time = {0, NAP * 1000};
    nanosleep(&time, NULL);
}

/* A thread that only sleeps. What it oversleeps is the machine's doing, not the library's. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long long overslept;

static void *sleeper(void *unused)
{
    (void)unused;
    for (;;) {
        long long before = now(), late;
        nap();
        late = now() - before - NAP;
        pthread_mutex_lock(&guard);
        if (late > overslept) {
            overslept = late;
        }
        pthread_mutex_unlock(&guard);
    }
    return NULL;
}

/* The most that it has overslept since this was asked last. */
static long long lateness(void)
{
    long long most;
    pthread_mutex_lock(&guard);
    most = overslept;
    overslept = 0;
    pthread_mutex_unlock(&guard);
    return most;
}

static int entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    CHECK(folder != NULL);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

/* Descriptors and threads beyond `base`. Threads end a little after the call that ends them. */
static int left(const char *path, int base)
{
    int i;
    for (i = 0; i < PATIENCE && entries(path) > base; i++) {
        nap();
    }
    return entries(path) - base;
}

static ViStatus open_named(ViUInt32 timeout, const char *name)
{
    ViStatus status = viOpen(rm, name, VI_NO_LOCK, timeout, &vi);
    if (status >= VI_SUCCESS && is_socket(name)) {
        EXPECT(viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS);
        EXPECT(viSetAttribute(vi, VI_ATTR_IO_PROT, VI_PROT_4882_STRS), VI_SUCCESS);
    }
    return status;
}

static ViStatus send_line(const char *line)
{
    char message[LONGEST + 2];
    ViUInt32 count;
    int length = snprintf(message, sizeof message, "%s\n", line);
    return viWrite(vi, (ViConstBuf)message, (ViUInt32)length, &count);
}

/* A block of `size` bytes without a line feed, so that every interface takes it for one message. */
static ViStatus send_block(ViUInt32 size)
{
    char *block = malloc(size + 64);
    ViUInt32 count = 0, length;
    ViStatus status;
    CHECK(block != NULL);
    length = (ViUInt32)sprintf(block, "DATA:LOAD #7%07lu", (unsigned long)size);
    memset(block + length, 'x', size);
    length += size;
    block[length++] = '\n';
    status = viWrite(vi, (ViConstBuf)block, length, &count);
    CHECK(count <= length && (status != VI_SUCCESS || count == length));
    free(block);
    return status;
}

static ViStatus receive(void)
{
    ViUInt32 count = 0;
    ViStatus status = viRead(vi, (ViPBuf)text, sizeof text - 1, &count);
    CHECK(count < sizeof text);
    text[count] = '\0';
    return status;
}

static ViStatus wait_for_request(ViUInt32 timeout)
{
    ViEvent event = VI_NULL;
    ViStatus status = viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, timeout, VI_NULL, &event);
    if (status >= VI_SUCCESS) {
        EXPECT(viClose(event), VI_SUCCESS);
        /* Not VI_SUCCESS_QUEUE_NEMPTY: whether another has come by now is chance. */
        status = VI_SUCCESS;
    }
    return status;
}

/* The names found, with blanks between them. */
static ViStatus find(const char *expression)
{
    ViFindList list = VI_NULL;
    ViUInt32 count = 0;
    ViChar name[VI_FIND_BUFLEN];
    ViStatus status = viFindRsrc(rm, expression, &list, &count, name);
    if (status < VI_SUCCESS) {
        return status;
    }
    do {
        CHECK(strlen(text) + strlen(name) + 2 < sizeof text);
        strcat(strcat(text, *text == '\0' ? "" : " "), name);
    } while (viFindNext(list, name) >= VI_SUCCESS);
    return viClose(list);
}

/* Carries a command out; the words behind it are its argument. */
static ViStatus carry_out(const char *command, const char *rest, ViUInt32 number)
{
    ViUInt16 byte = 0;
    ViStatus status = VI_SUCCESS;
    if (strcmp(command, "open") == 0) {
        const char *name = strchr(rest, ' ');
        CHECK(name != NULL);
        status = open_named(number, name + 1);
    } else if (strcmp(command, "timeout") == 0) {
        status = viSetAttribute(vi, VI_ATTR_TMO_VALUE, number);
    } else if (strcmp(command, "write") == 0) {
        status = send_line(rest);
    } else if (strcmp(command, "block") == 0) {
        status = send_block(number);
    } else if (strcmp(command, "read") == 0) {
        status = receive();
    } else if (strcmp(command, "clear") == 0) {
        status = viClear(vi);
    } else if (strcmp(command, "status") == 0) {
        status = viReadSTB(vi, &byte);
    } else if (strcmp(command, "lock") == 0) {
        status = viLock(vi, VI_EXCLUSIVE_LOCK, number, VI_NULL, VI_NULL);
    } else if (strcmp(command, "trigger") == 0) {
        status = viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT);
    } else if (strcmp(command, "enable") == 0) {
        status = viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL);
    } else if (strcmp(command, "event") == 0) {
        status = wait_for_request(number);
    } else if (strcmp(command, "find") == 0) {
        status = find(rest);
    } else if (strcmp(command, "close") == 0) {
        status = viClose(vi);
    } else {
        CHECK(!"a command of this program");
    }
    return status;
}

/* Nothing of the text may break the line that it is shown in. */
static const char *shown(void)
{
    char *at;
    for (at = text; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~') {
            *at = '.';
        }
    }
    return text;
}

int main(void)
{
    pthread_t thread;
    char line[LONGEST], command[16];
    int descriptors = 0, threads;
    setvbuf(stdout, NULL, _IOLBF, 0);
    CHECK(pthread_create(&thread, NULL, sleeper, NULL) == 0);
    EXPECT(viOpenDefaultRM(&rm), VI_SUCCESS);
    threads = entries("/proc/self/task");
    /* A thread that waits for the first time gets an eventfd, which it keeps. */
    viFindRsrc(rm, "ASRL?*", VI_NULL, VI_NULL, text);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        CHECK(sscanf(line, "%15s", command) == 1);
        text[0] = '\0';
        if (strcmp(command, "base") == 0) {
            /* Once the threads of what was before have ended. */
            CHECK(left("/proc/self/task", threads) == 0);
            descriptors = entries("/proc/self/fd");
            printf("0 0 0\n");
        } else if (strcmp(command, "left") == 0) {
            int more = left("/proc/self/fd", descriptors);
            printf("0 0 0 %d %d\n", more, left("/proc/self/task", threads));
        } else {
            const char *rest = line + strlen(command);
            long long before;
            ViStatus status;
            rest += strspn(rest, " ");
            lateness();
            before = now();
            status = carry_out(command, rest, (ViUInt32)strtoul(rest, NULL, 10));
            before = now() - before;
            printf("%ld %lld %lld %s\n", (long)status, before, lateness(), shown());
        }
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
