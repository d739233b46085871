// Prints all organizations that a session may see, a page of JSON on each line, and ends at Ctrl+C wherever it is:
// signing in, waiting for a page, between two attempts. However many there are, no more than a few pages are in memory.
//
//   c++ -std=c++20 pages.cpp -o pages -lvcdrest
//   VCD_API_TOKEN=... ./pages vcd.example.com System [ca.pem]
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stop_token>
#include <thread>
#include <vcdrest.hpp>

namespace {

// Makes Ctrl+C a request to stop. Call it before there are other threads, which inherit that the signal is blocked.
std::stop_token stop_at_interrupt()
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);
    std::stop_source source;
    std::thread([interrupt, source]() mutable {
        int number = 0;
        sigwait(&interrupt, &number);
        source.request_stop();
    }).detach();
    return source.get_token();
}

void print_all(vcdrest::client &client, const std::stop_token &stop)
{
    // A fixed order allows several pages on their way at once.
    auto list = client.pages("/cloudapi/1.0.0/orgs?sortAsc=name&pageSize=128");
    list.set(vcdrest::pages_option::in_flight, 4).cancel_on(stop);
    for (const auto &page : list) {
        std::cout << page.body() << std::endl;
        // Not every list says how long it is.
        if (list.count() && list.total())
            std::cerr << "page " << list.done() << " of " << *list.count() << ", " << *list.total() << " in all\n";
    }
}

} // namespace

int main(int argc, char **argv)
{
    const char *token = std::getenv("VCD_API_TOKEN");
    if (argc < 3 || argc > 4 || token == nullptr) {
        std::cerr << "usage: VCD_API_TOKEN=... " << argv[0] << " SERVER ORG [CA-FILE]\n";
        return 2;
    }
    const auto stop = stop_at_interrupt();
    try {
        vcdrest::client client(argv[1]);
        if (argc == 4)
            client.set(vcdrest::option::ca_file, argv[3]);
        client.sign_in(vcdrest::credential::api_token(argv[2], token), stop);
        print_all(client, stop);
        static_cast<void>(client.try_sign_out());
    } catch (const vcdrest::error &error) {
        std::cerr << error.what() << '\n';
        return error.status() == vcdrest::status::cancelled ? 130 : 1;
    }
}
