/* variadic_harness.c: what src/ffi/variadic.c does with arguments, without the library: this program
 * takes the place of the Rust functions. Compiled together with it, for this processor and, where
 * the tools are there, for another one that passes arguments differently.
 *
 * Each format letter is an argument to be taken: i int, q long long, d double, D long double,
 * p pointer. Every argument must be the one that was given, whatever came before it and whether it
 * travelled in a register or on the stack; a caller's va_list must be as it was afterwards.
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct visa_list;
int visa_take_int(struct visa_list *list);
long long visa_take_long_long(struct visa_list *list);
double visa_take_double(struct visa_list *list);
double visa_take_long_double(struct visa_list *list);
void *visa_take_pointer(struct visa_list *list);
double visa_load_long_double(const char *array, size_t index);
void visa_store_long_double(char *array, size_t index, double value);

int32_t visa_c_printf(uint32_t vi, const char *format, ...);
int32_t visa_c_vprintf(uint32_t vi, const char *format, va_list params);
int32_t visa_c_sprintf(uint32_t vi, unsigned char *buf, const char *format, ...);
int32_t visa_c_vsprintf(uint32_t vi, unsigned char *buf, const char *format, va_list params);
int32_t visa_c_scanf(uint32_t vi, const char *format, ...);
int32_t visa_c_vscanf(uint32_t vi, const char *format, va_list params);
int32_t visa_c_sscanf(uint32_t vi, const unsigned char *buf, const char *format, ...);
int32_t visa_c_vsscanf(uint32_t vi, const unsigned char *buf, const char *format, va_list params);
int32_t visa_c_queryf(uint32_t vi, const char *write_format, const char *read_format, ...);
int32_t visa_c_vqueryf(uint32_t vi, const char *write_format, const char *read_format,
                       va_list params);

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

#define VI 0xC0FFEE01U
#define STATUS (-0x40000F)

static unsigned char buffer[8];
static const char *writing, *reading;
static int calls, lists;

/* Argument number n of each type: the value is told by its place, and fills its type. */
#define INT(n) (-1000000007 + (n))
#define WIDE(n) (0x7123456789ABCDEFLL - (n))
#define REAL(n) (1.0 / 3.0 + (n))
#define LONG_REAL(n) ((long double)(-2.0 / 3.0 - (n)))
#define POINTER(n) ((void *)(buffer + (n) % 8))

static void take(const char *format, struct visa_list *list, int first)
{
    int n;

    for (n = first; format[n - first] != '\0'; n++) {
        switch (format[n - first]) {
        case 'i': CHECK(visa_take_int(list) == INT(n)); break;
        case 'q': CHECK(visa_take_long_long(list) == WIDE(n)); break;
        case 'd': CHECK(visa_take_double(list) == REAL(n)); break;
        case 'D': CHECK(visa_take_long_double(list) == (double)LONG_REAL(n)); break;
        case 'p': CHECK(visa_take_pointer(list) == POINTER(n)); break;
        default: CHECK(!"no such letter");
        }
    }
}

static int32_t taken(uint32_t vi, const char *format, struct visa_list *list, int32_t form)
{
    CHECK(vi == VI && format == writing && (form == 0 || form == 1));
    calls++;
    lists += form;
    take(format, list, 0);
    return STATUS;
}

int32_t visa_rust_printf(uint32_t vi, const char *format, struct visa_list *list, int32_t form);
int32_t visa_rust_printf(uint32_t vi, const char *format, struct visa_list *list, int32_t form)
{
    return taken(vi, format, list, form);
}

int32_t visa_rust_scanf(uint32_t vi, const char *format, struct visa_list *list, int32_t form);
int32_t visa_rust_scanf(uint32_t vi, const char *format, struct visa_list *list, int32_t form)
{
    return taken(vi, format, list, form);
}

int32_t visa_rust_sprintf(uint32_t vi, unsigned char *buf, const char *format,
                          struct visa_list *list, int32_t form);
int32_t visa_rust_sprintf(uint32_t vi, unsigned char *buf, const char *format,
                          struct visa_list *list, int32_t form)
{
    CHECK(buf == buffer);
    return taken(vi, format, list, form);
}

int32_t visa_rust_sscanf(uint32_t vi, const unsigned char *buf, const char *format,
                         struct visa_list *list, int32_t form);
int32_t visa_rust_sscanf(uint32_t vi, const unsigned char *buf, const char *format,
                         struct visa_list *list, int32_t form)
{
    CHECK(buf == buffer);
    return taken(vi, format, list, form);
}

int32_t visa_rust_queryf(uint32_t vi, const char *write_format, const char *read_format,
                         struct visa_list *list, int32_t form);
int32_t visa_rust_queryf(uint32_t vi, const char *write_format, const char *read_format,
                         struct visa_list *list, int32_t form)
{
    CHECK(read_format == reading);
    taken(vi, write_format, list, form);
    take(read_format, list, (int)strlen(write_format));
    return STATUS;
}

/* The five functions with a list, each twice with the same one: it is copied, not used up. */
static void with_list(int dummy, ...)
{
    va_list list;
    int twice;

    va_start(list, dummy);
    for (twice = 0; twice < 2; twice++) {
        CHECK(visa_c_vprintf(VI, writing, list) == STATUS);
        CHECK(visa_c_vscanf(VI, writing, list) == STATUS);
        CHECK(visa_c_vsprintf(VI, buffer, writing, list) == STATUS);
        CHECK(visa_c_vsscanf(VI, buffer, writing, list) == STATUS);
        reading = "";
        CHECK(visa_c_vqueryf(VI, writing, reading, list) == STATUS);
    }
    va_end(list);
}

/* A call of each function with the format and its arguments. */
#define EACH(format, ...) \
    do { \
        writing = (format); \
        CHECK(visa_c_printf(VI, writing, __VA_ARGS__) == STATUS); \
        CHECK(visa_c_scanf(VI, writing, __VA_ARGS__) == STATUS); \
        CHECK(visa_c_sprintf(VI, buffer, writing, __VA_ARGS__) == STATUS); \
        CHECK(visa_c_sscanf(VI, buffer, writing, __VA_ARGS__) == STATUS); \
        for (reading = writing + strlen(writing); reading > writing; reading--) { \
            char asked[64]; \
            const char *whole = writing; \
            size_t length = (size_t)(reading - writing); \
            memcpy(asked, writing, length); \
            asked[length] = '\0'; \
            writing = asked; \
            CHECK(visa_c_queryf(VI, writing, reading, __VA_ARGS__) == STATUS); \
            writing = whole; \
        } \
        with_list(0, __VA_ARGS__); \
    } while (0)

int main(void)
{
    /* Elements of long double arrays, also at odd addresses. */
    long double array[3] = {1.5L, -2.5L, 1e300L};
    char odd[3 * sizeof(long double) + 1];

    CHECK(visa_load_long_double((char *)array, 1) == -2.5);
    memcpy(odd + 1, array, sizeof array);
    CHECK(visa_load_long_double(odd + 1, 2) == 1e300);
    visa_store_long_double(odd + 1, 1, 0.1);
    memcpy(array, odd + 1, sizeof array);
    CHECK(array[0] == 1.5L && array[1] == (long double)0.1 && array[2] == 1e300L);

    EACH("i", INT(0));
    EACH("q", WIDE(0));
    EACH("d", REAL(0));
    EACH("D", LONG_REAL(0));
    EACH("p", POINTER(0));
    /* More of each than any convention has registers for, and all mixed. */
    EACH("iiiiiiiiiiii", INT(0), INT(1), INT(2), INT(3), INT(4), INT(5), INT(6), INT(7), INT(8),
         INT(9), INT(10), INT(11));
    EACH("dddddddddddd", REAL(0), REAL(1), REAL(2), REAL(3), REAL(4), REAL(5), REAL(6), REAL(7),
         REAL(8), REAL(9), REAL(10), REAL(11));
    EACH("DDDDDDDDDDDD", LONG_REAL(0), LONG_REAL(1), LONG_REAL(2), LONG_REAL(3), LONG_REAL(4),
         LONG_REAL(5), LONG_REAL(6), LONG_REAL(7), LONG_REAL(8), LONG_REAL(9), LONG_REAL(10),
         LONG_REAL(11));
    EACH("idpqDidpqDidpqDidpqDidpqDidpqD", INT(0), REAL(1), POINTER(2), WIDE(3), LONG_REAL(4),
         INT(5), REAL(6), POINTER(7), WIDE(8), LONG_REAL(9), INT(10), REAL(11), POINTER(12),
         WIDE(13), LONG_REAL(14), INT(15), REAL(16), POINTER(17), WIDE(18), LONG_REAL(19),
         INT(20), REAL(21), POINTER(22), WIDE(23), LONG_REAL(24), INT(25), REAL(26), POINTER(27),
         WIDE(28), LONG_REAL(29));
    EACH("qiqDiqiDdqDpppppppDidddddddddD", WIDE(0), INT(1), WIDE(2), LONG_REAL(3), INT(4), WIDE(5),
         INT(6), LONG_REAL(7), REAL(8), WIDE(9), LONG_REAL(10), POINTER(11), POINTER(12),
         POINTER(13), POINTER(14), POINTER(15), POINTER(16), POINTER(17), LONG_REAL(18), INT(19),
         REAL(20), REAL(21), REAL(22), REAL(23), REAL(24), REAL(25), REAL(26), REAL(27), REAL(28),
         LONG_REAL(29));
    CHECK(lists == 10 * 10 && calls > 10 * 14);
    printf("%d calls, %d of them with a list\n", calls, lists);
    return 0;
}
