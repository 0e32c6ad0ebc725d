/* Which port ASRLn is, and that viFindRsrc lists the ports that are there. Arguments: the serial
 * numbers of two adapters, plugged in in this order.
 */

#include <sys/stat.h>
#include "serial.h"

/* All that viFindRsrc lists, separated by blanks. */
static const char *found(ViSession rm)
{
    static char all[2048];
    char name[VI_FIND_BUFLEN];
    ViFindList list;
    ViUInt32 count, i;
    ViStatus status = viFindRsrc(rm, "ASRL?*INSTR", &list, &count, name);
    all[0] = '\0';
    if (status == VI_ERROR_RSRC_NFOUND) {
        return all;
    }
    CHECK(status == VI_SUCCESS);
    for (i = 0; i < count; i++) {
        if (i > 0) {
            EXPECT(viFindNext(list, name), VI_SUCCESS);
        }
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? " " : "", name);
    }
    EXPECT(viFindNext(list, name), VI_ERROR_RSRC_NFOUND);
    EXPECT(viClose(list), VI_SUCCESS);
    return all;
}

static void expect_found(int line, ViSession rm, const char *want)
{
    const char *got = found(rm);
    if (strcmp(got, want) != 0) {
        printf("%s:%d: found\n    %s, must be\n    %s\n", __FILE__, line, got, want);
        exit(1);
    }
}

/* What a name opens, as the session says. */
static void expect_place(int line, ViSession rm, const char *name, const char *want)
{
    char place[256];
    ViSession vi = open_port(rm, name);
    EXPECT(viGetAttribute(vi, VI_ATTR_INTF_INST_NAME, place), VI_SUCCESS);
    EXPECT(viClose(vi), VI_SUCCESS);
    if (strcmp(place, want) != 0) {
        printf("%s:%d: %s is %s, must be %s\n", __FILE__, line, name, place, want);
        exit(1);
    }
}

static void configured(const char *path)
{
    FILE *file = fopen("/run/numbers.toml", "w");
    CHECK(file != NULL);
    CHECK(fprintf(file, "[serial]\n2 = \"%s\"\n40 = \"/dev/serial/absent\"\n", path) > 0);
    CHECK(fclose(file) == 0);
    CHECK(setenv("FERROVISA_CONFIG", "/run/numbers.toml", 1) == 0);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager(), vi;
    char want[256], path[64], second[64];
    CHECK(argc == 3);

    /* Four UARTs that exist, none of the four names without one; then USB by place. The fourth is
     * the console: it has a number and is not listed. */
    expect_found(__LINE__, rm, "ASRL1::INSTR ASRL2::INSTR ASRL3::INSTR ASRL5::INSTR ASRL6::INSTR "
                 "ASRL7::INSTR");
    expect_place(__LINE__, rm, "ASRL1::INSTR", "ASRL1 (/dev/ttyS0)");
    expect_place(__LINE__, rm, "ASRL5::INSTR", "ASRL5 (/dev/ttyUSB0)");
    snprintf(second, sizeof second, "%s", bench(argv[2], "tty"));
    snprintf(want, sizeof want, "ASRL6 (%s)", bench(argv[1], "tty"));
    expect_place(__LINE__, rm, "ASRL6::INSTR", want);
    snprintf(want, sizeof want, "ASRL7 (%s)", second);
    expect_place(__LINE__, rm, "asrl7", want);
    expect_place(__LINE__, rm, "COM2", "ASRL2 (/dev/ttyS1)");
    EXPECT(viOpen(rm, "ASRL8::INSTR", VI_NO_LOCK, 0, &vi), VI_ERROR_RSRC_NFOUND);
    EXPECT(viOpen(rm, "ASRL/dev/ttyS9::INSTR", VI_NO_LOCK, 0, &vi), VI_ERROR_RSRC_NFOUND);

    /* A port that is open is still listed; one that is pulled is not, and its number goes on. */
    vi = open_port(rm, "ASRL6::INSTR");
    CHECK(strstr(found(rm), "ASRL6::INSTR") != NULL);
    EXPECT(viClose(vi), VI_SUCCESS);
    bench(argv[1], "unplug");
    expect_found(__LINE__, rm, "ASRL1::INSTR ASRL2::INSTR ASRL3::INSTR ASRL5::INSTR ASRL6::INSTR");
    snprintf(want, sizeof want, "ASRL6 (%s)", second);
    expect_place(__LINE__, rm, "ASRL6::INSTR", want);
    EXPECT(viClose(rm), VI_SUCCESS);

    /* Configured by the names that udev makes of serial numbers: this one stays, the others make
     * room, and one that is absent is not listed. */
    CHECK(mkdir("/dev/serial", 0755) == 0 || errno == EEXIST);
    snprintf(path, sizeof path, "/dev/serial/%s", argv[2]);
    CHECK(symlink(second, path) == 0);
    configured(path);
    rm = open_manager();
    expect_found(__LINE__, rm, "ASRL1::INSTR ASRL2::INSTR ASRL3::INSTR ASRL4::INSTR ASRL6::INSTR");
    snprintf(want, sizeof want, "ASRL2 (%s)", path);
    expect_place(__LINE__, rm, "ASRL2::INSTR", want);
    expect_place(__LINE__, rm, "ASRL3::INSTR", "ASRL3 (/dev/ttyS1)");
    snprintf(want, sizeof want, "ASRL%s", path);
    expect_place(__LINE__, rm, name_of(path), want);
    EXPECT(viOpen(rm, "ASRL40::INSTR", VI_NO_LOCK, 0, &vi), VI_ERROR_RSRC_NFOUND);
    EXPECT(viClose(rm), VI_SUCCESS);
    CHECK(unlink(path) == 0);
    bench(argv[1], "plug");
    return 0;
}
