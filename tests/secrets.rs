//! No secret in anything that the library says, in any shape: a C program prints everything, while the server repeats what it
//! was sent. What PowerShell says is searched in `tests/powershell/Secret.Tests.ps1`.

mod c_program;

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use c_program::{Folder, LIMIT, command, compiled, host, simulator};
use xtask::Language;

/// A secret as it is, in Base64 at any place of a longer text, and with its escapes in URLs and JSON.
fn shapes(secret: &str) -> Vec<String> {
    let percent = |keep: fn(u8) -> bool| -> String {
        let byte = |byte: u8| {
            if keep(byte) {
                (byte as char).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        secret.bytes().map(byte).collect()
    };
    let mut shapes = vec![
        secret.to_owned(),
        percent(|byte| byte.is_ascii_alphanumeric()),
        percent(|_| false),
        percent(|byte| byte.is_ascii_alphanumeric()).to_ascii_lowercase(),
        serde_json::to_string(secret)
            .expect("it is text")
            .trim_matches('"')
            .to_owned(),
        secret
            .chars()
            .map(|letter| format!("\\u{:04x}", letter as u32))
            .collect(),
    ];
    for before in 0..3 {
        // What stands before shifts the digits; those at the ends hang on their neighbours.
        let text = format!("{}{secret}", "x".repeat(before));
        for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            let digits = encoded.trim_end_matches('=');
            shapes.push(digits[4.min(before * 4)..digits.len() - 2].to_owned());
        }
    }
    shapes
}

#[test]
fn shapes_are_found_where_they_are() {
    let found = |text: &str| shapes("pass/w0rd").iter().any(|shape| text.contains(shape.as_str()));
    for text in [
        "x pass/w0rd x",
        "?x=pass%2Fw0rd",
        "Basic cm95OnBhc3MvdzByZA==",
        "eHBhc3MvdzByZHg=",
        "\\u0070\\u0061\\u0073\\u0073\\u002f\\u0077\\u0030\\u0072\\u0064",
    ] {
        assert!(found(text), "{text}");
    }
    assert!(!found("password"));
}

#[test]
fn nothing_that_is_said_holds_a_secret() {
    const WHAT: &str = "C program secrets.c";
    if !cfg!(target_os = "linux") {
        return xtask::not_applicable(WHAT, "the command line is read in /proc", 1);
    }
    let source = xtask::repository().join("tests/c/secrets.c");
    let Some(program) = compiled(host(), WHAT, Language::C, &source, true) else {
        return;
    };
    let simulator = simulator();
    let folder = Folder::new();
    let log = folder.join("log.txt");
    let token = simulator.tenant_token();
    let password = simulator.user_password("Tyrell", "roy").expect("there is such a user");
    let basic = STANDARD.encode(format!("roy@Tyrell:{password}"));
    let echo = |path: &str, status: u16, said: String| {
        let body = serde_json::json!({"error": "invalid_grant", "minorErrorCode": said, "message": said,
            "error_description": said});
        serde_json::json!({"kind": "status", "path": path, "status": status, "body": body.to_string(),
            "contentType": "application/json"})
        .to_string()
    };
    let mut command = command(host(), &program, &simulator);
    command
        .current_dir(folder.path())
        .env("VCDREST_LOG_FILE", &log)
        .env("VCDREST_LOG_LEVEL", "4")
        .env(
            "VCD_ECHO_OF_TOKEN",
            echo(
                "/oauth",
                400,
                format!("you sent {token} and {}", STANDARD.encode(&token)),
            ),
        )
        .env(
            "VCD_ECHO_OF_PASSWORD",
            echo(
                "/cloudapi/1.0.0/sessions",
                401,
                format!("you sent {password} and Basic {basic}"),
            ),
        );
    let finished = xtask::run_limited(&mut command, LIMIT).expect("it starts");
    assert!(finished.succeeded(), "{finished:?}");
    let mut texts = vec![
        ("standard output".to_owned(), finished.stdout.clone()),
        ("standard error".to_owned(), finished.stderr),
    ];
    texts.extend(files(folder.path()));
    // The search is for something: the refusals have come, with the server's words, and the log has been written.
    for said in [
        "refused token: VCD_ERR_AUTH",
        "you sent ***",
        "refused password: VCD_ERR_AUTH",
        "log 3: ",
        "command line: /",
    ] {
        assert!(finished.stdout.contains(said), "no '{said}' in {}", finished.stdout);
    }
    assert!(fs::metadata(&log).expect("the log is there").len() > 500);
    let answered = simulator.requests();
    assert!(
        answered.iter().any(|request| request.body_text().contains(&token)),
        "the token was sent"
    );
    let mut secrets = vec![token, password, basic];
    // Access tokens: what they begin with is a secret's shape by itself.
    secrets.push("eyJhbGci".into());
    for (place, text) in &texts {
        for secret in &secrets {
            for shape in shapes(secret) {
                assert!(
                    !text.contains(&shape),
                    "'{shape}', a shape of a secret, is in {place}:\n{text}"
                );
            }
        }
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it can be listed") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("it can be read");
            found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    found
}
