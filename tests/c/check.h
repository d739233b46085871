/*
 * Checks. One that fails says where and what, and ends the program with exit code 1; checks_passed() at the end
 * of main says how many there were.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vcdrest.h>

/* How many checks have passed, in all threads. */
static unsigned long checks;

/* A condition holds. */
#define CHECK(condition) ((condition) ? check_passed() : check_failed(#condition, __FILE__, __LINE__))

/* A number is what it should be. */
#define CHECK_INT(actual, expected) check_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)

/* A text is what it should be. */
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), #actual, __FILE__, __LINE__)

/* A text contains another. */
#define CHECK_CONTAINS(text, part) check_contains((text), (part), #text, __FILE__, __LINE__)

/* A function of the library returns what it should. */
#define EXPECT(expected, call) check_status((call), (expected), #call, __FILE__, __LINE__)

static inline void check_passed(void)
{
    __atomic_fetch_add(&checks, 1, __ATOMIC_RELAXED);
}

static inline void check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    fflush(NULL);
    _Exit(1);
}

static inline void check_int(long long actual, long long expected, const char *what, const char *file, int line)
{
    if (actual != expected) {
        fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, actual, expected);
        check_failed(what, file, line);
    }
    check_passed();
}

static inline void check_text(const char *actual, const char *expected, const char *what, const char *file, int line)
{
    if (actual == NULL || strcmp(actual, expected) != 0) {
        fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", file, line, what, actual ? actual : "NULL", expected);
        check_failed(what, file, line);
    }
    check_passed();
}

static inline void check_contains(const char *text, const char *part, const char *what, const char *file, int line)
{
    if (text == NULL || strstr(text, part) == NULL) {
        fprintf(stderr, "%s:%d: %s is \"%s\", without \"%s\"\n", file, line, what, text ? text : "NULL", part);
        check_failed(what, file, line);
    }
    check_passed();
}

static inline void check_status(vcd_status actual, vcd_status expected, const char *what, const char *file, int line)
{
    if (actual != expected) {
        fprintf(stderr, "%s:%d: %s, not %s\n", file, line, vcd_status_name(actual), vcd_status_name(expected));
        check_failed(what, file, line);
    }
    check_passed();
}

/* The last line of every main. */
static inline int checks_passed(void)
{
    printf("%lu checks passed\n", checks);
    return 0;
}

#endif
