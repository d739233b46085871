// Lists page by page with vcdrest.hpp, and operations: tasks, API tokens, service accounts.
#include "check.hpp"

namespace {

using namespace vcdrest;

constexpr const char *LIST = ORGS "?sortAsc=name&pageSize=10";

void every_page(client &client)
{
    int count = 0, items = 0;
    for (auto &page : client.pages(LIST)) {
        CHECK_INT(page.http_status(), 200);
        items += occurrences(page.body(), "\"displayName\"");
        count++;
    }
    CHECK_INT(count, 5);
    CHECK_INT(items, 41);

    auto list = client.pages(LIST).set(pages_option::in_flight, 4);
    CHECK(!list.total() && !list.count() && list.done() == 0);
    // A page that is moved away stays.
    std::vector<response> kept;
    for (auto &page : list) {
        kept.push_back(std::move(page));
        CHECK_INT(list.done(), kept.size());
    }
    CHECK_INT(*list.total(), 41);
    CHECK_INT(*list.count(), 5);
    CHECK_INT(kept.size(), 5);
    CHECK_INT(occurrences(kept[4].body(), "\"displayName\""), 1);
    CHECK(!list.next() && list.begin() == list.end());

    const auto first = client.make_call("GET", LIST).set_header("X-Test", "1");
    auto by_hand = pages(first);
    auto at = by_hand.begin();
    CHECK(at != by_hand.end() && by_hand.end() != at && !(by_hand.end() == at));
    CHECK_INT(at->http_status(), 200);
    at++;
    CHECK_INT((*at).http_status(), 200);
    CHECK_INT(by_hand.done(), 2);

    CHECK_IS(THROWN_BY(list.set(pages_option::in_flight, 17)).status(), argument);
    CHECK_IS(THROWN_BY(pages(client.make_call("POST", ORGS))).status(), argument);
    CHECK_IS(THROWN_BY(client.pages("//elsewhere")).status(), address);
    auto adopted = pages::adopt(by_hand.release());
    CHECK_INT(adopted.done(), 2);
    CHECK(by_hand.get() == nullptr);
}

void failed_pages(client &client)
{
    auto list = client.pages(LIST);
    std::optional<response> page;
    CHECK_IS(list.next_for(page, 1min), ok);
    CHECK_INT(page->http_status(), 200);
    control_do("/fault?kind=status&status=500&times=1&path=" ORGS);
    const auto why = THROWN_BY(list.next());
    CHECK_INT(why.http_status(), 500);
    CHECK_INT(why.response()->http_status(), 500);
    // The same page once more.
    CHECK(list.next().has_value());
    CHECK_INT(list.done(), 2);
    control_do("/fault?kind=hang&times=1&path=" ORGS);
    CHECK_IS(list.next_for(page, 10ms), pending);
    CHECK(!page);
    CHECK_IS(*list.try_next_for(page, 0ms), pending);
    auto waiting = std::async(std::launch::async, [&] { return list.try_next(); });
    CHECK(waiting.wait_for(50ms) == std::future_status::timeout);
    list.cancel();
    CHECK_IS(waiting.get().error().status(), cancelled);
    CHECK_IS(THROWN_BY(list.next()).status(), cancelled);
    CHECK_IS(list.try_next_for(page, 1s).error().status(), cancelled);
    list.cancel();
    control_wait_for_aborts(ORGS, 1);
    control_do("/reset");
    auto short_one = client.pages(ORGS "?filter=name==Tyrell");
    CHECK_IS(short_one.next_for(page, 1min), ok);
    CHECK_IS(short_one.next_for(page, 1min), end);
    CHECK(!page);
}

void tasks(client &client)
{
    char answer[1024];
    CHECK_INT(control("POST", "/task?outcome=success&polls=3", nullptr, answer, sizeof answer), 200);
    auto good = client.make_operation(operation::wait_task)
                    .set(call_option::id, json_text(answer, "href"))
                    .set(call_option::poll_interval, 10ms);
    CHECK_HAS(good.wait().body(), "\"status\"");
    CHECK(good.progress().task_percent.has_value());
    CHECK_INT(control("POST", "/task?outcome=error&polls=1", nullptr, answer, sizeof answer), 200);
    auto failing = client.make_operation(operation::wait_task).set(call_option::id, json_text(answer, "href"));
    const auto failed = failing.try_wait();
    CHECK_IS(failed.error().status(), task);
    CHECK_HAS(failed.error().response()->body(), "\"error\"");
    CHECK_INT(control("POST", "/task?outcome=hang", nullptr, answer, sizeof answer), 200);
    auto endless = client.make_operation(operation::wait_task)
                       .set(call_option::id, json_text(answer, "href"))
                       .set(call_option::cancel_task, true);
    CHECK(!endless.wait_for(100ms));
    endless.cancel();
    CHECK_IS(endless.try_wait().error().status(), cancelled);
    CHECK_IS(THROWN_BY(client.make_operation(static_cast<operation>(99))).status(), option);
}

void tokens_and_service_accounts()
{
    auto administrator = new_client();
    administrator.sign_in(credential::password(setting("VCD_ORG"), "roy", setting("VCD_PASSWORD")));
    const auto made = administrator.make_operation(operation::create_api_token).set(call_option::name, "by-cpp").wait();
    auto user = new_client();
    user.sign_in(setting("VCD_ORG"), json_text(made.body(), "refresh_token"));
    check_session_works(user);

    const auto account = administrator.make_operation(operation::create_service_account)
                             .set(call_option::name, "cpp-service")
                             .set(call_option::role, "vApp Author")
                             .wait();
    const auto id = json_text(account.body(), "id");
    auto device = new_client();
    const auto asked = device.make_operation(operation::authorize_service_account)
                           .set(call_option::id, id)
                           .set(call_option::tenant_context, setting("VCD_ORG"))
                           .wait();
    const auto file = in_folder("service.json");
    auto activation = device.make_operation(operation::activate_service_account)
                          .set(call_option::id, id)
                          .set(call_option::tenant_context, setting("VCD_ORG"))
                          .set(call_option::device_code, json_text(asked.body(), "device_code"))
                          .set(call_option::poll_interval, 20ms)
                          .set(call_option::token_file, file);
    activation.start();
    administrator.request("POST", "/cloudapi/1.0.0/deviceLookup/grant",
                          "{\"userCode\":\"" + json_text(asked.body(), "user_code") + "\"}");
    activation.wait();
    device.sign_in(credential::token_file(setting("VCD_ORG"), file));
    check_session_works(device);
    CHECK(!device.api_token());
}

} // namespace

int main()
{
    auto provider = new_client();
    provider.sign_in("System", setting("VCD_PROVIDER_TOKEN"));
    every_page(provider);
    failed_pages(provider);
    tasks(provider);
    tokens_and_service_accounts();
    return checks_passed();
}
