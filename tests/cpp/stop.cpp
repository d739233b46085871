// What vcdrest.hpp has with C++20: calls and lists that a std::stop_token ends, and lists that are ranges.

// gcc 12 takes a std::stop_source for read before it is made, in its own library.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "check.hpp"
#include <ranges>

#if !defined(__cpp_lib_jthread)
#error "this standard library has no std::stop_token"
#endif

namespace {

using namespace vcdrest;

static_assert(std::ranges::input_range<pages>);
static_assert(std::input_iterator<pages::iterator>);

void calls(client &client)
{
    // In time, and nothing to stop.
    std::stop_source unused;
    CHECK_HAS(client.get(ORGS, unused.get_token()).body(), "\"values\"");
    CHECK_HAS(client.get(ORGS, std::stop_token()).body(), "\"values\"");
    CHECK_INT(client.try_get("/cloudapi/1.0.0/nothing", unused.get_token()).error().http_status(), 404);
    CHECK_IS(client.try_get("//elsewhere", unused.get_token()).error().status(), address);

    // While it hangs.
    control_do("/reset");
    control_do("/fault?kind=hang&path=" ORGS);
    std::optional<status> ended;
    {
        std::jthread worker([&](std::stop_token stop) { ended = client.try_get(ORGS, stop).error().status(); });
        control_wait_for_requests(ORGS, 1);
        worker.request_stop();
    }
    CHECK_IS(*ended, cancelled);
    control_wait_for_aborts(ORGS, 1);

    // One that runs already, with two that wait and one of them that gives up.
    auto running = client.make_call("GET", ORGS);
    start_hanging(running);
    std::stop_source source;
    auto waiting = std::async(std::launch::async, [&] { return running.try_wait(); });
    auto giving_up = std::async(std::launch::async, [&] { return running.try_wait(source.get_token()); });
    CHECK(giving_up.wait_for(50ms) == std::future_status::timeout);
    source.request_stop();
    CHECK_IS(giving_up.get().error().status(), cancelled);
    CHECK_IS(waiting.get().error().status(), cancelled);

    // Stopped before: nothing is sent.
    control_do("/reset");
    CHECK_IS(THROWN_BY(client.get(ORGS, source.get_token())).status(), cancelled);
    auto late = client.make_call("GET", ORGS);
    CHECK_IS(THROWN_BY(late.wait(source.get_token())).status(), cancelled);
    CHECK_INT(control_requests(ORGS), 0);
    CHECK_INT(late.wait().http_status(), 200);
    // It has come to its end all the same.
    CHECK_INT(late.wait(source.get_token()).http_status(), 200);

    auto other = new_client();
    const auto with = credential::api_token(setting("VCD_ORG"), setting("VCD_API_TOKEN"));
    CHECK_IS(THROWN_BY(other.sign_in(with, source.get_token())).status(), cancelled);
    CHECK(!other.signed_in());
    other.sign_in(with, std::stop_source().get_token());
    CHECK(other.signed_in());
    CHECK_IS(new_client().try_get(ORGS, unused.get_token()).error().status(), not_signed_in);
}

// Who writes has enough: a stop within a function that the library has called.
void from_within(client &client)
{
    const auto path = offer(3'000'000);
    std::stop_source enough;
    auto call = client.make_call("GET", path).set_writer([&](std::string_view) {
        enough.request_stop();
        return true;
    });
    control_do(("/fault?kind=hang-mid-body&bytes=1000000&path=" + path).c_str());
    CHECK_IS(call.try_wait(enough.get_token()).error().status(), cancelled);
    control_do("/reset");
}

void lists(client &client)
{
    int count = 0;
    std::stop_source unused;
    for (auto &page : client.pages(ORGS "?sortAsc=name&pageSize=10").cancel_on(unused.get_token())) {
        CHECK_INT(page.http_status(), 200);
        count++;
    }
    CHECK_INT(count, 5);
#if !defined(__clang__) || __clang_major__ >= 16 // which understands the views of gcc's library
    auto list = client.pages(ORGS "?sortAsc=name&pageSize=10");
    auto sizes = list | std::views::transform([](const response &page) { return page.body().size(); });
    CHECK_INT(std::ranges::distance(sizes), 5);
#endif

    std::stop_source source;
    count = 0;
    const auto why = THROWN_BY([&] {
        for (auto &page : client.pages(ORGS "?sortAsc=name&pageSize=10").cancel_on(source.get_token())) {
            CHECK_INT(page.http_status(), 200);
            if (++count == 2)
                source.request_stop();
        }
    }());
    CHECK_IS(why.status(), cancelled);
    CHECK_INT(count, 2);

    // While a page hangs; the list has moved meanwhile.
    std::stop_source other;
    auto first = client.pages(ORGS).cancel_on(other.get_token());
    auto moved = std::move(first);
    control_do("/reset");
    control_do("/fault?kind=hang&path=" ORGS);
    auto waiting = std::async(std::launch::async, [&] { return moved.try_next(); });
    control_wait_for_requests(ORGS, 1);
    other.request_stop();
    CHECK_IS(waiting.get().error().status(), cancelled);
    control_wait_for_aborts(ORGS, 1);
    // One that was stopped before it began.
    CHECK_IS(client.pages(ORGS).cancel_on(other.get_token()).try_next().error().status(), cancelled);
    CHECK_INT(control_requests(ORGS), 1);
    control_do("/reset");
}

} // namespace

int main()
{
    auto client = new_client();
    client.sign_in("System", setting("VCD_PROVIDER_TOKEN"));
    calls(client);
    from_within(client);
    lists(client);
    return checks_passed();
}
