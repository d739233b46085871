//! A client as tests need it, over real TLS.

use std::error::Error;
use std::sync::Once;

use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, RequestBuilder, StatusCode};
use serde_json::Value;
use vcd_simulator::{Config, Simulator};

/// A simulator and a client that trusts it.
pub struct Bench {
    /// The server.
    pub simulator: Simulator,
    /// The client.
    pub client: Client,
}

/// An answer that has been read.
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// A header, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header of text"))
    }
}

/// A client that trusts exactly this PEM.
pub fn client_trusting(pem: &str) -> Client {
    static PROVIDER: Once = Once::new();
    // Another test binary of the same process may have been first, which is just as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let certificate = Certificate::from_pem(pem.as_bytes()).expect("PEM");
    Client::builder()
        .tls_certs_only([certificate])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

/// Sends a request and reads the answer.
pub async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.expect("an answer")
}

/// Sends a request and reads the answer, or says what went wrong, causes included.
pub async fn try_send(request: RequestBuilder) -> Result<Answer, String> {
    let response = request.send().await.map_err(causes)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.map_err(causes)?.to_vec();
    Ok(Answer { status, headers, body })
}

/// The address stays out of it: with the query form it contains a secret.
fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl Bench {
    /// With what the configuration says.
    pub fn with(config: Config) -> Self {
        let simulator = Simulator::start(config).expect("a simulator");
        let pem = std::fs::read_to_string(simulator.ca_file()).expect("the CA file");
        let client = client_trusting(&pem);
        Self { simulator, client }
    }

    /// As everyone starts it.
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    /// An address below the server's.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    /// Exchanges an API token; `realm` is `provider` or `tenant/NAME`.
    pub async fn exchange(&self, realm: &str, api_token: &str) -> Answer {
        let form = format!("grant_type=refresh_token&refresh_token={api_token}");
        let request = self.client.post(self.url(&format!("/oauth/{realm}/token")));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        send(request.header("Accept", "application/json").body(form)).await
    }

    async fn access_token(&self, realm: &str, api_token: &str) -> String {
        let answer = self.exchange(realm, api_token).await;
        assert_eq!(answer.status, 200);
        answer.json()["access_token"]
            .as_str()
            .expect("an access token")
            .to_owned()
    }

    /// An access token of roy of Tyrell.
    pub async fn tenant(&self) -> String {
        self.access_token("tenant/Tyrell", &self.simulator.tenant_token()).await
    }

    /// An access token of the provider's administrator.
    pub async fn provider(&self) -> String {
        self.access_token("provider", &self.simulator.provider_token()).await
    }

    /// An access token of rachael, who has fewer rights than roy.
    pub async fn rachael(&self) -> String {
        let token = self.simulator.user_token("Tyrell", "rachael").expect("rachael");
        self.access_token("tenant/Tyrell", &token).await
    }

    /// Signs in with a password; `door` is empty or `/provider`.
    pub async fn sign_in(&self, door: &str, organization: &str, user: &str, password: &str) -> Answer {
        let request = self.client.post(self.url(&format!("/cloudapi/1.0.0/sessions{door}")));
        let request = request.basic_auth(format!("{user}@{organization}"), Some(password));
        send(request.header("Accept", "application/json;version=37.2")).await
    }

    /// An access token that a user gets for the password.
    pub async fn with_password(&self, organization: &str, user: &str) -> String {
        let door = if organization == "System" { "/provider" } else { "" };
        let password = self.simulator.user_password(organization, user).expect("a user");
        let answer = self.sign_in(door, organization, user, &password).await;
        assert_eq!(answer.status, 200);
        answer.header("x-vmware-vcloud-access-token").to_owned()
    }

    /// Registers an API token, or with a software identifier a service account.
    pub async fn register(&self, realm: &str, access_token: &str, body: Value) -> Answer {
        let request = self.request("POST", &format!("/oauth/{realm}/register"), access_token);
        let request = request.header("Content-Type", "application/json");
        send(request.body(body.to_string())).await
    }

    /// Sends a form to a call below `/oauth`.
    pub async fn form(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        let request = self.client.post(self.url(&format!("/oauth/{path}")));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        send(request.body(form.finish())).await
    }

    /// A call in version 37.2, with JSON if there is any.
    pub async fn call(&self, method: &str, path: &str, access_token: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, path, access_token);
        request = request.header("Accept", "application/json;version=37.2");
        if let Some(body) = body {
            request = request
                .header("Content-Type", "application/json")
                .body(body.to_string());
        }
        send(request).await
    }

    /// A request with an access token.
    pub fn request(&self, method: &str, path: &str, access_token: &str) -> RequestBuilder {
        let method = method.parse().expect("a method");
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            self.url(path)
        };
        self.client
            .request(method, url)
            .header("Authorization", format!("Bearer {access_token}"))
    }

    /// A GET in a version of `/cloudapi`.
    pub async fn get_in(&self, version: &str, path: &str, access_token: &str) -> Answer {
        let request = self.request("GET", path, access_token);
        send(request.header("Accept", format!("application/json;version={version}"))).await
    }

    /// A GET in version 37.2.
    pub async fn get(&self, path: &str, access_token: &str) -> Answer {
        self.get_in("37.2", path, access_token).await
    }
}
