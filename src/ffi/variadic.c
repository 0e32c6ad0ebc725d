/* variadic.c: functions with an ellipsis, which stable Rust cannot define. Each makes a list of the
 * caller's arguments and hands it to the Rust function of the same job; those with a va_list hand
 * on a copy of it, so that the caller's stays as it is. Nothing is formatted here and no state is
 * kept. Rust takes the arguments back one at a time with the functions at the end: only the C
 * compiler knows how a va_list is laid out, and what a long double is.
 *
 * All symbols are hidden: C programs see the functions of visa.h, which jump here (formatted.rs).
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The arguments not yet taken. In a struct, since a va_list may be an array. */
struct visa_list {
    va_list left;
};

/* In formatted.rs. The last argument tells which of the two names the caller used. */
enum { WITH_ELLIPSIS = 0, WITH_LIST = 1 };
int32_t visa_rust_printf(uint32_t vi, const char *format, struct visa_list *list, int32_t form);
int32_t visa_rust_sprintf(uint32_t vi, unsigned char *buf, const char *format,
                          struct visa_list *list, int32_t form);
int32_t visa_rust_scanf(uint32_t vi, const char *format, struct visa_list *list, int32_t form);
int32_t visa_rust_sscanf(uint32_t vi, const unsigned char *buf, const char *format,
                         struct visa_list *list, int32_t form);
int32_t visa_rust_queryf(uint32_t vi, const char *write_format, const char *read_format,
                         struct visa_list *list, int32_t form);

int32_t visa_c_printf(uint32_t vi, const char *format, ...)
{
    struct visa_list list;
    int32_t status;

    va_start(list.left, format);
    status = visa_rust_printf(vi, format, &list, WITH_ELLIPSIS);
    va_end(list.left);
    return status;
}

int32_t visa_c_vprintf(uint32_t vi, const char *format, va_list params)
{
    struct visa_list list;
    int32_t status;

    va_copy(list.left, params);
    status = visa_rust_printf(vi, format, &list, WITH_LIST);
    va_end(list.left);
    return status;
}

int32_t visa_c_sprintf(uint32_t vi, unsigned char *buf, const char *format, ...)
{
    struct visa_list list;
    int32_t status;

    va_start(list.left, format);
    status = visa_rust_sprintf(vi, buf, format, &list, WITH_ELLIPSIS);
    va_end(list.left);
    return status;
}

int32_t visa_c_vsprintf(uint32_t vi, unsigned char *buf, const char *format, va_list params)
{
    struct visa_list list;
    int32_t status;

    va_copy(list.left, params);
    status = visa_rust_sprintf(vi, buf, format, &list, WITH_LIST);
    va_end(list.left);
    return status;
}

int32_t visa_c_scanf(uint32_t vi, const char *format, ...)
{
    struct visa_list list;
    int32_t status;

    va_start(list.left, format);
    status = visa_rust_scanf(vi, format, &list, WITH_ELLIPSIS);
    va_end(list.left);
    return status;
}

int32_t visa_c_vscanf(uint32_t vi, const char *format, va_list params)
{
    struct visa_list list;
    int32_t status;

    va_copy(list.left, params);
    status = visa_rust_scanf(vi, format, &list, WITH_LIST);
    va_end(list.left);
    return status;
}

int32_t visa_c_sscanf(uint32_t vi, const unsigned char *buf, const char *format, ...)
{
    struct visa_list list;
    int32_t status;

    va_start(list.left, format);
    status = visa_rust_sscanf(vi, buf, format, &list, WITH_ELLIPSIS);
    va_end(list.left);
    return status;
}

int32_t visa_c_vsscanf(uint32_t vi, const unsigned char *buf, const char *format, va_list params)
{
    struct visa_list list;
    int32_t status;

    va_copy(list.left, params);
    status = visa_rust_sscanf(vi, buf, format, &list, WITH_LIST);
    va_end(list.left);
    return status;
}

int32_t visa_c_queryf(uint32_t vi, const char *write_format, const char *read_format, ...)
{
    struct visa_list list;
    int32_t status;

    va_start(list.left, read_format);
    status = visa_rust_queryf(vi, write_format, read_format, &list, WITH_ELLIPSIS);
    va_end(list.left);
    return status;
}

int32_t visa_c_vqueryf(uint32_t vi, const char *write_format, const char *read_format,
                       va_list params)
{
    struct visa_list list;
    int32_t status;

    va_copy(list.left, params);
    status = visa_rust_queryf(vi, write_format, read_format, &list, WITH_LIST);
    va_end(list.left);
    return status;
}

/* What Rust takes the arguments with. */

int visa_take_int(struct visa_list *list)
{
    return va_arg(list->left, int);
}

long long visa_take_long_long(struct visa_list *list)
{
    return va_arg(list->left, long long);
}

double visa_take_double(struct visa_list *list)
{
    return va_arg(list->left, double);
}

double visa_take_long_double(struct visa_list *list)
{
    return (double)va_arg(list->left, long double);
}

void *visa_take_pointer(struct visa_list *list)
{
    return va_arg(list->left, void *);
}

/* Elements of an array of long double at any address, loaded and stored as C does it: no more than
 * the number is touched, which may be less than the size of the type. */
struct anywhere {
    long double value;
} __attribute__((packed));

double visa_load_long_double(const char *array, size_t index)
{
    return (double)((const struct anywhere *)array)[index].value;
}

void visa_store_long_double(char *array, size_t index, double value)
{
    ((struct anywhere *)array)[index].value = value;
}
