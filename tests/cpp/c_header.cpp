// The everyday way from C++, with the header as it is.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vcdrest.h>

namespace {

struct Free {
    void operator()(vcd_client *client) const { vcd_client_free(client); }
    void operator()(vcd_call *call) const { vcd_call_free(call); }
    void operator()(vcd_error *error) const { vcd_error_free(error); }
};

int checks = 0;

void check(bool well, const char *what)
{
    if (!well) {
        std::fprintf(stderr, "failed: %s\n", what);
        std::exit(1);
    }
    checks++;
}

std::string setting(const char *name)
{
    const char *value = std::getenv(name);
    check(value != nullptr, name);
    return value;
}

void must(vcd_status status, vcd_error *error)
{
    std::unique_ptr<vcd_error, Free> owned(error);
    if (status != VCD_OK)
        std::fprintf(stderr, "%s: %s\n", vcd_status_name(status), vcd_error_message(error));
    check(status == VCD_OK, "the call went well");
}

} // namespace

int main()
{
    vcd_client *new_client = nullptr;
    vcd_error *error = nullptr;
    vcd_status status = vcd_client_new(setting("VCD_URL").c_str(), &new_client, &error);
    must(status, error);
    std::unique_ptr<vcd_client, Free> client(new_client);
    status = vcd_client_set_text(client.get(), VCD_OPT_CA_FILE, setting("VCD_CA_FILE").c_str(), &error);
    must(status, error);
    status = vcd_sign_in(client.get(), setting("VCD_ORG").c_str(), setting("VCD_API_TOKEN").c_str(), &error);
    must(status, error);

    vcd_call *new_call = nullptr;
    status = vcd_get(client.get(), "/cloudapi/1.0.0/orgs", &new_call, &error);
    must(status, error);
    std::unique_ptr<vcd_call, Free> call(new_call);
    const uint8_t *data = nullptr;
    size_t length = 0;
    status = vcd_call_body(call.get(), &data, &length, &error);
    must(status, error);
    const std::string body(reinterpret_cast<const char *>(data), length);
    check(body.find("\"name\":\"Tyrell\"") != std::string::npos, "the organization is in the answer");

    status = vcd_get(client.get(), "/cloudapi/1.0.0/nothing", &new_call, &error);
    check(status == VCD_ERR_HTTP, "nothing is there");
    std::unique_ptr<vcd_call, Free> failed(new_call);
    std::unique_ptr<vcd_error, Free> why(error);
    check(vcd_error_code(why.get()) == VCD_ERR_HTTP, "the error says so");
    check(std::strlen(vcd_error_message(why.get())) > 0, "and has a message");
    must(vcd_sign_out(client.get(), nullptr), nullptr);
    std::printf("%d checks passed\n", checks);
    return 0;
}
