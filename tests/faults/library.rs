//! The library as a host sees it: loaded by its path, and nothing but the C ABI between it and the test.

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;
use std::time::Duration;

use vcdrest::ffi::option::{
    VCD_CALL_ATTEMPTS, VCD_CLIENT_EXCHANGES, VCD_ERROR_BODY, VCD_ERROR_HTTP_STATUS, VCD_ERROR_OS_ERROR,
    VCD_ERROR_RETRY_AFTER_MS, VCD_ERROR_SERVER_MESSAGE, VCD_GRANT_API_TOKEN, VCD_OPT_ALLOW_HTTP, VCD_OPT_CA_ONLY,
    VCD_OPT_CA_PEM, VCD_OPT_NO_PROXY, VCD_OPT_RETRY_INTERVAL_MS,
};

/// No call of a test takes as long on any machine: one that does hangs.
pub const HANG: Duration = Duration::from_secs(60);

/// An API token of the right form. It must turn up nowhere.
pub const API_TOKEN: &str = "Zq7xT0kenTh4tM4yNotBeSeenAnywh3r";

type Handle = *mut c_void;

macro_rules! functions {
    ($($name:ident($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// Every function of the library that the tests call.
        pub struct Functions {
            $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            // Last, so that it goes last.
            library: libloading::Library,
        }

        impl Functions {
            /// Loads the library at a path.
            pub fn load(path: &Path) -> Functions {
                // SAFETY: it is the library under test, whose functions have the types below.
                unsafe {
                    let library = libloading::Library::new(path).expect("the library can be loaded");
                    Functions {
                        $($name: *library.get(concat!(stringify!($name), "\0").as_bytes()).expect(stringify!($name)),)*
                        library,
                    }
                }
            }
        }
    };
}

functions! {
    vcd_status_name(i32) -> *const c_char;
    vcd_error_code(Handle) -> i32;
    vcd_error_message(Handle) -> *const c_char;
    vcd_error_get_int(Handle, i32, *mut i64) -> i32;
    vcd_error_get_text(Handle, i32, *mut *const c_char, *mut usize) -> i32;
    vcd_error_free(Handle);
    vcd_client_new(*const c_char, *mut Handle, *mut Handle) -> i32;
    vcd_client_set_int(Handle, i32, i64, *mut Handle) -> i32;
    vcd_client_set_text(Handle, i32, *const c_char, *mut Handle) -> i32;
    vcd_client_get_int(Handle, i32, *mut i64, *mut Handle) -> i32;
    vcd_client_take_notice(Handle, *mut i32, *mut c_char, usize, *mut usize, *mut Handle) -> i32;
    vcd_client_free(Handle);
    vcd_sign_in_new(Handle, i32, *const c_char, *const c_char, *const c_char, *mut Handle, *mut Handle) -> i32;
    vcd_call_new(Handle, *const c_char, *const c_char, *mut Handle, *mut Handle) -> i32;
    vcd_call_set_int(Handle, i32, i64, *mut Handle) -> i32;
    vcd_call_set_header(Handle, *const c_char, *const c_char, *mut Handle) -> i32;
    vcd_call_set_body(Handle, *const u8, usize, *mut Handle) -> i32;
    vcd_call_start(Handle, *mut Handle) -> i32;
    vcd_call_wait(Handle, u32, *mut Handle) -> i32;
    vcd_call_cancel(Handle) -> i32;
    vcd_call_get_int(Handle, i32, *mut i64, *mut Handle) -> i32;
    vcd_call_body(Handle, *mut *const u8, *mut usize, *mut Handle) -> i32;
    vcd_call_free(Handle);
    vcd_pages_new(Handle, *mut Handle, *mut Handle) -> i32;
    vcd_pages_next(Handle, u32, *mut Handle, *mut Handle) -> i32;
    vcd_pages_free(Handle);
}

/// The library of this test run.
pub fn library() -> &'static Functions {
    static LIBRARY: OnceLock<Functions> = OnceLock::new();
    LIBRARY.get_or_init(|| Functions::load(&xtask::test_library()))
}

impl Functions {
    /// The name of a status.
    fn name(&self, status: i32) -> String {
        // SAFETY: it gives static text.
        unsafe { text((self.vcd_status_name)(status)) }
    }

    /// One that the caller takes back when nothing made with it is left.
    pub fn borrowed(library: *mut Functions) -> &'static Functions {
        // SAFETY: as the caller says; it comes from a box.
        unsafe { &*library }
    }

    /// Takes back what [`Functions::borrowed`] has lent.
    pub fn take(library: *mut Functions) -> Functions {
        // SAFETY: as the caller says; it comes from a box.
        *unsafe { Box::from_raw(library) }
    }

    /// Unloads it, as far as a library that pins itself goes.
    pub fn unload(self) {
        self.library.close().expect("the library can be unloaded");
    }

    /// What a function said: nothing, or why it failed.
    fn check(&self, status: i32, error: Handle) -> Result<(), Failure> {
        if status == 0 {
            assert!(error.is_null(), "an error object without an error");
            return Ok(());
        }
        Err(self.failure(status, error))
    }

    /// Reads an error object and frees it.
    fn failure(&self, status: i32, error: Handle) -> Failure {
        let number = |field| {
            let mut value = 0;
            // SAFETY: the handle is what the library gave, and the place is ours.
            (unsafe { (self.vcd_error_get_int)(error, field, &raw mut value) } == 0).then_some(value)
        };
        let words = |field| {
            let mut value = null();
            // SAFETY: as above; the text is copied before the error is freed.
            unsafe {
                match (self.vcd_error_get_text)(error, field, &raw mut value, null_mut()) {
                    0 => text(value),
                    _ => String::new(),
                }
            }
        };
        // SAFETY: NULL and live handles are both allowed, and the text is copied at once.
        let message = unsafe { text((self.vcd_error_message)(error)) };
        let failure = Failure {
            code: self.name(status),
            message,
            http_status: number(VCD_ERROR_HTTP_STATUS).unwrap_or(0),
            os_error: number(VCD_ERROR_OS_ERROR).unwrap_or(0),
            retry_after_ms: number(VCD_ERROR_RETRY_AFTER_MS),
            server_message: words(VCD_ERROR_SERVER_MESSAGE),
            body: words(VCD_ERROR_BODY),
        };
        // SAFETY: it is freed once, and nothing borrowed from it is left.
        unsafe {
            if !error.is_null() {
                assert_eq!((self.vcd_error_code)(error), status, "{failure:?}");
            }
            (self.vcd_error_free)(error);
        }
        failure
    }
}

/// Text of the library, copied.
///
/// # Safety
///
/// It is NUL-terminated.
unsafe fn text(text: *const c_char) -> String {
    assert!(!text.is_null());
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(text) }
        .to_str()
        .expect("the library speaks UTF-8")
        .to_owned()
}

fn c(text: &str) -> CString {
    CString::new(text).expect("the test's text has no NUL")
}

/// A failure, as an error object tells it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The name of the status.
    pub code: String,
    pub message: String,
    pub http_status: i64,
    pub os_error: i64,
    pub retry_after_ms: Option<i64>,
    pub server_message: String,
    pub body: String,
}

impl Failure {
    /// Everything that it says, for a search.
    pub fn everything(&self) -> String {
        format!("{self:?}, {}, {}", self.server_message, self.body)
    }
}

/// A client handle.
pub struct Client {
    library: &'static Functions,
    handle: Handle,
}

// SAFETY: the header allows every function on any thread.
unsafe impl Send for Client {}
// SAFETY: as above.
unsafe impl Sync for Client {}

impl Client {
    /// A client of a library.
    pub fn of(library: &'static Functions, address: &str) -> Result<Client, Failure> {
        let (mut handle, mut error) = (null_mut(), null_mut());
        // SAFETY: texts and places live as long as the function runs.
        let status = unsafe { (library.vcd_client_new)(c(address).as_ptr(), &raw mut handle, &raw mut error) };
        library.check(status, error)?;
        Ok(Client { library, handle })
    }

    /// A client of the library of this test run.
    pub fn try_new(address: &str) -> Result<Client, Failure> {
        Client::of(library(), address)
    }

    /// [`Client::new_of`] the library of this test run.
    pub fn new(address: &str, ca_pem: Option<&str>) -> Client {
        Client::new_of(library(), address, ca_pem)
    }

    /// A client that trusts these certificates only, uses no proxy, and does not take its time between attempts.
    pub fn new_of(library: &'static Functions, address: &str, ca_pem: Option<&str>) -> Client {
        let client = Client::of(library, address).expect("the address is good");
        client.set(VCD_OPT_NO_PROXY, 1);
        client.set(VCD_OPT_RETRY_INTERVAL_MS, 1);
        match ca_pem {
            Some(pem) => {
                client.set(VCD_OPT_CA_ONLY, 1);
                client.set_text(VCD_OPT_CA_PEM, pem).expect("the certificates are good");
            }
            None => client.set(VCD_OPT_ALLOW_HTTP, 1),
        }
        client
    }

    pub fn set(&self, option: i32, value: i64) {
        let mut error = null_mut();
        // SAFETY: the place lives as long as the function runs.
        let status = unsafe { (self.library.vcd_client_set_int)(self.handle, option, value, &raw mut error) };
        self.library.check(status, error).expect("the option can be set");
    }

    pub fn set_text(&self, option: i32, value: &str) -> Result<(), Failure> {
        let mut error = null_mut();
        // SAFETY: text and place live as long as the function runs.
        let status =
            unsafe { (self.library.vcd_client_set_text)(self.handle, option, c(value).as_ptr(), &raw mut error) };
        self.library.check(status, error)
    }

    /// How many token exchanges have succeeded.
    pub fn exchanges(&self) -> i64 {
        let mut value = -1;
        // SAFETY: the place lives as long as the function runs.
        let status =
            unsafe { (self.library.vcd_client_get_int)(self.handle, VCD_CLIENT_EXCHANGES, &raw mut value, null_mut()) };
        assert_eq!(status, 0);
        value
    }

    /// Signs in with [`API_TOKEN`] to the organization acme.
    pub fn sign_in(&self) -> Result<(), Failure> {
        self.sign_in_with("acme", API_TOKEN)
    }

    pub fn sign_in_with(&self, org: &str, token: &str) -> Result<(), Failure> {
        let (mut handle, mut error) = (null_mut(), null_mut());
        // SAFETY: texts and places live as long as the function runs.
        let status = unsafe {
            (self.library.vcd_sign_in_new)(
                self.handle,
                VCD_GRANT_API_TOKEN,
                c(org).as_ptr(),
                null(),
                c(token).as_ptr(),
                &raw mut handle,
                &raw mut error,
            )
        };
        self.library.check(status, error)?;
        Call {
            library: self.library,
            handle,
        }
        .wait()
    }

    /// A call that can be made.
    pub fn call(&self, method: &str, uri: &str) -> Call {
        self.try_call(method, uri).expect("the call can be made")
    }

    pub fn try_call(&self, method: &str, uri: &str) -> Result<Call, Failure> {
        let (mut handle, mut error) = (null_mut(), null_mut());
        // SAFETY: texts and places live as long as the function runs.
        let status = unsafe {
            (self.library.vcd_call_new)(
                self.handle,
                c(method).as_ptr(),
                c(uri).as_ptr(),
                &raw mut handle,
                &raw mut error,
            )
        };
        self.library.check(status, error)?;
        Ok(Call {
            library: self.library,
            handle,
        })
    }

    /// Sends a GET and waits for it.
    pub fn get(&self, uri: &str) -> Result<String, Failure> {
        let call = self.call("GET", uri);
        call.wait()?;
        Ok(call.text())
    }

    /// The notices that wait, oldest first.
    pub fn notices(&self) -> Vec<String> {
        let mut notices = Vec::new();
        loop {
            let (mut code, mut needed) = (0, 0);
            let mut buffer = [0; 4096];
            // SAFETY: the places live as long as the function runs.
            let status = unsafe {
                (self.library.vcd_client_take_notice)(
                    self.handle,
                    &raw mut code,
                    buffer.as_mut_ptr(),
                    buffer.len(),
                    &raw mut needed,
                    null_mut(),
                )
            };
            assert_eq!(status, 0);
            if code == 0 {
                return notices;
            }
            // SAFETY: the library has put text there.
            notices.push(unsafe { text(buffer.as_ptr()) });
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: it is freed once.
        unsafe { (self.library.vcd_client_free)(self.handle) }
    }
}

/// A call handle.
pub struct Call {
    library: &'static Functions,
    handle: Handle,
}

// SAFETY: the header allows every function on any thread.
unsafe impl Send for Call {}
// SAFETY: as above.
unsafe impl Sync for Call {}

impl Call {
    pub fn set(&self, option: i32, value: i64) {
        let mut error = null_mut();
        // SAFETY: the place lives as long as the function runs.
        let status = unsafe { (self.library.vcd_call_set_int)(self.handle, option, value, &raw mut error) };
        self.library.check(status, error).expect("the option can be set");
    }

    pub fn header(&self, name: &str, value: &str) -> Result<(), Failure> {
        let mut error = null_mut();
        // SAFETY: texts and place live as long as the function runs.
        let status = unsafe {
            (self.library.vcd_call_set_header)(self.handle, c(name).as_ptr(), c(value).as_ptr(), &raw mut error)
        };
        self.library.check(status, error)
    }

    pub fn body(&self, bytes: &[u8]) {
        let mut error = null_mut();
        // SAFETY: bytes and place live as long as the function runs.
        let status =
            unsafe { (self.library.vcd_call_set_body)(self.handle, bytes.as_ptr(), bytes.len(), &raw mut error) };
        self.library.check(status, error).expect("the body can be set");
    }

    pub fn start(&self) {
        let mut error = null_mut();
        // SAFETY: the place lives as long as the function runs.
        let status = unsafe { (self.library.vcd_call_start)(self.handle, &raw mut error) };
        self.library.check(status, error).expect("the call can be started");
    }

    /// Starts it where that has not been done, and waits for its end.
    pub fn wait(&self) -> Result<(), Failure> {
        self.wait_for(HANG)
    }

    pub fn wait_for(&self, limit: Duration) -> Result<(), Failure> {
        let mut error = null_mut();
        // SAFETY: the place lives as long as the function runs.
        let status = unsafe { (self.library.vcd_call_wait)(self.handle, limit.as_millis() as u32, &raw mut error) };
        assert_ne!(self.library.name(status), "VCD_PENDING", "the call hangs");
        self.library.check(status, error)
    }

    /// Why it has failed; nothing where it still runs or has ended well.
    pub fn ended_badly(&self) -> Option<Failure> {
        let mut error = null_mut();
        // SAFETY: the place lives as long as the function runs.
        let status = unsafe { (self.library.vcd_call_wait)(self.handle, 0, &raw mut error) };
        match self.library.name(status).as_str() {
            "VCD_PENDING" => None,
            _ => self.library.check(status, error).err(),
        }
    }

    pub fn cancel(&self) {
        // SAFETY: the handle is one.
        assert_eq!(unsafe { (self.library.vcd_call_cancel)(self.handle) }, 0);
    }

    fn number(&self, field: i32) -> i64 {
        let mut value = -1;
        // SAFETY: the place lives as long as the function runs.
        let status = unsafe { (self.library.vcd_call_get_int)(self.handle, field, &raw mut value, null_mut()) };
        assert_eq!(status, 0);
        value
    }

    /// How many requests were sent for it.
    pub fn attempts(&self) -> i64 {
        self.number(VCD_CALL_ATTEMPTS)
    }

    /// The body, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes().expect("there is an answer")).into_owned()
    }

    /// The body; nothing where there is no answer.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let (mut data, mut length) = (null(), 0);
        // SAFETY: the bytes are copied before the call can be freed.
        unsafe {
            match (self.library.vcd_call_body)(self.handle, &raw mut data, &raw mut length, null_mut()) {
                0 => Some(std::slice::from_raw_parts(data, length).to_vec()),
                _ => None,
            }
        }
    }

    /// Reads all pages of the list that it asks for; says how many there were.
    pub fn pages(&self) -> Result<usize, Failure> {
        let (mut pages, mut error) = (null_mut(), null_mut());
        // SAFETY: places live as long as the functions run; each handle is freed once.
        unsafe {
            let status = (self.library.vcd_pages_new)(self.handle, &raw mut pages, &raw mut error);
            self.library.check(status, error)?;
            let mut count = 0;
            let end = loop {
                let (mut call, mut error) = (null_mut(), null_mut());
                let status =
                    (self.library.vcd_pages_next)(pages, HANG.as_millis() as u32, &raw mut call, &raw mut error);
                (self.library.vcd_call_free)(call);
                match self.library.name(status).as_str() {
                    "VCD_OK" => count += 1,
                    "VCD_END" => break Ok(count),
                    _ => break Err(self.library.failure(status, error)),
                }
            };
            (self.library.vcd_pages_free)(pages);
            end
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // SAFETY: it is freed once.
        unsafe { (self.library.vcd_call_free)(self.handle) }
    }
}
