//! Something that a server does wrong, and what the library has to make of it.

use std::fmt::Write;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use vcdrest::ffi::option::{
    VCD_CALL_OPT_ANONYMOUS, VCD_CALL_OPT_MAX_RETRIES, VCD_CALL_OPT_READ_TIMEOUT_MS, VCD_CALL_OPT_TIMEOUT_MS,
    VCD_OPT_MAX_BODY_BYTES,
};

use crate::library::{API_TOKEN, Call, Failure};
use crate::server::{ACCESS_TOKEN, GOOD, GOOD_BODY, Link, Request, Server, Then};

/// One entry of a table. `..FAULT` says what is usual.
pub struct Fault {
    pub name: &'static str,
    /// What the server does with the request.
    pub does: fn(&mut Link, &Request) -> io::Result<Then>,
    /// The status that the call ends with.
    pub code: &'static str,
    /// What stands in the message, in small letters, or else in the answer.
    pub words: &'static [&'static str],
    /// How many requests are sent, of which one may be the first.
    pub attempts: i64,
    pub method: &'static str,
    pub body_bytes: usize,
    pub over: Over,
    /// Whether the request goes out on a connection that the sign-in has left.
    pub reused: bool,
    /// Milliseconds without a byte that the call bears; 0 for what is usual.
    pub read_timeout_ms: i64,
    /// Milliseconds that the call may take in all; 0 for what is usual.
    pub timeout_ms: i64,
    /// The largest body that the client takes; 0 for what is usual.
    pub max_body: i64,
}

/// What lies between client and server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Both,
    Tcp,
    Tls,
}

/// What is usual: a GET on a connection that was used before, which is given up for good at once.
pub const FAULT: Fault = Fault {
    name: "",
    does: |_, _| Ok(Then::Close),
    code: "",
    words: &[],
    attempts: 1,
    method: "GET",
    body_bytes: 0,
    over: Over::Both,
    reused: true,
    read_timeout_ms: 0,
    timeout_ms: 0,
    max_body: 0,
};

/// Below this path the server does what the fault says. It is asked for without its body where the fault wants that.
const PLACE: &str = "/cloudapi/fault";
/// How often a request is repeated that may be.
pub const RETRIES: i64 = 2;

impl Fault {
    /// Stages it, over everything that it goes over.
    pub fn stage(&self) {
        for is_tls in [false, true] {
            if (is_tls && self.over != Over::Tcp) || (!is_tls && self.over != Over::Tls) {
                self.stage_over(is_tls);
            }
        }
    }

    fn stage_over(&self, is_tls: bool) {
        let does = self.does;
        let answer = move |link: &mut Link, request: &Request| {
            if request.target.starts_with(PLACE) {
                return does(link, request).map(Some);
            }
            Ok(None)
        };
        let server = if is_tls {
            Server::tls(answer)
        } else {
            Server::plain(answer)
        };
        let client = server.client();
        if self.max_body > 0 {
            client.set(VCD_OPT_MAX_BODY_BYTES, self.max_body);
        }
        if self.reused {
            client.sign_in().expect("the sign-in goes well");
        }
        let place = if self.body_bytes > 0 {
            format!("{PLACE}/early")
        } else {
            PLACE.to_owned()
        };
        let call = client.call(self.method, &place);
        for (option, value) in [
            (VCD_CALL_OPT_MAX_RETRIES, RETRIES),
            (VCD_CALL_OPT_READ_TIMEOUT_MS, self.read_timeout_ms),
            (VCD_CALL_OPT_TIMEOUT_MS, self.timeout_ms),
            (VCD_CALL_OPT_ANONYMOUS, i64::from(!self.reused)),
        ] {
            if value > 0 {
                call.set(option, value);
            }
        }
        if self.body_bytes > 0 {
            call.body(&vec![b' '; self.body_bytes]);
        }
        let ended = call.wait();
        self.check(&call, ended);
        let requests = server.requests(PLACE);
        assert_eq!(
            requests.len() as i64,
            self.attempts,
            "requests that the server has seen"
        );
        assert!(
            requests.iter().all(|request| request.method == self.method),
            "{requests:?}"
        );
        // The same client goes on as if nothing had been.
        let next = client.call("GET", GOOD);
        next.set(VCD_CALL_OPT_ANONYMOUS, i64::from(!self.reused));
        next.wait().expect("the next call goes well");
        assert_eq!(next.text(), GOOD_BODY, "the next call");
    }

    fn check(&self, call: &Call, ended: Result<(), Failure>) {
        assert_eq!(call.attempts(), self.attempts, "attempts; it ended with {ended:?}");
        let said = match &ended {
            Ok(()) => call.text(),
            Err(failure) => failure.message.to_lowercase(),
        };
        let code = ended
            .as_ref()
            .map_or_else(|failure| failure.code.as_str(), |()| "VCD_OK");
        assert_eq!(
            code,
            self.code,
            "it ended with {ended:?}, {:?}",
            call.bytes().map(|bytes| bytes.len())
        );
        for word in self.words {
            assert!(said.contains(word), "\"{word}\" is not in: {said}");
        }
        if let Err(failure) = ended {
            check_helps(&failure);
        }
    }
}

/// A message is a sentence or more, for people, and holds no secret.
pub fn check_helps(failure: &Failure) {
    let message = &failure.message;
    assert!(message.len() > 30 && message.contains(' '), "{message}");
    assert!(
        !message.contains("Error {") && !message.contains("Some(") && !message.contains("http_body"),
        "that is for developers: {message}"
    );
    assert!(
        message.chars().all(|letter| letter == '\n' || !letter.is_control()),
        "{message:?}"
    );
    let everything = failure.everything();
    for secret in [API_TOKEN, ACCESS_TOKEN] {
        assert!(!everything.contains(secret), "a secret in {everything}");
    }
}

/// Stages all of a table, several at a time, and says of each one that fails how.
pub fn stage_all(faults: &[Fault]) {
    const AT_ONCE: usize = 6;
    assert!(!faults.is_empty());
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(String::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| fault.stage())) {
                        let why = panic
                            .downcast_ref::<String>()
                            .map(String::as_str)
                            .or(panic.downcast_ref::<&str>().copied());
                        let mut failed = failed.lock().expect("nobody panics with it");
                        writeln!(failed, "{}: {}", fault.name, why.unwrap_or("?")).expect("text can be written");
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("nobody panics with it");
    assert!(failed.is_empty(), "\n{failed}");
}
