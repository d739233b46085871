//! Plays sequences of calls with live, freed and made-up handles, for the fuzz target `handles` and `tests/corpus.rs`.
//! Whatever is called, in whatever order: the answer is a status, nothing crashes, and when everything is freed nothing
//! is left. No server is there, so what is started fails at once; and no path that it names can be written.

use super::call::*;
use super::client::*;
use super::error::*;
use super::everyday::*;
use super::handle;
use super::library::*;
use super::log::vcd_log_to_file;
use super::option::*;
use super::pages::*;
use super::status::*;
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::{Mutex, PoisonError};

/// Servers that refuse at once; what is refused itself; no name that somebody would have to look up.
const SERVERS: [&CStr; 5] = [
    c"https://127.0.0.1:1",
    c"https://127.0.0.1:1/tm/tenant/acme",
    c"http://127.0.0.1:1",
    c"https://user@127.0.0.1",
    c"",
];
/// No folder that it could be made in.
const NO_FILE: &CStr = c"/nowhere/vcdrest/fuzz";
/// How long is waited for what ends at once; a bound against hangs only.
const WAIT_MS: u32 = 20_000;

/// Plays what the bytes say.
pub fn handles(data: &[u8]) {
    // One at a time, so that what is left can be counted.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = handle::live();
    let mut player = Player {
        bytes: data,
        handles: vec![null_mut()],
    };
    // A sequence that is longer shows nothing new.
    for _ in 0..64 {
        if player.bytes.is_empty() {
            break;
        }
        player.step();
    }
    player.free_all();
    assert_eq!(handle::live(), before, "handles are left");
}

struct Player<'a> {
    bytes: &'a [u8],
    /// All that were ever given out, freed ones too; the first is NULL.
    handles: Vec<*mut c_void>,
}

impl Player<'_> {
    fn byte(&mut self) -> u8 {
        match self.bytes {
            [first, rest @ ..] => {
                self.bytes = rest;
                *first
            }
            [] => 0,
        }
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Mostly one that was given out, sometimes one that never was.
    fn handle<T>(&mut self) -> *mut T {
        let choice = usize::from(self.byte());
        let made_up = |address: usize| std::ptr::without_provenance_mut::<c_void>(address);
        match choice {
            255 => made_up(usize::MAX),
            254 => made_up(usize::from(self.byte())),
            253 => {
                let address = self.handles.last().map_or(0, |handle| handle.addr());
                made_up(address ^ (1 << (self.byte() % 64)))
            }
            _ => self.handles[choice % self.handles.len()],
        }
        .cast()
    }

    fn number(&mut self) -> i64 {
        match self.byte() {
            255 => i64::MAX,
            254 => i64::MIN,
            253 => -1,
            252 => i64::from(u32::MAX),
            251 => 1_000,
            small => i64::from(small),
        }
    }

    /// The number of an option or a field: each has either small numbers or those from 101 on.
    fn option(&mut self) -> i32 {
        let byte = i32::from(self.byte());
        match byte {
            255 => i32::MIN,
            254 => i32::MAX,
            100.. => 100 + byte % 20,
            _ => byte % 20,
        }
    }

    fn text(&mut self) -> Option<CString> {
        const SOME: [&str; 14] = [
            "GET",
            "POST",
            "/cloudapi/1.0.0/orgs",
            "/api/query?type=vm&page=1",
            "https://127.0.0.1:1/x",
            "https://elsewhere.example/x",
            "Tyrell",
            "System",
            "37.2",
            "urn:vcloud:org:a93c9db9-7471-3192-8d09-a8f7eeda85f9",
            "application/json",
            "0123456789abcdef0123456789abcdef",
            "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
            "x-custom",
        ];
        match self.byte() {
            255 => None,
            choice @ 200.. => {
                let length = usize::from(choice - 200).min(self.bytes.len());
                let (text, rest) = self.bytes.split_at(length);
                self.bytes = rest;
                let text: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
                CString::new(text).ok()
            }
            choice => CString::new(SOME[usize::from(choice) % SOME.len()]).ok(),
        }
    }

    /// Keeps what an export has put out.
    fn keep<T>(&mut self, handle: *mut T) {
        if !handle.is_null() {
            self.handles.push(handle.cast());
        }
    }

    fn step(&mut self) {
        let mut error: *mut vcd_error = null_mut();
        let out_error: *mut *mut vcd_error = if self.flag() { &mut error } else { null_mut() };
        let operation = self.byte() % 34;
        // SAFETY: texts end with NUL and live until the end of the step; what is put out has room here; handles are what
        // is tried; the functions of the host are in this file.
        let status = unsafe { self.play(operation, out_error) };
        // SAFETY: any number has a name, and it is static.
        let name = unsafe { CStr::from_ptr(vcd_status_name(status)) };
        assert!(
            status >= 0 && name != c"VCD_ERR_PANIC" && name != c"VCD_ERR_INTERNAL",
            "operation {operation}: {name:?}"
        );
        if out_error.is_null() || status == VCD_OK || status == VCD_PENDING {
            assert!(error.is_null(), "operation {operation}: an error with {name:?}");
        }
        self.keep(error);
    }

    /// # Safety
    /// `out_error` is NULL or has room for a pointer.
    unsafe fn play(&mut self, operation: u8, out_error: *mut *mut vcd_error) -> vcd_status {
        let text = self.text();
        let other = self.text();
        let text_pointer = pointer(&text);
        let other_pointer = pointer(&other);
        let mut client: *mut vcd_client = null_mut();
        let mut call: *mut vcd_call = null_mut();
        let mut pages: *mut vcd_pages = null_mut();
        let mut value = 0_i64;
        let (mut out_text, mut out_other): (*const c_char, *const c_char) = (null(), null());
        let (mut length, mut other_length) = (0_usize, 0_usize);
        let mut buffer = [0 as c_char; 64];
        let capacity = usize::from(self.byte() % 65);
        // SAFETY: as `step` says.
        let status = unsafe {
            match operation {
                0..=2 => {
                    let server = SERVERS[usize::from(self.byte()) % SERVERS.len()];
                    let status = vcd_client_new(server.as_ptr(), &mut client, out_error);
                    if status == VCD_OK {
                        // No proxy of this machine sees any of this.
                        assert_eq!(vcd_client_set_int(client, VCD_OPT_NO_PROXY, 1, null_mut()), VCD_OK);
                        // The system's authorities would take most of the time.
                        assert_eq!(
                            vcd_client_set_int(client, VCD_OPT_SKIP_CERTIFICATE_CHECK, 1, null_mut()),
                            VCD_OK
                        );
                    }
                    status
                }
                3 => {
                    vcd_client_free(self.handle());
                    VCD_OK
                }
                4 => match self.option() {
                    VCD_OPT_NO_PROXY => VCD_OK,
                    option => vcd_client_set_int(self.handle(), option, self.number(), out_error),
                },
                5 => match self.option() {
                    option @ (VCD_OPT_CA_FILE | VCD_OPT_PROXY) => {
                        vcd_client_set_text(self.handle(), option, NO_FILE.as_ptr(), out_error)
                    }
                    option => vcd_client_set_text(self.handle(), option, text_pointer, out_error),
                },
                6 => vcd_client_get_int(self.handle(), self.option(), &mut value, out_error),
                7 => vcd_client_copy_text(
                    self.handle(),
                    self.option(),
                    buffer.as_mut_ptr(),
                    capacity,
                    &mut length,
                    out_error,
                ),
                8 => {
                    let mut code = 0;
                    vcd_client_take_notice(
                        self.handle(),
                        &mut code,
                        buffer.as_mut_ptr(),
                        capacity,
                        &mut length,
                        out_error,
                    )
                }
                9..=11 => vcd_call_new(self.handle(), other_pointer, text_pointer, &mut call, out_error),
                12 => {
                    let grant = self.option();
                    let secret = if grant == VCD_GRANT_TOKEN_FILE {
                        NO_FILE.as_ptr()
                    } else {
                        other_pointer
                    };
                    vcd_sign_in_new(
                        self.handle(),
                        grant,
                        text_pointer,
                        other_pointer,
                        secret,
                        &mut call,
                        out_error,
                    )
                }
                13 => vcd_sign_out_new(self.handle(), &mut call, out_error),
                14 => vcd_operation_new(self.handle(), self.option(), &mut call, out_error),
                15 => vcd_call_set_header(self.handle(), text_pointer, other_pointer, out_error),
                16 => {
                    let bytes = text.as_deref().map_or(&[][..], CStr::to_bytes);
                    vcd_call_set_body(self.handle(), bytes.as_ptr(), bytes.len(), out_error)
                }
                17 => vcd_call_set_reader(self.handle(), Some(gives_nothing), null_mut(), self.number(), out_error),
                18 => vcd_call_set_writer(self.handle(), Some(takes_all), null_mut(), out_error),
                19 => vcd_call_on_done(self.handle(), Some(notes_nothing), null_mut(), out_error),
                20 => vcd_call_set_int(self.handle(), self.option(), self.number(), out_error),
                21 => match self.option() {
                    option @ (VCD_CALL_OPT_OUTPUT_FILE | VCD_CALL_OPT_BODY_FILE | VCD_CALL_OPT_TOKEN_FILE) => {
                        vcd_call_set_text(self.handle(), option, NO_FILE.as_ptr(), out_error)
                    }
                    option => vcd_call_set_text(self.handle(), option, text_pointer, out_error),
                },
                22 => vcd_call_start(self.handle(), out_error),
                23 => {
                    let timeout = if self.flag() { WAIT_MS } else { 0 };
                    vcd_call_wait(self.handle(), timeout, out_error)
                }
                24 => vcd_call_cancel(self.handle()),
                25 => vcd_call_get_int(self.handle(), self.option(), &mut value, out_error),
                26 => vcd_call_get_text(self.handle(), self.option(), &mut out_text, &mut length, out_error),
                27 => match self.byte() % 3 {
                    0 => vcd_call_find_header(self.handle(), text_pointer, &mut out_text, &mut length, out_error),
                    1 => vcd_call_header_at(
                        self.handle(),
                        usize::from(self.byte()),
                        &mut out_text,
                        &mut length,
                        &mut out_other,
                        &mut other_length,
                        out_error,
                    ),
                    _ => {
                        let mut data: *const u8 = null();
                        vcd_call_body(self.handle(), &mut data, &mut length, out_error)
                    }
                },
                28 => {
                    vcd_call_free(self.handle());
                    VCD_OK
                }
                29 => {
                    let calls = [
                        self.handle::<vcd_call>().cast_const(),
                        self.handle::<vcd_call>().cast_const(),
                    ];
                    let count = usize::from(self.byte() % 3);
                    vcd_wait_any(calls.as_ptr(), count, 0, &mut length, out_error)
                }
                30 => match self.byte() % 5 {
                    0 => vcd_pages_new(self.handle(), &mut pages, out_error),
                    1 => vcd_pages_set_int(self.handle(), self.option(), self.number(), out_error),
                    2 => vcd_pages_next(self.handle(), WAIT_MS, &mut call, out_error),
                    3 => vcd_pages_get_int(self.handle(), self.option(), &mut value, out_error),
                    _ => {
                        vcd_pages_free(self.handle());
                        VCD_OK
                    }
                },
                31 => match self.byte() % 4 {
                    0 => vcd_sign_in(self.handle(), text_pointer, other_pointer, out_error),
                    1 => vcd_sign_out(self.handle(), out_error),
                    2 => vcd_get(self.handle(), text_pointer, &mut call, out_error),
                    _ => {
                        let bytes = text.as_deref().map_or(&[][..], CStr::to_bytes);
                        vcd_request(
                            self.handle(),
                            other_pointer,
                            text_pointer,
                            null(),
                            bytes.as_ptr(),
                            bytes.len(),
                            &mut call,
                            out_error,
                        )
                    }
                },
                32 => match self.byte() % 4 {
                    0 => vcd_error_code(self.handle()),
                    1 => {
                        let message = CStr::from_ptr(vcd_error_message(self.handle()));
                        assert!(!message.to_bytes().contains(&b'\n'));
                        VCD_OK
                    }
                    2 => vcd_error_get_int(self.handle(), self.option(), &mut value),
                    _ => vcd_error_get_text(self.handle(), self.option(), &mut out_text, &mut length),
                },
                _ => match self.byte() % 2 {
                    0 => {
                        vcd_error_free(self.handle());
                        VCD_OK
                    }
                    _ => vcd_log_to_file(NO_FILE.as_ptr(), self.option(), out_error),
                },
            }
        };
        for (text, length) in [(out_text, length), (out_other, other_length)] {
            if !text.is_null() {
                // SAFETY: a text that was put out ends with NUL and lives as long as its handle.
                let text = unsafe { CStr::from_ptr(text) };
                assert_eq!(text.count_bytes(), length, "the length is that of the text");
            }
        }
        self.keep(client);
        self.keep(call);
        self.keep(pages);
        status
    }

    /// Each handle by each function that frees: only the right one does anything, and only once.
    fn free_all(&mut self) {
        for handle in std::mem::take(&mut self.handles) {
            // SAFETY: none of them follows the handle.
            unsafe {
                vcd_error_free(handle.cast());
                vcd_pages_free(handle.cast());
                vcd_call_free(handle.cast());
                vcd_client_free(handle.cast());
            }
        }
    }
}

fn pointer(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(null(), |text| text.as_ptr())
}

unsafe extern "C" fn gives_nothing(_: *mut c_void, _: *mut u8, _: usize) -> i64 {
    0
}

unsafe extern "C" fn takes_all(_: *mut c_void, _: *const u8, _: usize) -> i32 {
    0
}

unsafe extern "C" fn notes_nothing(_: *mut c_void) {}
