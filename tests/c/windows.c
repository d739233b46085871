/*
 * What only Windows has: a command line and names of files in wide characters, files that other programs keep open,
 * the properties of the DLL, and the user's settings of the proxy.
 */
#include "operation.h"
#include "thread.h"

/* What the driver of the tests gives on the command line, and calls a folder of this test. */
#define GREETING L"Grüße aus 東京, \U0001F44B!"
#define FOLDER L"Zertifikate für 東京"

static const wchar_t *folder;

/* The text as the library takes it. The place has room for 1024 bytes. */
static const char *utf8(const wchar_t *text, char *place)
{
    CHECK(WideCharToMultiByte(CP_UTF8, 0, text, -1, place, 1024, NULL, NULL) > 0);
    return place;
}

/* A file in that folder. The place has room for 512 characters. */
static const wchar_t *in_wide_folder(const wchar_t *name, wchar_t *place)
{
    CHECK(lstrlenW(folder) + lstrlenW(name) + 1 < 512);
    lstrcpyW(place, folder);
    lstrcatW(place, L"\\");
    return lstrcatW(place, name);
}

static int there(const wchar_t *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* The file's properties say what the library says of itself. */
static void properties(void)
{
    wchar_t path[MAX_PATH];
    DWORD unused = 0, size;
    void *facts;
    VS_FIXEDFILEINFO *fixed = NULL;
    UINT length = 0;
    unsigned major = 0, minor = 0, patch = 0;

    CHECK(GetModuleFileNameW(GetModuleHandleW(L"vcdrest.dll"), path, MAX_PATH) > 0);
    size = GetFileVersionInfoSizeW(path, &unused);
    CHECK(size > 0);
    facts = malloc(size);
    CHECK(facts != NULL && GetFileVersionInfoW(path, 0, size, facts));
    CHECK(VerQueryValueW(facts, L"\\", (void **)&fixed, &length) && length == sizeof *fixed);
    CHECK(sscanf(vcd_version(), "%u.%u.%u", &major, &minor, &patch) == 3);
    CHECK_INT(fixed->dwProductVersionMS, major << 16 | minor);
    CHECK_INT(fixed->dwProductVersionLS, patch << 16);
    CHECK_INT(fixed->dwFileType, VFT_DLL);
    free(facts);
}

/* Certificates, tokens and downloads in a folder whose name has spaces and no character of ASCII at its end. */
static void names(void)
{
    wchar_t ca[512], tokens[512], other[512], saved[512];
    char path[1024];
    vcd_client *client = NULL, *administrator;
    vcd_error *error = NULL;
    vcd_call *call;

    in_wide_folder(L"ca file für vcd.pem", ca);
    in_wide_folder(L"Schlüssel 鍵.json", tokens);
    in_wide_folder(L"Schlüssel 鍵.json.new", other);
    in_wide_folder(L"Antwort 答え.json", saved);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, setting("VCD_CA_FILE"), -1, other, 512) > 0);
    CHECK(CopyFileW(other, ca, TRUE));
    in_wide_folder(L"Schlüssel 鍵.json.new", other);

    must(vcd_client_new(setting("VCD_URL"), &client, &error), &error);
    must(vcd_client_set_text(client, VCD_OPT_CA_FILE, utf8(ca, path), &error), &error);
    must(vcd_sign_in(client, setting("VCD_ORG"), setting("VCD_API_TOKEN"), &error), &error);
    check_session_works(client);

    call = new_call(client, "GET", ORGS);
    set_text(call, VCD_CALL_OPT_OUTPUT_FILE, utf8(saved, path));
    succeeds(call);
    CHECK(there(saved));
    vcd_call_free(call);
    vcd_client_free(client);

    control_do("/settings?deviceIntervalSeconds=0");
    administrator = signed_in_by_password();
    set_up_account(administrator, "wide", utf8(tokens, path));
    vcd_client_free(administrator);
    CHECK(there(tokens) && !there(other));
    client = new_client();
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
    check_session_works(client);
    CHECK_INT(control_count("rotations"), 2);
    vcd_client_free(client);
    CHECK(there(tokens) && !there(other));

    /* Messages name the file as a person does, and not as the system does inside. */
    client = new_client();
    CHECK(DeleteFileW(tokens));
    EXPECT(VCD_ERR_TOKEN_FILE, vcd_sign_in_new(client, VCD_GRANT_TOKEN_FILE, "Tyrell", NULL, path, &call, &error));
    CHECK_CONTAINS(vcd_error_message(error), path);
    vcd_error_free(error);
    vcd_client_free(client);
}

/* A token file whose path is longer than the system usually takes. */
static void long_path(void)
{
    wchar_t wide[1024] = L"\\\\?\\";
    char path[1024];
    vcd_client *client = new_client(), *administrator = signed_in_by_password();
    int level;

    lstrcatW(wide, folder);
    for (level = 0; level < 3; level++) {
        lstrcatW(wide, L"\\a folder with a name of a hundred characters and more, so that three of them are too long for Windows 7");
        CHECK(CreateDirectoryW(wide, NULL));
    }
    lstrcatW(wide, L"\\token.json");
    CHECK(lstrlenW(wide) > 300);
    utf8(wide + 4, path);
    set_up_account(administrator, "long", path);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
    check_session_works(client);
    CHECK(there(wide));
    vcd_client_free(administrator);
    vcd_client_free(client);
}

/* A program that reads the token file and lets nobody else write, move or remove it meanwhile. */
static void *reader(void *file)
{
    control_wait_for_requests("/oauth/tenant/Tyrell/token", 1);
    /* The answer is on its way, and what comes next is that the file is replaced. */
    Sleep(300);
    CHECK(CloseHandle((HANDLE)file));
    return NULL;
}

/* A file that another program has open is waited for. */
static void busy(void)
{
    char path[512];
    vcd_client *administrator, *client = new_client();
    HANDLE file;
    thread reading;

    control_do("/reset");
    control_do("/settings?deviceIntervalSeconds=0");
    administrator = signed_in_by_password();
    in_folder("busy.json", path);
    set_up_account(administrator, "busy", path);
    vcd_client_free(administrator);
    CHECK(is_owner_only(path));
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    reading = thread_start(reader, file);
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
    thread_join(reading);
    check_session_works(client);
    CHECK(is_owner_only(path));
    vcd_client_free(client);
}

/* One that stays open keeps the new token beside the old one, and the error says where. */
static void open_for_good(void)
{
    char path[512], beside[520], old[128], token[128];
    vcd_client *client = new_client();
    HANDLE file;

    in_folder("busy.json", path);
    snprintf(beside, sizeof beside, "%s.new", path);
    token_in(path, old, sizeof old);
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    {
        vcd_call *call = new_sign_in(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
        vcd_error *error = fails_with(call, VCD_ERR_TOKEN_NOT_SAVED);

        CHECK_CONTAINS(vcd_error_message(error), beside);
        vcd_error_free(error);
        vcd_call_free(call);
    }
    CHECK(is_owner_only(beside));
    CHECK(CloseHandle(file));
    token_in(path, token, sizeof token);
    CHECK_TEXT(token, old);
    vcd_client_free(client);

    /* The next one finds it. */
    client = new_client();
    sign_in_by(client, VCD_GRANT_TOKEN_FILE, setting("VCD_ORG"), NULL, path);
    check_session_works(client);
    CHECK(!exists(beside));
    CHECK_INT(control_count("killedGrants"), 0);
    vcd_client_free(client);
}

static LSTATUS set_word(HKEY key, const char *name, DWORD value)
{
    return RegSetValueExA(key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof value);
}

static LSTATUS set_string(HKEY key, const char *name, const char *value)
{
    return RegSetValueExA(key, name, 0, REG_SZ, (const BYTE *)value, (DWORD)strlen(value) + 1);
}

/* A sign-in at a server that is reached by the user's proxy, or at none, fails like this. */
static void fails_at_proxied(int without_proxy, vcd_status expected)
{
    vcd_client *client = NULL;
    vcd_error *error = NULL;

    must(vcd_client_new("https://by-proxy.invalid", &client, &error), &error);
    must(vcd_client_set_int(client, VCD_OPT_MAX_RETRIES, 0, &error), &error);
    must(vcd_client_set_int(client, VCD_OPT_NO_PROXY, without_proxy, &error), &error);
    EXPECT(expected, vcd_sign_in(client, "Tyrell", setting("VCD_API_TOKEN"), NULL));
    vcd_client_free(client);
}

/*
 * The proxy of the user's settings, and the addresses that go without it. Other programs run with these settings at
 * the same time, and reach nothing but what is named here.
 */
static void system_proxy(void)
{
    HKEY key = NULL;
    vcd_client *client;

    CHECK(RegCreateKeyExA(HKEY_CURRENT_USER, "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings", 0, NULL,
                          0, KEY_SET_VALUE, NULL, &key, NULL)
          == ERROR_SUCCESS);
    /* Nobody listens there. */
    CHECK(set_string(key, "ProxyServer", "127.0.0.1:9") == ERROR_SUCCESS);
    CHECK(set_string(key, "ProxyOverride", "localhost;127.*;vcd.invalid;<local>") == ERROR_SUCCESS);
    CHECK(set_word(key, "ProxyEnable", 1) == ERROR_SUCCESS);
    fails_at_proxied(0, VCD_ERR_PROXY);
    fails_at_proxied(1, VCD_ERR_DNS);
    client = signed_in();
    check_session_works(client);
    vcd_client_free(client);
    CHECK(set_word(key, "ProxyEnable", 0) == ERROR_SUCCESS);
    fails_at_proxied(0, VCD_ERR_DNS);
    CHECK(RegCloseKey(key) == ERROR_SUCCESS);
}

int wmain(int argc, wchar_t **argv)
{
    CHECK_INT(argc, 3);
    CHECK(lstrcmpW(argv[1], GREETING) == 0);
    folder = argv[2];
    CHECK(wcsstr(folder, FOLDER) != NULL);
    properties();
    names();
    long_path();
    busy();
    open_for_good();
    system_proxy();
    return checks_passed();
}
