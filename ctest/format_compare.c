/* format_compare.c: where VISA's formats are C's, viSPrintf and viSScanf do what the C library's own
 * snprintf and sscanf do: thousands of formats, made at random from a seed, with arguments and texts
 * to match. And so under a locale with a decimal comma, which must not change a byte: instruments
 * know no locales.
 *
 * What differs by design is not made: long is 32 bits here, %d rounds 12.5, %3s throws the rest of
 * the word away, a string of digits after 0 is no octal number.
 */

#include <locale.h>
#include <math.h>
#include "guarded.h"

static ViSession vi;
static unsigned long long state;
/* Off for valgrind, whose long double is a double. */
static int long_double = 1;

static unsigned long long dice(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717ULL;
}

static int below(int n)
{
    return (int)((dice() >> 33) % (unsigned)n);
}

static char one_of(const char *set)
{
    return set[below((int)strlen(set))];
}

/* The C library works in the C locale, ours in the program's. */
static locale_t plain;
#define THEIRS(statement) \
    do { \
        locale_t before_ = uselocale(plain); \
        statement; \
        uselocale(before_); \
    } while (0)

/* ---- Output ---- */

static ViByte ours[4096];
static char theirs[4096];

static void same_output(const char *format, ViStatus status, int length)
{
    CHECK(length >= 0 && (size_t)length < sizeof theirs);
    if (status != VI_SUCCESS || memcmp(ours, theirs, (size_t)length + 1) != 0) {
        printf("\"%s\": 0x%08lX\n  ours   \"%s\"\n  theirs \"%s\"\n", format,
               (unsigned long)(ViUInt32)status, (char *)ours, theirs);
        exit(1);
    }
}

/* One conversion with up to two int arguments before the value. */
#define PRINT_BOTH(stars, value) \
    do { \
        int length_ = -1; \
        ViStatus status_ = VI_SUCCESS; \
        switch (stars) { \
        case 0: \
            status_ = viSPrintf(vi, ours, mine, value); \
            THEIRS(length_ = snprintf(theirs, sizeof theirs, c, value)); \
            break; \
        case 1: \
            status_ = viSPrintf(vi, ours, mine, star[0], value); \
            THEIRS(length_ = snprintf(theirs, sizeof theirs, c, star[0], value)); \
            break; \
        default: \
            status_ = viSPrintf(vi, ours, mine, star[0], star[1], value); \
            THEIRS(length_ = snprintf(theirs, sizeof theirs, c, star[0], star[1], value)); \
        } \
        same_output(mine, status_, length_); \
    } while (0)

static long long some_integer(void)
{
    switch (below(4)) {
    case 0: return below(201) - 100;
    case 1: return (int)dice();
    case 2: return (long long)dice();
    default: return (long long[]){0, -1, 2147483647LL, -2147483647LL - 1, 32767, -32768,
                                  9223372036854775807LL, -9223372036854775807LL - 1}[below(8)];
    }
}

static double some_number(void)
{
    double number;

    switch (below(6)) {
    case 0: return (below(200001) - 100000) / 1000.0;
    case 1: return below(2000001) - 1000000;
    case 2: return ldexp((double)(dice() >> 11), below(200) - 100);
    case 3: return pow(10, below(40) - 20);
    case 4: return (double[]){0.0, -0.0, 0.5, 1.5, 2.5, 999999.5, 9.9999995, HUGE_VAL, -HUGE_VAL,
                              1.7976931348623157e308, 5e-324, 2.2250738585072014e-308}[below(12)];
    default: {
        unsigned long long bits = dice();
        memcpy(&number, &bits, sizeof number);
        /* How a NaN's sign is shown is each library's own. */
        return number == number ? number : 1;
    }
    }
}

static void print_one(void)
{
    static const char *const flags[] = {"-+ 0", "-0", "-#0", "-+ #0", "-"};
    static const char *const words[] = {"", "A", "VOLT", "a longer string, with 100 %d in it"};
    char mine[128], c[128], code = one_of("diuoxXeEfgGcsp"), *at = mine;
    const char *may = flags[4];
    int star[2], stars = 0, longs = 0, i;

    switch (code) {
    case 'd': case 'i': may = flags[0]; break;
    case 'u': may = flags[1]; break;
    case 'o': case 'x': case 'X': may = flags[2]; break;
    case 'e': case 'E': case 'f': may = flags[3]; break;
    /* Not #: glibc 2.36 loses the zeros of 1.00000e+06 where it has rounded up to it. */
    case 'g': case 'G': may = flags[0]; break;
    default: break;
    }
    for (i = below(4); i > 0; i--) {
        *at++ = one_of("abc,;: []");
    }
    *at++ = '%';
    for (i = 0; may[i] != '\0'; i++) {
        if (below(4) == 0) {
            *at++ = may[i];
        }
    }
    switch (below(4)) {
    case 0: at += sprintf(at, "%d", 1 + below(below(10) ? 20 : 300)); break;
    case 1: *at++ = '*'; star[stars++] = below(40) - 20; break;
    default: break;
    }
    if (code != 'c' && code != 'p') {
        switch (below(6)) {
        case 0: case 1: at += sprintf(at, ".%d", below(below(10) ? 20 : 400)); break;
        case 2: *at++ = '.'; *at++ = '*'; star[stars++] = below(25) - 5; break;
        case 3: *at++ = '.'; break;
        default: break;
        }
    }
    *at = '\0';
    strcpy(c, mine);
    if (strchr("diuoxX", code) != NULL) {
        /* l is a ViInt32 here, which is C's int. */
        static const char *const lengths[][2] = {{"", ""}, {"h", "h"}, {"l", ""}, {"ll", "ll"}};
        int which = below(4);
        strcat(mine, lengths[which][0]);
        strcat(c, lengths[which][1]);
        longs = which == 3;
    } else if (strchr("eEfgG", code) != NULL) {
        static const char *const lengths[] = {"", "l", "L"};
        int which = below(long_double ? 3 : 2);
        strcat(mine, lengths[which]);
        strcat(c, lengths[which]);
        longs = which == 2;
    }
    sprintf(mine + strlen(mine), "%c;%%%%", code);
    sprintf(c + strlen(c), "%c;%%%%", code);
    if (strchr("diuoxX", code) != NULL && longs) {
        long long value = some_integer();
        PRINT_BOTH(stars, value);
    } else if (strchr("diuoxX", code) != NULL) {
        int value = (int)some_integer();
        PRINT_BOTH(stars, value);
    } else if (strchr("eEfgG", code) != NULL && longs) {
        long double value = some_number();
        PRINT_BOTH(stars, value);
    } else if (strchr("eEfgG", code) != NULL) {
        double value = some_number();
        PRINT_BOTH(stars, value);
    } else if (code == 'c') {
        int value = 1 + below(255);
        PRINT_BOTH(stars, value);
    } else if (code == 's') {
        const char *value = words[below(4)];
        PRINT_BOTH(stars, value);
    } else {
        void *value = below(5) ? (void *)&words[below(4)] : NULL;
        PRINT_BOTH(stars, value);
    }
}

/* ---- Input ---- */

/* A format and a text that it matches, growing by one conversion at a time. */
static char format[256], c_format[256], text[512];

static void add(const char *mine, const char *c)
{
    strcat(format, mine);
    strcat(c_format, c);
}

static void add_decimal(void)
{
    char *at = text + strlen(text);
    int digits = 1 + below(below(5) ? 8 : 40), point = below(digits + 1), i;

    if (below(2)) {
        *at++ = one_of("+-");
    }
    for (i = 0; i < digits; i++) {
        if (i == point && i > 0) {
            *at++ = '.';
        }
        *at++ = one_of("0123456789");
    }
    *at = '\0';
    if (below(2)) {
        sprintf(at, "%c%s%d", one_of("eE"), below(2) ? "+" : "-", below(below(5) ? 30 : 330));
    }
}

static void add_word(const char *set, int most)
{
    char *at = text + strlen(text);
    int i;

    for (i = 1 + below(most); i > 0; i--) {
        *at++ = one_of(set);
    }
    *at = '\0';
}

/* Adds a conversion and what it takes; counts those that store; tells whether it takes all up to
 * white space. */
static int add_conversion(int *stores)
{
    static const char *const lengths[][2] = {{"", ""}, {"h", "h"}, {"l", ""}, {"ll", "ll"}};
    int skipped = below(5) == 0, which = below(4), greedy = 0;
    const char *star = skipped ? "%*" : "%";
    char code = one_of("dduxofffscc[n");
    char mine[32], c[32];
    long long value = some_integer();

    value = which == 1 ? (short)value : which == 3 ? value : (int)value;
    sprintf(mine, "%s%s%c", star, lengths[which][0], code);
    sprintf(c, "%s%s%c", star, lengths[which][1], code);
    switch (code) {
    case 'd':
        sprintf(text + strlen(text), "%s%lld", value >= 0 && below(2) ? "+" : "", value);
        break;
    case 'u':
        value = which == 1 ? (unsigned short)value : (long long)(unsigned)value;
        sprintf(text + strlen(text), "%lld", value);
        break;
    case 'x':
        value = which == 1 ? (unsigned short)value : (long long)(unsigned)value;
        sprintf(text + strlen(text), "%s%llx", below(2) ? "0x" : "", (unsigned long long)value);
        break;
    case 'o':
        value = which == 1 ? (unsigned short)value : (long long)(unsigned)value;
        sprintf(text + strlen(text), "%llo", (unsigned long long)value);
        break;
    case 'f':
        sprintf(mine, "%s%s%c", star, which < 2 ? "" : "l", one_of("feg"));
        strcpy(c, mine);
        add_decimal();
        break;
    case 's':
        sprintf(mine, "%ss", star);
        strcpy(c, mine);
        add_word("abcXYZ019_.-#", 20);
        greedy = 1;
        break;
    case 'c':
        sprintf(mine, which < 2 ? "%sc" : "%s%dc", star, which + 1);
        strcpy(c, mine);
        sprintf(text + strlen(text), "%.*s", which < 2 ? 1 : which + 1, "a; 9");
        break;
    case '[':
        strcpy(mine, star);
        strcat(mine, (const char *[]){"[a-f]", "[^;, \t\n?]", "[]abc]", "[a-]"}[which]);
        strcpy(c, mine);
        add_word("a", 20);
        break;
    default:
        strcpy(mine, "%n");
        strcpy(c, mine);
    }
    add(mine, c);
    *stores += !skipped || code == 'n';
    return greedy;
}

static void scan_one(void)
{
    ViStatus status;
    int conversions = 1 + below(4), stores = 0, matched = -1, i;
    void *to[5] = {PLACE(0), PLACE(1), PLACE(2), PLACE(3), &matched};

    *format = *c_format = *text = '\0';
    for (i = 0; i < conversions; i++) {
        int greedy = add_conversion(&stores);
        if (i + 1 < conversions) {
            char separator[2] = {0}, given[2] = {0};
            separator[0] = greedy ? ' ' : one_of(" ,;\t\n");
            given[0] = below(20) == 0 && strchr(",;", separator[0]) ? '?' : separator[0];
            add(separator, separator);
            strcat(text, given);
        }
    }
    if (below(10) == 0) {
        /* Cut somewhere, but not inside of what C reads on past: 1e, 0x, and a lone sign. */
        size_t cut = (size_t)below((int)strlen(text) + 1);
        while (cut > 0 && strchr("eExX+-", text[cut - 1]) != NULL) {
            cut--;
        }
        text[cut] = '\0';
    }
    /* Theirs makes the image that ours must make; a last %n tells whether all matched. */
    strcat(c_format, "%n");
    to[stores] = &matched;
    guarded_start();
    THEIRS((void)!sscanf(text, c_format, to[0], to[1], to[2], to[3], to[4]));
    memcpy(guarded_image, guarded_memory, sizeof guarded_image);
    memset(guarded_memory, GUARD, sizeof guarded_memory);
    status = viSScanf(vi, (ViConstBuf)text, format, to[0], to[1], to[2], to[3]);
    if (status != VI_SUCCESS && (matched >= 0 || status != VI_ERROR_INV_FMT)) {
        printf("\"%s\" by \"%s\": 0x%08lX\n", text, format, (unsigned long)(ViUInt32)status);
        exit(1);
    }
    {
        char what[sizeof format + sizeof text + 16];
        sprintf(what, "\"%s\" by \"%s\"", text, format);
        GUARDED_CHECK(what);
    }
}

/* A locale of this machine whose decimal point is a comma. */
static int set_comma(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8", "de_DE",
                                        "it_IT.UTF-8", "nl_NL.UTF-8", "pl_PL.UTF-8"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (setlocale(LC_ALL, names[i]) != NULL && strcmp(localeconv()->decimal_point, ",") == 0) {
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *wanted = getenv("FORMAT_COMPARE_ROUNDS"), *seed = getenv("FORMAT_COMPARE_SEED");
    int rounds = wanted != NULL ? atoi(wanted) : 20000, i;
    ViSession rm = open_manager();

    vi = open_session(rm, resource(argc, argv));
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    CHECK(plain != (locale_t)0 && rounds > 0);
    long_double = getenv("FORMAT_COMPARE_NO_LONG_DOUBLE") == NULL;
    if (getenv("FORMAT_COMPARE_COMMA") != NULL) {
        char comma[8];
        if (!set_comma()) {
            skip("this machine has no locale with a decimal comma");
        }
        snprintf(comma, sizeof comma, "%.1f", 0.5);
        CHECK(strcmp(comma, "0,5") == 0);
    }
    for (i = 0; i < rounds; i++) {
        state = (seed != NULL ? strtoull(seed, NULL, 10) : 1) * 1000003 + (unsigned)i + 1;
        dice(), dice();
        print_one();
        scan_one();
    }
    EXPECT(viClose(rm), VI_SUCCESS);
    return 0;
}
