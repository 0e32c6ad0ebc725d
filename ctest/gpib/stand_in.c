/* stand_in.c: that the stand-in for libgpib does what linux-gpib's documentation says, on a bus with
 * instruments at 5, 9 and 12:3. Uses no line of the library that is tested with it.
 */

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>
#include "bus.h"
#include "libgpib/ib.h"

enum { A = 5, B = 9, C = 12, C_SAD = 0x63, BOARD = 0 };

/* The call must have these bits of ibsta, and not those. */
#define MUST(call, has, lacks) check_sta(__FILE__, __LINE__, #call, (call), (has), (lacks))
/* The call must fail so. */
#define FAILS(call, error) check_err(__FILE__, __LINE__, #call, (call), (error))

static void check_sta(const char *file, int line, const char *call, int sta, int has, int lacks)
{
    if ((sta & has) != has || (sta & lacks) != 0 || sta != ThreadIbsta()) {
        printf("%s:%d: %s\n    ibsta is 0x%04X, must have 0x%04X and not 0x%04X; iberr %s, %ld\n",
               file, line, call, (unsigned)sta, (unsigned)has, (unsigned)lacks,
               gpib_error_string(ThreadIberr()), ThreadIbcntl());
        exit(1);
    }
}

static void check_err(const char *file, int line, const char *call, int sta, int error)
{
    if ((sta & ERR) == 0 || ThreadIberr() != error) {
        printf("%s:%d: %s\n    ibsta 0x%04X, iberr is %s, must be %s; ibcntl %ld\n", file, line, call,
               (unsigned)sta, gpib_error_string(ThreadIberr()), gpib_error_string(error),
               ThreadIbcntl());
        exit(1);
    }
}

static int device(int pad, int sad, int timeout)
{
    int ud = ibdev(BOARD, pad, sad, timeout, 1, 0);
    CHECK(ud >= 16);
    CHECK((ThreadIbsta() & (CMPL | ERR)) == CMPL);
    return ud;
}

static void write_text(int ud, const char *text)
{
    MUST(ibwrt(ud, text, (long)strlen(text)), CMPL | END, ERR | TIMO);
    CHECK(ThreadIbcntl() == (long)strlen(text));
}

static void read_text(int ud, const char *want)
{
    char answer[256];
    MUST(ibrd(ud, answer, sizeof answer), CMPL | END, ERR | TIMO);
    answer[ThreadIbcntl()] = '\0';
    if (strcmp(answer, want) != 0) {
        printf("read \"%s\", must be \"%s\"\n", answer, want);
        exit(1);
    }
}

/* Addressing as linux-gpib does it, data, END, counts, the globals. */
static void transfers(void)
{
    int a = device(A, NO_SAD, T10s), c = device(C, C_SAD, T10s);
    char bytes[16];
    EXPECT_BUS("forget", "");
    write_text(a, "*IDN?\n");
    read_text(a, "Ferrovisa,GPIB Instrument,5,1.0\n");
    EXPECT_BUS("log", "40 3F 25 0>6. 3F 20 45 5>32.");
    CHECK(ibsta == ThreadIbsta() && ibcnt == 32 && ibcntl == 32 && iberr == 0);
    EXPECT_BUS("forget", "");
    write_text(c, "ECHO abcdef\n");
    MUST(ibrd(c, bytes, 3), CMPL, END | ERR);
    CHECK(ThreadIbcntl() == 3 && memcmp(bytes, "abc", 3) == 0);
    MUST(ibrd(c, bytes, sizeof bytes), CMPL | END, ERR);
    CHECK(ThreadIbcntl() == 4 && memcmp(bytes, "def\n", 4) == 0);
    EXPECT_BUS("log", "40 3F 2C 63 0>12. 3F 20 4C 63 12:3>3 3F 20 4C 63 12:3>4.");
    /* UNT and UNL after each, where asked for. */
    MUST(ibconfig(a, IbcUnAddr, 1), CMPL, ERR);
    EXPECT_BUS("forget", "");
    write_text(a, "*CLS\n");
    EXPECT_BUS("log", "40 3F 25 0>5. 5F 3F");
    MUST(ibonl(a, 0), CMPL, ERR);
    FAILS(ibwrt(a, "x", 1), EARG);
}

/* End of string: reads end there, and EOI goes with it. */
static void strings(void)
{
    int a = ibdev(BOARD, A, NO_SAD, T10s, 0, REOS | BIN | ',');
    char bytes[32];
    CHECK(a >= 16);
    /* Without send_eoi the line feed ends the message, and there is no END. */
    MUST(ibwrt(a, "ECHO a,b\n", 9), CMPL, ERR | END);
    MUST(ibrd(a, bytes, sizeof bytes), CMPL | END, ERR);
    CHECK(ThreadIbcntl() == 2 && memcmp(bytes, "a,", 2) == 0);
    MUST(ibeos(a, XEOS | '\n'), CMPL, ERR);
    read_text(a, "b\n");
    EXPECT_BUS("forget", "");
    MUST(ibwrt(a, "*CLS\n*CLS\n", 10), CMPL | END, ERR);
    EXPECT_BUS("log", "40 3F 25 0>5. 0>5.");
    FAILS(ibeos(a, 0x10000), EARG);
}

/* Steps of time; what is in the middle of a transfer is counted. */
static void timeouts(void)
{
    int a = device(A, NO_SAD, T100ms), value = 0;
    char bytes[16];
    struct timespec before, after;
    long took;
    clock_gettime(CLOCK_MONOTONIC, &before);
    MUST(ibrd(a, bytes, sizeof bytes), ERR | TIMO | CMPL, END);
    clock_gettime(CLOCK_MONOTONIC, &after);
    took = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    CHECK(ThreadIberr() == EABO && ThreadIbcntl() == 0 && took >= 99);
    bus("fault 5 holds 3");
    MUST(ibwrt(a, "*IDN?\n", 6), ERR | TIMO, END);
    CHECK(ThreadIberr() == EABO && ThreadIbcntl() == 3);
    /* One that holds everything up: also commands do not get through. */
    bus("fault 5 hangs");
    FAILS(ibwrt(a, "*IDN?\n", 6), EBUS);
    CHECK((ThreadIbsta() & TIMO) != 0);
    bus("fault 5 none");
    MUST(ibtmo(a, T300ms), CMPL, ERR);
    MUST(ibask(a, IbcTMO, &value), CMPL, ERR);
    CHECK(value == T300ms);
    FAILS(ibtmo(a, 18), EARG);
    MUST(ibclr(a), CMPL, ERR);
    write_text(a, "*IDN?\n");
    read_text(a, "Ferrovisa,GPIB Instrument,5,1.0\n");
}

static void errors(void)
{
    int a = device(A, NO_SAD, T1s), nobody = device(30, NO_SAD, T1s);
    short found = 7;
    FAILS(ibwrt(nobody, "x", 1), ENOL);
    CHECK(ThreadIbcntl() == 0);
    FAILS(ibrd(nobody, &found, 1), EABO);
    FAILS(ibwrt(1000, "x", 1), EARG);
    FAILS(ibwrt(-1, "x", 1), EARG);
    FAILS(ibcmd(a, "\x3F", 1), EARG);
    FAILS(ibsic(a), EARG);
    CHECK(ibdev(BOARD, 31, NO_SAD, T1s, 1, 0) == -1 && ThreadIberr() == EARG);
    CHECK(ibdev(BOARD, 5, 3, T1s, 1, 0) == -1 && ThreadIberr() == EARG);
    CHECK(ibdev(7, 5, NO_SAD, T1s, 1, 0) == -1 && ThreadIberr() == EDVR);
    CHECK(ThreadIbcntl() == ENODEV || ThreadIbcntl() == ENOENT);
    CHECK(ibfind("gpib0") == 0 && ibfind("dvm") == -1 && ThreadIberr() == EDVR);
    MUST(ibln(BOARD, A, NO_SAD, &found), CMPL, ERR);
    CHECK(found == 1);
    MUST(ibln(BOARD, C, NO_SAD, &found), CMPL, ERR);
    CHECK(found == 0);
    MUST(ibln(BOARD, C, ALL_SAD, &found), CMPL, ERR);
    CHECK(found == 1);
    MUST(ibln(BOARD, C, C_SAD, &found), CMPL, ERR);
    CHECK(found == 1);
    bus("fault 9 off");
    MUST(ibln(BOARD, B, NO_SAD, &found), CMPL, ERR);
    CHECK(found == 0);
    /* Nobody at all on the bus. */
    bus("fault 5 off");
    bus("fault 12:3 off");
    bus("other clear");
    FAILS(ibcmd(BOARD, "\x3F", 1), ECIC);
}

static void commands(void)
{
    int a = device(A, NO_SAD, T1s), c = device(C, C_SAD, T1s);
    short lines = 0;
    write_text(a, "*CLS\n");
    EXPECT_BUS("forget", "");
    MUST(ibclr(a), CMPL, ERR);
    MUST(ibtrg(c), CMPL, ERR);
    MUST(ibloc(a), CMPL, ERR);
    EXPECT_BUS("log", "3F 25 04 3F 3F 2C 63 08 3F 3F 25 01 3F");
    EXPECT_BUS("seen 12:3", "clears 0 triggers 1 remote 1 lockout 0");
    EXPECT_BUS("seen 5", "clears 1 triggers 0 remote 0 lockout 0");
    SendLLO(BOARD);
    CHECK((ThreadIbsta() & ERR) == 0);
    EXPECT_BUS("seen 12:3", "clears 0 triggers 1 remote 1 lockout 1");
    MUST(ibsre(BOARD, 0), CMPL, ERR);
    EXPECT_BUS("seen 12:3", "clears 0 triggers 1 remote 0 lockout 0");
    MUST(iblines(BOARD, &lines), CMPL, ERR);
    CHECK((lines & (ValidREN | ValidATN | ValidNDAC)) == (ValidREN | ValidATN | ValidNDAC));
    CHECK((lines & BusREN) == 0 && (lines & BusATN) != 0);
    MUST(ibgts(BOARD, 0), CMPL | CIC, ERR | ATN);
    MUST(ibcac(BOARD, 0), CMPL | CIC | ATN, ERR);
    MUST(ibcmd(BOARD, "\x3F\x40\x25", 3), CMPL | TACS, ERR | LACS);
    CHECK(ThreadIbcntl() == 3);
    MUST(ibwrt(BOARD, "*IDN?\n", 6), CMPL | END, ERR);
    MUST(ibcmd(BOARD, "\x3F\x20\x45", 3), CMPL | LACS, ERR | TACS);
    read_text(BOARD, "Ferrovisa,GPIB Instrument,5,1.0\n");
    MUST(ibsic(BOARD), CMPL | CIC, ERR | LACS);
}

/* Automatic polls: ibwait for RQS, bytes kept for each device that is open; and without them. */
static void service(void)
{
    int a = device(A, NO_SAD, T10s), b = device(B, NO_SAD, T10s), c = device(C, C_SAD, T10s);
    char status = 0;
    short count = 0, here = 0;
    struct timespec pause = { 0, 50000000 };
    write_text(b, "*CLS;*ESE 1;*SRE 32\n");
    write_text(c, "*CLS;*ESE 1;*SRE 32\n");
    MUST(ibwait(b, 0), CMPL, RQS | ERR);
    write_text(b, "*OPC\n");
    write_text(c, "*OPC\n");
    MUST(ibwait(b, RQS | TIMO), RQS, TIMO | ERR);
    MUST(ibwait(c, RQS | TIMO), RQS, TIMO | ERR);
    MUST(ibwait(a, 0), CMPL, RQS | ERR);
    MUST(ibspb(b, &count), CMPL, ERR);
    CHECK(count == 1);
    /* The byte with RQS is not lost for having been taken already. */
    MUST(ibrsp(b, &status), CMPL, ERR);
    CHECK((status & 0xFF) == 0x60);
    MUST(ibrsp(b, &status), CMPL, ERR);
    CHECK((status & 0xFF) == 0x20);
    MUST(ibwait(b, 0), CMPL, RQS | ERR);
    MUST(ibrsp(c, &status), CMPL, ERR);
    CHECK((status & 0xFF) == 0x60);
    MUST(ibtmo(a, T100ms), CMPL, ERR);
    MUST(ibwait(a, RQS | TIMO), TIMO, RQS | ERR);
    FAILS(ibwait(a, SRQI), EARG);

    MUST(ibconfig(BOARD, IbcAUTOPOLL, 0), CMPL, ERR);
    write_text(b, "*ESR?\n");
    read_text(b, "1\n");
    write_text(b, "*OPC\n");
    WaitSRQ(BOARD, &here);
    CHECK(here == 1);
    nanosleep(&pause, NULL);
    MUST(ibwait(b, 0), CMPL, RQS | ERR);
    MUST(ibwait(BOARD, SRQI | TIMO), SRQI, TIMO | ERR);
    MUST(ibrsp(b, &status), CMPL, ERR);
    CHECK((status & 0xFF) == 0x60);
    TestSRQ(BOARD, &here);
    CHECK(here == 0);
    FAILS(ibrsp(BOARD, &status), EARG);
    /* A stuck line: nobody who is open has requested. */
    MUST(ibconfig(BOARD, IbcAUTOPOLL, 1), CMPL, ERR);
    MUST(ibonl(b, 0), CMPL, ERR);
    bus("fault 9 requests");
    MUST(ibwait(BOARD, SRQI | TIMO), SRQI, TIMO | ERR);
    MUST(ibwait(a, RQS | TIMO), TIMO, RQS | ERR);
    bus("fault 12:3 off");
    MUST(ibconfig(c, IbcSPollTime, T100ms), CMPL, ERR);
    FAILS(ibrsp(c, &status), EABO);
    CHECK((ThreadIbsta() & TIMO) != 0);
}

/* Operations in the background, ended by themselves and by ibstop. */
static void background(void)
{
    int a = device(A, NO_SAD, T10s), b = device(B, NO_SAD, T10s);
    char answer[64];
    struct timespec pause = { 0, 50000000 };
    MUST(ibwrta(a, "*IDN?\n", 6), 0, ERR);
    MUST(ibwait(a, CMPL), CMPL | END, ERR);
    CHECK(ThreadIbcntl() == 6 && AsyncIbcntl() == 6);
    MUST(ibrda(a, answer, sizeof answer), 0, ERR);
    MUST(ibwait(a, CMPL | TIMO), CMPL | END, ERR | TIMO);
    CHECK(ThreadIbcntl() == 32 && memcmp(answer, "Ferrovisa", 9) == 0);

    MUST(ibrda(a, answer, sizeof answer), 0, ERR | CMPL);
    FAILS(ibwrt(a, "x", 1), EOIP);
    nanosleep(&pause, NULL);
    MUST(ibwait(a, 0), 0, CMPL | ERR);
    MUST(ibstop(a), ERR | CMPL, END);
    CHECK(ThreadIberr() == EABO);
    CHECK(ThreadIbcntl() == 0 && AsyncIbsta() == 0);
    MUST(ibstop(a), CMPL, ERR);
    /* One that is over but was not waited for counts as stopped: what it came to is told apart. */
    MUST(ibwrta(a, "*IDN?\n", 6), 0, ERR);
    while ((ibwait(a, 0) & CMPL) == 0) {
        nanosleep(&pause, NULL);
    }
    FAILS(ibstop(a), EABO);
    CHECK((AsyncIbsta() & (CMPL | ERR)) == CMPL && AsyncIbcntl() == 6);
    MUST(ibclr(a), CMPL, ERR);
    /* The board is free again. */
    write_text(b, "*IDN?\n");
    read_text(b, "Ferrovisa,GPIB Instrument,9,1.0\n");
    bus("fault 5 holds 2");
    MUST(ibwrta(a, "*IDN?\n", 6), 0, ERR | CMPL);
    nanosleep(&pause, NULL);
    MUST(ibonl(a, 0), 0, ERR);
    write_text(b, "*IDN?\n");
    read_text(b, "Ferrovisa,GPIB Instrument,9,1.0\n");
}

/* The functions for lists of addresses. */
static void lists(void)
{
    Addr4882_t all[] = { A, B, C | C_SAD << 8, NOADDR }, none[] = { NOADDR }, found[4];
    Addr4882_t pads[] = { 1, A, B, C, NOADDR };
    short results[3] = { 0, 0, 0 };
    char answer[64];
    EXPECT_BUS("forget", "");
    SendIFC(BOARD);
    TriggerList(BOARD, all);
    DevClearList(BOARD, none);
    EXPECT_BUS("log", "IFC 3F 25 29 2C 63 08 14");
    EXPECT_BUS("seen 9", "clears 1 triggers 1 remote 1 lockout 0");
    SendList(BOARD, all, "*ESE 9", 6, NLend);
    CHECK((ThreadIbsta() & ERR) == 0 && ThreadIbcntl() == 7);
    Send(BOARD, all[2], "*ESE?", 5, DABend);
    Receive(BOARD, all[2], answer, sizeof answer, STOPend);
    CHECK((ThreadIbsta() & (ERR | END)) == END && ThreadIbcntl() == 2 && answer[0] == '9');
    AllSPoll(BOARD, all, results);
    CHECK((ThreadIbsta() & ERR) == 0 && results[0] == 0 && results[2] == 0);
    Send(BOARD, B, "*SRE 32;*OPC;*ESE 1", 19, DABend);
    FindRQS(BOARD, all, results);
    CHECK((ThreadIbsta() & ERR) == 0 && results[0] == 0x60 && ThreadIbcntl() == 1);
    FindRQS(BOARD, all, results);
    CHECK((ThreadIbsta() & ERR) != 0 && ThreadIberr() == ETAB);
    FindLstn(BOARD, pads, found, 4);
    CHECK((ThreadIbsta() & ERR) == 0 && ThreadIbcntl() == 3);
    CHECK(found[0] == A && found[1] == B && found[2] == (C | C_SAD << 8));
    FindLstn(BOARD, pads, found, 1);
    CHECK((ThreadIbsta() & ERR) != 0 && ThreadIberr() == ETAB && ThreadIbcntl() == 1);
    EnableLocal(BOARD, all);
    EXPECT_BUS("seen 9", "clears 1 triggers 1 remote 0 lockout 0");
    SetRWLS(BOARD, all);
    EXPECT_BUS("seen 9", "clears 1 triggers 1 remote 1 lockout 1");
}

/* Not in charge: control goes to the other controller, which addresses the board, and comes back. */
static void control(void)
{
    int other = device(29, NO_SAD, T10s), a = device(A, NO_SAD, T10s);
    char bytes[32];
    short event = 9;
    MUST(ibrsv(BOARD, 0x41), CMPL, ERR);
    EXPECT_BUS("forget", "");
    /* It has worked, whatever it says. */
    FAILS(ibpct(other), ECIC);
    EXPECT_BUS("log", "3F 20 5D 09");
    EXPECT_BUS("other status", "in-charge talker srq");
    MUST(ibwait(BOARD, 0), 0, CIC | ERR);
    FAILS(ibwrt(a, "x", 1), ECIC);
    FAILS(ibcac(BOARD, 0), ECIC);
    bus("other command 3F 5D 20");
    MUST(ibwait(BOARD, LACS | TIMO), LACS | REM, TIMO | TACS);
    MUST(ibrda(BOARD, bytes, sizeof bytes), 0, ERR);
    bus("other write hello");
    MUST(ibwait(BOARD, CMPL | TIMO), CMPL | END, ERR | TIMO);
    CHECK(ThreadIbcntl() == 5 && memcmp(bytes, "hello", 5) == 0);
    bus("other command 08");
    MUST(ibwait(BOARD, DTAS | TIMO), DTAS, TIMO);
    MUST(ibwait(BOARD, 0), 0, DTAS);
    bus("other command 14");
    MUST(ibwait(BOARD, DCAS | TIMO), DCAS, TIMO);
    MUST(ibevent(BOARD, &event), 0, ERR);
    CHECK(event == 1);
    MUST(ibevent(BOARD, &event), 0, ERR);
    CHECK(event == 2);
    MUST(ibevent(BOARD, &event), 0, ERR);
    CHECK(event == 0);
    /* Control comes back by TCT, and by IFC. */
    bus("other command 3F 40 09");
    MUST(ibwait(BOARD, CIC | TIMO), CIC, TIMO);
    write_text(a, "*IDN?\n");
    read_text(a, "Ferrovisa,GPIB Instrument,5,1.0\n");
    PassControl(BOARD, 29);
    CHECK((ThreadIbsta() & (ERR | CIC)) == 0);
    bus("other command 3F 40 09");
    MUST(ibwait(BOARD, CIC | TIMO), CIC, TIMO);
    bus("other clear");
    MUST(ibwait(BOARD, 0), 0, CIC);
    MUST(ibsic(BOARD), CIC, ERR);
    MUST(ibrsc(BOARD, 0), 0, ERR);
    FAILS(ibsic(BOARD), ESAC);
    FAILS(ibsre(BOARD, 1), ESAC);
}

static void *others_error(void *argument)
{
    (void)argument;
    CHECK(ThreadIbsta() == 0 && ThreadIberr() == 0 && ThreadIbcntl() == 0);
    FAILS(ibtmo(BOARD, 99), EARG);
    return NULL;
}

enum { ROUNDS = 40 };

static void *converse(void *argument)
{
    const int *pad = argument;
    int i, ud = device(*pad, *pad == C ? C_SAD : NO_SAD, T10s);
    char want[64];
    snprintf(want, sizeof want, "Ferrovisa,GPIB Instrument,%d%s,1.0\n", *pad, *pad == C ? ":3" : "");
    for (i = 0; i < ROUNDS; i++) {
        write_text(ud, "*IDN?\n");
        read_text(ud, want);
    }
    MUST(ibonl(ud, 0), 0, ERR);
    return NULL;
}

/* Threads have a status each; threads and processes share the board, a whole call each. */
static void sharing(void)
{
    static int pads[] = { A, B, C };
    pthread_t threads[3];
    pid_t child;
    int i, status = 0;
    CHECK(ibfind("gpib0") == 0);
    MUST(ibtmo(BOARD, T3s), 0, ERR);
    CHECK(pthread_create(&threads[0], NULL, others_error, NULL) == 0);
    CHECK(pthread_join(threads[0], NULL) == 0);
    CHECK(ThreadIberr() == 0 && (ThreadIbsta() & ERR) == 0 && iberr == EARG);
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "stand_in", "partner", (char *)NULL);
        _exit(3);
    }
    for (i = 0; i < 3; i += 2) {
        CHECK(pthread_create(&threads[i], NULL, converse, &pads[i]) == 0);
    }
    for (i = 0; i < 3; i += 2) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void partner(void)
{
    static int pad = B;
    converse(&pad);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*check)(void);
    } checks[] = {
        { "transfers", transfers }, { "strings", strings }, { "timeouts", timeouts },
        { "errors", errors }, { "commands", commands }, { "service", service },
        { "background", background }, { "lists", lists }, { "control", control },
        { "sharing", sharing }, { "partner", partner },
    };
    size_t i;
    for (i = 0; argc >= 2 && i < sizeof checks / sizeof *checks; i++) {
        if (strcmp(argv[1], checks[i].name) == 0) {
            checks[i].check();
            return 0;
        }
    }
    printf("usage: %s CHECK\n", argv[0]);
    return 2;
}
