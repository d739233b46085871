// The everyday way with vcdrest.hpp: a client, its options and facts, sign-ins, requests, answers, errors, the log.
#include "check.hpp"
#include <algorithm>

namespace {

using namespace vcdrest;

template <class T>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>
                            && !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(moves_only<client> && moves_only<call> && moves_only<response> && moves_only<pages>);
static_assert(std::is_nothrow_copy_constructible_v<error> && std::is_nothrow_copy_assignable_v<error>);
static_assert(std::is_base_of_v<std::runtime_error, error>);

// Only a value of the option's type can be set.
template <class Option, class Value, class = void> constexpr bool takes = false;
template <class Option, class Value>
constexpr bool takes<Option, Value,
                     std::void_t<decltype(std::declval<client &>().set(std::declval<Option>(), std::declval<Value>()))>>
    = true;
static_assert(takes<option::flag, bool> && takes<option::number, int> && takes<option::number, std::size_t>);
static_assert(takes<option::duration, std::chrono::seconds> && takes<option::duration, std::chrono::milliseconds>);
static_assert(takes<option::string, const char *> && takes<option::string, std::string_view>);
static_assert(!takes<option::flag, int> && !takes<option::flag, const char *> && !takes<option::number, bool>);
static_assert(!takes<option::number, double> && !takes<option::duration, int>);
static_assert(!takes<option::duration, std::chrono::microseconds> && !takes<option::string, int>);
static_assert(!takes<call_option::flag, bool> && !takes<pages_option::number, int>);

void library()
{
    CHECK(library_fits());
    CHECK_SAME(library_version(), setting("VCD_EXPECTED_VERSION"));
    CHECK_SAME(status_name(status::ok), "VCD_OK");
    CHECK_SAME(status_name(status::timeout), "VCD_ERR_TIMEOUT");
}

void before_sign_in(client &client)
{
    CHECK(!client.signed_in());
    CHECK_INT(client.exchanges(), 0);
    CHECK(!client.certificate_check_skipped());
    CHECK_SAME(client.server(), setting("VCD_URL"));
    CHECK(!client.expires_at() && !client.expires_in() && !client.org() && !client.user() && !client.access_token());
    CHECK(!client.api_token() && !client.address_org() && !client.org_id() && !client.site_id());
    CHECK_IS(THROWN_BY(client.get(ORGS)).status(), not_signed_in);
    CHECK_IS(THROWN_BY(client.sign_out()).status(), not_signed_in);
    CHECK_IS(client.try_sign_out().error().status(), not_signed_in);
    CHECK_INT(control_count("requests"), 0);
    CHECK_SAME(*vcdrest::client("https://vcd.example.com/tenant/acme").address_org(), "acme");
}

void facts(client &client)
{
    CHECK(client.signed_in() && client.owns_session());
    CHECK_INT(client.exchanges(), 1);
    // The simulator's access tokens live for a day.
    const auto left = *client.expires_at() - std::chrono::system_clock::now();
    CHECK(left > 24h - 2min && left < 24h + 2min);
    CHECK(*client.expires_in() > 24h - 2min && *client.expires_in() <= 24h);
    CHECK_SAME(*client.org(), setting("VCD_ORG"));
    CHECK_SAME(*client.user(), "roy");
    CHECK_SAME(*client.api_version(), client.get(ORGS).api_version());
    CHECK_INT(client.org_id()->size(), 36);
    CHECK_INT(client.site_id()->size(), 36);
    CHECK_SAME(client.access_token()->substr(0, 3), "eyJ");
    CHECK(client.access_token()->size() > 256);
}

void answers(client &client)
{
    const auto response = client.get(ORGS);
    CHECK_INT(response.http_status(), 200);
    CHECK_SAME(response.reason(), "OK");
    CHECK_SAME(response.method(), "GET");
    CHECK_SAME(response.url(), std::string(setting("VCD_URL")) + ORGS);
    CHECK_SAME(response.api_version().substr(0, 3), "37.");
    CHECK_HAS(response.content_type(), "application/json");
    CHECK_INT(response.client_request_id().size(), 36);
    CHECK_HAS(response.request_id(), response.client_request_id());
    CHECK_HAS(response.body(), "\"name\":\"Tyrell\"");
    CHECK_INT(response.body().data()[response.body().size()], 0);
    const auto progress = response.progress();
    CHECK_INT(progress.attempts, 1);
    CHECK_INT(progress.sent, 0);
    CHECK_INT(progress.received, response.body().size());
    CHECK(!progress.task_percent);
    CHECK_SAME(*response.header("CONTENT-type"), response.content_type());
    CHECK(!response.header("x-not-there"));
    const auto headers = response.headers();
    CHECK(headers.size() >= 3);
    int seen = 0;
    for (const auto &[name, value] : headers) {
        CHECK_SAME(*response.header(std::string(name)), value);
        seen += name == "x-vmware-vcloud-request-id";
    }
    CHECK_INT(seen, 1);

    // Every kind of text, and a body.
    const std::string method = "POST";
    const std::string_view path = "/cloudapi/1.0.0/nothing and more", shorter = path.substr(0, 23);
    const auto why = THROWN_BY(client.request(method, shorter, "{\"a\":1}", "application/json;charset=utf-8"));
    CHECK_SAME(why.response()->url(), std::string(setting("VCD_URL")) + "/cloudapi/1.0.0/nothing");
    CHECK_INT(why.response()->progress().sent, 7);
    CHECK_IS(THROWN_BY(client.get(std::string("/cloudapi\0/secret", 17))).status(), argument);
    CHECK_IS(THROWN_BY(client.get(std::string_view("/\0", 2))).status(), argument);
    CHECK_IS(THROWN_BY(client.get(nullptr)).status(), null);
}

void errors(client &client)
{
    std::optional<error> copy;
    try {
        static_cast<void>(client.get("/cloudapi/1.0.0/nothing"));
    } catch (const std::runtime_error &error) {
        CHECK_HAS(error.what(), "GET /cloudapi/1.0.0/nothing");
        copy = dynamic_cast<const vcdrest::error &>(error);
    }
    // The texts are the error's, not the thrown object's.
    CHECK_IS(copy->status(), http);
    CHECK_SAME(copy->name(), "VCD_ERR_HTTP");
    CHECK_INT(copy->http_status(), 404);
    CHECK(!copy->server_code().empty() && !copy->server_message().empty() && !copy->request_id().empty());
    CHECK_SAME(copy->message(), copy->what());
    CHECK_HAS(copy->message(), copy->server_message());
    CHECK(!copy->retry_after() && copy->os_error() == 0 && copy->fingerprint().empty() && !copy->cause());
    CHECK_INT(copy->response()->http_status(), 404);
    CHECK_SAME(copy->response()->body(), copy->body());
    CHECK_INT(vcd_error_code(copy->get()), VCD_ERR_HTTP);

    auto failed = client.try_get("/cloudapi/1.0.0/nothing");
    CHECK(!failed && !failed.has_value());
    CHECK_INT(failed.error().http_status(), 404);
    CHECK_INT(THROWN_BY(failed.value()).http_status(), 404);
    CHECK_INT(THROWN_BY(std::move(failed).value()).http_status(), 404);
    auto well = client.try_get(ORGS);
    CHECK(well && well.has_value());
    CHECK_INT(well->http_status(), 200);
    CHECK_INT((*well).http_status(), 200);
    CHECK_INT(well.value().http_status(), 200);
    CHECK_INT(std::move(well).value().http_status(), 200);

    control_do("/fault?kind=retry-after&seconds=7&status=429&path=" ORGS);
    auto busy = client.make_call("GET", ORGS).set(call_option::max_retries, 0).try_wait();
    CHECK_IS(busy.error().status(), http);
    CHECK(busy.error().retry_after() == 7s);
    control_do("/reset");

    // Nobody answers: there is no answer.
    auto nobody = vcdrest::client("https://localhost:1").set(option::max_retries, 0);
    const auto why = nobody.try_sign_in("Tyrell", setting("VCD_API_TOKEN"));
    CHECK_IS(why.error().status(), connect);
    CHECK(why.error().response() == nullptr && why.error().http_status() == 0 && why.error().os_error() != 0);
    CHECK_IS(THROWN_BY(why.value()).status(), connect);

    auto stranger = vcdrest::client(setting("VCD_URL"));
    const auto distrust = stranger.try_sign_in("Tyrell", setting("VCD_API_TOKEN"));
    CHECK_IS(distrust.error().status(), tls);
    auto pinned = vcdrest::client(setting("VCD_URL")).set(option::server_fingerprint, distrust.error().fingerprint());
    CHECK(pinned.try_sign_in(setting("VCD_ORG"), setting("VCD_API_TOKEN")));

    CHECK_IS(vcdrest::client::try_create("http://user@host").error().status(), address);
    CHECK_IS(THROWN_BY(vcdrest::client("http://user@host")).status(), address);
    // One that the library does not know of.
    const error mine(status::state, "not now");
    CHECK_SAME(mine.what(), "not now");
    CHECK(mine.get() == nullptr && mine.http_status() == 0 && mine.body().empty() && !mine.retry_after());
}

// The order of the requests that a client makes, and that every option arrives: out of range or not, it says so.
void options()
{
    auto client = new_client();
    client.set(option::connect_timeout, 5s).set(option::read_timeout, 20s).set(option::timeout, 1min);
    client.set(option::max_retries, 1).set(option::retry_interval, 10ms);
    client.set(option::max_body_bytes, std::size_t{1} << 20);
    client.set(option::user_agent, "check/1").set(option::api_version, std::string("36.3")).set(option::no_proxy, true);
    client.set(option::ca_only, true).set(option::retry_put_delete, false).set(option::allow_http, false);
    client.set(option::skip_certificate_check, false);
    CHECK_IS(THROWN_BY(client.set(option::timeout, -1ms)).status(), argument);
    CHECK_IS(client.try_set(option::max_retries, 21).error().status(), argument);
    CHECK_IS(client.try_set(option::ca_file, "/not/there.pem").error().status(), trust);
    CHECK_IS(client.try_set(option::ca_pem, "no certificate").error().status(), trust);
    CHECK_IS(client.try_set(option::server_fingerprint, "12").error().status(), argument);
    CHECK(client.try_set(option::server_fingerprint, setting("VCD_FINGERPRINT")));
    client.sign_in(setting("VCD_ORG"), setting("VCD_API_TOKEN"));
    CHECK_SAME(*client.api_version(), "36.3");
    CHECK_IS(THROWN_BY(client.set(option::timeout, 1s)).status(), state);

    auto by_proxy = vcdrest::client("vcd.example.com").set(option::proxy, "http://localhost:1");
    by_proxy.set(option::max_retries, 0).set(option::proxy_user, "a").set(option::proxy_password, "b");
    CHECK_IS(by_proxy.try_sign_in("Tyrell", setting("VCD_API_TOKEN")).error().status(), proxy);
}

void sign_ins()
{
    auto client = new_client();
    client.sign_in(credential::api_token(setting("VCD_ORG"), setting("VCD_API_TOKEN")));
    check_session_works(client);
    const auto token = *client.access_token();
    auto other = new_client();
    other.sign_in(credential::access_token(token));
    check_session_works(other);
    CHECK(!other.owns_session());
    other.sign_in(credential::password(setting("VCD_ORG"), "roy", setting("VCD_PASSWORD")));
    check_session_works(other);
    CHECK(other.owns_session());
    const auto file = in_folder("token.json");
    std::ofstream(file) << R"({"token_type": "API Token", "refresh_token": ")" << setting("VCD_API_TOKEN") << "\"}\n";
    CHECK(chmod(file.c_str(), 0600) == 0);
    CHECK(other.try_sign_in(credential::token_file(std::string_view(setting("VCD_ORG")), file)));
    check_session_works(other);
    const auto missing = in_folder("none");
    CHECK_IS(other.try_sign_in(credential::token_file(setting("VCD_ORG"), missing)).error().status(), token_file);
    CHECK_IS(other.try_sign_in(setting("VCD_ORG"), "wrongwrongwrongwrongwrongwrong12").error().status(), auth);
    CHECK_IS(THROWN_BY(other.sign_in(credential::password("Tyrell", "roy", "wrong"))).status(), auth);
    check_session_works(other);
    // nullptr is the organization of the address.
    auto third = vcdrest::client(std::string(setting("VCD_URL")) + "/tenant/" + setting("VCD_ORG"));
    third.set(option::ca_file, setting("VCD_CA_FILE")).sign_in(nullptr, setting("VCD_API_TOKEN"));
    check_session_works(third);
    third.sign_out();
    CHECK(!third.signed_in());
    auto again = third.make_sign_in(credential::api_token(nullptr, setting("VCD_API_TOKEN")));
    again.wait();
    CHECK(third.signed_in());
    third.make_sign_out().wait();
    CHECK(!third.signed_in());
}

void notices()
{
    auto careless = vcdrest::client(setting("VCD_URL")).set(option::skip_certificate_check, true);
    careless.sign_in(setting("VCD_ORG"), std::string(setting("VCD_API_TOKEN")) + "\n");
    CHECK(careless.certificate_check_skipped());
    std::vector<notice_code> codes;
    while (const auto notice = careless.take_notice()) {
        CHECK(notice->text.size() > 10);
        CHECK_INT(notice->text.size(), strlen(notice->text.c_str()));
        codes.push_back(notice->code);
    }
    CHECK_INT(std::count(codes.begin(), codes.end(), notice_code::certificate_check_skipped), 1);
    CHECK_INT(std::count(codes.begin(), codes.end(), notice_code::token_trimmed), 1);
    CHECK(!careless.take_notice());
    CHECK(!careless.get(ORGS).take_notice());
}

// Handles go in and out, and objects move.
void handles(client &client)
{
    vcd_client *raw_client = new_client().release();
    CHECK(raw_client != nullptr);
    auto adopted = vcdrest::client::adopt(raw_client);
    CHECK(adopted.get() == raw_client);
    CHECK_SAME(adopted.server(), setting("VCD_URL"));
    auto moved = std::move(adopted);
    CHECK(moved.get() == raw_client && adopted.get() == nullptr);
    adopted = std::move(moved);
    CHECK(adopted.get() == raw_client);

    auto response = client.get(ORGS);
    const auto body = response.body();
    auto other = std::move(response);
    CHECK(other.body().data() == body.data());
    vcd_call *raw_call = other.release();
    CHECK(other.get() == nullptr && other.body().empty() && other.http_status() == 0);
    CHECK_HAS(body, "Tyrell");
    CHECK_HAS(vcdrest::response::adopt(raw_call).body(), "Tyrell");
    vcd_call *made = nullptr;
    CHECK_INT(vcd_call_new(client.get(), "GET", ORGS, &made, nullptr), VCD_OK);
    CHECK_HAS(vcdrest::call::adopt(made).wait().body(), "Tyrell");

    // An answer outlives its client.
    auto short_lived = std::make_unique<vcdrest::client>(signed_in());
    const auto outliving = short_lived->get(ORGS);
    short_lived.reset();
    CHECK_HAS(outliving.body(), "Tyrell");
}

void log(client &client)
{
    std::mutex lock;
    std::vector<std::string> lines;
    status within = status::ok;
    const auto keep = [&](log_level level, std::string_view line) {
        const std::lock_guard<std::mutex> locked(lock);
        CHECK(level <= log_level::info);
        lines.emplace_back(line);
        within = try_set_log(nullptr).error().status();
    };
    set_log(keep);
    client.get(ORGS);
    {
        const std::lock_guard<std::mutex> locked(lock);
        CHECK(!lines.empty());
        CHECK_HAS(lines.back(), ORGS);
        CHECK_IS(within, reentrant);
    }
    int others = 0;
    set_log([&](log_level, std::string_view) { others++; }, log_level::error);
    const auto count = lines.size();
    client.get(ORGS);
    CHECK_INT(others, 0);
    CHECK_IS(THROWN_BY(set_log(keep, static_cast<log_level>(9))).status(), argument);
    CHECK_IS(THROWN_BY(log_to_file("/no/such/folder/log")).status(), argument);
    log_to_file(nullptr);
    set_log(nullptr);
    client.get(ORGS);
    CHECK_INT(lines.size(), count);
}

} // namespace

int main()
{
    auto client = new_client();
    library();
    before_sign_in(client);
    client.sign_in(setting("VCD_ORG"), setting("VCD_API_TOKEN"));
    client.get(ORGS);
    facts(client);
    answers(client);
    errors(client);
    options();
    sign_ins();
    notices();
    handles(client);
    log(client);
    client.sign_out();
    CHECK(!client.signed_in());
    return checks_passed();
}
