//! A thousand calls that meet a token at its end: one exchange serves them all, and no call is lost.

use std::time::Duration;

use vcd_simulator::{Config, Fault, FaultKind, Simulator};
use vcdrest::ffi::option::{
    VCD_CALL_OPT_MAX_RETRIES, VCD_OPT_CONNECT_TIMEOUT_MS, VCD_OPT_MAX_RETRIES, VCD_OPT_READ_TIMEOUT_MS,
};

use crate::library::{Call, Client, Failure, HANG};

const CALLS: usize = 1_000;
const PLACE: &str = "/cloudapi/1.0.0/sessions/current";

/// A simulator and a client that has signed in there.
fn start() -> (Simulator, Client) {
    let simulator = Simulator::start(Config::default()).expect("the simulator starts");
    let client = Client::new(&simulator.url(), Some(&simulator.ca_pem()));
    // So many connections at once take their time on a slow machine.
    client.set(VCD_OPT_CONNECT_TIMEOUT_MS, 120_000);
    client.set(VCD_OPT_READ_TIMEOUT_MS, 120_000);
    client.set(VCD_OPT_MAX_RETRIES, 3);
    client
        .sign_in_with("Tyrell", &simulator.tenant_token())
        .expect("the sign-in goes well");
    assert_eq!(simulator.exchanges(), 1);
    (simulator, client)
}

fn started(client: &Client) -> Vec<Call> {
    let calls: Vec<Call> = (0..CALLS).map(|_| client.call("GET", PLACE)).collect();
    for call in &calls {
        call.start();
    }
    calls
}

fn ended(calls: &[Call]) -> Vec<Failure> {
    calls.iter().filter_map(|call| call.wait_for(5 * HANG).err()).collect()
}

/// What the simulator has seen and what the client says fit together.
fn check(simulator: &Simulator, client: &Client, exchanges: u64) {
    assert_eq!(
        simulator.exchanges_ok(),
        exchanges,
        "exchanges that the server has seen"
    );
    assert_eq!(client.exchanges(), exchanges as i64);
}

#[test]
fn an_expired_token() {
    let (simulator, client) = start();
    simulator.expire_access_tokens();
    let failures = ended(&started(&client));
    assert!(failures.is_empty(), "{} lost: {:?}", failures.len(), failures[0]);
    check(&simulator, &client, 2);
}

/// The end comes while they run, and none of them is told twice.
#[test]
fn a_token_that_expires_under_way() {
    let (simulator, client) = start();
    let calls = started(&client);
    assert!(simulator.wait_for_requests(PLACE, CALLS / 10, HANG));
    simulator.expire_access_tokens();
    let failures = ended(&calls);
    assert!(failures.is_empty(), "{} lost: {:?}", failures.len(), failures[0]);
    assert!(simulator.exchanges() <= 2, "{}", simulator.exchanges());
    assert_eq!(client.exchanges(), simulator.exchanges_ok() as i64);
}

#[test]
fn a_slow_token_endpoint() {
    let (simulator, client) = start();
    simulator.set_latency_of("/oauth/", Duration::from_secs(2));
    simulator.expire_access_tokens();
    let failures = ended(&started(&client));
    assert!(failures.is_empty(), "{} lost: {:?}", failures.len(), failures[0]);
    check(&simulator, &client, 2);
}

/// It is refused once for all of them, and each is told why; nobody hammers on the door.
#[test]
fn a_revoked_token() {
    let (simulator, client) = start();
    // Until the exchange is over, nobody may come too late for it.
    simulator.set_latency_of("/oauth/", Duration::from_secs(5));
    simulator.revoke_token(&simulator.tenant_token());
    simulator.expire_access_tokens();
    let calls = started(&client);
    let failures = ended(&calls);
    assert_eq!(failures.len(), CALLS, "each is told");
    for failure in &failures {
        assert_eq!(failure.code, "VCD_ERR_AUTH", "{failure:?}");
        assert!(failure.message.contains("revoked"), "{failure:?}");
    }
    check(&simulator, &client, 1);
    // One for those who waited together; whoever came after its end has asked anew.
    assert!(simulator.exchanges() <= 10, "{} exchanges", simulator.exchanges());
    // Somebody who signs in again is served.
    let token = simulator
        .user_token("Tyrell", "rachael")
        .unwrap_or_else(|| simulator.provider_token());
    let org = if token == simulator.provider_token() {
        "System"
    } else {
        "Tyrell"
    };
    simulator.set_latency_of("/oauth/", Duration::ZERO);
    client.sign_in_with(org, &token).expect("another token is good");
    client.get(PLACE).expect("the session is good");
}

/// It hangs up twice and refuses twice because it is busy, and then recovers: that is one exchange, and no call is lost.
#[test]
fn a_token_endpoint_that_recovers_within_the_exchange() {
    let (simulator, client) = start();
    simulator.fault(Fault::new(FaultKind::Reset).on_path("/oauth/"));
    simulator.fault(
        Fault::new(FaultKind::RetryAfter {
            status: 503,
            seconds: 1,
        })
        .on_path("/oauth/"),
    );
    simulator.fault(Fault::new(FaultKind::CloseBeforeResponse).on_path("/oauth/"));
    simulator.expire_access_tokens();
    let failures = ended(&started(&client));
    assert!(failures.is_empty(), "{} lost: {:?}", failures.len(), failures[0]);
    check(&simulator, &client, 2);
    assert_eq!(simulator.pending_faults(), 0, "it was asked four times");
}

/// It fails for good: all of them fail with its reason after one exchange; the next ones meet it recovered.
#[test]
fn a_token_endpoint_that_recovers_after_the_exchange() {
    let (simulator, client) = start();
    simulator.fault(
        Fault::new(FaultKind::Status {
            code: 500,
            body: r#"{"message":"out of order"}"#.to_owned(),
            content_type: "application/json".to_owned(),
            headers: Vec::new(),
        })
        .on_path("/oauth/"),
    );
    simulator.expire_access_tokens();
    let calls = started(&client);
    let failures = ended(&calls);
    // Those that came together fail together; whoever asked anew is served.
    assert!(!failures.is_empty());
    for failure in &failures {
        assert_eq!(
            (failure.code.as_str(), failure.http_status),
            ("VCD_ERR_HTTP", 500),
            "{failure:?}"
        );
        assert!(failure.message.contains("out of order"), "{failure:?}");
    }
    println!("{} of {CALLS} failed with the exchange", failures.len());
    let again = ended(&started(&client));
    assert!(again.is_empty(), "{} lost: {:?}", again.len(), again[0]);
    check(&simulator, &client, 2);
}

/// The caller's own repetition has nothing to do with it: a call that may not be repeated survives the renewal, too.
#[test]
fn calls_that_are_never_repeated_survive_a_renewal() {
    let (simulator, client) = start();
    simulator.expire_access_tokens();
    let calls: Vec<Call> = (0..50).map(|_| client.call("GET", PLACE)).collect();
    for call in &calls {
        call.set(VCD_CALL_OPT_MAX_RETRIES, 0);
        call.start();
    }
    let failures = ended(&calls);
    assert!(failures.is_empty(), "{failures:?}");
    check(&simulator, &client, 2);
}
