// Calls with vcdrest.hpp that are started, waited for, watched and cancelled; bodies from and to functions and files;
// functions that throw, and that own what they are called by.
#include "check.hpp"
#include <algorithm>

namespace {

using namespace vcdrest;

constexpr const char *UPLOAD = "/transfer/7e5f1fe3-80cc-41e8-bf72-d40caf54418e/cpp.bin";
constexpr std::size_t SIZE = 3'000'000;

struct broken : std::runtime_error {
    broken() : std::runtime_error("the disk is full") {}
};

void started_and_waited_for(client &client)
{
    auto call = client.make_call("GET", ORGS).set_header("X-Test", "1").set(call_option::timeout, 1min);
    CHECK(!call.done());
    control_do("/fault?kind=delay&ms=300&path=" ORGS);
    call.start();
    CHECK(!call.wait_for(0s));
    CHECK(!call.wait_for(1us) && !call.wait_until(std::chrono::steady_clock::now() - 1h));
    CHECK(!*call.try_wait_for(-1s));
    CHECK_IS(THROWN_BY(call.start()).status(), state);
    CHECK_IS(THROWN_BY(call.set_body("x")).status(), state);
    const auto first = call.wait_until(std::chrono::system_clock::now() + 1min);
    const auto second = call.wait_for(std::chrono::hours(24 * 365 * 100));
    CHECK(first && second && call.done());
    // All of them are one answer, which outlives the call.
    CHECK(first->get() == call.get() && first->body().data() == second->body().data());
    CHECK(first->body().data() == call.try_wait()->body().data());
    const auto kept = [](vcdrest::call gone) { return gone.wait(); }(std::move(call));
    CHECK_HAS(kept.body(), "Tyrell");
}

void cancelled(client &client)
{
    auto call = client.make_call("GET", ORGS);
    call.cancel();
    start_hanging(call);
    CHECK_INT(call.progress().attempts, 1);
    auto waiting = std::async(std::launch::async, [&] { return call.try_wait(); });
    call.cancel();
    const auto ended = waiting.get();
    CHECK_IS(ended.error().status(), cancelled);
    CHECK(ended.error().response() == nullptr && !ended.error().cause());
    CHECK_IS(THROWN_BY(call.wait()).status(), cancelled);
    CHECK_SAME(call.method(), "GET");
    control_wait_for_aborts(ORGS, 1);

    // One that goes ends its request.
    {
        auto gone = client.make_call("GET", ORGS);
        start_hanging(gone);
    }
    control_wait_for_aborts(ORGS, 1);
    control_do("/reset");
}

void one_of_several(client &client)
{
    std::vector<call> calls;
    calls.push_back(client.make_call("GET", ORGS));
    calls.push_back(client.make_call("GET", "/cloudapi/1.0.0/nothing"));
    CHECK_IS(THROWN_BY(wait_any(calls)).status(), state);
    CHECK_IS(try_wait_any(calls).error().status(), state);
    start_hanging(calls[0]);
    CHECK(!wait_any_for({&calls[0]}, 10ms));
    calls[1].start();
    CHECK_INT(wait_any(calls), 1);
    CHECK_INT(*try_wait_any(calls), 1);
    CHECK_INT(*wait_any_for(calls, 1min), 1);
    CHECK_INT(wait_any({&calls[1], &calls[0]}), 0);
    CHECK_INT(**try_wait_any_for(std::vector<std::reference_wrapper<call>>{calls[0], calls[1]}, 1min), 1);
    calls[0].cancel();
    CHECK_INT(wait_any({&calls[0]}), 0);
    control_do("/reset");
}

// The end is told once, whoever owns the call, and nobody has to wait for it.
void told_of_the_end(client &client)
{
    std::promise<void> ended;
    auto call = client.make_call("GET", ORGS).on_done([&] { ended.set_value(); });
    call.start();
    ended.get_future().get();
    CHECK(call.done());
    CHECK_IS(THROWN_BY(call.on_done([] {})).status(), state);
    CHECK_IS(THROWN_BY(client.make_call("GET", ORGS).on_done(nullptr)).status(), null);

    // The last one counts; what was there before, and what is never called, goes.
    const auto counted = std::make_shared<int>(0);
    {
        auto never = client.make_call("GET", ORGS).on_done([counted] { ++*counted; });
        never.on_done([counted] { ++*counted; });
        CHECK_INT(counted.use_count(), 2);
    }
    CHECK_INT(counted.use_count(), 1);
    CHECK_INT(*counted, 0);

    // The function is the last owner of its call: both go when it has been called. The library does not free within
    // a function that it has called, so this is seen by the handle.
    struct request {
        std::optional<vcdrest::call> call;
        std::promise<std::string> body;
    };
    auto mine = std::make_shared<request>();
    auto body = mine->body.get_future();
    mine->call = client.make_call("GET", ORGS);
    vcd_call *handle = mine->call->get();
    mine->call->on_done([mine, &client] {
        // It cannot be read here, as everything of the library; another thread does.
        CHECK_IS(mine->call->try_wait().error().status(), reentrant);
        CHECK_IS(client.try_get(ORGS).error().status(), reentrant);
        std::thread([mine] { mine->body.set_value(std::string(mine->call->wait().body())); }).detach();
    });
    auto *raw = mine.get();
    mine.reset();
    raw->call->start();
    CHECK_HAS(body.get(), "Tyrell");
    while (vcd_call_cancel(handle) == VCD_OK)
        std::this_thread::yield();
    CHECK_INT(vcd_call_cancel(handle), VCD_ERR_HANDLE);

    // The same without anybody else: the call goes in the function.
    auto alone = std::make_shared<request>();
    alone->call = client.make_call("GET", ORGS);
    handle = alone->call->get();
    raw = alone.get();
    raw->call->on_done([owner = std::move(alone)]() mutable { owner.reset(); });
    raw->call->start();
    while (vcd_call_cancel(handle) == VCD_OK)
        std::this_thread::yield();
    CHECK_INT(vcd_call_cancel(handle), VCD_ERR_HANDLE);

    // A call that is cancelled, and one that is destroyed, tell it as well.
    for (const bool destroyed : {false, true}) {
        std::promise<void> over;
        std::optional<vcdrest::call> hanging = client.make_call("GET", ORGS).on_done([&] { over.set_value(); });
        start_hanging(*hanging);
        if (destroyed)
            hanging.reset();
        else
            hanging->cancel();
        over.get_future().get();
    }
    control_do("/reset");
}

std::string expected_bytes(client &client, const std::string &path)
{
    auto all = client.make_call("GET", path).set(call_option::accept_any_status, true).wait();
    CHECK_INT(all.body().size(), SIZE);
    return std::string(all.body());
}

void downloads(client &client)
{
    const auto path = offer(SIZE);
    const auto expected = expected_bytes(client, path);

    std::string received;
    const auto response = client.make_call("GET", path)
                              .set_writer([&](std::string_view piece) {
                                  received += piece;
                                  return true;
                              })
                              .wait();
    CHECK(received == expected);
    CHECK(response.body().empty());
    CHECK_INT(response.progress().received, SIZE);
    CHECK_INT(response.progress().expected.value_or(-1), SIZE);

    const auto file = in_folder("disk.bin");
    client.make_call("GET", path).set(call_option::output_file, file).set(call_option::resume, true).wait();
    CHECK(read_file(file) == expected);

    // One that wants no more, and one that cannot.
    auto enough = client.make_call("GET", path).set_writer([](std::string_view) { return false; });
    CHECK_IS(THROWN_BY(enough.wait()).status(), cancelled);
    auto full = client.make_call("GET", path).set_writer([](std::string_view) -> bool { throw broken(); });
    try {
        full.wait();
        CHECK(!"it went well");
    } catch (const broken &thrown) {
        CHECK_SAME(thrown.what(), "the disk is full");
    }
    const auto ended = full.try_wait();
    CHECK_IS(ended.error().status(), cancelled);
    CHECK(ended.error().cause() != nullptr);
    CHECK_IS(THROWN_BY(client.make_call("GET", path).set_writer(nullptr)).status(), null);

    // Cancelled from within.
    auto within = client.make_call("GET", path);
    std::optional<status> refused;
    within.set_writer([&](std::string_view) {
        within.cancel();
        refused = within.try_wait().error().status();
        return true;
    });
    control_do(("/fault?kind=hang-mid-body&bytes=1000000&path=" + path).c_str());
    CHECK_IS(THROWN_BY(within.wait()).status(), cancelled);
    CHECK_IS(*refused, reentrant);
    control_do("/reset");
}

void uploads(client &client)
{
    const std::string all(SIZE, 'v');
    const auto reader = [&all](std::size_t piece, std::size_t &at) {
        return [&all, piece, &at](char *buffer, std::size_t capacity) {
            const auto count = all.copy(buffer, std::min(piece, capacity), at);
            at += count;
            return static_cast<std::int64_t>(count);
        };
    };
    const auto uploaded = [] {
        auto answer = std::make_unique<char[]>(4096);
        CHECK_INT(control("GET", "/transfers", nullptr, answer.get(), 4096), 200);
        return std::string(answer.get());
    };
    std::size_t at = 0;
    client.make_call("PUT", UPLOAD).set_reader(reader(100'000, at), SIZE).wait();
    CHECK_INT(at, SIZE);
    CHECK_HAS(uploaded(), "\"received\":3000000");
    at = 0;
    // Without its length, and with a writer of the same call.
    std::string said;
    auto both = client.make_call("PUT", UPLOAD).set_reader(reader(7'777'777, at));
    both.set_writer([&](std::string_view piece) {
        said += piece;
        return true;
    });
    CHECK_INT(both.wait().progress().sent, SIZE);

    const auto file = in_folder("upload.bin");
    std::ofstream(file, std::ios::binary) << all;
    client.make_call("PUT", UPLOAD).set(call_option::body_file, file).set(call_option::body_offset, SIZE - 10).wait();
    CHECK_HAS(uploaded(), "\"received\":10,");
    const std::vector<std::uint16_t> numbers(50, 7);
    client.make_call("PUT", UPLOAD)
        .set(call_option::content_type, "application/octet-stream")
        .set_body(numbers.data(), numbers.size() * sizeof numbers[0])
        .wait();
    CHECK_HAS(uploaded(), "\"received\":100,");

    auto gives_up = client.make_call("PUT", UPLOAD).set_reader([](char *, std::size_t) { return -1; }, 10);
    CHECK_IS(THROWN_BY(gives_up.wait()).status(), file);
    auto throws = client.make_call("PUT", UPLOAD).set_reader([](char *, std::size_t) -> std::int64_t { throw 7; }, 10);
    try {
        throws.wait();
        CHECK(!"it went well");
    } catch (int thrown) {
        CHECK_INT(thrown, 7);
    }
    CHECK_IS(throws.try_wait().error().status(), file);

    // What the functions own goes with the call, started or not.
    const auto counted = std::make_shared<int>(0);
    {
        auto never = client.make_call("PUT", UPLOAD).set_reader([counted](char *, std::size_t) { return 0; }, 0);
        never.set_reader([counted](char *, std::size_t) { return 0; }, 0).set_writer([counted](std::string_view) {
            return true;
        });
        CHECK_INT(counted.use_count(), 3);
    }
    CHECK_INT(counted.use_count(), 1);
    {
        auto hanging = client.make_call("GET", ORGS).set_writer([counted](std::string_view) { return true; });
        start_hanging(hanging);
    }
    CHECK_INT(counted.use_count(), 1);
    control_do("/reset");
}

// A call that ends while its function runs: whoever ends it may throw away what the function works on.
void ended_in_the_middle(client &client)
{
    const auto path = offer(SIZE);
    for (const bool destroyed : {false, true}) {
        std::promise<void> entered, go_on;
        auto gate = std::make_unique<std::shared_future<void>>(go_on.get_future().share());
        bool first = true;
        std::optional<call> running = client.make_call("GET", path).set_writer([&](std::string_view) {
            if (std::exchange(first, false))
                entered.set_value();
            gate->wait();
            return true;
        });
        running->start();
        entered.get_future().get();
        auto ender = std::async(std::launch::async, [&] {
            if (destroyed)
                running.reset();
            else
                running->cancel();
            gate.reset();
        });
        CHECK(ender.wait_for(100ms) == std::future_status::timeout);
        go_on.set_value();
        ender.get();
    }
    check_session_works(client);
}

} // namespace

int main()
{
    auto client = signed_in();
    started_and_waited_for(client);
    cancelled(client);
    one_of_several(client);
    told_of_the_end(client);
    downloads(client);
    uploads(client);
    ended_in_the_middle(client);
    return checks_passed();
}
