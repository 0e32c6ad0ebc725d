/* How a line is set: what the hardware takes is in force and reads back, what it does not take is
 * VI_ERROR_NSUP_ATTR_STATE and changes nothing. Argument 1: "16550" or an adapter's serial number.
 */

#include <asm/termbits.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include "serial.h"

static const char *device;
static const char *adapter;

/* What the driver says. Root may open a port that another has. */
static struct termios2 in_force(void)
{
    struct termios2 termios;
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(fd >= 0 && ioctl(fd, TCGETS2, &termios) == 0);
    close(fd);
    return termios;
}

static void takes_rate(ViSession vi, ViUInt32 rate)
{
    SET(vi, VI_ATTR_ASRL_BAUD, rate);
    /* Odd rates are what the divisor makes of them, three percent off at most. */
    CHECK(labs(GET(vi, VI_ATTR_ASRL_BAUD) - (long)rate) * 100 <= 3 * (long)rate);
    CHECK(labs((long)in_force().c_ospeed - (long)rate) * 100 <= 3 * (long)rate);
    if (adapter != NULL) {
        CHECK(labs(atol(bench(adapter, "settings")) - (long)rate) * 100 <= 3 * (long)rate);
    }
}

static void refuses(ViSession vi, ViAttr attribute, ViAttrState value)
{
    long before = GET(vi, attribute);
    ViStatus status = viSetAttribute(vi, attribute, value);
    if (status != VI_ERROR_NSUP_ATTR_STATE) {
        printf("0x%08lX takes %lu: 0x%08lX\n", (unsigned long)attribute, (unsigned long)value,
               (unsigned long)(ViUInt32)status);
        exit(1);
    }
    CHECK(GET(vi, attribute) == before);
    if (attribute == VI_ATTR_ASRL_BAUD) {
        CHECK((long)in_force().c_ospeed == before);
    }
}

static void rates(ViSession vi)
{
    static const ViUInt32 usual[] = { 50, 110, 300, 1200, 2400, 4800, 9600, 19200, 38400, 57600,
                                      115200, 12345, 31250 };
    size_t i;
    /* The slowest of FTDI is 183 baud. */
    for (i = adapter == NULL ? 0 : 2; i < sizeof usual / sizeof usual[0]; i++) {
        takes_rate(vi, usual[i]);
    }
    if (adapter == NULL) {
        /* The driver makes 115200 of both and reports no error. */
        refuses(vi, VI_ATTR_ASRL_BAUD, 250000);
        refuses(vi, VI_ATTR_ASRL_BAUD, 4000000);
    } else {
        takes_rate(vi, 250000);
        takes_rate(vi, 2000000);
        takes_rate(vi, 3000000);
        refuses(vi, VI_ATTR_ASRL_BAUD, 4000000);
    }
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_BAUD, 0), VI_ERROR_NSUP_ATTR_STATE);
    SET(vi, VI_ATTR_ASRL_BAUD, 9600);
}

static void bits(ViSession vi)
{
    static const unsigned sizes[] = { CS5, CS6, CS7, CS8 };
    ViUInt16 count;
    for (count = 5; count <= 8; count++) {
        if (adapter != NULL && count < 7) {
            /* FTDI's chips have seven and eight. Five, Linux claims, for a card reader's sake. */
            if (count == 6) {
                refuses(vi, VI_ATTR_ASRL_DATA_BITS, count);
            }
            continue;
        }
        SET(vi, VI_ATTR_ASRL_DATA_BITS, count);
        CHECK(GET(vi, VI_ATTR_ASRL_DATA_BITS) == count);
        CHECK((in_force().c_cflag & CSIZE) == sizes[count - 5]);
    }
}

static void parities(ViSession vi)
{
    static const unsigned flags[] = { 0, PARENB | PARODD, PARENB, PARENB | PARODD | CMSPAR,
                                      PARENB | CMSPAR };
    static const char *const names[] = { " none ", " odd ", " even ", " mark ", " space " };
    ViUInt16 parity;
    for (parity = VI_ASRL_PAR_NONE; parity <= VI_ASRL_PAR_SPACE; parity++) {
        SET(vi, VI_ATTR_ASRL_PARITY, parity);
        CHECK(GET(vi, VI_ATTR_ASRL_PARITY) == parity);
        CHECK((in_force().c_cflag & (PARENB | PARODD | CMSPAR)) == flags[parity]);
        CHECK(adapter == NULL || strstr(bench(adapter, "settings"), names[parity]) != NULL);
    }
    SET(vi, VI_ATTR_ASRL_PARITY, VI_ASRL_PAR_NONE);
}

/* A UART sends one and a half stop bits with five data bits, and two with more. */
static void stop_bits(ViSession vi)
{
    SET(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_TWO);
    CHECK((in_force().c_cflag & CSTOPB) != 0);
    CHECK(adapter == NULL || strstr(bench(adapter, "settings"), " none 20 ") != NULL);
    refuses(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_ONE5);
    SET(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_ONE);
    CHECK((in_force().c_cflag & CSTOPB) == 0);
    if (adapter == NULL) {
        SET(vi, VI_ATTR_ASRL_DATA_BITS, 5);
        SET(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_ONE5);
        CHECK(GET(vi, VI_ATTR_ASRL_STOP_BITS) == VI_ASRL_STOP_ONE5);
        CHECK((in_force().c_cflag & (CSIZE | CSTOPB)) == (CS5 | CSTOPB));
        refuses(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_TWO);
        SET(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_ONE);
        SET(vi, VI_ATTR_ASRL_DATA_BITS, 8);
    }
}

static void flow(ViSession vi)
{
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_RTS_CTS);
    CHECK((in_force().c_cflag & CRTSCTS) != 0);
    CHECK(adapter == NULL || strstr(bench(adapter, "settings"), " rts/cts ") != NULL);
    /* The driver has the line now. */
    EXPECT(viSetAttribute(vi, VI_ATTR_ASRL_RTS_STATE, VI_STATE_UNASSERTED),
           VI_ERROR_NSUP_ATTR_STATE);
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_XON_XOFF);
    CHECK((in_force().c_cflag & CRTSCTS) == 0);
    CHECK((in_force().c_iflag & (IXON | IXOFF)) == (IXON | IXOFF));
    SET(vi, VI_ATTR_ASRL_XON_CHAR, 0x31);
    SET(vi, VI_ATTR_ASRL_XOFF_CHAR, 0x33);
    CHECK(in_force().c_cc[VSTART] == 0x31 && in_force().c_cc[VSTOP] == 0x33);
    refuses(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_DTR_DSR);
    SET(vi, VI_ATTR_ASRL_FLOW_CNTRL, VI_ASRL_FLOW_NONE);
    CHECK((in_force().c_iflag & (IXON | IXOFF)) == 0);
}

int main(int argc, char **argv)
{
    ViSession rm, vi;
    char path[64];
    CHECK(argc == 2);
    adapter = strcmp(argv[1], "16550") == 0 ? NULL : argv[1];
    snprintf(path, sizeof path, "%s", adapter == NULL ? "/dev/ttyS0" : bench(adapter, "tty"));
    device = path;
    rm = open_manager();
    vi = open_port(rm, name_of(device));
    rates(vi);
    bits(vi);
    parities(vi);
    stop_bits(vi);
    flow(vi);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
