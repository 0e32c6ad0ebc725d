/* format_print.c: what each conversion of an output format makes of its arguments, told by
 * viSPrintf; and what it answers to formats that are none. Guard bytes stand around the buffer.
 */

#include "guarded.h"

static ViSession vi;

/* The memory behind place 0 must be the text with its NUL, and all else untouched. */
#define OUT(text, ...) \
    do { \
        guarded_start(); \
        EXPECT(viSPrintf(vi, PLACE(0), __VA_ARGS__), VI_SUCCESS); \
        WANT_TEXT(0, text); \
        GUARDED_CHECK(#__VA_ARGS__); \
    } while (0)

/* The call fails before anything is written. */
#define REFUSED(status, ...) \
    do { \
        guarded_start(); \
        EXPECT(viSPrintf(vi, PLACE(0), __VA_ARGS__), status); \
        GUARDED_CHECK(#__VA_ARGS__); \
    } while (0)

static void text(void)
{
    OUT("*IDN?\n", "*IDN?\n");
    OUT("*IDN?\n", "*IDN?\\n");
    OUT("A\tB\r\n", "A\tB\r\n");
    OUT("A\tB\r\n", "A\\tB\\r\\n");
    OUT("AB\"\\", "\\x41\\102\\\"\\\\");
    OUT("q", "\\q");
    OUT("", "");
    OUT("50%\n", "%d%%\n", 50);
    OUT("x", "%c", 'x');
    OUT("a\0b", "a%cb", 0);
    OUT(":MEAS?", "%s", ":MEAS?");
    OUT("ABC", "%.3s", "ABCDEF");
    OUT("  ABC", "%5.3s", "ABCDEF");
    OUT("ABC  |", "%-5.3s|", "ABCDEF");
    OUT("CONF:VOLT:DC", "%s:%s:%s", "CONF", "VOLT", "DC");
}

static void integers(void)
{
    static const int ints[] = {1, 2, 3, 4};
    static const short shorts[] = {1, -2, 3};
    static const long long longs[] = {1099511627776LL, -1};

    OUT("35", "%d", 35);
    OUT("   35|35   |00035", "%5d|%-5d|%05d", 35, 35, 35);
    OUT("0035", "%.4d", 35);
    OUT("    35", "%*d", 6, 35);
    OUT("35    |", "%*d|", -6, 35);
    OUT("-3 3 10 ff FF", "%i %u %o %x %X", -3, 3, 8, 255, 255);
    OUT("1", "%hd", 65537);
    OUT("-2147483648", "%ld", (int)(-2147483647 - 1));
    OUT("1099511627776", "%lld", 1099511627776LL);
    OUT("1,2,3,4", "%,4d", ints);
    OUT("1,2,3", "%,*d", 3, ints);
    OUT("1,-2,3", "%,3hd", shorts);
    OUT("1,-2,3", "%h,3d", shorts);
    OUT("1099511627776,-1", "%,2lld", longs);
    OUT("", "%,*d", 0, ints);
    OUT("26", "%@1d", 26);
    OUT("35.000000", "%@2d", 35);
    OUT("35.0", "%@2.1d", 35);
    OUT("#HAF35B", "%@Hd", 0xAF35B);
    OUT("#Q71234", "%@Qd", 29340);
    OUT("#B11101001", "%@Bd", 233);
    OUT("      #HFF", "%10@Hd", 255);
    OUT("#H00FF", "%@H.4d", 255);
}

static void numbers(void)
{
    static const double doubles[] = {1, 2.5, 3};
    static const float floats[] = {1, 2.5F};
    static const long double longs[] = {1, -2.5L};

    OUT("3.140000", "%f", 3.14);
    OUT("3.14", "%.2f", 3.14159);
    OUT("   3.142", "%8.3f", 3.14159);
    OUT("1.234568e+04", "%e", 12345.678);
    OUT("1.234568E+04", "%E", 12345.678);
    OUT("0.0001", "%g", 0.0001);
    OUT("3.50", "%.*lf", 2, 3.5);
    OUT("3.5", "%.1Lf", 3.5L);
    OUT("1.0,2.5,3.0", "%,3.1lf", doubles);
    OUT("1.0,2.5,3.0", "%.1,3lf", doubles);
    OUT("1.0,2.5", "%,2.1f", floats);
    OUT("1.0,-2.5", "%,2.1Lf", longs);
    OUT("1.00,2.50,3.00", "%.*,*lf", 2, 3, doubles);
    OUT("26", "%@1f", 26.9);
    OUT("-26", "%@1f", -26.9);
    OUT("1.2345E+02", "%@3.4f", 123.45);
}

static void blocks(void)
{
    static const unsigned short shorts[] = {1, 2, 3};
    static const unsigned int ints[] = {1, 0x01020304};
    static const unsigned long long longs[] = {1};
    static const float floats[] = {1};
    static const double doubles[] = {1};

    OUT("#15hello", "%5b", "hello");
    OUT("#15hello", "%*b", 5, "hello");
    OUT("#10", "%*b", 0, VI_NULL);
    OUT("#16\0\1\0\2\0\3", "%3hb", shorts);
    OUT("#18\0\0\0\1\1\2\3\4", "%*lb", 2, ints);
    OUT("#14\x3F\x80\0\0", "%1zb", floats);
    OUT("#18\x3F\xF0\0\0\0\0\0\0", "%1Zb", doubles);
    OUT("#18\0\0\0\0\0\0\0\1", "%1llb", longs);
    OUT("#212hello world!", "%12b", "hello world!");
    OUT("#0abc\n", "%3B", "abc");
    OUT("abc", "%3y", "abc");
    OUT("\0\1\0\2", "%2hy", shorts);
    OUT("\0\1\0\2", "%2!obhy", shorts);
    OUT("\1\0\2\0", "%2!olhy", shorts);
}

/* Place 0 has the beginning of the text, or all of it, and a NUL; all else is untouched. */
static void begins(const char *text)
{
    const char *out = PLACE(0);
    size_t length = 0;

    while (out[length] != '\0') {
        CHECK(length < strlen(text) && out[length] == text[length]);
        length++;
    }
    guarded_want(0, out, length + 1);
    GUARDED_CHECK("a format that fails");
}

static void refusals(void)
{
    REFUSED(VI_ERROR_INV_FMT, "%Q", 1);
    REFUSED(VI_ERROR_INV_FMT, "%");
    REFUSED(VI_ERROR_INV_FMT, "all that stands before%");
    REFUSED(VI_ERROR_INV_FMT, "%b", "x");
    REFUSED(VI_ERROR_INV_FMT, "%3.2b", "x");
    REFUSED(VI_ERROR_NSUP_FMT, "%d%n", 1, PLACE(1));
    REFUSED(VI_ERROR_USER_BUF, VI_NULL);
    EXPECT(viSPrintf(vi, VI_NULL, "x"), VI_ERROR_USER_BUF);

    /* Noticed at its turn only: what is there by then is a string, and nothing of what follows. */
    guarded_start();
    EXPECT(viSPrintf(vi, PLACE(0), "ab%scd", VI_NULL), VI_ERROR_USER_BUF);
    begins("ab");
    guarded_start();
    EXPECT(viSPrintf(vi, PLACE(0), "ab%*bcd", -1, "x"), VI_ERROR_INV_FMT);
    begins("ab");
}

static void from_list(int dummy, ...)
{
    va_list list;
    int twice;

    (void)dummy;
    va_start(list, dummy);
    /* The same list twice: the function works on a copy. */
    for (twice = 0; twice < 2; twice++) {
        guarded_start();
        EXPECT(viVSPrintf(vi, PLACE(0), "%d %s %f %*b", list), VI_SUCCESS);
        WANT_TEXT(0, "-5 text 2.500000 #13abc");
        GUARDED_CHECK("viVSPrintf");
    }
    va_end(list);
}

/* More arguments than there are registers for, of all types, and each at its place. */
static void many(void)
{
    OUT("1 2.5 3 4.5 5 6.5 7 8.5 9 10.5 11 12.5 x 14.5 15 16.5 17 18.5 19.5 20.5",
        "%d %g %lld %Lg %d %g %lld %Lg %d %g %lld %Lg %s %g %d %g %d %g %Lg %g", 1, 2.5, 3LL, 4.5L,
        5, 6.5, 7LL, 8.5L, 9, 10.5, 11LL, 12.5L, "x", 14.5, 15, 16.5, 17, 18.5, 19.5L, 20.5);
}

/* A format longer than any name, and an output longer than any buffer of the library's. */
static void lengths(void)
{
    size_t most = 3000000;
    char *format = malloc(most + 1);
    ViByte *out = malloc(most + 1);

    CHECK(format != NULL && out != NULL);
    memset(format, 'x', most);
    format[most] = '\0';
    EXPECT(viSPrintf(vi, out, format), VI_SUCCESS);
    CHECK(memcmp(out, format, most + 1) == 0);
    memset(out, '#', most + 1);
    EXPECT(viSPrintf(vi, out, "%2999999d", 7), VI_SUCCESS);
    CHECK(out[0] == ' ' && out[2999997] == ' ' && out[2999998] == '7' && out[2999999] == 0);
    CHECK(out[3000000] == '#');
    free(format);
    free(out);
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();

    vi = open_session(rm, resource(argc, argv));
    text();
    integers();
    numbers();
    blocks();
    refusals();
    from_list(0, -5, "text", 2.5, 3, "abc");
    many();
    lengths();
    EXPECT(viClose(vi), VI_SUCCESS);
    EXPECT(viSPrintf(vi, PLACE(0), "x"), VI_ERROR_INV_OBJECT);
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
