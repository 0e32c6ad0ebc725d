/* defaults.c: what the configuration sets a session to when it opens. With VI_LOAD_CONFIG all of
 * it, without it what is to be set always; VI_WARN_CONFIG_NLOADED, and every attribute at its
 * default, when there is nothing to load or a value is refused (viOpen, VI_LOAD_CONFIG).
 */

#define NIVISA_USB
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char file[64];

static void remove_file(void)
{
    unlink(file);
}

/* A manager that has read this. */
static ViSession configured(const char *format, const char *name)
{
    FILE *out = fopen(file, "w");

    CHECK(out != NULL);
    fprintf(out, format, name);
    CHECK(fclose(out) == 0);
    return open_manager();
}

static ViSession opened(ViSession rm, const char *name, ViAccessMode mode, ViStatus status)
{
    ViSession vi = VI_NULL;

    EXPECT(viOpen(rm, name, mode, 5000, &vi), status);
    CHECK(vi != VI_NULL);
    return vi;
}

static void is(ViSession vi, ViAttr attribute, unsigned long value)
{
    ViUInt64 room = 0;

    EXPECT(viGetAttribute(vi, attribute, &room), VI_SUCCESS);
    if ((unsigned long)room != value) {
        printf("attribute 0x%08lX is %lu, must be %lu\n", (unsigned long)attribute,
               (unsigned long)room, value);
        exit(1);
    }
}

/* What every session starts with when nothing sets it. */
static void is_usual(ViSession vi)
{
    is(vi, VI_ATTR_TMO_VALUE, 2000);
    is(vi, VI_ATTR_TERMCHAR, '\n');
    is(vi, VI_ATTR_TERMCHAR_EN, VI_FALSE);
    is(vi, VI_ATTR_SEND_END_EN, VI_TRUE);
}

static void close_both(ViSession vi, ViSession rm)
{
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viClose(rm), VI_SUCCESS);
}

static void nothing_to_load(const char *name)
{
    ViSession rm = configured("[defaults.'%s.no']\ntimeout = 1\n", "TCPIP::no");
    ViSession vi = opened(rm, name, VI_LOAD_CONFIG, VI_WARN_CONFIG_NLOADED);

    is_usual(vi);
    command(vi, "*CLS");
    close_both(vi, rm);
}

static void when_asked(const char *name)
{
    ViSession rm = configured("[defaults.'%s']\ntimeout = 9876\ntermination = \"\\r\"\n"
                              "VI_ATTR_SEND_END_EN = false\ncolour = 'red'\n",
                              name);
    ViSession vi = opened(rm, name, VI_NO_LOCK, VI_SUCCESS);

    is_usual(vi);
    EXPECT(viClose(vi), VI_SUCCESS);
    vi = opened(rm, name, VI_LOAD_CONFIG | VI_EXCLUSIVE_LOCK, VI_SUCCESS);
    is(vi, VI_ATTR_RSRC_LOCK_STATE, VI_EXCLUSIVE_LOCK);
    is(vi, VI_ATTR_TMO_VALUE, 9876);
    is(vi, VI_ATTR_TERMCHAR, '\r');
    is(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE);
    is(vi, VI_ATTR_SEND_END_EN, VI_FALSE);
    close_both(vi, rm);
}

/* Also without being asked, and it works: the answer ends where the configuration says. */
static void always(const char *name)
{
    ViSession rm = configured("aliases.dut = '%s'\n[defaults.dut]\ntermination = \"\\n\"\n"
                              "timeout = 10000\nalways = true\n[defaults.'?*']\ntimeout = 3\n",
                              name);
    ViSession vi = opened(rm, "DUT", VI_NO_LOCK, VI_SUCCESS);
    char alias[256], answer[256];
    ViUInt32 count = 0;

    is(vi, VI_ATTR_TMO_VALUE, 10000);
    EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_USER_ALIAS, alias), VI_SUCCESS);
    CHECK(strcmp(alias, "dut") == 0);
    command(vi, "*IDN?");
    CHECK(viRead(vi, (ViPBuf)answer, sizeof answer, &count) >= VI_SUCCESS);
    CHECK(count > 0 && answer[count - 1] == '\n');
    close_both(vi, rm);
}

/* The whole of it or nothing: what is set before the refused value goes back. */
static void refused(const char *name)
{
    const char *wrong = "flow_control = 'dtr_dsr'\nbaud = 19200\n";
    ViSession rm, vi;
    char text[512];

    if (!is_serial(name)) {
        if (strstr(name, "::hislip") == NULL)
            return;
        wrong = "VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN = true\n";
    }
    snprintf(text, sizeof text,
             "[defaults.'%%s']\ntimeout = 9876\nVI_ATTR_SEND_END_EN = false\nalways = true\n%s", wrong);
    rm = configured(text, name);
    vi = opened(rm, name, VI_LOAD_CONFIG, VI_WARN_CONFIG_NLOADED);
    is_usual(vi);
    if (is_serial(name))
        is(vi, VI_ATTR_ASRL_BAUD, 9600);
    command(vi, "*CLS");
    EXPECT(viClose(vi), VI_SUCCESS);
    /* Nobody asked, but what the file says is not so all the same. */
    vi = opened(rm, name, VI_NO_LOCK, VI_WARN_CONFIG_NLOADED);
    is_usual(vi);
    close_both(vi, rm);
}

/* Settings of a port are its sessions' together. Who has locked it keeps them. */
static void locked(const char *name)
{
    ViSession rm = configured("[defaults.'%s']\nVI_KTATTR_LOCKWAIT = true\nbaud = 19200\n"
                              "stop_bits = 2\ntimeout = 'infinite'\n",
                              name);
    ViSession vi, other;

    if (!is_serial(name)) {
        EXPECT(viClose(rm), VI_SUCCESS);
        return;
    }
    vi = opened(rm, name, VI_EXCLUSIVE_LOCK, VI_SUCCESS);
    /* Does not wait for the lock, neither for ever nor at all. */
    other = opened(rm, name, VI_LOAD_CONFIG, VI_WARN_CONFIG_NLOADED);
    is_usual(other);
    is(vi, VI_ATTR_ASRL_BAUD, 9600);
    EXPECT(viClose(other), VI_SUCCESS);
    EXPECT(viUnlock(vi), VI_SUCCESS);
    other = opened(rm, name, VI_LOAD_CONFIG, VI_SUCCESS);
    is(vi, VI_ATTR_ASRL_BAUD, 19200);
    is(vi, VI_ATTR_ASRL_STOP_BITS, VI_ASRL_STOP_TWO);
    is(vi, VI_ATTR_TMO_VALUE, 2000);
    is(other, VI_ATTR_TMO_VALUE, VI_TMO_INFINITE);
    EXPECT(viClose(other), VI_SUCCESS);
    close_both(vi, rm);
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    ViSession rm = open_manager();
    char maker[256];

    EXPECT(viGetAttribute(rm, VI_ATTR_RSRC_MANF_NAME, maker), VI_SUCCESS);
    if (strcmp(maker, "ferrovisa") != 0)
        skip("this library has another configuration");
    EXPECT(viClose(rm), VI_SUCCESS);
    sprintf(file, "/tmp/ferrovisa-defaults-%ld.toml", (long)getpid());
    atexit(remove_file);
    CHECK(setenv("FERROVISA_CONFIG", file, 1) == 0);
    nothing_to_load(name);
    when_asked(name);
    always(name);
    refused(name);
    locked(name);
    return 0;
}
