/* format_scan.c: what each conversion of an input format takes and stores, told by viSScanf. Guard
 * bytes stand around every target, and each call's whole memory is compared.
 */

#include <math.h>
#include "guarded.h"

static ViSession vi;

/* Starts a check whose targets are untouched memory. */
#define GIVEN guarded_start()

#define SCAN(text, ...) EXPECT(viSScanf(vi, (ViConstBuf)(text), __VA_ARGS__), VI_SUCCESS)
#define MISMATCH(text, ...) EXPECT(viSScanf(vi, (ViConstBuf)(text), __VA_ARGS__), VI_ERROR_INV_FMT)
#define DONE GUARDED_CHECK("viSScanf")

/* One target of one type. */
#define ONE(text, format, type, value) \
    do { \
        GIVEN; \
        SCAN(text, format, PLACE(0)); \
        WANT(0, type, value); \
        DONE; \
    } while (0)

/* One string. */
#define ONE_TEXT(text, format, value) \
    do { \
        GIVEN; \
        SCAN(text, format, PLACE(0)); \
        WANT_TEXT(0, value); \
        DONE; \
    } while (0)

/* Place 0 has the capacity that the format asks for with #. */
static void give_size(int size)
{
    guarded_put(0, &size, sizeof size);
}

static void integers(void)
{
    ONE("35", "%d", int, 35);
    ONE(" 12.5", "%d", int, 13);
    ONE("-12.5", "%d", int, -13);
    ONE("+12.4", "%d", int, 12);
    ONE("1.2E1", "%d", int, 12);
    ONE("#HFF", "%d", int, 255);
    ONE("#Q17", "%d", int, 15);
    ONE("#B101", "%d", int, 5);
    ONE("-7", "%i", int, -7);
    ONE("4294967295", "%u", unsigned, 4294967295U);
    ONE("ff", "%x", int, 255);
    ONE("0x1F", "%x", int, 31);
    ONE("17", "%o", int, 15);
    ONE("35", "%hd", short, 35);
    ONE("35", "%ld", int, 35);
    ONE("1099511627776", "%lld", long long, 1099511627776LL);

    GIVEN;
    SCAN("12 34", "%d %d", PLACE(0), PLACE(1));
    WANT(0, int, 12);
    WANT(1, int, 34);
    DONE;

    GIVEN;
    SCAN("12", "%d %d", PLACE(0), PLACE(1));
    WANT(0, int, 12);
    DONE;

    GIVEN;
    SCAN("12;34", "%d%n;%d%n", PLACE(0), PLACE(1), PLACE(2), PLACE(3));
    WANT(0, int, 12);
    WANT(1, int, 2);
    WANT(2, int, 34);
    WANT(3, int, 5);
    DONE;
}

static void numbers(void)
{
    ONE("3.5E+1", "%f", float, 35);
    ONE("3.5E+1", "%lf", double, 35);
    ONE("#H10", "%f", float, 16);
    ONE("9.9E37", "%lf", double, 9.9E37);
    ONE(".5", "%le", double, 0.5);
    ONE("-5.", "%lg", double, -5);
    ONE("0.1", "%lf", double, 0.1);
    ONE("1e999", "%lf", double, HUGE_VAL);

    GIVEN;
    SCAN("3.5E+1", "%Lf", PLACE(0));
    WANT_LONG(0, 0, 35);
    DONE;
}

static void arrays(void)
{
    GIVEN;
    SCAN("1,2,3", "%,3d", PLACE(0));
    WANT_ARRAY(0, int, (1, 2, 3));
    DONE;

    GIVEN;
    SCAN("1,2", "%,5d", PLACE(0));
    WANT_ARRAY(0, int, (1, 2));
    DONE;

    GIVEN;
    give_size(2);
    SCAN("1,2,3,4", "%,#d%t", PLACE(0), PLACE(1), PLACE(2));
    WANT(0, int, 2);
    WANT_ARRAY(1, int, (1, 2));
    WANT_TEXT(2, ",3,4");
    DONE;

    GIVEN;
    SCAN("1.5 , 2.5", "%,2lf", PLACE(0));
    WANT_ARRAY(0, double, (1.5, 2.5));
    DONE;

    GIVEN;
    SCAN("1.5,2.5,-1", "%,3f", PLACE(0));
    WANT_ARRAY(0, float, (1.5F, 2.5F, -1));
    DONE;

    GIVEN;
    SCAN("1,2;3", "%,8hd;%d", PLACE(0), PLACE(1));
    WANT_ARRAY(0, short, (1, 2));
    WANT(1, int, 3);
    DONE;

    GIVEN;
    SCAN("1.5,2.5", "%,2Lf", PLACE(0));
    WANT_LONG(0, 0, 1.5L);
    WANT_LONG(0, 1, 2.5L);
    DONE;
}

static void text(void)
{
    GIVEN;
    SCAN("  abc def", "%s%t", PLACE(0), PLACE(1));
    WANT_TEXT(0, "abc");
    WANT_TEXT(1, " def");
    DONE;

    GIVEN;
    SCAN("abcdef gh", "%3s%t", PLACE(0), PLACE(1));
    WANT_TEXT(0, "abc");
    WANT_TEXT(1, " gh");
    DONE;

    GIVEN;
    give_size(10);
    SCAN("abc", "%#s", PLACE(0), PLACE(1));
    WANT(0, int, 3);
    WANT_TEXT(1, "abc");
    DONE;

    /* The capacity counts the NUL: no byte beyond it is touched. */
    GIVEN;
    give_size(4);
    SCAN("abcdef", "%#s", PLACE(0), PLACE(1));
    WANT(0, int, 3);
    WANT_TEXT(1, "abc");
    DONE;

    ONE_TEXT("ab cd\n", "%t", "ab cd\n");
    GIVEN;
    SCAN("ab\ncd", "%T%t", PLACE(0), PLACE(1));
    WANT_TEXT(0, "ab\n");
    WANT_TEXT(1, "cd");
    DONE;

    GIVEN;
    SCAN("ab cd", "%3c", PLACE(0));
    WANT_BYTES(0, "ab ");
    DONE;

    GIVEN;
    SCAN("key=12;rest", "key=%d;%t", PLACE(0), PLACE(1));
    WANT(0, int, 12);
    WANT_TEXT(1, "rest");
    DONE;

    GIVEN;
    SCAN("a,b", "%[^,],%s", PLACE(0), PLACE(1));
    WANT_TEXT(0, "a");
    WANT_TEXT(1, "b");
    DONE;

    ONE_TEXT("]-a-z", "%[]a-]", "]-a-");
    ONE_TEXT("5,abc", "%*d,%s", "abc");
    ONE_TEXT("1,2,3 x", "%*,3d %s", "x");
    ONE_TEXT("100% ok", "100%% %s", "ok");
}

static void blocks(void)
{
    GIVEN;
    SCAN("#15hello\n", "%5b", PLACE(0));
    WANT_BYTES(0, "hello");
    DONE;

    GIVEN;
    give_size(10);
    SCAN("#15hello", "%#b", PLACE(0), PLACE(1));
    WANT(0, int, 5);
    WANT_BYTES(1, "hello");
    DONE;

    GIVEN;
    give_size(2);
    SCAN("#15hello;7", "%#b;%d", PLACE(0), PLACE(1), PLACE(2));
    WANT(0, int, 2);
    WANT_BYTES(1, "he");
    WANT(2, int, 7);
    DONE;

    GIVEN;
    give_size(10);
    SCAN("#0abc\n", "%#b", PLACE(0), PLACE(1));
    WANT(0, int, 3);
    WANT_BYTES(1, "abc");
    DONE;

    GIVEN;
    SCAN("#14\x3F\x80\x01\x02", "%1zb", PLACE(0));
    {
        union {
            unsigned bits;
            float number;
        } wide;
        wide.bits = 0x3F800102;
        WANT(0, float, wide.number);
    }
    DONE;

    GIVEN;
    SCAN("\1\2\3\4", "%2!olhy", PLACE(0));
    WANT_ARRAY(0, unsigned short, (0x0201, 0x0403));
    DONE;

    GIVEN;
    SCAN("\1\2\3\4", "%2hy", PLACE(0));
    WANT_ARRAY(0, unsigned short, (0x0102, 0x0304));
    DONE;
}

/* What does not match is no success, and leaves what stands behind it in the format untouched. */
static void refusals(void)
{
    GIVEN;
    MISMATCH("12", "%q", PLACE(0));
    MISMATCH("12", "%", PLACE(0));
    MISMATCH("VOLT 5", "CURR %d", PLACE(0));
    MISMATCH("volts", "%d", PLACE(0));
    DONE;

    GIVEN;
    MISMATCH("5 volts 6", "%d amps %d", PLACE(0), PLACE(1));
    WANT(0, int, 5);
    DONE;

    GIVEN;
    EXPECT(viSScanf(vi, VI_NULL, "%d", PLACE(0)), VI_ERROR_USER_BUF);
    EXPECT(viSScanf(vi, (ViConstBuf) "5", VI_NULL, PLACE(0)), VI_ERROR_USER_BUF);
    EXPECT(viSScanf(vi, (ViConstBuf) "5", "%d", VI_NULL), VI_ERROR_USER_BUF);
    EXPECT(viSScanf(vi, (ViConstBuf) "5", "%s", VI_NULL), VI_ERROR_USER_BUF);
    EXPECT(viSScanf(vi, (ViConstBuf) "5", "%#s", VI_NULL, PLACE(0)), VI_ERROR_USER_BUF);
    DONE;
}

static void from_list(int dummy, ...)
{
    va_list list;
    int twice;

    (void)dummy;
    va_start(list, dummy);
    /* The same list twice: the function works on a copy. */
    for (twice = 0; twice < 2; twice++) {
        GIVEN;
        EXPECT(viVSScanf(vi, (ViConstBuf) "1 2.5 x", "%d %lf %s", list), VI_SUCCESS);
        WANT(0, int, 1);
        WANT(1, double, 2.5);
        WANT_TEXT(2, "x");
        DONE;
    }
    va_end(list);
}

/* More pointers than there are registers for. */
static void many(void)
{
    int k;

    GIVEN;
    SCAN("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d", PLACE(0),
         PLACE(1), PLACE(2), PLACE(3), PLACE(4), PLACE(5), PLACE(6), PLACE(7), PLACE(8), PLACE(9),
         PLACE(10), PLACE(11), PLACE(12), PLACE(13), PLACE(14), PLACE(15));
    for (k = 0; k < 16; k++) {
        WANT(k, int, k);
    }
    DONE;
}

int main(int argc, char **argv)
{
    ViSession rm = open_manager();

    vi = open_session(rm, resource(argc, argv));
    integers();
    numbers();
    arrays();
    text();
    blocks();
    refusals();
    from_list(0, PLACE(0), PLACE(1), PLACE(2));
    many();
    EXPECT(viClose(vi), VI_SUCCESS);
    GIVEN;
    EXPECT(viSScanf(vi, (ViConstBuf) "5", "%d", PLACE(0)), VI_ERROR_INV_OBJECT);
    DONE;
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
