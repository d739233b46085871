"""Signs in to Cloud Director with an API token and prints its organizations. Python 3 and the library, nothing else.

    VCD_API_TOKEN=... python3 orgs.py ./libvcdrest.so vcd.example.com Tyrell [ca.pem]

The token comes from the environment: everybody on the machine can read a command line.
"""

import ctypes
import json
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_size_t, c_uint32, c_void_p

ABI_MAJOR = 1
VCD_OK = 0
VCD_OPT_CA_FILE = 104

# What the header declares. A handle is a c_void_p; without argtypes ctypes would cut it to 32 bits.
FUNCTIONS = {
    "vcd_abi_version": (c_uint32, []),
    "vcd_client_new": (c_int32, [c_char_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "vcd_client_set_text": (c_int32, [c_void_p, c_int32, c_char_p, POINTER(c_void_p)]),
    "vcd_client_free": (None, [c_void_p]),
    "vcd_sign_in": (c_int32, [c_void_p, c_char_p, c_char_p, POINTER(c_void_p)]),
    "vcd_sign_out": (c_int32, [c_void_p, POINTER(c_void_p)]),
    "vcd_get": (c_int32, [c_void_p, c_char_p, POINTER(c_void_p), POINTER(c_void_p)]),
    "vcd_call_body": (c_int32, [c_void_p, POINTER(c_void_p), POINTER(c_size_t), POINTER(c_void_p)]),
    "vcd_call_free": (None, [c_void_p]),
    "vcd_error_message": (c_char_p, [c_void_p]),
    "vcd_error_free": (None, [c_void_p]),
}


class VcdError(Exception):
    """What failed, why, and what to do, with the library's status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Client:
    """One server and one sign-in; `with` ends the session and frees the handle."""

    def __init__(self, library, server):
        # CDLL, and not PyDLL: while a function waits for the server, other threads of Python go on.
        self.library = ctypes.CDLL(os.path.abspath(library))
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(self.library, name)
            function.restype, function.argtypes = result, arguments
        if self.library.vcd_abi_version() >> 16 != ABI_MAJOR:
            raise VcdError(None, f"{library} speaks another ABI than this program")
        self.handle = c_void_p()
        self.check("vcd_client_new", server.encode(), byref(self.handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.library.vcd_sign_out(self.handle, None)
        self.library.vcd_client_free(self.handle)

    def check(self, name, *arguments):
        """Calls a function whose last parameter receives an error object, which becomes an exception."""
        error = c_void_p()
        status = getattr(self.library, name)(*arguments, byref(error))
        if status != VCD_OK:
            message = self.library.vcd_error_message(error).decode()
            self.library.vcd_error_free(error)
            raise VcdError(status, message)

    def trust(self, ca_file):
        self.check("vcd_client_set_text", self.handle, VCD_OPT_CA_FILE, ca_file.encode())

    def sign_in(self, org, token):
        self.check("vcd_sign_in", self.handle, org.encode(), token.encode())

    def get(self, uri):
        call, data, length = c_void_p(), c_void_p(), c_size_t()
        try:
            self.check("vcd_get", self.handle, uri.encode(), byref(call))
            self.check("vcd_call_body", call, byref(data), byref(length))
            # The bytes are borrowed from the call: copied before it is freed.
            return json.loads(ctypes.string_at(data, length.value))
        finally:
            self.library.vcd_call_free(call)


def main():
    token = os.environ.get("VCD_API_TOKEN")
    if not token or len(sys.argv) not in (4, 5):
        sys.exit("usage: VCD_API_TOKEN=... python3 orgs.py LIBRARY SERVER ORG [CA-FILE]")
    library, server, org, *ca_file = sys.argv[1:]
    try:
        with Client(library, server) as client:
            for path in ca_file:
                client.trust(path)
            client.sign_in(org, token)
            for found in client.get("/cloudapi/1.0.0/orgs")["values"]:
                print(found["name"], found["displayName"], sep="\t")
    except VcdError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
