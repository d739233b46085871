/*
 * What POSIX has and Windows has under other names: sockets, the environment, folders, who may read a file.
 */
#ifndef PORTABLE_H
#define PORTABLE_H

#include "check.h"

#ifdef _WIN32

/* Without names such as ERROR. */
#define NOGDI
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <windows.h>
#include <aclapi.h>
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <psapi.h>
#include <sddl.h>
#include <sys/stat.h>

typedef int socklen_t;

#define MSG_NOSIGNAL 0
#define SHUT_WR SD_SEND
#define SHUT_RDWR SD_BOTH
#define STDERR_FILENO 2

#define poll WSAPoll
#define lstat stat
#define mkdir(path, mode) _mkdir(path)
#define pipe(ends) _pipe(ends, 256, _O_BINARY)
#define setenv(name, value, replace) _putenv_s(name, value)
#define unsetenv(name) _putenv_s(name, "")

/* Sockets have to be asked for. */
__attribute__((constructor)) static void start_sockets(void)
{
    WSADATA facts;

    CHECK(WSAStartup(MAKEWORD(2, 2), &facts) == 0);
}

static inline int socket_close(int connection)
{
    return closesocket((SOCKET)connection);
}

/* Kilobytes of this process in memory. */
static inline long resident(void)
{
    PROCESS_MEMORY_COUNTERS counters;

    if (!GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters))
        return -1;
    return (long)(counters.WorkingSetSize / 1024);
}

/* Whether this is Wine, which keeps Unix permissions in place of access lists. */
static inline int is_wine(void)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

/* The user that this process runs as. The place has room for 128 bytes. */
static inline PSID current_user(void *place)
{
    HANDLE token = NULL;
    DWORD needed = 0;

    CHECK(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    CHECK(GetTokenInformation(token, TokenUser, place, 128, &needed));
    CHECK(CloseHandle(token));
    return ((TOKEN_USER *)place)->User.Sid;
}

/* Gives a file an access list of one entry: for this user, or for everybody. */
static inline int set_access(const char *path, int everybody)
{
    uint64_t place[16];
    char *user = NULL, list[256];
    PSECURITY_DESCRIPTOR descriptor = NULL;
    BOOL set;

    CHECK(ConvertSidToStringSidA(current_user(place), &user));
    snprintf(list, sizeof list, everybody ? "D:P(A;;FA;;;%s)(A;;FR;;;WD)" : "D:P(A;;FA;;;%s)", user);
    CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorA(list, SDDL_REVISION_1, &descriptor, NULL));
    set = SetFileSecurityA(path, DACL_SECURITY_INFORMATION, descriptor);
    LocalFree(descriptor);
    LocalFree(user);
    return set ? 0 : -1;
}

/* Whether a file's access list lets this user in and nobody else, and inherits nothing. */
static inline int is_owner_only(const char *path)
{
    uint64_t place[16];
    PSID user = current_user(place), owner = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision = 0, i, ours = 0, of_wine = 0;
    ACL *acl = NULL;
    int result;

    CHECK(GetNamedSecurityInfoA((char *)path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                &owner, NULL, &acl, NULL, &descriptor)
          == ERROR_SUCCESS);
    CHECK(acl != NULL);
    for (i = 0; i < acl->AceCount; i++) {
        void *entry = NULL;

        CHECK(GetAce(acl, i, &entry));
        ours += ((ACE_HEADER *)entry)->AceType == ACCESS_ALLOWED_ACE_TYPE
                && EqualSid(&((ACCESS_ALLOWED_ACE *)entry)->SidStart, user);
        /* It shows an entry for the system with every file. */
        of_wine += is_wine() && IsWellKnownSid(&((ACCESS_ALLOWED_ACE *)entry)->SidStart, WinLocalSystemSid);
    }
    CHECK(GetSecurityDescriptorControl(descriptor, &control, &revision));
    result = ours > 0 && ours + of_wine == acl->AceCount && EqualSid(owner, user) && (is_wine() || (control & SE_DACL_PROTECTED));
    LocalFree(descriptor);
    return result;
}

#else

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int socket_close(int connection)
{
    return close(connection);
}

/* Kilobytes of this process in memory; -1 where nobody says so, or where it says nothing: sanitizers keep for a while
 * what was freed. */
static inline long resident(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return -1;
#else
    FILE *file = fopen("/proc/self/statm", "r");
    long all = 0, here = -1;

    if (file == NULL)
        return -1;
    CHECK(fscanf(file, "%ld %ld", &all, &here) == 2);
    CHECK(fclose(file) == 0);
    return here * (sysconf(_SC_PAGESIZE) / 1024);
#endif
}

/* Lets this user alone read a file, or everybody. */
static inline int set_access(const char *path, int everybody)
{
    return chmod(path, everybody ? 0644 : 0600);
}

/* Whether nobody else may read a file. */
static inline int is_owner_only(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0 && (facts.st_mode & 0777) == 0600;
}

#endif

/* What is said about a file that others may read; the system's number for a folder that is not there. */
#ifdef _WIN32
#define REMEDY_OF_READERS "icacls"
#define NO_SUCH_FOLDER ERROR_PATH_NOT_FOUND
#else
#define REMEDY_OF_READERS "chmod 600"
#define NO_SUCH_FOLDER 2
#endif

#endif
