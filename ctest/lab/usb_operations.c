/* What USB instruments can do besides messages: status bytes, triggers, remote and local, events,
 * attributes, control requests; how they are found, and whose they are. Arguments: the check and
 * the instrument's serial number.
 */

#include <signal.h>
#include <sys/wait.h>
#include "usb.h"

static ViUInt16 status_byte(ViSession vi)
{
    ViUInt16 byte = 0xFFFF;
    EXPECT(viReadSTB(vi, &byte), VI_SUCCESS);
    return byte;
}

/* The same, by the interrupt endpoint and without one. */
static void status(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    int i;
    command(vi, "*CLS");
    CHECK(status_byte(vi) == 0);
    command(vi, "ECHO x");
    CHECK(status_byte(vi) == 0x10);
    EXPECT_READ(vi, 10, VI_SUCCESS, "x\n");
    CHECK(status_byte(vi) == 0);
    EXPECT_BENCH(serial, "requests status-byte", "3");
    /* Its tags are 2 to 127, and begin anew. */
    for (i = 0; i < 260; i++) {
        CHECK(status_byte(vi) == 0);
    }
    command(vi, "*ESE 1;*SRE 32;*OPC");
    CHECK(status_byte(vi) == 0x60);
    CHECK(status_byte(vi) == 0x20);
}

/* A status byte while a request for service comes: neither takes the other's notice. */
static void requests(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    int i;
    EXPECT(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL), VI_SUCCESS);
    command(vi, "*CLS");
    command(vi, "*ESE 1;*SRE 32");
    for (i = 0; i < 20; i++) {
        ViUInt16 byte;
        command(vi, "*OPC");
        byte = status_byte(vi);
        EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, PATIENTLY, VI_NULL, VI_NULL), VI_SUCCESS);
        CHECK((byte & 0x20) != 0);
        command(vi, "*ESR?");
        EXPECT_READ(vi, 10, VI_SUCCESS, "1\n");
    }
    EXPECT(viWaitOnEvent(vi, VI_EVENT_SERVICE_REQ, 200, VI_NULL, VI_NULL), VI_ERROR_TMO);
    /* A device that sends what nobody asked for. */
    bench(serial, "interrupt \\x85\\x10");
    bench(serial, "interrupt \\x81");
    CHECK(status_byte(vi) == 0);
    EXPECT(viDisableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE), VI_SUCCESS);
}

/* Notices of the vendor's own come with their bytes. */
static void interrupts(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    ViEventType type = 0;
    ViEvent event = VI_NULL;
    ViUInt16 size = 0;
    ViByte data[16];
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    bench(serial, "interrupt \\x01own\\xFF");
    EXPECT(viWaitOnEvent(vi, VI_EVENT_USB_INTR, PATIENTLY, &type, &event), VI_SUCCESS);
    CHECK(type == VI_EVENT_USB_INTR);
    EXPECT(viGetAttribute(event, VI_ATTR_USB_RECV_INTR_SIZE, &size), VI_SUCCESS);
    CHECK(size == 5);
    EXPECT(viGetAttribute(event, VI_ATTR_USB_RECV_INTR_DATA, data), VI_SUCCESS);
    CHECK(memcmp(data, "\1own\xFF", 5) == 0);
    EXPECT(viClose(event), VI_SUCCESS);
    CHECK((status_byte(vi) & 0x80) == 0);
}

static void remote(ViSession rm, const char *serial)
{
    static const struct {
        ViUInt16 mode;
        const char *then;
    } steps[] = {
        { VI_GPIB_REN_ASSERT, "enabled=1 remote=0 lockout=0" },
        { VI_GPIB_REN_DEASSERT, "enabled=0 remote=0 lockout=0" },
        { VI_GPIB_REN_ASSERT_ADDRESS, "enabled=1" },
        { VI_GPIB_REN_ASSERT_LLO, "enabled=1" },
        { VI_GPIB_REN_ASSERT_ADDRESS_LLO, "lockout=1" },
        { VI_GPIB_REN_ADDRESS_GTL, "enabled=1 remote=0 lockout=1" },
        { VI_GPIB_REN_DEASSERT_GTL, "enabled=0 remote=0 lockout=0" },
    };
    ViSession vi = open_instrument(rm, serial);
    size_t i;
    for (i = 0; i < sizeof steps / sizeof *steps; i++) {
        EXPECT(viGpibControlREN(vi, steps[i].mode), VI_SUCCESS);
        expect_part(serial, "counters", steps[i].then);
    }
    EXPECT(viGpibControlREN(vi, 7), VI_ERROR_INV_MODE);
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_SUCCESS);
    expect_part(serial, "counters", "triggers=1");
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_SYNC), VI_ERROR_INV_PROT);
}

/* What a device says that it cannot, it is not asked to. */
static void lacking(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    ViBoolean compliant = VI_TRUE;
    ViInt16 protocol = -1;
    ViUInt16 byte;
    EXPECT(viAssertTrigger(vi, VI_TRIG_PROT_DEFAULT), VI_ERROR_NSUP_OPER);
    EXPECT(viGpibControlREN(vi, VI_GPIB_REN_ASSERT), VI_ERROR_NSUP_OPER);
    EXPECT(viGetAttribute(vi, VI_ATTR_USB_PROTOCOL, &protocol), VI_SUCCESS);
    if (protocol == 0) {
        EXPECT(viReadSTB(vi, &byte), VI_ERROR_NSUP_OPER);
        CHECK(viEnableEvent(vi, VI_EVENT_SERVICE_REQ, VI_QUEUE, VI_NULL) < 0);
        EXPECT(viGetAttribute(vi, VI_ATTR_4882_COMPLIANT, &compliant), VI_SUCCESS);
        CHECK(compliant == VI_FALSE);
    }
    command(vi, "ECHO still");
    EXPECT_READ(vi, 100, VI_SUCCESS, "still\n");
    EXPECT(viClear(vi), VI_SUCCESS);
}

static void attributes(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    ViUInt16 half = 0;
    ViInt16 number = -1;
    ViBoolean truth = VI_FALSE;
    char text[256], want[256];
    EXPECT(viGetAttribute(vi, VI_ATTR_MANF_ID, &half), VI_SUCCESS);
    CHECK(half == 0x1209);
    EXPECT(viGetAttribute(vi, VI_ATTR_MODEL_CODE, &half), VI_SUCCESS);
    CHECK(half == 0x0010);
    EXPECT(viGetAttribute(vi, VI_ATTR_MANF_NAME, text), VI_SUCCESS);
    CHECK(strcmp(text, "ferrovisa") == 0);
    EXPECT(viGetAttribute(vi, VI_ATTR_MODEL_NAME, text), VI_SUCCESS);
    CHECK(strcmp(text, "bench instrument") == 0);
    EXPECT(viGetAttribute(vi, VI_ATTR_USB_SERIAL_NUM, text), VI_SUCCESS);
    CHECK(strcmp(text, serial) == 0);
    EXPECT(viGetAttribute(vi, VI_ATTR_USB_INTFC_NUM, &number), VI_SUCCESS);
    CHECK(number == 0);
    EXPECT(viGetAttribute(vi, VI_ATTR_USB_PROTOCOL, &number), VI_SUCCESS);
    CHECK(number == 1);
    EXPECT(viGetAttribute(vi, VI_ATTR_4882_COMPLIANT, &truth), VI_SUCCESS);
    CHECK(truth == VI_TRUE);
    EXPECT(viGetAttribute(vi, VI_ATTR_INTF_TYPE, &half), VI_SUCCESS);
    CHECK(half == VI_INTF_USB);
    EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_NAME, text), VI_SUCCESS);
    snprintf(want, sizeof want, "USB0::0x1209::0x0010::%s::INSTR", serial);
    if (strcmp(text, want) != 0 && strcmp(text, instrument(serial)) != 0) {
        printf("the name is %s\n", text);
        exit(1);
    }
}

static void control(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    ViByte answer[0x18];
    ViUInt16 count = 0;
    EXPECT(viUsbControlIn(vi, 0xA1, 7, 0, 0, 0x18, answer, &count), VI_SUCCESS);
    CHECK(count == 0x18 && answer[0] == 1 && answer[4] == 4 && answer[14] == 7);
    EXPECT(viUsbControlIn(vi, 0xA1, 64, 0, 0, 1, answer, &count), VI_SUCCESS);
    expect_part(serial, "counters", "pulses=1");
    /* A standard request, which libusb passes on. */
    EXPECT(viUsbControlIn(vi, 0x80, 6, 0x0100, 0, 18, answer, &count), VI_SUCCESS);
    CHECK(count == 18 && answer[8] == 0x09 && answer[9] == 0x12);
    bench(serial, "fault stall-control 1 pulse");
    CHECK(viUsbControlIn(vi, 0xA1, 64, 0, 0, 1, answer, &count) < 0);
    EXPECT(viUsbControlIn(vi, 0xA1, 64, 0, 0, 1, answer, &count), VI_SUCCESS);
}

/* A capability request that goes wrong must not keep viOpen. */
static void opening(ViSession rm, const char *serial)
{
    static const char *const faults[] = {
        "silent-control always capabilities", "stall-control always capabilities",
        "fail-control always capabilities",   "stall-control always clear",
        "silent-control 1 clear",             "pending always check-clear",
    };
    size_t i;
    for (i = 0; i < sizeof faults / sizeof *faults; i++) {
        ViSession vi = VI_NULL;
        char fault[80];
        double began = now();
        sprintf(fault, "fault %s", faults[i]);
        bench(serial, fault);
        EXPECT(viOpen(rm, instrument(serial), VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
        if (now() - began > 20000) {
            printf("%s: viOpen took %.0f ms\n", fault, now() - began);
            exit(1);
        }
        EXPECT(viClose(vi), VI_SUCCESS);
        bench(serial, "fault off");
        EXPECT_BENCH(serial, "driver", "usbtmc");
        vi = open_instrument(rm, serial);
        command(vi, "ECHO well");
        EXPECT_READ(vi, 100, VI_SUCCESS, "well\n");
        EXPECT(viClose(vi), VI_SUCCESS);
    }
}

/* Deaf until it is cleared, which opening it does. */
static void needs_clear(ViSession rm, const char *serial)
{
    ViSession vi = open_instrument(rm, serial);
    command(vi, "ECHO heard");
    EXPECT_READ(vi, 100, VI_SUCCESS, "heard\n");
}

static void identifies(ViSession rm, const char *name, const char *want)
{
    ViSession vi = VI_NULL;
    char text[200];
    EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
    command(vi, "*IDN?");
    snprintf(text, sizeof text, "Ferrovisa,Bench Instrument,%s,1\n", want);
    EXPECT_READ(vi, 200, VI_SUCCESS, text);
    EXPECT(viClose(vi), VI_SUCCESS);
}

/* Two alike (U1, U2), three in one device (U3), one without a serial number: each is listed once,
 * and each name leads to its own. */
static void finding(ViSession rm, const char *serial)
{
    ViFindList list = VI_NULL;
    ViUInt32 count = 0, i;
    char name[256], other[256];
    ViSession first, second;
    EXPECT(viFindRsrc(rm, "USB?*INSTR", &list, &count, name), VI_SUCCESS);
    if (count != 6) {
        printf("%lu are listed, the first is %s\n", (unsigned long)count, name);
        exit(1);
    }
    for (i = 0; i < count; i++) {
        ViSession vi = VI_NULL;
        EXPECT(viOpen(rm, name, VI_NO_LOCK, PATIENTLY, &vi), VI_SUCCESS);
        EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_NAME, other), VI_SUCCESS);
        CHECK(strcmp(name, other) == 0);
        EXPECT(viClose(vi), VI_SUCCESS);
        if (strstr(name, "::0x0012::") != NULL) {
            identifies(rm, name, "none/0");
        }
        if (i + 1 < count) {
            EXPECT(viFindNext(list, name), VI_SUCCESS);
        }
    }
    EXPECT(viClose(list), VI_SUCCESS);
    identifies(rm, "USB::0x1209::0x10::U1::INSTR", "U1/0");
    identifies(rm, "usb0::4617::16::U2::instr", "U2/0");
    identifies(rm, "USB::0X1209::16::U2", "U2/0");
    identifies(rm, "USB0::0x1209::0x0011::U3::INSTR", "U3/0");
    identifies(rm, "USB0::0x1209::0x0011::U3::1::INSTR", "U3/1");
    identifies(rm, "USB0::0x1209::0x0011::U3::2::INSTR", "U3/2");
    EXPECT(viOpen(rm, "USB0::0x1209::0x0011::U3::3::INSTR", VI_NO_LOCK, 100, &first),
           VI_ERROR_RSRC_NFOUND);
    EXPECT(viOpen(rm, "USB0::0x1209::0x0010::U9::INSTR", VI_NO_LOCK, 100, &first),
           VI_ERROR_RSRC_NFOUND);
    /* Both of a kind at once. */
    first = open_instrument(rm, "U1");
    second = open_instrument(rm, "U2");
    command(first, "ECHO first");
    command(second, "ECHO second");
    EXPECT_READ(first, 100, VI_SUCCESS, "first\n");
    EXPECT_READ(second, 100, VI_SUCCESS, "second\n");
    EXPECT_BENCH(serial, "violations", "none");
}

/* The kernel's driver steps aside for the time of a session, and other processes find it busy. */
static void owner(ViSession rm, const char *serial)
{
    ViSession one, two;
    int status = 0;
    pid_t child;
    EXPECT_BENCH(serial, "driver", "usbtmc");
    one = open_instrument(rm, serial);
    EXPECT_BENCH(serial, "driver", "usbfs");
    two = open_instrument(rm, serial);
    fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession own = open_manager(), vi;
        EXPECT(viOpen(own, instrument(serial), VI_NO_LOCK, 500, &vi), VI_ERROR_RSRC_BUSY);
        EXPECT(viClose(own), VI_SUCCESS);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(viClose(one), VI_SUCCESS);
    EXPECT_BENCH(serial, "driver", "usbfs");
    command(two, "ECHO mine");
    EXPECT_READ(two, 100, VI_SUCCESS, "mine\n");
    EXPECT(viClose(two), VI_SUCCESS);
    EXPECT_BENCH(serial, "driver", "usbtmc");

    /* A process that is killed leaves a device that opens. */
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        ViSession own = open_manager();
        two = open_instrument(own, serial);
        command(two, "ECHO never read");
        kill(getpid(), SIGKILL);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    one = open_instrument(rm, serial);
    command(one, "ECHO own");
    EXPECT_READ(one, 100, VI_SUCCESS, "own\n");
    EXPECT(viClose(one), VI_SUCCESS);
    /* Which it leaves as it was found: the kernel gives none back for who was killed. */
    EXPECT_BENCH(serial, "driver", "none");
}

/* Several processes want the instrument at once: each has it, or is told that another has. */
static void contention(ViSession rm, const char *serial)
{
    pid_t child[4];
    int i, k, had = 0;
    (void)rm;
    fflush(stdout);
    for (i = 0; i < 4; i++) {
        child[i] = fork();
        CHECK(child[i] >= 0);
        if (child[i] == 0) {
            ViSession own = open_manager();
            int successes = 0;
            for (k = 0; k < 10; k++) {
                ViSession vi = VI_NULL;
                ViStatus status = viOpen(own, instrument(serial), VI_NO_LOCK, PATIENTLY, &vi);
                if (status == VI_SUCCESS) {
                    char text[80], want[64];
                    sprintf(want, "%d of %d\n", k, i);
                    snprintf(text, sizeof text, "ECHO %s", want);
                    EXPECT(viSetAttribute(vi, VI_ATTR_TMO_VALUE, PATIENTLY), VI_SUCCESS);
                    EXPECT(viWrite(vi, (ViConstBuf)text, (ViUInt32)strlen(text), VI_NULL),
                           VI_SUCCESS);
                    EXPECT_READ(vi, 60, VI_SUCCESS, want);
                    EXPECT(viClose(vi), VI_SUCCESS);
                    successes++;
                } else {
                    EXPECT(status, VI_ERROR_RSRC_BUSY);
                }
            }
            exit(successes > 0 ? 0 : 3);
        }
    }
    for (i = 0; i < 4; i++) {
        int status = 0;
        CHECK(waitpid(child[i], &status, 0) == child[i] && WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3);
        had += WEXITSTATUS(status) == 0;
    }
    CHECK(had > 0);
    EXPECT_BENCH(serial, "driver", "usbtmc");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(ViSession rm, const char *serial);
    } checks[] = {
        { "status", status },         { "requests", requests }, { "interrupts", interrupts },
        { "remote", remote },         { "lacking", lacking },   { "attributes", attributes },
        { "control", control },       { "opening", opening },   { "needs_clear", needs_clear },
        { "finding", finding },       { "owner", owner },
        { "contention", contention },
    };
    ViSession rm = open_manager();
    size_t i;
    CHECK(argc == 3);
    for (i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (strcmp(argv[1], checks[i].name) == 0) {
            checks[i].run(rm, argv[2]);
            EXPECT_BENCH(argv[2], "violations", "none");
            EXPECT(viClose(rm), VI_SUCCESS);
            return 0;
        }
    }
    printf("no such check\n");
    return 2;
}
