/*
 * The library loaded and unloaded by hand, also with calls in flight; and processes that end with calls in flight.
 * This program is not linked to the library.
 */
/* On Windows a function is imported or defined, not both. */
#define VCDREST_STATIC
#include "control.h"
#ifndef _WIN32
#include <dlfcn.h>
#include <sys/wait.h>
#endif

#define ORGS "/cloudapi/1.0.0/orgs"

enum { ROUNDS = 50 };

/* The functions of the library as it is loaded at the moment. */
static struct {
    void *module;
    const char *(*status_name)(vcd_status);
    const char *(*error_message)(const vcd_error *);
    vcd_status (*client_new)(const char *, vcd_client **, vcd_error **);
    vcd_status (*client_set_text)(vcd_client *, int32_t, const char *, vcd_error **);
    vcd_status (*client_get_int)(const vcd_client *, int32_t, int64_t *, vcd_error **);
    void (*client_free)(vcd_client *);
    vcd_status (*sign_in)(vcd_client *, const char *, const char *, vcd_error **);
    vcd_status (*call_new)(vcd_client *, const char *, const char *, vcd_call **, vcd_error **);
    vcd_status (*call_start)(vcd_call *, vcd_error **);
    vcd_status (*call_wait)(vcd_call *, uint32_t, vcd_error **);
    vcd_status (*call_cancel)(const vcd_call *);
    void (*call_free)(vcd_call *);
} library;

/* For the checks, which name a status that is wrong. */
const char *vcd_status_name(vcd_status status)
{
    return library.module == NULL ? "a status" : library.status_name(status);
}

#ifdef _WIN32

static void *module_load(const char *path)
{
    return LoadLibraryA(path);
}

static void find(void *function_pointer, const char *name)
{
    FARPROC symbol = GetProcAddress(library.module, name);

    CHECK(symbol != NULL);
    memcpy(function_pointer, &symbol, sizeof symbol);
}

static int module_unload(void *module)
{
    return FreeLibrary(module) ? 0 : -1;
}

#else

static void *module_load(const char *path)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (module == NULL)
        fprintf(stderr, "%s\n", dlerror());
    return module;
}

static void find(void *function_pointer, const char *name)
{
    void *symbol = dlsym(library.module, name);

    CHECK(symbol != NULL);
    memcpy(function_pointer, &symbol, sizeof symbol);
}

static int module_unload(void *module)
{
    return dlclose(module);
}

#endif

static void load(void)
{
    library.module = module_load(setting("VCD_LIBRARY"));
    CHECK(library.module != NULL);
    find(&library.status_name, "vcd_status_name");
    find(&library.error_message, "vcd_error_message");
    find(&library.client_new, "vcd_client_new");
    find(&library.client_set_text, "vcd_client_set_text");
    find(&library.client_get_int, "vcd_client_get_int");
    find(&library.client_free, "vcd_client_free");
    find(&library.sign_in, "vcd_sign_in");
    find(&library.call_new, "vcd_call_new");
    find(&library.call_start, "vcd_call_start");
    find(&library.call_wait, "vcd_call_wait");
    find(&library.call_cancel, "vcd_call_cancel");
    find(&library.call_free, "vcd_call_free");
}

static void unload(void)
{
    CHECK(module_unload(library.module) == 0);
    memset(&library, 0, sizeof library);
}

static vcd_client *signed_in(void)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;
    vcd_status status;

    EXPECT(VCD_OK, library.client_new(setting("VCD_URL"), &client, NULL));
    EXPECT(VCD_OK, library.client_set_text(client, VCD_OPT_CA_FILE, setting("VCD_CA_FILE"), NULL));
    status = library.sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error);
    if (status != VCD_OK)
        fprintf(stderr, "%s\n", library.error_message(error));
    EXPECT(VCD_OK, status);
    return client;
}

/* A call that the server has received and does not answer. */
static vcd_call *hanging_call(vcd_client *client)
{
    vcd_call *call = NULL;

    control_do("/reset");
    control_do("/fault?kind=hang&path=" ORGS);
    EXPECT(VCD_OK, library.call_new(client, "GET", ORGS, &call, NULL));
    EXPECT(VCD_OK, library.call_start(call, NULL));
    control_wait_for_requests(ORGS, 1);
    return call;
}

static void loaded_and_not_used(void)
{
    int round;

    for (round = 0; round < ROUNDS; round++) {
        load();
        CHECK_TEXT(library.status_name(VCD_ERR_TLS), "VCD_ERR_TLS");
        unload();
    }
}

static void loaded_and_used(void)
{
    int round;

    for (round = 0; round < ROUNDS; round++) {
        vcd_client *client;

        load();
        client = signed_in();
        library.client_free(client);
        unload();
    }
}

/* The library stays in memory with what runs in it, and is there when it is loaded again. */
static void unloaded_with_calls_in_flight(void)
{
    int round;

    for (round = 0; round < ROUNDS; round++) {
        vcd_client *client;
        vcd_call *call;
        int64_t value = 0;

        load();
        client = signed_in();
        call = hanging_call(client);
        unload();
        CHECK(control_count("exchanges") == 0);
        load();
        EXPECT(VCD_OK, library.client_get_int(client, VCD_CLIENT_SIGNED_IN, &value, NULL));
        CHECK_INT(value, 1);
        EXPECT(VCD_PENDING, library.call_wait(call, 0, NULL));
        EXPECT(VCD_OK, library.call_cancel(call));
        EXPECT(VCD_ERR_CANCELLED, library.call_wait(call, VCD_WAIT_FOREVER, NULL));
        control_wait_for_aborts(ORGS, 1);
        library.call_free(call);
        library.client_free(client);
        unload();
    }
}

/* The exit code of a process in which calls are in flight is its own. */
static int in_child(const char *program, const char *how)
{
#ifdef _WIN32
    char quoted[600];

    snprintf(quoted, sizeof quoted, "\"%s\"", program);
    return (int)_spawnl(_P_WAIT, program, quoted, how, (char *)NULL);
#else
    int result = 0;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        execl(program, program, how, (char *)NULL);
        _exit(126);
    }
    CHECK(waitpid(child, &result, 0) == child);
    if (!WIFEXITED(result))
        fprintf(stderr, "%s: ended by signal %d\n", how, WTERMSIG(result));
    CHECK(WIFEXITED(result));
    return WEXITSTATUS(result);
#endif
}

/* What the child does: it ends in this way, with a call in flight. */
static int end(const char *how)
{
    load();
    hanging_call(signed_in());
    if (strcmp(how, "exit") == 0)
        exit(42);
    if (strcmp(how, "_exit") == 0)
        _exit(43);
    if (strcmp(how, "unload") == 0) {
        unload();
        return 44;
    }
    return 45;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return end(argv[1]);
    loaded_and_not_used();
    loaded_and_used();
    unloaded_with_calls_in_flight();
    CHECK_INT(in_child(argv[0], "exit"), 42);
    CHECK_INT(in_child(argv[0], "_exit"), 43);
    CHECK_INT(in_child(argv[0], "unload"), 44);
    CHECK_INT(in_child(argv[0], "return"), 45);
    return checks_passed();
}
