/// \file
/// vcdrest for C++17 and later, on top of vcdrest.h and nothing else: every function here is inline and calls the C
/// functions, so a program depends on the C ABI alone.
///
/// Rules that hold for everything in it:
///
/// - What may fail throws `vcdrest::error`, and has a form of the same name with `try_` before it that returns a
///   `vcdrest::result` instead. That is a class of ours because std::expected is C++23, and a std::error_code would
///   lose what a vcd_error knows: the server's code and message, the request id, the answer. Memory that runs out
///   (std::bad_alloc) and a text with a NUL inside are thrown by both forms.
/// - Facts do not fail: one that is not known is an empty std::string_view, or a std::optional without a value.
/// - Objects own their handles and are moved, not copied. `get()` gives the handle for the C functions, `release()`
///   hands it over, `adopt()` takes one.
/// - A std::string_view that is returned is borrowed. It belongs to the answer, or to the error: it is good as long as
///   one of the objects lives that stand for it (a `call`, the `response`s of its `wait`, the errors with them; an
///   `error` and its copies), and it ends with a NUL.
/// - Every member function may be called from many threads at once, apart from moving, assigning and destroying, from
///   what sets up a call before its start, and from iterating over one list.
/// - Texts are UTF-8. Functions that are handed in are called from threads of the library and must not use it, but what
///   ends there (the last owner of a call, for instance) may end there.
/// - Hand handles, not these objects, over to binaries that another compiler or another version of this file made.
///
/// What an option, a status or a field means says vcdrest.h, under the name that stands beside it here.

#ifndef VCDREST_HPP
#define VCDREST_HPP

#include "vcdrest.h"

#if defined(_MSVC_LANG) ? _MSVC_LANG < 201703L : __cplusplus < 201703L
#error "vcdrest.hpp needs C++17 (-std=c++17, /std:c++17); vcdrest.h works with C++11"
#endif

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#if __has_include(<version>)
#include <version>
#endif
#if defined(__cpp_lib_jthread)
#include <stop_token>
#endif

// Lets clang find a borrowed text that outlives what it belongs to.
#define VCDREST_BORROWED
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#undef VCDREST_BORROWED
#define VCDREST_BORROWED [[clang::lifetimebound]]
#endif
#endif

namespace vcdrest {

// ---------------------------------------------------------------------------------------------------------------------
// Numbers of the C header

/// How a function ended: the vcd_status.
enum class status : std::int32_t {
    ok = VCD_OK,
    pending = VCD_PENDING,
    end = VCD_END,
    null = VCD_ERR_NULL,
    utf8 = VCD_ERR_UTF8,
    argument = VCD_ERR_ARGUMENT,
    handle = VCD_ERR_HANDLE,
    state = VCD_ERR_STATE,
    option = VCD_ERR_OPTION,
    not_found = VCD_ERR_NOT_FOUND,
    buffer_too_small = VCD_ERR_BUFFER_TOO_SMALL,
    forked = VCD_ERR_FORKED,
    address = VCD_ERR_ADDRESS,
    not_signed_in = VCD_ERR_NOT_SIGNED_IN,
    origin = VCD_ERR_ORIGIN,
    reentrant = VCD_ERR_REENTRANT,
    trust = VCD_ERR_TRUST,
    token_file = VCD_ERR_TOKEN_FILE,
    token_not_saved = VCD_ERR_TOKEN_NOT_SAVED,
    file = VCD_ERR_FILE,
    dns = VCD_ERR_DNS,
    connect = VCD_ERR_CONNECT,
    tls = VCD_ERR_TLS,
    timeout = VCD_ERR_TIMEOUT,
    cancelled = VCD_ERR_CANCELLED,
    connection_lost = VCD_ERR_CONNECTION_LOST,
    proxy = VCD_ERR_PROXY,
    http = VCD_ERR_HTTP,
    auth = VCD_ERR_AUTH,
    protocol = VCD_ERR_PROTOCOL,
    content = VCD_ERR_CONTENT,
    empty = VCD_ERR_EMPTY,
    truncated = VCD_ERR_TRUNCATED,
    json = VCD_ERR_JSON,
    too_large = VCD_ERR_TOO_LARGE,
    redirect = VCD_ERR_REDIRECT,
    decode = VCD_ERR_DECODE,
    api_version = VCD_ERR_API_VERSION,
    task = VCD_ERR_TASK,
    panic = VCD_ERR_PANIC,
    internal = VCD_ERR_INTERNAL,
};

/// The name of a status, such as "VCD_ERR_TIMEOUT".
inline const char *status_name(status value) noexcept
{
    return vcd_status_name(static_cast<vcd_status>(value));
}

/// What a notice is about.
enum class notice_code : std::int32_t {
    token_looks_like_access_token = VCD_NOTICE_TOKEN_LOOKS_LIKE_ACCESS_TOKEN,
    certificate_check_skipped = VCD_NOTICE_CERTIFICATE_CHECK_SKIPPED,
    plain_http = VCD_NOTICE_PLAIN_HTTP,
    api_version_deprecated = VCD_NOTICE_API_VERSION_DEPRECATED,
    api_version_default = VCD_NOTICE_API_VERSION_DEFAULT,
    token_rotated = VCD_NOTICE_TOKEN_ROTATED,
    token_trimmed = VCD_NOTICE_TOKEN_TRIMMED,
    renewal_failed = VCD_NOTICE_RENEWAL_FAILED,
    token_unchecked = VCD_NOTICE_TOKEN_UNCHECKED,
    token_file_readable = VCD_NOTICE_TOKEN_FILE_READABLE,
    api_version_unknown = VCD_NOTICE_API_VERSION_UNKNOWN,
    api_version_changed = VCD_NOTICE_API_VERSION_CHANGED,
    waited = VCD_NOTICE_WAITED,
    list_changed = VCD_NOTICE_LIST_CHANGED,
    foreign_link = VCD_NOTICE_FOREIGN_LINK,
    other_org = VCD_NOTICE_OTHER_ORG,
};

/// Something that is no error and that a person should know.
struct notice {
    notice_code code;
    std::string text;
};

/// A call that takes several requests.
enum class operation : std::int32_t {
    create_api_token = VCD_OP_CREATE_API_TOKEN,
    create_service_account = VCD_OP_CREATE_SERVICE_ACCOUNT,
    authorize_service_account = VCD_OP_AUTHORIZE_SERVICE_ACCOUNT,
    activate_service_account = VCD_OP_ACTIVATE_SERVICE_ACCOUNT,
    wait_task = VCD_OP_WAIT_TASK,
};

/// How much a log line matters.
enum class log_level : std::int32_t {
    error = VCD_LOG_ERROR,
    warn = VCD_LOG_WARN,
    info = VCD_LOG_INFO,
    debug = VCD_LOG_DEBUG,
};

class text;
class client;
class call;
class pages;

namespace detail {

/// An option of one kind of object, with the type of its value.
template <class Owner, class Value> struct option {
    std::int32_t number;
};

/// Whether an argument is a value of an option, and not only something that could be made into one: a text is no bool.
template <class Value, class Argument>
inline constexpr bool fits = std::is_same_v<Value, bool>
                                 ? std::is_same_v<std::decay_t<Argument>, bool>
                                 : std::is_same_v<Value, std::int64_t>
                                       ? std::is_integral_v<std::decay_t<Argument>>
                                             && !std::is_same_v<std::decay_t<Argument>, bool>
                                       : std::is_convertible_v<Argument, Value>;

} // namespace detail

/// Options of a client, for `client::set`.
namespace option {

using flag = detail::option<client, bool>;
using number = detail::option<client, std::int64_t>;
using duration = detail::option<client, std::chrono::milliseconds>;
using string = detail::option<client, text>;

inline constexpr duration connect_timeout{VCD_OPT_CONNECT_TIMEOUT_MS};
inline constexpr duration read_timeout{VCD_OPT_READ_TIMEOUT_MS};
inline constexpr duration timeout{VCD_OPT_TIMEOUT_MS};
inline constexpr number max_retries{VCD_OPT_MAX_RETRIES};
inline constexpr duration retry_interval{VCD_OPT_RETRY_INTERVAL_MS};
inline constexpr flag skip_certificate_check{VCD_OPT_SKIP_CERTIFICATE_CHECK};
inline constexpr flag allow_http{VCD_OPT_ALLOW_HTTP};
inline constexpr number max_body_bytes{VCD_OPT_MAX_BODY_BYTES};
inline constexpr flag ca_only{VCD_OPT_CA_ONLY};
inline constexpr flag retry_put_delete{VCD_OPT_RETRY_PUT_DELETE};
inline constexpr flag no_proxy{VCD_OPT_NO_PROXY};
inline constexpr string api_version{VCD_OPT_API_VERSION};
inline constexpr string user_agent{VCD_OPT_USER_AGENT};
inline constexpr string ca_pem{VCD_OPT_CA_PEM};
inline constexpr string ca_file{VCD_OPT_CA_FILE};
inline constexpr string server_fingerprint{VCD_OPT_SERVER_FINGERPRINT};
inline constexpr string proxy{VCD_OPT_PROXY};
inline constexpr string proxy_user{VCD_OPT_PROXY_USER};
inline constexpr string proxy_password{VCD_OPT_PROXY_PASSWORD};
inline constexpr string proxy_except{VCD_OPT_PROXY_EXCEPT};

} // namespace option

/// Options of a call, for `call::set`.
namespace call_option {

using flag = detail::option<call, bool>;
using number = detail::option<call, std::int64_t>;
using duration = detail::option<call, std::chrono::milliseconds>;
using string = detail::option<call, text>;

inline constexpr duration timeout{VCD_CALL_OPT_TIMEOUT_MS};
inline constexpr number max_retries{VCD_CALL_OPT_MAX_RETRIES};
inline constexpr duration retry_interval{VCD_CALL_OPT_RETRY_INTERVAL_MS};
inline constexpr flag accept_any_status{VCD_CALL_OPT_ACCEPT_ANY_STATUS};
inline constexpr flag anonymous{VCD_CALL_OPT_ANONYMOUS};
inline constexpr flag retry_put_delete{VCD_CALL_OPT_RETRY_PUT_DELETE};
inline constexpr duration read_timeout{VCD_CALL_OPT_READ_TIMEOUT_MS};
inline constexpr flag wait_busy{VCD_CALL_OPT_WAIT_BUSY};
inline constexpr flag resume{VCD_CALL_OPT_RESUME};
inline constexpr number body_offset{VCD_CALL_OPT_BODY_OFFSET};
inline constexpr duration poll_interval{VCD_CALL_OPT_POLL_INTERVAL_MS};
inline constexpr flag cancel_task{VCD_CALL_OPT_CANCEL_TASK};
inline constexpr string api_version{VCD_CALL_OPT_API_VERSION};
inline constexpr string content_type{VCD_CALL_OPT_CONTENT_TYPE};
inline constexpr string request_id{VCD_CALL_OPT_REQUEST_ID};
inline constexpr string tenant_context{VCD_CALL_OPT_TENANT_CONTEXT};
inline constexpr string min_api_version{VCD_CALL_OPT_MIN_API_VERSION};
inline constexpr string output_file{VCD_CALL_OPT_OUTPUT_FILE};
inline constexpr string body_file{VCD_CALL_OPT_BODY_FILE};
inline constexpr string name{VCD_CALL_OPT_NAME};
inline constexpr string id{VCD_CALL_OPT_ID};
inline constexpr string token_file{VCD_CALL_OPT_TOKEN_FILE};
inline constexpr string role{VCD_CALL_OPT_ROLE};
inline constexpr string software_id{VCD_CALL_OPT_SOFTWARE_ID};
inline constexpr string software_version{VCD_CALL_OPT_SOFTWARE_VERSION};
inline constexpr string client_uri{VCD_CALL_OPT_CLIENT_URI};
inline constexpr string device_code{VCD_CALL_OPT_DEVICE_CODE};
inline constexpr string auth_context{VCD_CALL_OPT_AUTH_CONTEXT};

} // namespace call_option

/// Options of a list, for `pages::set`.
namespace pages_option {

using number = detail::option<pages, std::int64_t>;

inline constexpr number in_flight{VCD_PAGES_OPT_IN_FLIGHT};

} // namespace pages_option

// ---------------------------------------------------------------------------------------------------------------------
// What the handles have in common

/// Gives the next piece of a request's body: how many bytes it put into the buffer, 0 at the end, or a negative number
/// to end the call with `status::file`. What it throws ends the call, too, and comes out of `call::wait`.
using body_reader = std::function<std::int64_t(char *buffer, std::size_t capacity)>;

/// Takes the next piece of an answer's body; false ends the call with `status::cancelled`. What it throws ends the
/// call, too, and comes out of `call::wait`.
using body_writer = std::function<bool(std::string_view piece)>;

namespace detail {

/// Does at once what the library does not do within a function that it has called; there, a thread of its own does.
template <class Action> void outside(Action action) noexcept
{
    // Who calls is what it looks at first; there is no call to cancel.
    if (vcd_call_cancel(nullptr) != VCD_ERR_REENTRANT) {
        action();
        return;
    }
    try {
        auto kept = std::make_unique<Action>(std::move(action));
        std::thread([mine = kept.get()] {
            const std::unique_ptr<Action> owned(mine);
            (*owned)();
        }).detach();
        kept.release();
    } catch (...) {
        // No memory or no thread: the handle stays, as little as that is.
    }
}

/// A function that a call calls while it runs, and what was thrown there.
template <class Function> struct hosted {
    Function function;
    std::exception_ptr thrown;
};

inline std::int64_t read(void *userdata, std::uint8_t *buffer, std::size_t capacity) noexcept
{
    auto &mine = *static_cast<hosted<body_reader> *>(userdata);
    try {
        return mine.function(reinterpret_cast<char *>(buffer), capacity);
    } catch (...) {
        mine.thrown = std::current_exception();
        return -1;
    }
}

inline std::int32_t write(void *userdata, const std::uint8_t *data, std::size_t length) noexcept
{
    auto &mine = *static_cast<hosted<body_writer> *>(userdata);
    try {
        return mine.function(std::string_view(reinterpret_cast<const char *>(data), length)) ? 0 : 1;
    } catch (...) {
        mine.thrown = std::current_exception();
        return 1;
    }
}

using done_function = std::function<void()>;

/// Called once, and the last to need its function.
inline void done(void *userdata) noexcept
{
    const std::unique_ptr<done_function> mine(static_cast<done_function *>(userdata));
    (*mine)();
}

inline void nothing_done(void *) noexcept {}

/// The handle of a call with what its functions work on.
struct call_state {
    vcd_call *handle = nullptr;
    std::atomic<bool> started{false};
    std::shared_ptr<hosted<body_reader>> reader;
    std::shared_ptr<hosted<body_writer>> writer;
    /// Goes when it is called, which may be after everything else here.
    done_function *on_done = nullptr;

    call_state() = default;
    call_state(const call_state &) = delete;
    call_state &operator=(const call_state &) = delete;

    ~call_state()
    {
        if (handle != nullptr)
            outside([handle = handle, on_done = on_done, reader = std::move(reader), writer = std::move(writer)] {
                // It can still be replaced: then the call was not started, and nobody will call what was there.
                if (on_done != nullptr && vcd_call_on_done(handle, nothing_done, nullptr, nullptr) == VCD_OK)
                    delete on_done;
                vcd_call_free(handle);
            });
    }

    /// What a function threw, and so ended the call.
    std::exception_ptr thrown() const noexcept
    {
        if (reader && reader->thrown)
            return reader->thrown;
        return writer ? writer->thrown : nullptr;
    }

    std::optional<std::int64_t> number(std::int32_t field) const noexcept
    {
        std::int64_t value = 0;
        if (vcd_call_get_int(handle, field, &value, nullptr) != VCD_OK)
            return std::nullopt;
        return value;
    }

    std::string_view text(std::int32_t field) const noexcept
    {
        const char *data = nullptr;
        std::size_t length = 0;
        if (vcd_call_get_text(handle, field, &data, &length, nullptr) != VCD_OK)
            return {};
        return {data, length};
    }
};

/// The oldest notice, by a function that takes it as the C functions do.
template <class Take> std::optional<notice> take_notice(Take take)
{
    std::string text(256, '\0');
    for (;;) {
        std::int32_t code = 0;
        std::size_t needed = 0;
        const vcd_status status = take(&code, text.data(), text.size(), &needed);
        if (status == VCD_ERR_BUFFER_TOO_SMALL) {
            text.resize(needed);
            continue;
        }
        if (status != VCD_OK || code == 0)
            return std::nullopt;
        text.resize(needed - 1);
        return notice{static_cast<notice_code>(code), std::move(text)};
    }
}

/// A time-out as the C functions take it: rounded up, and never the one that does not pass.
template <class Rep, class Period> std::uint32_t milliseconds(std::chrono::duration<Rep, Period> timeout) noexcept
{
    constexpr std::uint32_t longest = static_cast<std::uint32_t>(VCD_WAIT_FOREVER) - 1;
    const double wanted = std::chrono::duration<double, std::milli>(timeout).count();
    if (!(wanted > 0))
        return 0;
    if (wanted >= longest)
        return longest;
    const auto whole = static_cast<std::uint32_t>(wanted);
    return whole < wanted ? whole + 1 : whole;
}

inline constexpr std::uint32_t forever = static_cast<std::uint32_t>(VCD_WAIT_FOREVER);

} // namespace detail

/// How far a call is.
struct progress {
    std::int64_t sent = 0;                ///< bytes of the request's body
    std::int64_t received = 0;            ///< bytes of the answer's body, decompressed
    std::optional<std::int64_t> expected; ///< bytes of the answer's body to come in all, where the server says
    int attempts = 0;                     ///< requests sent, without token exchanges
    std::optional<int> task_percent;      ///< how far the task is that is waited for
};

/// What a call and its answer both can tell.
class exchange {
public:
    /// The method of the request. This and the next three are known when the call has finished.
    std::string_view method() const noexcept VCDREST_BORROWED { return state_->text(VCD_CALL_METHOD); }
    /// The URL of the request.
    std::string_view url() const noexcept VCDREST_BORROWED { return state_->text(VCD_CALL_URL); }
    /// The API version that was asked for.
    std::string_view api_version() const noexcept VCDREST_BORROWED { return state_->text(VCD_CALL_API_VERSION); }
    /// The id that was sent with the request.
    std::string_view client_request_id() const noexcept VCDREST_BORROWED
    {
        return state_->text(VCD_CALL_CLIENT_REQUEST_ID);
    }

    /// How far it is; may be asked while it runs.
    vcdrest::progress progress() const noexcept
    {
        vcdrest::progress now;
        now.sent = state_->number(VCD_CALL_BYTES_SENT).value_or(0);
        now.received = state_->number(VCD_CALL_BYTES_RECEIVED).value_or(0);
        now.expected = state_->number(VCD_CALL_BYTES_EXPECTED);
        now.attempts = static_cast<int>(state_->number(VCD_CALL_ATTEMPTS).value_or(0));
        if (const auto percent = state_->number(VCD_CALL_TASK_PROGRESS))
            now.task_percent = static_cast<int>(*percent);
        return now;
    }

    /// The oldest notice of the call that was not taken.
    std::optional<notice> take_notice()
    {
        return detail::take_notice([this](std::int32_t *code, char *buffer, std::size_t capacity, std::size_t *needed) {
            return vcd_call_take_notice(state_->handle, code, buffer, capacity, needed, nullptr);
        });
    }

    /// The handle, which stays this object's.
    vcd_call *get() const noexcept { return state_->handle; }

    /// Hands the handle over, to be freed with vcd_call_free; other objects of the same call are empty as well. The
    /// functions of the call, for which nobody could say how long they are needed, stay in memory.
    [[nodiscard]] vcd_call *release()
    {
        using kept = std::pair<decltype(state_->reader), decltype(state_->writer)>;
        if (state_->reader || state_->writer)
            static_cast<void>(new kept(state_->reader, state_->writer));
        state_->on_done = nullptr;
        return std::exchange(state_->handle, nullptr);
    }

protected:
    explicit exchange(std::shared_ptr<detail::call_state> state) noexcept : state_(std::move(state)) {}
    exchange(exchange &&) = default;
    exchange &operator=(exchange &&) = default;
    ~exchange() = default;

    std::shared_ptr<detail::call_state> state_;
};

/// The answer to a call.
class response : public exchange {
public:
    /// Takes over the handle of a call that has finished.
    static response adopt(vcd_call *handle)
    {
        auto state = std::make_shared<detail::call_state>();
        state->handle = handle;
        return response(std::move(state));
    }

    /// The HTTP status.
    int http_status() const noexcept { return static_cast<int>(state_->number(VCD_CALL_HTTP_STATUS).value_or(0)); }
    /// The reason phrase that belongs to it.
    std::string_view reason() const noexcept VCDREST_BORROWED { return state_->text(VCD_CALL_REASON); }
    /// The server's id of the request, to give to its operators.
    std::string_view request_id() const noexcept VCDREST_BORROWED { return state_->text(VCD_CALL_REQUEST_ID); }
    /// The Content-Type.
    std::string_view content_type() const noexcept VCDREST_BORROWED { return state_->text(VCD_CALL_CONTENT_TYPE); }

    /// The body, decompressed; empty where a writer or a file has received it.
    std::string_view body() const noexcept VCDREST_BORROWED
    {
        const std::uint8_t *data = nullptr;
        std::size_t length = 0;
        if (vcd_call_body(state_->handle, &data, &length, nullptr) != VCD_OK)
            return {};
        return {reinterpret_cast<const char *>(data), length};
    }

    /// The first header of this name, in any case.
    std::optional<std::string_view> header(const text &name) const VCDREST_BORROWED;

    /// All headers, names in small letters, in the server's order.
    std::vector<std::pair<std::string_view, std::string_view>> headers() const VCDREST_BORROWED
    {
        std::vector<std::pair<std::string_view, std::string_view>> all;
        const auto count = static_cast<std::size_t>(state_->number(VCD_CALL_HEADER_COUNT).value_or(0));
        all.reserve(count);
        for (std::size_t index = 0; index < count; index++) {
            const char *name = nullptr, *value = nullptr;
            std::size_t name_length = 0, value_length = 0;
            if (vcd_call_header_at(state_->handle, index, &name, &name_length, &value, &value_length, nullptr)
                == VCD_OK)
                all.emplace_back(std::string_view(name, name_length), std::string_view(value, value_length));
        }
        return all;
    }

private:
    friend class call;
    friend class client;
    friend class error;
    friend class pages;

    explicit response(std::shared_ptr<detail::call_state> state) noexcept : exchange(std::move(state)) {}
};

// ---------------------------------------------------------------------------------------------------------------------
// Failures

/// Why something failed. Copies share what they know, and copying does not throw.
class error : public std::runtime_error {
public:
    /// A failure of the program around the library, found before the library was asked.
    error(vcdrest::status status, const std::string &message) : error(std::make_shared<facts>(status), message) {}

    /// From what a C function returned and handed out, which this takes over. `state` is the call's, if there is one.
    static error take(vcd_status status, vcd_error *handle, std::shared_ptr<detail::call_state> state = nullptr)
    {
        struct freed {
            void operator()(vcd_error *unused) const noexcept { vcd_error_free(unused); }
        };
        std::unique_ptr<vcd_error, freed> owned(handle);
        auto known = std::make_shared<facts>(static_cast<vcdrest::status>(status));
        known->handle = owned.release();
        if (state)
            known->cause = state->thrown();
        if (state && state->number(VCD_CALL_HTTP_STATUS).value_or(0) != 0)
            known->answer = vcdrest::response(std::move(state));
        std::string message = vcd_error_message(known->handle);
        if (message.empty())
            message = vcd_status_name(status);
        return error(std::move(known), message);
    }

    /// Copied, also when it is moved: there is always something to ask.
    error(const error &) noexcept = default;
    error &operator=(const error &) noexcept = default;

    /// What kind of failure it is.
    vcdrest::status status() const noexcept { return facts_->status; }
    /// The name of the status, such as "VCD_ERR_TIMEOUT".
    const char *name() const noexcept { return status_name(facts_->status); }
    /// What failed, why, and what to do; the same as `what()`.
    std::string_view message() const noexcept VCDREST_BORROWED { return what(); }
    /// The HTTP status, 0 where the server did not answer.
    int http_status() const noexcept { return static_cast<int>(number(VCD_ERROR_HTTP_STATUS).value_or(0)); }
    /// When the server asks to try again.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept
    {
        if (const auto wait = number(VCD_ERROR_RETRY_AFTER_MS))
            return std::chrono::milliseconds(*wait);
        return std::nullopt;
    }
    /// The operating system's error number, 0 where there is none.
    int os_error() const noexcept { return static_cast<int>(number(VCD_ERROR_OS_ERROR).value_or(0)); }
    /// The server's own code, such as "ACCESS_TO_RESOURCE_IS_FORBIDDEN".
    std::string_view server_code() const noexcept VCDREST_BORROWED { return text(VCD_ERROR_SERVER_CODE); }
    /// The server's own message.
    std::string_view server_message() const noexcept VCDREST_BORROWED { return text(VCD_ERROR_SERVER_MESSAGE); }
    /// The server's id of the request, or, where it did not answer, the client's.
    std::string_view request_id() const noexcept VCDREST_BORROWED { return text(VCD_ERROR_REQUEST_ID); }
    /// The body of the answer, as far as an error keeps it.
    std::string_view body() const noexcept VCDREST_BORROWED { return text(VCD_ERROR_BODY); }
    /// The fingerprint of the certificate that was refused.
    std::string_view fingerprint() const noexcept VCDREST_BORROWED { return text(VCD_ERROR_FINGERPRINT); }
    /// The answer that is an error, or not what was asked for; null where there is none.
    const vcdrest::response *response() const noexcept VCDREST_BORROWED
    {
        return facts_->answer ? &*facts_->answer : nullptr;
    }
    /// What a reader or writer threw, which ended the call.
    std::exception_ptr cause() const noexcept { return facts_->cause; }
    /// The handle, which stays this object's; null for a failure that was found before the library was asked.
    const vcd_error *get() const noexcept { return facts_->handle; }

    /// Throws the cause where there is one, else this.
    [[noreturn]] void raise() const
    {
        if (facts_->cause)
            std::rethrow_exception(facts_->cause);
        throw *this;
    }

private:
    struct facts {
        vcdrest::status status;
        vcd_error *handle = nullptr;
        std::optional<vcdrest::response> answer;
        std::exception_ptr cause;

        explicit facts(vcdrest::status which) noexcept : status(which) {}
        facts(const facts &) = delete;
        facts &operator=(const facts &) = delete;
        ~facts()
        {
            if (handle != nullptr)
                detail::outside([handle = handle] { vcd_error_free(handle); });
        }
    };

    error(std::shared_ptr<const facts> known, const std::string &message)
        : std::runtime_error(message), facts_(std::move(known))
    {
    }

    std::optional<std::int64_t> number(std::int32_t field) const noexcept
    {
        std::int64_t value = 0;
        if (vcd_error_get_int(facts_->handle, field, &value) != VCD_OK)
            return std::nullopt;
        return value;
    }

    std::string_view text(std::int32_t field) const noexcept
    {
        const char *data = nullptr;
        std::size_t length = 0;
        if (vcd_error_get_text(facts_->handle, field, &data, &length) != VCD_OK)
            return {};
        return {data, length};
    }

    std::shared_ptr<const facts> facts_;
};

/// A value, or why there is none.
template <class T> class [[nodiscard]] result {
public:
    /// Made from either.
    result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    result(const vcdrest::error &why) : content_(std::in_place_index<1>, why) {}

    /// Whether there is a value.
    explicit operator bool() const noexcept { return content_.index() == 0; }
    bool has_value() const noexcept { return content_.index() == 0; }

    /// The value; without one, the error is thrown.
    T &value() & VCDREST_BORROWED { return check(), std::get<0>(content_); }
    const T &value() const & VCDREST_BORROWED { return check(), std::get<0>(content_); }
    T value() && { return check(), std::get<0>(std::move(content_)); }

    /// The value, which must be there.
    T &operator*() noexcept VCDREST_BORROWED { return *std::get_if<0>(&content_); }
    const T &operator*() const noexcept VCDREST_BORROWED { return *std::get_if<0>(&content_); }
    T *operator->() noexcept VCDREST_BORROWED { return std::get_if<0>(&content_); }
    const T *operator->() const noexcept VCDREST_BORROWED { return std::get_if<0>(&content_); }

    /// Why there is no value; there must be none.
    const vcdrest::error &error() const noexcept VCDREST_BORROWED { return *std::get_if<1>(&content_); }

private:
    void check() const
    {
        if (const auto *why = std::get_if<1>(&content_))
            why->raise();
    }

    std::variant<T, vcdrest::error> content_;
};

/// That it went well, or why not.
template <> class [[nodiscard]] result<void> {
public:
    /// Well, or not.
    result() noexcept = default;
    result(const vcdrest::error &why) noexcept : why_(why) {}

    /// Whether it went well.
    explicit operator bool() const noexcept { return !why_; }
    bool has_value() const noexcept { return !why_; }
    /// Throws the error if there is one.
    void value() const
    {
        if (why_)
            why_->raise();
    }
    /// Why it failed, which it must have done.
    const vcdrest::error &error() const noexcept VCDREST_BORROWED { return *why_; }

private:
    std::optional<vcdrest::error> why_;
};

/// What functions take as text: a literal or std::string as it is, a std::string_view as a copy, since it may go on
/// behind its end. nullptr where a function says what that means. For parameters: it may borrow what it was made from.
class text {
public:
    /// Made from what a program has.
    text(std::nullptr_t) noexcept {}
    text(const char *value) noexcept : data_(value) {}
    text(const std::string &value) : data_(value.c_str()) { refuse_nul(value); }
    text(std::string_view value) : copy_(value)
    {
        refuse_nul(value);
        copied_ = true;
    }

    /// As the C functions take it.
    const char *c_str() const noexcept { return copied_ ? copy_.c_str() : data_; }

private:
    // What stands behind the NUL would be lost without a word, and make another path or token of it.
    static void refuse_nul(std::string_view value)
    {
        if (value.find('\0') != std::string_view::npos)
            throw error(status::argument, "a text has a NUL inside, and would end there");
    }

    const char *data_ = nullptr;
    std::string copy_;
    bool copied_ = false;
};

inline std::optional<std::string_view> response::header(const text &name) const
{
    const char *value = nullptr;
    std::size_t length = 0;
    if (vcd_call_find_header(state_->handle, name.c_str(), &value, &length, nullptr) != VCD_OK)
        return std::nullopt;
    return std::string_view(value, length);
}

namespace detail {

/// Runs a C function that may hand out an error.
template <class Function> result<void> checked(Function function)
{
    vcd_error *why = nullptr;
    const vcd_status status = function(&why);
    if (status == VCD_OK)
        return {};
    return error::take(status, why);
}

/// Sets an option by the function for its type.
template <class Value, class Argument, class Int, class Text>
result<void> set(Argument &&argument, Int set_int, Text set_text)
{
    if constexpr (std::is_same_v<Value, vcdrest::text>) {
        const vcdrest::text value(std::forward<Argument>(argument));
        return checked([&](vcd_error **why) { return set_text(value.c_str(), why); });
    } else if constexpr (std::is_same_v<Value, std::chrono::milliseconds>) {
        const std::chrono::milliseconds value(argument);
        return checked([&](vcd_error **why) { return set_int(static_cast<std::int64_t>(value.count()), why); });
    } else {
        return checked([&](vcd_error **why) { return set_int(static_cast<std::int64_t>(argument), why); });
    }
}

} // namespace detail

// ---------------------------------------------------------------------------------------------------------------------
// Calls

/// A request, sign-in, sign-out or operation: set up, started, waited for. One that is destroyed while it runs is
/// cancelled.
class call : public exchange {
public:
    /// Takes over a handle.
    static call adopt(vcd_call *handle)
    {
        auto state = std::make_shared<detail::call_state>();
        state->handle = handle;
        return call(std::move(state));
    }

    /// Sets an option: `set(call_option::timeout, 30s)`.
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    call &set(detail::option<call, Value> option, Argument &&value) &
    {
        return must(try_set(option, std::forward<Argument>(value)));
    }
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    call set(detail::option<call, Value> option, Argument &&value) &&
    {
        return std::move(set(option, std::forward<Argument>(value)));
    }
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    result<void> try_set(detail::option<call, Value> option, Argument &&value)
    {
        return detail::set<Value>(
            std::forward<Argument>(value),
            [&](std::int64_t number, vcd_error **why) {
                return vcd_call_set_int(get(), option.number, number, why);
            },
            [&](const char *words, vcd_error **why) { return vcd_call_set_text(get(), option.number, words, why); });
    }

    /// Adds a header to the request.
    call &set_header(const text &name, const text &value) & { return must(try_set_header(name, value)); }
    call set_header(const text &name, const text &value) && { return std::move(set_header(name, value)); }
    result<void> try_set_header(const text &name, const text &value)
    {
        return detail::checked(
            [&](vcd_error **why) { return vcd_call_set_header(get(), name.c_str(), value.c_str(), why); });
    }

    /// Sets the body of the request, which is copied. JSON unless `call_option::content_type` says otherwise; a file
    /// is sent by `call_option::body_file`.
    call &set_body(std::string_view body) & { return must(try_set_body(body)); }
    call set_body(std::string_view body) && { return std::move(set_body(body)); }
    result<void> try_set_body(std::string_view body) { return try_set_body(body.data(), body.size()); }
    /// The same with bytes of any kind.
    call &set_body(const void *data, std::size_t length) & { return must(try_set_body(data, length)); }
    call set_body(const void *data, std::size_t length) && { return std::move(set_body(data, length)); }
    result<void> try_set_body(const void *data, std::size_t length)
    {
        return detail::checked([&](vcd_error **why) {
            return vcd_call_set_body(get(), static_cast<const std::uint8_t *>(data), length, why);
        });
    }

    /// Has the body read from a function while it is sent; without its length it goes in chunks.
    call &set_reader(body_reader reader, std::optional<std::int64_t> length = std::nullopt) &
    {
        return must(try_set_reader(std::move(reader), length));
    }
    call set_reader(body_reader reader, std::optional<std::int64_t> length = std::nullopt) &&
    {
        return std::move(set_reader(std::move(reader), length));
    }
    result<void> try_set_reader(body_reader reader, std::optional<std::int64_t> length = std::nullopt)
    {
        return set_function(state_->reader, std::move(reader), [&](void *userdata, vcd_error **why) {
            return vcd_call_set_reader(get(), detail::read, userdata, length.value_or(-1), why);
        });
    }

    /// Has the body of a good answer handed to a function while it comes; a file receives it by
    /// `call_option::output_file`.
    call &set_writer(body_writer writer) & { return must(try_set_writer(std::move(writer))); }
    call set_writer(body_writer writer) && { return std::move(set_writer(std::move(writer))); }
    result<void> try_set_writer(body_writer writer)
    {
        return set_function(state_->writer, std::move(writer), [&](void *userdata, vcd_error **why) {
            return vcd_call_set_writer(get(), detail::write, userdata, why);
        });
    }

    /// Has a function called once when the call has ended, for programs with an event loop. It returns at once, does
    /// not use the library, waits for no lock that the thread may hold that starts, cancels or destroys the call, and
    /// throws nothing (std::terminate). It may own the call.
    call &on_done(std::function<void()> function) & { return must(try_on_done(std::move(function))); }
    call on_done(std::function<void()> function) && { return std::move(on_done(std::move(function))); }
    result<void> try_on_done(std::function<void()> function)
    {
        if (!function)
            return error(status::null, "there is no function to call");
        auto mine = std::make_unique<detail::done_function>(std::move(function));
        auto set = detail::checked(
            [&](vcd_error **why) { return vcd_call_on_done(get(), detail::done, mine.get(), why); });
        if (set)
            delete std::exchange(state_->on_done, mine.release());
        return set;
    }

    /// Starts it and returns at once.
    void start() { try_start().value(); }
    result<void> try_start()
    {
        // This object may go meanwhile: the function that learns of the end may own it.
        const auto state = state_;
        auto started = detail::checked([&](vcd_error **why) { return vcd_call_start(state->handle, why); });
        if (started)
            state->started = true;
        return started;
    }

    /// Waits for the end, and starts it first where that has not been done. May be asked again, with the same answer.
    response wait() { return try_wait().value(); }
    result<response> try_wait()
    {
        auto ended = try_wait_ms(detail::forever);
        if (!ended)
            return ended.error();
        return std::move(**ended);
    }

    /// The same, for as long at most; nothing while it runs.
    template <class Rep, class Period> std::optional<response> wait_for(std::chrono::duration<Rep, Period> timeout)
    {
        return try_wait_for(timeout).value();
    }
    template <class Rep, class Period>
    result<std::optional<response>> try_wait_for(std::chrono::duration<Rep, Period> timeout)
    {
        return try_wait_ms(detail::milliseconds(timeout));
    }
    /// The same until a moment.
    template <class Clock, class Duration>
    std::optional<response> wait_until(std::chrono::time_point<Clock, Duration> end)
    {
        return try_wait_until(end).value();
    }
    template <class Clock, class Duration>
    result<std::optional<response>> try_wait_until(std::chrono::time_point<Clock, Duration> end)
    {
        return try_wait_for(end - Clock::now());
    }

#if defined(__cpp_lib_jthread)
    /// Waits for the end, and cancels the call when a stop is requested: `status::cancelled`. Nothing is sent where it
    /// was requested before.
    response wait(std::stop_token stop) { return try_wait(std::move(stop)).value(); }
    result<response> try_wait(std::stop_token stop)
    {
        if (!state_->started && stop.stop_requested())
            return error(status::cancelled, "a stop was requested before the call was started");
        // What has not been started cannot be cancelled. `status::state` says that it has.
        if (auto started = try_start(); !started && started.error().status() != status::state)
            return started.error();
        const std::stop_callback cancelling(std::move(stop), [this]() noexcept { cancel(); });
        return try_wait();
    }
#endif

    /// Ends it early; does nothing to one that has finished or has not been started. Whoever waits sees
    /// `status::cancelled`.
    void cancel() noexcept
    {
        detail::outside([state = state_] { vcd_call_cancel(state->handle); });
    }

    /// Whether it has finished, however it ended.
    bool done() const noexcept { return state_->number(VCD_CALL_DONE).value_or(0) != 0; }

private:
    friend class client;
    friend class pages;

    explicit call(std::shared_ptr<detail::call_state> state) noexcept : exchange(std::move(state)) {}

    call &must(const result<void> &well)
    {
        well.value();
        return *this;
    }

    /// Puts a function into its place once the library has taken it: until then the one before is in use.
    template <class Function, class Set>
    result<void> set_function(std::shared_ptr<detail::hosted<Function>> &place, Function function, Set set)
    {
        if (!function)
            return error(status::null, "there is no function to call");
        auto mine = std::make_shared<detail::hosted<Function>>();
        mine->function = std::move(function);
        auto well = detail::checked([&](vcd_error **why) { return set(mine.get(), why); });
        if (well)
            place = std::move(mine);
        return well;
    }

    result<std::optional<response>> try_wait_ms(std::uint32_t timeout)
    {
        // As in try_start.
        const auto state = state_;
        vcd_error *why = nullptr;
        const vcd_status status = vcd_call_wait(state->handle, timeout, &why);
        state->started = true;
        if (status == VCD_OK)
            return std::optional<response>(response(state));
        if (status == VCD_PENDING)
            return std::optional<response>();
        return error::take(status, why, state);
    }
};

namespace detail {

inline const vcd_call *handle_of(const call &one) noexcept { return one.get(); }
template <class Pointer> auto handle_of(const Pointer &one) noexcept -> decltype((*one).get()) { return (*one).get(); }

inline result<std::optional<std::size_t>> wait_any(const std::vector<const vcd_call *> &handles, std::uint32_t timeout)
{
    std::size_t index = 0;
    vcd_error *why = nullptr;
    const vcd_status status = vcd_wait_any(handles.data(), handles.size(), timeout, &index, &why);
    if (status == VCD_OK)
        return std::optional<std::size_t>(index);
    if (status == VCD_PENDING)
        return std::optional<std::size_t>();
    return error::take(status, why);
}

template <class Calls> std::vector<const vcd_call *> handles_of(const Calls &calls)
{
    std::vector<const vcd_call *> handles;
    for (const auto &one : calls)
        handles.push_back(handle_of(one));
    return handles;
}

} // namespace detail

/// Waits until one of several calls, all started, has ended, and returns its place; `wait` tells what came of it.
/// `calls` is any range of `call` or of pointers to them.
template <class Calls> std::size_t wait_any(const Calls &calls)
{
    return *detail::wait_any(detail::handles_of(calls), detail::forever).value();
}
inline std::size_t wait_any(std::initializer_list<const call *> calls)
{
    return *detail::wait_any(detail::handles_of(calls), detail::forever).value();
}
template <class Calls> result<std::size_t> try_wait_any(const Calls &calls)
{
    const auto ended = detail::wait_any(detail::handles_of(calls), detail::forever);
    if (!ended)
        return ended.error();
    return **ended;
}

/// The same, for as long at most; nothing when none has ended.
template <class Calls, class Rep, class Period>
result<std::optional<std::size_t>> try_wait_any_for(const Calls &calls, std::chrono::duration<Rep, Period> timeout)
{
    return detail::wait_any(detail::handles_of(calls), detail::milliseconds(timeout));
}
template <class Calls, class Rep, class Period>
std::optional<std::size_t> wait_any_for(const Calls &calls, std::chrono::duration<Rep, Period> timeout)
{
    return detail::wait_any(detail::handles_of(calls), detail::milliseconds(timeout)).value();
}
template <class Rep, class Period>
std::optional<std::size_t> wait_any_for(std::initializer_list<const call *> calls,
                                        std::chrono::duration<Rep, Period> timeout)
{
    return detail::wait_any(detail::handles_of(calls), detail::milliseconds(timeout)).value();
}

// ---------------------------------------------------------------------------------------------------------------------
// Lists

/// A list, page by page: `for (auto &page : client.pages("/cloudapi/1.0.0/orgs"))`.
class pages {
public:
    /// The list that a GET gives; every page is asked for with the headers and options of the call, which stays as it
    /// is.
    explicit pages(const call &first) : pages(try_create(first).value()) {}
    static result<pages> try_create(const call &first)
    {
        auto made = std::make_shared<state>();
        auto well = detail::checked([&](vcd_error **why) { return vcd_pages_new(first.get(), &made->handle, why); });
        if (!well)
            return well.error();
        return pages(std::move(made));
    }

    /// Takes over a handle.
    static pages adopt(vcd_pages *handle)
    {
        auto taken = std::make_shared<state>();
        taken->handle = handle;
        return pages(std::move(taken));
    }

    /// Sets an option: `set(pages_option::in_flight, 4)`.
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    pages &set(detail::option<pages, Value> option, Argument value) &
    {
        try_set(option, value).value();
        return *this;
    }
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    pages set(detail::option<pages, Value> option, Argument value) &&
    {
        return std::move(set(option, value));
    }
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    result<void> try_set(detail::option<pages, Value> option, Argument value)
    {
        return detail::checked([&](vcd_error **why) {
            return vcd_pages_set_int(get(), option.number, static_cast<std::int64_t>(value), why);
        });
    }

    /// The next page; nothing behind the last one. After a failure the same page is asked for again.
    std::optional<response> next() { return try_next().value(); }
    result<std::optional<response>> try_next()
    {
        std::optional<response> page;
        if (auto well = try_next_ms(page, detail::forever); !well)
            return well.error();
        return result<std::optional<response>>(std::move(page));
    }

    /// The same, for as long at most: `status::ok` with a page, `status::pending` when it has not come, `status::end`.
    template <class Rep, class Period>
    status next_for(std::optional<response> &page, std::chrono::duration<Rep, Period> timeout)
    {
        return try_next_for(page, timeout).value();
    }
    template <class Rep, class Period>
    result<status> try_next_for(std::optional<response> &page, std::chrono::duration<Rep, Period> timeout)
    {
        return try_next_ms(page, detail::milliseconds(timeout));
    }

    /// How many items there are in all, where the server says; known from the first page on.
    std::optional<std::int64_t> total() const noexcept { return number(VCD_PAGES_TOTAL); }
    /// How many pages there are in all.
    std::optional<std::int64_t> count() const noexcept { return number(VCD_PAGES_COUNT); }
    /// How many pages have been handed out.
    std::int64_t done() const noexcept { return number(VCD_PAGES_DONE).value_or(0); }

    /// Ends it early: whoever waits, or asks later, sees `status::cancelled`.
    void cancel() noexcept { state_->cancel(); }

#if defined(__cpp_lib_jthread)
    /// Cancels it when a stop is requested.
    pages &cancel_on(std::stop_token stop) &
    {
        const auto cancelling = [state = state_]() noexcept { state->cancel(); };
        stop_ = std::make_shared<std::stop_callback<decltype(cancelling)>>(std::move(stop), cancelling);
        return *this;
    }
    pages cancel_on(std::stop_token stop) && { return std::move(cancel_on(std::move(stop))); }
#endif

    /// A page, as long as the list stands on it. Pages come once: `begin` asks for the next one.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = response;
        using difference_type = std::ptrdiff_t;
        using pointer = response *;
        using reference = response &;

        iterator() noexcept = default;
        response &operator*() const noexcept { return *list_->page_; }
        response *operator->() const noexcept { return &*list_->page_; }
        iterator &operator++()
        {
            list_->page_ = list_->next();
            return *this;
        }
        void operator++(int) { ++*this; }

        /// Behind the last page.
        struct end_of_list {};
        friend bool operator==(const iterator &at, end_of_list) noexcept { return at.is_behind(); }
        friend bool operator!=(const iterator &at, end_of_list) noexcept { return !at.is_behind(); }
        friend bool operator==(end_of_list, const iterator &at) noexcept { return at.is_behind(); }
        friend bool operator!=(end_of_list, const iterator &at) noexcept { return !at.is_behind(); }

    private:
        friend class pages;
        explicit iterator(pages *list) noexcept : list_(list) {}
        bool is_behind() const noexcept { return !list_->page_; }
        pages *list_ = nullptr;
    };

    /// From the next page on.
    iterator begin() { return ++iterator(this); }
    iterator::end_of_list end() const noexcept { return {}; }

    /// The handle, which stays this object's.
    vcd_pages *get() const noexcept { return state_->handle; }
    /// Hands the handle over, to be freed with vcd_pages_free.
    [[nodiscard]] vcd_pages *release() noexcept
    {
        stop_.reset();
        return std::exchange(state_->handle, nullptr);
    }

private:
    struct state {
        vcd_pages *handle = nullptr;
        std::atomic<bool> cancelled{false};

        state() = default;
        state(const state &) = delete;
        state &operator=(const state &) = delete;
        ~state() { free(); }

        void cancel() noexcept
        {
            cancelled = true;
            free();
        }

        /// May be done twice: a handle is a number, which means nothing afterwards.
        void free() const noexcept
        {
            if (handle != nullptr)
                detail::outside([handle = handle] { vcd_pages_free(handle); });
        }
    };

    explicit pages(std::shared_ptr<state> made) noexcept : state_(std::move(made)) {}

    result<status> try_next_ms(std::optional<response> &page, std::uint32_t timeout)
    {
        auto came = std::make_shared<detail::call_state>();
        vcd_error *why = nullptr;
        page.reset();
        const vcd_status status = vcd_pages_next(get(), timeout, &came->handle, &why);
        if (status == VCD_OK)
            page = response(std::move(came));
        if (status == VCD_OK || status == VCD_PENDING || status == VCD_END)
            return static_cast<vcdrest::status>(status);
        auto failed = error::take(status, why, std::move(came));
        // Its handle is gone, of which the library speaks in other words.
        if (state_->cancelled && (status == VCD_ERR_HANDLE || status == VCD_ERR_CANCELLED))
            return error(vcdrest::status::cancelled, "the list was cancelled");
        return failed;
    }

    std::optional<std::int64_t> number(std::int32_t field) const noexcept
    {
        std::int64_t value = 0;
        if (vcd_pages_get_int(get(), field, &value, nullptr) != VCD_OK)
            return std::nullopt;
        return value;
    }

    std::shared_ptr<state> state_;
    /// The page that an iterator stands on.
    std::optional<response> page_;
    /// A std::stop_callback, whose type C++17 does not have: the class is the same in every standard.
    std::shared_ptr<void> stop_;
};

// ---------------------------------------------------------------------------------------------------------------------
// Clients

/// What to sign in with. It borrows its texts: make it where it is used. `org` is the organization's short name,
/// "System" for the provider; nullptr takes the one in the server's address.
class credential {
public:
    /// An API token, which is exchanged for access tokens as often as needed.
    static credential api_token(text org, text token)
    {
        return {VCD_GRANT_API_TOKEN, std::move(org), nullptr, std::move(token)};
    }
    /// A file with the token of a user or of a service account, as the Terraform provider has them. A service account's
    /// is replaced at each use.
    static credential token_file(text org, text path)
    {
        return {VCD_GRANT_TOKEN_FILE, std::move(org), nullptr, std::move(path)};
    }
    /// A user's name and password: the one kind of session that may manage tokens and service accounts.
    static credential password(text org, text user, text password)
    {
        return {VCD_GRANT_PASSWORD, std::move(org), std::move(user), std::move(password)};
    }
    /// An access token that was obtained elsewhere. It cannot be renewed.
    static credential access_token(text token, text org = nullptr)
    {
        return {VCD_GRANT_ACCESS_TOKEN, std::move(org), nullptr, std::move(token)};
    }

private:
    friend class client;

    credential(std::int32_t grant, text org, text user, text secret)
        : grant_(grant), org_(std::move(org)), user_(std::move(user)), secret_(std::move(secret))
    {
    }

    std::int32_t grant_;
    text org_, user_, secret_;
};

/// The version of the library that is loaded, such as "0.1.0".
inline std::string_view library_version() noexcept { return vcd_version(); }

/// Whether the library that is loaded has the ABI that this program was compiled for.
inline bool library_fits() noexcept { return vcd_abi_version() >> 16 == VCD_ABI_MAJOR; }

/// One server with its options, its connections and one sign-in. Calls outlive it.
class client {
public:
    /// A client for a server in any usual form: "vcd.example.com", "https://vcd.example.com/tenant/acme". Nothing is
    /// sent yet. `status::state` where the library does not fit this program.
    explicit client(const text &server) : client(try_create(server).value()) {}
    static result<client> try_create(const text &server)
    {
        if (!library_fits())
            return error(status::state, std::string("the vcdrest that is loaded, version ") + vcd_version()
                                            + ", has another ABI than this program was compiled for (number "
                                            + std::to_string(VCD_ABI_MAJOR) + "); compile it anew");
        client made;
        const auto well = detail::checked(
            [&](vcd_error **why) { return vcd_client_new(server.c_str(), &made.handle_, why); });
        if (!well)
            return well.error();
        return result<client>(std::move(made));
    }

    /// Takes over a handle.
    static client adopt(vcd_client *handle) noexcept
    {
        client taken;
        taken.handle_ = handle;
        return taken;
    }

    /// Moved, not copied.
    client(client &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    client &operator=(client &&other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~client()
    {
        if (handle_ != nullptr)
            detail::outside([handle = handle_] { vcd_client_free(handle); });
    }

    /// Sets an option, before the first call: `set(option::timeout, 30s)`, `set(option::ca_file, "ca.pem")`.
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    client &set(detail::option<client, Value> option, Argument &&value) &
    {
        try_set(option, std::forward<Argument>(value)).value();
        return *this;
    }
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    client set(detail::option<client, Value> option, Argument &&value) &&
    {
        return std::move(set(option, std::forward<Argument>(value)));
    }
    template <class Value, class Argument, std::enable_if_t<detail::fits<Value, Argument>, int> = 0>
    result<void> try_set(detail::option<client, Value> option, Argument &&value)
    {
        return detail::set<Value>(
            std::forward<Argument>(value),
            [&](std::int64_t number, vcd_error **why) {
                return vcd_client_set_int(handle_, option.number, number, why);
            },
            [&](const char *words, vcd_error **why) {
                return vcd_client_set_text(handle_, option.number, words, why);
            });
    }

    /// Signs in with an API token. The client keeps its earlier sign-in where this fails.
    void sign_in(const text &org, const text &api_token) { try_sign_in(org, api_token).value(); }
    result<void> try_sign_in(const text &org, const text &api_token)
    {
        return detail::checked(
            [&](vcd_error **why) { return vcd_sign_in(handle_, org.c_str(), api_token.c_str(), why); });
    }
    /// Signs in with anything: `sign_in(credential::token_file("Tyrell", "backup.json"))`.
    void sign_in(const credential &with) { try_sign_in(with).value(); }
    result<void> try_sign_in(const credential &with)
    {
        auto signing_in = try_make_sign_in(with);
        if (!signing_in)
            return signing_in.error();
        return ended(signing_in->try_wait());
    }

    /// Ends the session on the server. The tokens are forgotten even where it cannot be reached.
    void sign_out() { try_sign_out().value(); }
    result<void> try_sign_out()
    {
        return detail::checked([&](vcd_error **why) { return vcd_sign_out(handle_, why); });
    }

    /// Sends a GET and waits for the answer.
    response get(const text &uri) { return try_get(uri).value(); }
    result<response> try_get(const text &uri)
    {
        return answer([&](vcd_call **answered, vcd_error **why) {
            return vcd_get(handle_, uri.c_str(), answered, why);
        });
    }

    /// Sends a request of any method and waits for the answer. The body is JSON unless the content type says otherwise.
    response request(const text &method, const text &uri, std::string_view body = {},
                     const text &content_type = nullptr)
    {
        return try_request(method, uri, body, content_type).value();
    }
    result<response> try_request(const text &method, const text &uri, std::string_view body = {},
                                 const text &content_type = nullptr)
    {
        return answer([&](vcd_call **answered, vcd_error **why) {
            const auto *bytes = reinterpret_cast<const std::uint8_t *>(body.data());
            return vcd_request(handle_, method.c_str(), uri.c_str(), content_type.c_str(), bytes, body.size(), answered,
                               why);
        });
    }

#if defined(__cpp_lib_jthread)
    /// The same, cancelled when a stop is requested; other requests by `make_call(...).wait(stop)`.
    void sign_in(const credential &with, std::stop_token stop) { try_sign_in(with, std::move(stop)).value(); }
    result<void> try_sign_in(const credential &with, std::stop_token stop)
    {
        auto signing_in = try_make_sign_in(with);
        if (!signing_in)
            return signing_in.error();
        return ended(signing_in->try_wait(std::move(stop)));
    }
    response get(const text &uri, std::stop_token stop) { return try_get(uri, std::move(stop)).value(); }
    result<response> try_get(const text &uri, std::stop_token stop)
    {
        auto made = try_make_call("GET", uri);
        if (!made)
            return made.error();
        return made->try_wait(std::move(stop));
    }
#endif

    /// Makes a call that sends a request. This and the next three send nothing yet.
    [[nodiscard]] call make_call(const text &method, const text &uri) { return try_make_call(method, uri).value(); }
    result<call> try_make_call(const text &method, const text &uri)
    {
        return make([&](vcd_call **made, vcd_error **why) {
            return vcd_call_new(handle_, method.c_str(), uri.c_str(), made, why);
        });
    }

    /// Makes a call that signs in.
    [[nodiscard]] call make_sign_in(const credential &with) { return try_make_sign_in(with).value(); }
    result<call> try_make_sign_in(const credential &with)
    {
        return make([&](vcd_call **made, vcd_error **why) {
            return vcd_sign_in_new(handle_, with.grant_, with.org_.c_str(), with.user_.c_str(), with.secret_.c_str(),
                                   made, why);
        });
    }

    /// Makes a call that signs out.
    [[nodiscard]] call make_sign_out() { return try_make_sign_out().value(); }
    result<call> try_make_sign_out()
    {
        return make([&](vcd_call **made, vcd_error **why) { return vcd_sign_out_new(handle_, made, why); });
    }

    /// Makes a call that does an operation: `make_operation(operation::wait_task).set(call_option::id, task)`.
    [[nodiscard]] call make_operation(operation which) { return try_make_operation(which).value(); }
    result<call> try_make_operation(operation which)
    {
        return make([&](vcd_call **made, vcd_error **why) {
            return vcd_operation_new(handle_, static_cast<std::int32_t>(which), made, why);
        });
    }

    /// The pages of a list. Headers and options: `vcdrest::pages(client.make_call("GET", uri).set_header(...))`.
    [[nodiscard]] vcdrest::pages pages(const text &uri) { return try_pages(uri).value(); }
    result<vcdrest::pages> try_pages(const text &uri)
    {
        auto first = try_make_call("GET", uri);
        if (!first)
            return first.error();
        return vcdrest::pages::try_create(*first);
    }

    /// Whether it is signed in.
    bool signed_in() const noexcept { return number(VCD_CLIENT_SIGNED_IN).value_or(0) != 0; }
    /// When the access token ends.
    std::optional<std::chrono::system_clock::time_point> expires_at() const noexcept
    {
        if (const auto end = number(VCD_CLIENT_EXPIRES_AT))
            return std::chrono::system_clock::time_point(std::chrono::seconds(*end));
        return std::nullopt;
    }
    /// For how long the access token is still good.
    std::optional<std::chrono::milliseconds> expires_in() const noexcept
    {
        if (const auto left = number(VCD_CLIENT_EXPIRES_IN_MS))
            return std::chrono::milliseconds(*left);
        return std::nullopt;
    }
    /// How many token exchanges have succeeded.
    std::int64_t exchanges() const noexcept { return number(VCD_CLIENT_EXCHANGES).value_or(0); }
    /// Whether it opened its session itself.
    bool owns_session() const noexcept { return number(VCD_CLIENT_OWNS_SESSION).value_or(0) != 0; }
    /// Whether certificate checks are off.
    bool certificate_check_skipped() const noexcept
    {
        return number(VCD_CLIENT_CERTIFICATE_CHECK_SKIPPED).value_or(0) != 0;
    }
    /// The server's address in its plain form.
    std::string server() const { return copy(VCD_CLIENT_SERVER).value_or(std::string()); }
    /// The organization signed in to.
    std::optional<std::string> org() const { return copy(VCD_CLIENT_ORG); }
    /// Its UUID.
    std::optional<std::string> org_id() const { return copy(VCD_CLIENT_ORG_ID); }
    /// The UUID of the site signed in to.
    std::optional<std::string> site_id() const { return copy(VCD_CLIENT_SITE_ID); }
    /// The user's name.
    std::optional<std::string> user() const { return copy(VCD_CLIENT_USER); }
    /// The API version in use.
    std::optional<std::string> api_version() const { return copy(VCD_CLIENT_API_VERSION); }
    /// The organization that the server's address named.
    std::optional<std::string> address_org() const { return copy(VCD_CLIENT_ADDRESS_ORG); }
    /// The access token, for handing over to another tool. A secret.
    std::optional<std::string> access_token() const { return copy(VCD_CLIENT_ACCESS_TOKEN); }
    /// The API token that the server gave in place of the one of the sign-in, where it is in no file. A secret.
    std::optional<std::string> api_token() const { return copy(VCD_CLIENT_API_TOKEN); }

    /// The oldest notice that was not taken.
    std::optional<notice> take_notice()
    {
        return detail::take_notice([this](std::int32_t *code, char *buffer, std::size_t capacity, std::size_t *needed) {
            return vcd_client_take_notice(handle_, code, buffer, capacity, needed, nullptr);
        });
    }

    /// The handle, which stays this object's.
    vcd_client *get() const noexcept { return handle_; }
    /// Hands the handle over, to be freed with vcd_client_free.
    [[nodiscard]] vcd_client *release() noexcept { return std::exchange(handle_, nullptr); }

private:
    client() noexcept = default;

    static result<void> ended(const result<response> &how)
    {
        if (!how)
            return how.error();
        return {};
    }

    template <class Function> static result<response> answer(Function function)
    {
        auto answered = std::make_shared<detail::call_state>();
        vcd_error *why = nullptr;
        const vcd_status status = function(&answered->handle, &why);
        if (status == VCD_OK)
            return response(std::move(answered));
        return error::take(status, why, std::move(answered));
    }

    template <class Function> static result<call> make(Function function)
    {
        auto made = std::make_shared<detail::call_state>();
        auto well = detail::checked([&](vcd_error **why) { return function(&made->handle, why); });
        if (!well)
            return well.error();
        return call(std::move(made));
    }

    std::optional<std::int64_t> number(std::int32_t field) const noexcept
    {
        std::int64_t value = 0;
        if (vcd_client_get_int(handle_, field, &value, nullptr) != VCD_OK)
            return std::nullopt;
        return value;
    }

    std::optional<std::string> copy(std::int32_t field) const
    {
        std::string text(256, '\0');
        for (;;) {
            std::size_t needed = 0;
            const vcd_status status
                = vcd_client_copy_text(handle_, field, text.data(), text.size(), &needed, nullptr);
            if (status != VCD_OK && status != VCD_ERR_BUFFER_TOO_SMALL)
                return std::nullopt;
            text.resize(status == VCD_OK ? needed - 1 : needed);
            if (status == VCD_OK)
                return text;
        }
    }

    vcd_client *handle_ = nullptr;
};

// ---------------------------------------------------------------------------------------------------------------------
// The log

/// Receives log lines, from any thread, also from several at once. It returns soon and throws nothing (std::terminate).
using log_function = std::function<void(log_level level, std::string_view line)>;

/// Sets where the log lines of the whole process go; nullptr ends that. Without it, the environment variable
/// VCDREST_LOG_FILE names a file, and VCDREST_LOG_LEVEL a level. When it returns, the function before is no longer in
/// use.
inline result<void> try_set_log(log_function function, log_level most = log_level::info)
{
    // Within the function itself, others would wait here for a thread that waits for it.
    if (vcd_call_cancel(nullptr) == VCD_ERR_REENTRANT)
        return error(status::reentrant, "the log cannot be set within a function that the library has called");
    struct place {
        std::mutex lock;
        std::unique_ptr<log_function> function;
    };
    // It never goes: threads of the library may have something to say until the very end of the process.
    static place &current = *new place;
    const std::lock_guard<std::mutex> locked(current.lock);
    auto mine = function ? std::make_unique<log_function>(std::move(function)) : nullptr;
    const auto sink = [](void *userdata, std::int32_t level, const char *line, std::size_t length) noexcept {
        (*static_cast<log_function *>(userdata))(static_cast<log_level>(level), std::string_view(line, length));
    };
    const vcd_status status
        = vcd_log_set(mine ? +sink : nullptr, mine.get(), static_cast<std::int32_t>(most));
    if (status != VCD_OK)
        return error::take(status, nullptr);
    current.function = std::move(mine);
    return {};
}
inline void set_log(log_function function, log_level most = log_level::info)
{
    try_set_log(std::move(function), most).value();
}

/// Appends the log lines of the whole process to a file, in place of the one that the environment names; nullptr ends
/// that.
inline result<void> try_log_to_file(const text &path, log_level most = log_level::info)
{
    vcd_error *failure = nullptr;
    const vcd_status status = vcd_log_to_file(path.c_str(), static_cast<std::int32_t>(most), &failure);
    if (status != VCD_OK)
        return error::take(status, failure);
    return {};
}
inline void log_to_file(const text &path, log_level most = log_level::info)
{
    try_log_to_file(path, most).value();
}

} // namespace vcdrest

#undef VCDREST_BORROWED

#endif
