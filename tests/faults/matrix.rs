//! Which test stages which fault: the rows of the matrix of faults that trusted clients are tested with. A test that is
//! named here and does not exist fails, and so does a row without one that does not say why.

use std::fs;

/// One fault of the matrix.
struct Row {
    number: usize,
    what: &'static str,
    /// File below `tests`, colon, and the name of a test or function there.
    tests: &'static [&'static str],
    /// What of it is not staged, and why.
    not_staged: &'static str,
}

const fn row(number: usize, what: &'static str, tests: &'static [&'static str], not_staged: &'static str) -> Row {
    Row {
        number,
        what,
        tests,
        not_staged,
    }
}

const ROWS: &[Row] = &[
    // Transport.
    row(
        1,
        "refused, unreachable, name unknown, resolver slow",
        &[
            "faults/network.rs: names_that_nobody_has",
            "faults/network.rs: a_server_that_is_down_and_comes_back",
            "faults/system.rs: a_slow_resolver",
        ],
        "unreachable networks: a machine of tests has routes of its own; the system reports them as it reports a refusal",
    ),
    row(
        2,
        "addresses that never answer; one family of addresses dead",
        &[
            "faults/network.rs: an_address_at_which_nobody_answers",
            "faults/system.rs: a_dead_family_of_addresses",
        ],
        "",
    ),
    row(
        3,
        "reset or close before the answer, on a new and on a used connection",
        &["faults/transport.rs: connections_that_break"],
        "",
    ),
    row(
        4,
        "reset or close in the middle of the answer",
        &["faults/transport.rs: connections_that_break"],
        "",
    ),
    row(
        5,
        "idle connections that close at the client's pace",
        &[
            "faults/closing_race.rs: idle_connections_that_are_closed_lose_nothing",
            "faults/closing_race.rs: idle_connections_that_are_reset_lose_nothing",
            "faults/closing_race.rs: idle_connections_that_are_closed_send_nothing_twice",
            "faults/closing_race.rs: idle_connections_that_are_reset_send_nothing_twice",
        ],
        "",
    ),
    row(
        6,
        "slow headers, slow bodies, stalls",
        &["faults/transport.rs: servers_that_stall"],
        "a least throughput: there is none; the limit of the whole call holds instead",
    ),
    row(
        7,
        "lengths and bodies beyond measure",
        &[
            "faults/transport.rs: bodies_without_measure",
            "faults/memory.rs: what_comes_without_end_takes_no_memory_without_end",
        ],
        "",
    ),
    row(
        8,
        "gzip: bombs, cut, corrupt, mislabelled, several members, long heads",
        &["faults/transport.rs: bodies_without_measure"],
        "",
    ),
    row(
        9,
        "trailers, extensions, bad sizes, contradicting lengths",
        &["faults/transport.rs: lengths_and_chunks", "c/mended.c: bad_chunks"],
        "",
    ),
    row(
        10,
        "heads that are too large or none, other protocols, floods of interim answers",
        &[
            "faults/transport.rs: heads_that_are_none",
            "faults/transport.rs: servers_that_stall",
            "faults/memory.rs: what_comes_without_end_takes_no_memory_without_end",
            "c/mended.c: control_characters",
        ],
        "",
    ),
    row(
        11,
        "answers that nobody has asked for",
        &["faults/transport.rs: strays_and_early_answers"],
        "",
    ),
    row(
        12,
        "refusals while an upload goes on",
        &["faults/transport.rs: strays_and_early_answers"],
        "",
    ),
    row(
        13,
        "bodies where there are none",
        &["faults/transport.rs: strays_and_early_answers"],
        "",
    ),
    // Redirects.
    row(
        14,
        "redirects to another host, port or scheme",
        &[
            "faults/redirect.rs: no_redirect_is_followed",
            "faults/redirect.rs: no_redirect_of_a_sign_in_is_followed",
            "faults/redirect.rs: no_redirect_of_the_versions_is_followed",
        ],
        "",
    ),
    row(
        15,
        "loops, other schemes, methods",
        &["faults/redirect.rs: no_redirect_is_followed"],
        "",
    ),
    row(
        16,
        "links of lists to another host",
        &[
            "faults/redirect.rs: links_to_other_places_are_asked_here",
            "c/pages.c: foreign_links",
        ],
        "",
    ),
    // Sign-in.
    row(
        17,
        "a token ends under many calls",
        &[
            "faults/single_flight.rs: an_expired_token",
            "faults/single_flight.rs: a_token_that_expires_under_way",
            "faults/single_flight.rs: a_slow_token_endpoint",
            "faults/single_flight.rs: a_token_endpoint_that_recovers_within_the_exchange",
            "faults/single_flight.rs: a_token_endpoint_that_recovers_after_the_exchange",
            "c/threads.c: expired_under_many",
        ],
        "",
    ),
    row(
        18,
        "401 for ever, 403, refusals",
        &[
            "faults/token.rs: an_unauthorized_call_renews_once",
            "faults/token.rs: a_forbidden_call_does_not_renew",
            "faults/single_flight.rs: a_revoked_token",
        ],
        "",
    ),
    row(
        19,
        "odd answers of token endpoints",
        &[
            "faults/token.rs: odd_answers_of_token_endpoints_that_will_do",
            "faults/token.rs: answers_of_token_endpoints_that_will_not_do",
            "c/errors.c: sign_in_answers",
        ],
        "",
    ),
    row(
        20,
        "clocks that jump or differ",
        &["faults/system.rs: a_clock_that_jumps", "c/mended.c: ended_token"],
        "a machine that sleeps: its tests would sleep with it",
    ),
    row(
        21,
        "a renewal that fails while the old token is good",
        &["faults/token.rs: a_renewal_that_fails_ahead_of_time_harms_nobody"],
        "",
    ),
    row(
        22,
        "several credentials side by side",
        &["faults/token.rs: clients_share_no_connections_and_no_tokens"],
        "",
    ),
    row(
        23,
        "secrets in what can be read",
        &[
            "faults/fault.rs: check_helps",
            "c/log.c: no_secret",
            "powershell/Secret.Tests.ps1: are not in the <name>",
        ],
        "",
    ),
    // Busy servers.
    row(
        24,
        "Retry-After in every form",
        &[
            "faults/throttle.rs: waits_that_servers_ask_for_in_any_form_end",
            "faults/throttle.rs: waits_that_are_too_long_are_not_begun",
            "faults/throttle.rs: a_wait_that_is_asked_for_is_kept",
        ],
        "",
    ),
    row(
        25,
        "502, 503, 504 by method",
        &["faults/throttle.rs: only_what_has_no_effect_is_asked_again"],
        "",
    ),
    row(
        26,
        "repetition comes to its end",
        &[
            "faults/throttle.rs: only_what_has_no_effect_is_asked_again",
            "faults/throttle.rs: repetition_ends_with_the_time_of_the_call",
        ],
        "",
    ),
    // TLS.
    row(
        27,
        "certificates that are not good, handshakes that fail",
        &[
            "faults/tls.rs: handshakes_that_fail",
            "faults/tls.rs: a_server_that_recovers_is_used_again",
            "faults/tls.rs: certificates_are_for_the_host_that_was_asked_for",
            "faults/tls.rs: an_authority_that_nobody_knows_vouches_for_nobody",
            "faults/tls.rs: a_certificate_that_changes_between_calls_is_looked_at_again",
            "faults/transport.rs: connections_that_break",
            "c/errors.c: certificates",
        ],
        "a NUL in a common name: common names are not looked at; revocation that cannot be reached: only the verifier of Windows asks for it, and Wine's does not",
    ),
    row(
        28,
        "files of certificates that are none",
        &[
            "faults/tls.rs: files_of_certificates_that_are_none_are_refused_when_they_are_given",
            "c/misuse.c: wrong_values",
        ],
        "",
    ),
    // Proxies.
    row(
        29,
        "proxies",
        &[
            "faults/proxy.rs: proxies_that_break",
            "faults/proxy.rs: a_proxy_that_is_not_there",
            "faults/proxy.rs: secrets_go_where_they_belong",
            "faults/proxy.rs: hosts_that_need_no_proxy",
            "faults/proxy.rs: plain_http_goes_through_the_proxy_as_a_whole",
            "faults/proxy.rs: the_proxy_of_the_environment",
            "c/operations.c: proxies",
            "c/windows.c: system_proxy",
        ],
        "",
    ),
    // IPv6.
    row(
        30,
        "addresses of IPv6",
        &["faults/network.rs: addresses_of_the_sixth_version"],
        "",
    ),
    // The C boundary.
    row(
        31,
        "NULL, not UTF-8, oversize, misaligned",
        &[
            "c/misuse.c: null_for_inputs",
            "c/misuse.c: null_for_outputs",
            "c/misuse.c: misaligned_outputs",
            "c/misuse.c: not_utf8",
            "c/misuse.c: oversize",
            "c/misuse.c: ranges",
        ],
        "texts of a gigabyte: four megabytes are refused by the same limit; sizes of structs: none crosses the boundary",
    ),
    row(
        32,
        "line breaks, dots, slashes in every text",
        &[
            "faults/redirect.rs: what_goes_out_is_what_was_asked_for",
            "c/misuse.c: wrong_values",
        ],
        "",
    ),
    row(
        33,
        "other places as a path",
        &[
            "faults/redirect.rs: requests_to_other_places_are_refused",
            "c/request.c: addresses",
        ],
        "",
    ),
    row(
        34,
        "headers that are not the caller's",
        &["c/misuse.c: wrong_values", "c/request.c: on_the_wire"],
        "",
    ),
    // Handles and threads.
    row(35, "many threads, one handle", &["c/threads.c: one_client_for_all"], ""),
    row(
        36,
        "freed while in use, twice, afterwards",
        &[
            "c/free_while_running.c: freed_by_a_crowd",
            "c/misuse.c: wrong_frees",
            "c/misuse.c: wrong_handles",
            "c/misuse.c: old_handles_never_fit_again",
        ],
        "2^32 generations: they take days; a generation that is used up is not used again, which a test of the table shows",
    ),
    row(
        37,
        "answers that outlive their client",
        &["c/happy.c: call_outlives_client", "c/misuse.c: wrong_frees"],
        "",
    ),
    row(
        38,
        "cancelled before, during and after",
        &[
            "c/async.c: cancelled_for_all",
            "c/async.c: cancelled_between_attempts",
            "c/callbacks.c: anywhere",
        ],
        "",
    ),
    row(
        39,
        "callbacks that call the library",
        &["c/log.c: reentry", "c/transfer.c: take_and_look"],
        "callbacks that throw: C has no exceptions, and C++ must not let them out",
    ),
    row(40, "a panic inside", &["c/panic.c: main"], ""),
    row(
        41,
        "no memory left",
        &["faults/memory.rs: what_comes_without_end_takes_no_memory_without_end"],
        "allocations that fail: they end the process, as in every program in Rust; what a server can ask for is bounded instead",
    ),
    // The process.
    row(
        42,
        "fork",
        &["c/fork.c: inherited_and_own", "c/fork.c: forked_while_busy"],
        "",
    ),
    row(
        43,
        "loaded and unloaded, ended with calls in flight, two copies",
        &[
            "faults/process.rs: loaded_and_unloaded_again_and_again",
            "faults/process.rs: two_copies_in_one_process",
            "c/load.c: unloaded_with_calls_in_flight",
            "powershell/Module.Tests.ps1: can be repeated, and the session stays",
        ],
        "",
    ),
    row(44, "small stacks, threads that end", &["c/small_stack.c: work"], ""),
    row(
        45,
        "no descriptors left",
        &[
            "faults/process.rs: more_connections_than_descriptors",
            "faults/process.rs: no_descriptor_for_the_first_use",
        ],
        "",
    ),
    row(
        46,
        "networks that change",
        &["faults/closing_race.rs: idle_connections_that_are_reset_lose_nothing"],
        "a machine that sleeps, a cable that is pulled: its tests would go with it; what is left of either is a connection that is no more",
    ),
];

#[test]
fn every_row_is_staged_or_says_why_not() {
    assert!(ROWS.iter().map(|row| row.number).eq(1..=46));
    let folder = xtask::repository().join("tests");
    for row in ROWS {
        let name = format!("row {}, {}", row.number, row.what);
        assert!(
            !row.tests.is_empty() || row.not_staged.len() > 20,
            "{name}: nothing is said"
        );
        for test in row.tests {
            let (file, function) = test.split_once(": ").expect("a file, and what stands there");
            let text = fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{name}, {file}: {error}"));
            let defined = match file.rsplit_once('.').map(|(_, ending)| ending) {
                Some("rs") => text.contains(&format!("fn {function}(")),
                Some("c") => text.lines().any(|line| {
                    !line.starts_with([' ', '/', '*']) && !line.ends_with(';') && line.contains(&format!("{function}("))
                }),
                _ => text.contains(&format!("It '{function}'")),
            };
            assert!(defined, "{name}: {function} is not in {file}");
        }
    }
}
