// What the programs here have in common, beside the checks and the control endpoint of those in C.
#ifndef CHECK_HPP
#define CHECK_HPP

#include "../c/control.h"
#include <sys/stat.h>
#include <fstream>
#include <future>
#include <sstream>
#include <vcdrest.hpp>

using namespace std::chrono_literals;

// Where the organizations are.
#define ORGS "/cloudapi/1.0.0/orgs"

// A text is what it should be.
inline void check_same(std::string_view actual, std::string_view expected, const char *what, const char *file, int line)
{
    check_text(std::string(actual).c_str(), std::string(expected).c_str(), what, file, line);
}
#define CHECK_SAME(actual, expected) check_same((actual), (expected), #actual, __FILE__, __LINE__)

// A text contains another.
inline void check_has(std::string_view text, std::string_view part, const char *what, const char *file, int line)
{
    check_contains(std::string(text).c_str(), std::string(part).c_str(), what, file, line);
}
#define CHECK_HAS(text, part) check_has((text), (part), #text, __FILE__, __LINE__)

inline void check_is(vcdrest::status actual, vcdrest::status expected, const char *what, const char *file, int line)
{
    check_status(static_cast<vcd_status>(actual), static_cast<vcd_status>(expected), what, file, line);
}
// A status is what it should be.
#define CHECK_IS(actual, expected) check_is((actual), vcdrest::status::expected, #actual, __FILE__, __LINE__)

// A function throws an error, which is given back.
template <class Function> vcdrest::error thrown_by(Function function, const char *what, const char *file, int line)
{
    try {
        function();
    } catch (const vcdrest::error &error) {
        check_passed();
        return error;
    }
    check_failed(what, file, line);
    std::abort();
}
#define THROWN_BY(expression) thrown_by([&] { static_cast<void>(expression); }, #expression, __FILE__, __LINE__)

// A client that trusts the simulator.
inline vcdrest::client new_client()
{
    return vcdrest::client(setting("VCD_URL")).set(vcdrest::option::ca_file, setting("VCD_CA_FILE"));
}

// A client that is signed in as a tenant.
inline vcdrest::client signed_in()
{
    auto client = new_client();
    client.sign_in(setting("VCD_ORG"), setting("VCD_API_TOKEN"));
    return client;
}

// The session works: the organizations come.
inline void check_session_works(vcdrest::client &client)
{
    CHECK_HAS(client.get(ORGS "?filter=name==Tyrell").body(), "\"name\":\"Tyrell\"");
}

// The call gets no answer. Its request has arrived when it is started by this.
inline void start_hanging(vcdrest::call &call)
{
    control_do("/reset");
    control_do("/fault?kind=hang&path=" ORGS);
    call.start();
    control_wait_for_requests(ORGS, 1);
}

// Something to download: its path.
inline std::string offer(long long size)
{
    char answer[1024];
    CHECK_INT(control("POST", ("/transfer?size=" + std::to_string(size)).c_str(), nullptr, answer, sizeof answer), 200);
    const std::string_view href = answer;
    const auto begin = href.find("/transfer/");
    return std::string(href.substr(begin, href.find('"', begin) - begin));
}

// The text behind a key of a JSON object, as the simulator and the library write it.
inline std::string json_text(std::string_view json, std::string_view key)
{
    const std::string wanted = "\"" + std::string(key) + "\"";
    auto begin = json.find(wanted);
    CHECK(begin != std::string_view::npos);
    begin = json.find('"', begin + wanted.size()) + 1;
    return std::string(json.substr(begin, json.find('"', begin) - begin));
}

// How often something stands in a text.
inline int occurrences(std::string_view text, std::string_view part)
{
    int count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        count++;
    return count;
}

// A file in the folder of this test.
inline std::string in_folder(const std::string &name)
{
    return std::string(setting("VCD_FOLDER")) + "/" + name;
}

inline std::string read_file(const std::string &path)
{
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

#endif
