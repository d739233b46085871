// Signs in to Cloud Director with an API token and prints its organizations, as JSON.
//
//   c++ -std=c++17 orgs.cpp -o orgs -lvcdrest
//   VCD_API_TOKEN=... ./orgs vcd.example.com Tyrell [ca.pem]
//
// The token comes from the environment: everybody on the machine can read a command line.
#include <cstdlib>
#include <iostream>
#include <vcdrest.hpp>

int main(int argc, char **argv)
{
    const char *token = std::getenv("VCD_API_TOKEN");
    if (argc < 3 || argc > 4 || token == nullptr) {
        std::cerr << "usage: VCD_API_TOKEN=... " << argv[0] << " SERVER ORG [CA-FILE]\n";
        return 2;
    }
    try {
        vcdrest::client client(argv[1]);
        if (argc == 4)
            client.set(vcdrest::option::ca_file, argv[3]);
        client.sign_in(argv[2], token);
        std::cout << client.get("/cloudapi/1.0.0/orgs").body() << '\n';
        // Ends the session on the server; it would end by itself, so a failure is no matter.
        static_cast<void>(client.try_sign_out());
    } catch (const vcdrest::error &error) {
        // The message says what failed, why, and what to do.
        std::cerr << error.what() << '\n';
        if (!error.server_code().empty())
            std::cerr << "the server says: " << error.server_code() << '\n';
        return 1;
    }
}
