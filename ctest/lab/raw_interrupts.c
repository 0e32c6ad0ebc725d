/* USB RAW: VI_EVENT_USB_INTR, with what came, by queue and by handler. Argument: the device's serial
 * number.
 */

#include <semaphore.h>
#include "raw.h"

static const char *device;

#define EXPECT_INTERRUPT(vi, status, text) \
    check_interrupt(__FILE__, __LINE__, (vi), (status), (text))

/* What an event's context says must be this. */
static void check_context(const char *file, int line, ViEvent context, ViStatus status,
                          const char *text)
{
    ViUInt16 size = 99;
    ViByte bytes[64];
    ViStatus told = 1;
    ViEventType type = 0;
    CHECK(viGetAttribute(context, VI_ATTR_EVENT_TYPE, &type) == VI_SUCCESS);
    CHECK(type == VI_EVENT_USB_INTR);
    CHECK(viGetAttribute(context, VI_ATTR_STATUS, &told) == VI_SUCCESS);
    check_status(file, line, "VI_ATTR_STATUS", told, status);
    CHECK(viGetAttribute(context, VI_ATTR_USB_RECV_INTR_SIZE, &size) == VI_SUCCESS);
    memset(bytes, '#', sizeof bytes);
    CHECK(viGetAttribute(context, VI_ATTR_USB_RECV_INTR_DATA, bytes) == VI_SUCCESS);
    if (size != strlen(text) || memcmp(bytes, text, size) != 0 || bytes[size] != '#') {
        printf("%s:%d: %u bytes \"%.*s\", must be \"%s\"\n", file, line, size, (int)(size % 64),
               (char *)bytes, text);
        exit(1);
    }
}

static void check_interrupt(const char *file, int line, ViSession vi, ViStatus status,
                            const char *text)
{
    ViEventType type = 0;
    ViEvent context = VI_NULL;
    ViStatus waited = viWaitOnEvent(vi, VI_EVENT_USB_INTR, PATIENTLY, &type, &context);
    if (waited != VI_SUCCESS_QUEUE_NEMPTY) {
        check_status(file, line, "viWaitOnEvent", waited, VI_SUCCESS);
    }
    check_context(file, line, context, status, text);
    EXPECT(viClose(context), VI_SUCCESS);
}

static void queued(ViSession vi, ViSession other)
{
    ViEventType type;
    ViEvent context;
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    SET(other, VI_ATTR_USB_MAX_INTR_SIZE, 3);
    EXPECT(viEnableEvent(other, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    bench(device, "interrupt first");
    EXPECT_INTERRUPT(vi, VI_SUCCESS, "first");
    EXPECT_INTERRUPT(other, VI_SUCCESS, "fir");
    /* Asked for by a request, a full packet, then more. */
    EXPECT(viUsbControlOut(vi, 0x40, 4, 0, 0, 16, (ViConstBuf)"0123456789abcdef"), VI_SUCCESS);
    bench(device, "interrupt next");
    EXPECT_INTERRUPT(vi, VI_SUCCESS, "0123456789abcdef");
    EXPECT_INTERRUPT(vi, VI_SUCCESS, "next");
    EXPECT(viDisableEvent(other, VI_EVENT_USB_INTR, VI_QUEUE), VI_SUCCESS);
    EXPECT(viDiscardEvents(other, VI_EVENT_USB_INTR, VI_QUEUE), VI_SUCCESS);
    EXPECT(viWaitOnEvent(vi, VI_EVENT_USB_INTR, SHORTLY, &type, &context), VI_ERROR_TMO);
    /* Other transfers are not held up. */
    WRITE(vi, "echo", 4);
    EXPECT_READ(vi, 100, VI_SUCCESS, "echo");
}

static void halted(ViSession vi)
{
    bench(device, "fault stall 1 83");
    bench(device, "interrupt late");
    EXPECT_INTERRUPT(vi, VI_ERROR_IO, "");
    CHECK(GET(vi, VI_ATTR_USB_INTR_IN_STATUS) == VI_USB_PIPE_STALLED);
    SET(vi, VI_ATTR_USB_INTR_IN_STATUS, VI_USB_PIPE_READY);
    EXPECT_INTERRUPT(vi, VI_SUCCESS, "late");
    CHECK(GET(vi, VI_ATTR_USB_INTR_IN_STATUS) == VI_USB_PIPE_READY);
}

static sem_t handled;

static ViStatus _VI_FUNCH handler(ViSession vi, ViEventType type, ViEvent context, ViAddr user)
{
    (void)vi;
    (void)type;
    check_context(__FILE__, __LINE__, context, VI_SUCCESS, user);
    CHECK(sem_post(&handled) == 0);
    return VI_SUCCESS;
}

static void by_handler(ViSession vi)
{
    char want[] = "handler";
    struct timespec until;
    CHECK(sem_init(&handled, 0, 0) == 0);
    EXPECT(viInstallHandler(vi, VI_EVENT_USB_INTR, handler, want), VI_SUCCESS);
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_HNDLR, VI_NULL), VI_SUCCESS);
    bench(device, "interrupt handler");
    CHECK(clock_gettime(CLOCK_REALTIME, &until) == 0);
    until.tv_sec += PATIENTLY / 1000;
    CHECK(sem_timedwait(&handled, &until) == 0);
    EXPECT(viDisableEvent(vi, VI_EVENT_USB_INTR, VI_ALL_MECH), VI_SUCCESS);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi, other;
    CHECK(argc == 2);
    device = argv[1];
    vi = open_raw(rm, device);
    other = open_raw(rm, device);
    queued(vi, other);
    halted(vi);
    EXPECT(viDisableEvent(vi, VI_EVENT_USB_INTR, VI_ALL_MECH), VI_SUCCESS);
    by_handler(vi);
    /* No pipe, no interrupts. */
    SET(vi, VI_ATTR_USB_INTR_IN_PIPE, (ViAttrState)-1);
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_ERROR_NSUP_OPER);
    SET(vi, VI_ATTR_USB_INTR_IN_PIPE, 0x83);
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    bench(device, "unplug");
    EXPECT_INTERRUPT(vi, VI_ERROR_CONN_LOST, "");
    EXPECT(viClose(vi), VI_SUCCESS);
    bench(device, "plug");
    vi = open_raw(rm, device);
    EXPECT(viEnableEvent(vi, VI_EVENT_USB_INTR, VI_QUEUE, VI_NULL), VI_SUCCESS);
    bench(device, "interrupt again");
    EXPECT_INTERRUPT(vi, VI_SUCCESS, "again");
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
