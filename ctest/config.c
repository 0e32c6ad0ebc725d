/* config.c: static resources are found, aliases open and parse (rules of viFindRsrc, viOpen,
 * viParseRsrcEx); a mistake in the file costs only itself. */

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char file[64];

static void remove_file(void)
{
    unlink(file);
}

static void write_file(const char *name, const char *more)
{
    FILE *out = fopen(file, "w");

    CHECK(out != NULL);
    fprintf(out, "resources = ['%s', 'GPIB10::2', 'gpib9::1::instr', 'nonsense', 'GPIB9::1']\n", name);
    fprintf(out, "[aliases]\nScope = '%s'\nbroken = 'no name'\n'GPIB9::1' = 'GPIB9::2'\n%s", name, more);
    CHECK(fclose(out) == 0);
}

int main(int argc, char **argv)
{
    const char *name = resource(argc, argv);
    static const char *const found[] = {"GPIB9::1::INSTR", "GPIB10::2::INSTR"};
    ViSession rm, vi = VI_NULL, again = VI_NULL;
    ViFindList list = VI_NULL;
    ViUInt16 type, number, interface;
    ViUInt32 count = 0, i;
    char class_[256], full[256], alias[256], text[256], canonical[256];

    interface = is_serial(name) ? VI_INTF_ASRL : VI_INTF_TCPIP;
    sprintf(file, "/tmp/ferrovisa-config-%ld.toml", (long)getpid());
    atexit(remove_file);
    CHECK(setenv("FERROVISA_CONFIG", file, 1) == 0);
    write_file(name, "");
    rm = open_manager();
    EXPECT(viGetAttribute(rm, VI_ATTR_RSRC_MANF_NAME, text), VI_SUCCESS);
    if (strcmp(text, "ferrovisa") != 0)
        skip("this library has another configuration");

    /* An alias, in any case, is the resource; what it is configured as comes back. */
    EXPECT(viParseRsrcEx(rm, "SCOPE", &type, &number, class_, full, alias), VI_SUCCESS);
    CHECK(type == interface && number == 0 && strcmp(alias, "Scope") == 0);
    CHECK(strcmp(class_, is_socket(name) ? "SOCKET" : "INSTR") == 0);
    EXPECT(viParseRsrcEx(rm, name, &type, &number, class_, canonical, alias), VI_SUCCESS);
    CHECK(strcmp(full, canonical) == 0 && strcmp(alias, "Scope") == 0);
    EXPECT(viParseRsrc(rm, "scope", &type, &number), VI_SUCCESS);
    CHECK(type == interface && number == 0);
    EXPECT(viOpen(rm, "scope", VI_NO_LOCK, 5000, &vi), VI_SUCCESS);
    EXPECT(viGetAttribute(vi, VI_ATTR_RSRC_NAME, text), VI_SUCCESS);
    CHECK(strcmp(text, canonical) == 0);

    /* A name stays a name, and a word that is neither is refused. */
    EXPECT(viParseRsrcEx(rm, "GPIB9::1", &type, &number, class_, full, alias), VI_SUCCESS);
    CHECK(strcmp(full, "GPIB9::1::INSTR") == 0 && strcmp(alias, "") == 0);
    EXPECT(viParseRsrc(rm, "scop", &type, &number), VI_ERROR_INV_RSRC_NAME);
    EXPECT(viOpen(rm, "scop", VI_NO_LOCK, 5000, &again), VI_ERROR_INV_RSRC_NAME);
    EXPECT(viOpen(rm, "broken", VI_NO_LOCK, 5000, &again), VI_ERROR_INV_RSRC_NAME);

    /* Configured and open at once: listed once. Sorted, boards by number. */
    EXPECT(viFindRsrc(rm, is_serial(name) ? "ASRL/dev?*" : "TCPIP?*", &list, &count, text),
           VI_SUCCESS);
    CHECK(count == 1 && strcmp(text, canonical) == 0);
    EXPECT(viClose(list), VI_SUCCESS);
    EXPECT(viFindRsrc(rm, "GPIB?*INSTR", &list, &count, text), VI_SUCCESS);
    CHECK(count == 2);
    for (i = 0; i < count; i++) {
        CHECK(strcmp(text, found[i]) == 0);
        EXPECT(viFindNext(list, text), i + 1 < count ? VI_SUCCESS : VI_ERROR_RSRC_NFOUND);
    }

    /* The next manager sees what the file says then; this one keeps what it saw. */
    write_file(name, "late = 'GPIB3::3'\n");
    EXPECT(viParseRsrc(rm, "late", &type, &number), VI_ERROR_INV_RSRC_NAME);
    EXPECT(viOpenDefaultRM(&again), VI_SUCCESS);
    EXPECT(viParseRsrc(again, "late", &type, &number), VI_SUCCESS);
    CHECK(type == VI_INTF_GPIB && number == 3);
    EXPECT(viClose(again), VI_SUCCESS);
    unlink(file);
    EXPECT(viOpenDefaultRM(&again), VI_SUCCESS);
    EXPECT(viParseRsrc(again, "scope", &type, &number), VI_ERROR_INV_RSRC_NAME);
    EXPECT(viClose(again), VI_SUCCESS);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
