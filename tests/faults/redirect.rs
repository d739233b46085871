//! Redirects and links to other places: nothing follows them, and least of all a secret.

use std::sync::Arc;

use crate::fault::check_helps;
use crate::library::{API_TOKEN, Client};
use crate::server::{ACCESS_TOKEN, GOOD, GOOD_BODY, Server, Then, answer, json};

/// A server that nobody may ask anything.
struct Trap(Server);

impl Trap {
    fn new() -> Trap {
        Trap(Server::plain(|_, _| Ok(None)))
    }

    fn check(&self, what: &str) {
        assert_eq!(
            self.0.connections(),
            0,
            "{what}: somebody has followed: {:?}",
            self.0.requests("")
        );
    }
}

/// A server that redirects what begins like this to a place.
fn redirecting(from: &'static str, status: u16, place: String) -> Server {
    Server::tls(move |link, request| {
        if !request.target.starts_with(from) {
            return Ok(None);
        }
        let headers: &[(&str, &str)] = if place.is_empty() {
            &[]
        } else {
            &[("Location", place.as_str())]
        };
        link.say(answer(&format!("{status} Elsewhere"), headers, ""))?;
        Ok(Some(Then::Next))
    })
}

#[test]
fn no_redirect_is_followed() {
    let trap = Trap::new();
    let elsewhere = trap.0.url();
    let places = [
        format!("{elsewhere}/cloudapi/there?with={ACCESS_TOKEN}"),
        format!("http://user:{API_TOKEN}@{}/", trap.0.address()),
        "/cloudapi/fault".to_owned(),
        "//127.0.0.1/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/x".to_owned(),
        "javascript:alert(1)".to_owned(),
        "http://[".to_owned(),
        format!("/{}", "x".repeat(100_000)),
        String::new(),
    ];
    for place in &places {
        for (status, method) in [
            (300, "GET"),
            (301, "GET"),
            (302, "POST"),
            (303, "POST"),
            (305, "GET"),
            (307, "POST"),
            (308, "PUT"),
            (308, "GET"),
        ] {
            let what = format!("{method}, {status} to {:.60}", place);
            let server = redirecting("/cloudapi/fault", status, place.clone());
            let client = server.signed_in();
            let call = client.call(method, "/cloudapi/fault");
            if method != "GET" {
                call.body(b"{}");
            }
            let failure = call.wait().expect_err(&what);
            assert_eq!(failure.code, "VCD_ERR_REDIRECT", "{what}: {failure:?}");
            assert_eq!(failure.http_status, i64::from(status));
            assert!(failure.message.contains("not followed"), "{what}: {failure:?}");
            assert!(failure.message.len() < 1000, "{what}: {}", failure.message.len());
            check_helps(&failure);
            assert_eq!(call.attempts(), 1, "{what}");
            assert_eq!(server.requests("/cloudapi/fault").len(), 1, "{what}");
            assert_eq!(client.get(GOOD).expect(&what), GOOD_BODY);
        }
    }
    trap.check("redirects");
}

/// The API token is in the body of this one, which 307 and 308 would send once more.
#[test]
fn no_redirect_of_a_sign_in_is_followed() {
    let trap = Trap::new();
    for status in [301, 302, 303, 307, 308] {
        let server = redirecting("/oauth/", status, format!("{}/oauth/tenant/acme/token", trap.0.url()));
        let failure = server.client().sign_in().expect_err("it is redirected");
        assert_eq!(failure.code, "VCD_ERR_REDIRECT", "{failure:?}");
        assert!(failure.message.contains(&trap.0.url()), "{failure:?}");
        check_helps(&failure);
        assert_eq!(server.requests("/oauth/").len(), 1);
    }
    trap.check("sign-ins");
}

/// Where the versions are is not looked for elsewhere; the sign-in has nothing to do with it.
#[test]
fn no_redirect_of_the_versions_is_followed() {
    let trap = Trap::new();
    let server = redirecting("/api/versions", 302, format!("{}/api/versions", trap.0.url()));
    let client = server.signed_in();
    assert_eq!(
        client.get(GOOD).expect("it goes well with the default version"),
        GOOD_BODY
    );
    let notices = client.notices();
    assert!(notices.iter().any(|notice| notice.contains("302")), "{notices:?}");
    trap.check("versions");
}

/// A list that goes on elsewhere goes on here.
#[test]
fn links_to_other_places_are_asked_here() {
    let trap = Arc::new(Trap::new());
    let place = trap.0.url();
    let server = Server::tls(move |link, request| {
        if !request.target.starts_with("/cloudapi/1.0.0/list") {
            return Ok(None);
        }
        let (number, headers) = if request.target.contains("page=2") {
            (2, String::new())
        } else {
            let next = format!("<{place}/cloudapi/1.0.0/list?page=2>;rel=\"nextPage\"");
            (1, next)
        };
        let body = format!(r#"{{"resultTotal":2,"pageCount":2,"page":{number},"pageSize":1,"values":[{{}}]}}"#);
        link.say(answer(
            "200 OK",
            &[("Content-Type", "application/json"), ("Link", &headers)],
            body,
        ))?;
        Ok(Some(Then::Next))
    });
    let client = server.signed_in();
    let pages = client.call("GET", "/cloudapi/1.0.0/list").pages();
    assert_eq!(pages.expect("the list comes to its end"), 2);
    assert_eq!(server.requests("/cloudapi/1.0.0/list").len(), 2);
    trap.check("links");
}

/// Requests to another place are not even made.
#[test]
fn requests_to_other_places_are_refused() {
    let trap = Trap::new();
    let server = Server::tls(|_, _| Ok(None));
    let client = server.signed_in();
    let other_port = format!("https://127.0.0.1:{}/x", trap.0.address().port());
    let other_scheme = format!("http://{}/x", server.address());
    for (uri, code) in [
        (trap.0.url() + "/x", "VCD_ERR_ORIGIN"),
        (other_port, "VCD_ERR_ORIGIN"),
        (other_scheme, "VCD_ERR_ORIGIN"),
        (
            format!("https://localhost:{}/x", server.address().port()),
            "VCD_ERR_ORIGIN",
        ),
        (format!("https://me@{}/x", server.address()), "VCD_ERR_ADDRESS"),
        (format!("//{}/x", trap.0.address()), "VCD_ERR_ADDRESS"),
        (format!("https:\\\\{}/x", trap.0.address()), "VCD_ERR_ADDRESS"),
        ("/x/../../y".to_owned(), "VCD_ERR_ADDRESS"),
        ("/x/%2e%2e/y".to_owned(), "VCD_ERR_ADDRESS"),
        ("/x\r\nX-Injected: 1".to_owned(), "VCD_ERR_ADDRESS"),
        ("/x\t".to_owned(), "VCD_ERR_ADDRESS"),
    ] {
        let failure = match client.try_call("GET", &uri) {
            Err(failure) => failure,
            Ok(call) => call.wait().expect_err(&uri),
        };
        assert_eq!(failure.code, code, "{uri}: {failure:?}");
        check_helps(&failure);
    }
    trap.check("requests");
    assert_eq!(server.requests("/x").len(), 0);
    assert_eq!(client.get(GOOD).expect("the next call goes well"), GOOD_BODY);
}

/// What goes out is what was asked for, octet by octet: nothing in a path, query or header becomes something else.
#[test]
fn what_goes_out_is_what_was_asked_for() {
    let server = Server::tls(|link, request| {
        if !request.target.starts_with("/cloudapi/x") {
            return Ok(None);
        }
        link.say(json("200 OK", "{}"))?;
        Ok(Some(Then::Next))
    });
    let client = server.signed_in();
    for (given, sent) in [
        (
            "/cloudapi/x?a=b%20c&d=%2F..%2F&e=@",
            "/cloudapi/x?a=b%20c&d=%2F..%2F&e=@",
        ),
        ("/cloudapi/x/a%2Fb/%3F%23", "/cloudapi/x/a%2Fb/%3F%23"),
        ("/cloudapi/x/ä b?ö=ü", "/cloudapi/x/%C3%A4%20b?%C3%B6=%C3%BC"),
        (
            "/cloudapi/x?filter=(name==*';\"<>|)",
            "/cloudapi/x?filter=(name==*%27;%22%3C%3E|)",
        ),
    ] {
        let call = client.call("GET", given);
        call.header("X-Given", " a:b, \"c\" ").expect("it is a header");
        call.wait().unwrap_or_else(|failure| panic!("{given}: {failure:?}"));
        let requests = server.requests("/cloudapi/x");
        let last = requests.last().expect("one has come");
        assert_eq!(last.target, sent);
        assert_eq!(last.header("x-given"), Some("a:b, \"c\""));
        assert_eq!(
            last.headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
                .count(),
            1
        );
        assert_eq!(last.header("host"), Some(&*server.address().to_string()));
    }
    // An organization cannot become another endpoint.
    for org in [
        "../provider",
        "..",
        "a/b",
        "a%2f..",
        "a?b",
        "a#b",
        "a\\b",
        "a\tb",
        "a\r\nb",
        "",
    ] {
        let client: Client = server.client();
        let failure = client.sign_in_with(org, API_TOKEN).expect_err(org);
        assert_eq!(failure.code, "VCD_ERR_ARGUMENT", "{org:?}: {failure:?}");
        check_helps(&failure);
    }
    let exchanges = server.requests("/oauth/");
    assert_eq!(exchanges.len(), 1, "{exchanges:?}");
    assert_eq!(exchanges[0].target, "/oauth/tenant/acme/token");
    assert_eq!(
        String::from_utf8_lossy(&exchanges[0].body),
        format!("grant_type=refresh_token&refresh_token={API_TOKEN}")
    );
}
