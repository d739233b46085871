//! One connection's requests: each is noted, held back, perhaps spoilt, and answered.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::cloud::Cloud;
use crate::connection::{Connection, Next};
use crate::fault::Effect;
use crate::oauth;
use crate::request::Request;
use crate::request_log::Entry;
use crate::response::Response;
use crate::router;
use crate::transfer_resource::{self, Received};

/// Whether the connection goes on after an answer.
enum Then {
    Next(Connection),
    Over,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(cloud: Arc<Cloud>, mut connection: Connection) {
    loop {
        let request = match connection
            .next(cloud.settings().keep_alive, |request| {
                transfer_resource::receives(&cloud, request)
            })
            .await
        {
            Ok(Next::Request(request)) => request,
            Ok(Next::CutShort(request)) => {
                cloud.log.received(&request).aborted();
                return;
            }
            Ok(Next::Nonsense(response)) => {
                // Whoever sends nonsense may not stay to hear the answer.
                let _ = connection.send(&Request::default(), &response).await;
                return connection.close().await;
            }
            Ok(Next::End) => return connection.close().await,
            Err(_) => return,
        };
        let entry = cloud.log.received(&request);
        if oauth::is_exchange(&cloud, &request) {
            cloud.exchanges.fetch_add(1, Ordering::Relaxed);
        }
        match exchange(&cloud, connection, &request, entry).await {
            Then::Next(same) => connection = same,
            Then::Over => return,
        }
    }
}

/// One request and its answer. Dropping it half-way notes the request as aborted.
async fn exchange(cloud: &Cloud, mut connection: Connection, request: &Request, mut entry: Entry<'_>) -> Then {
    let fault = cloud.faults.take(request);
    let effect = fault.as_ref().map(|fault| fault.kind.effect(request));
    let bytes = fault.and_then(|fault| fault.bytes);
    let later = if let Some(Effect::Later(delay)) = effect {
        delay
    } else {
        Duration::ZERO
    };
    let delay = later.max(cloud.latency.of(&request.target));
    if !delay.is_zero() {
        tokio::select! {
            () = connection.gone() => {
                entry.aborted();
                return Then::Over;
            }
            () = tokio::time::sleep(delay) => {}
        }
    }
    match effect {
        Some(Effect::Hang) => {
            connection.gone().await;
            entry.aborted();
            return Then::Over;
        }
        Some(Effect::Close) => {
            entry.unanswered();
            connection.close().await;
            return Then::Over;
        }
        Some(Effect::Reset) => {
            entry.unanswered();
            connection.reset();
            return Then::Over;
        }
        Some(Effect::NotHttp) => {
            entry.unanswered();
            // The client may not stay to hear it.
            let _ = connection.send_bytes(b"220 mail.example.com ESMTP ready\r\n").await;
            connection.close().await;
            return Then::Over;
        }
        _ => {}
    }
    let response = if let Some(Effect::Instead(response)) = &effect {
        response.clone()
    } else {
        let answer = if transfer_resource::receives(cloud, request) {
            let breaks = matches!(effect, Some(Effect::HalfThenClose | Effect::HalfThenHang));
            let limit = bytes.filter(|_| breaks);
            match transfer_resource::receive(cloud, &mut connection, request, limit).await {
                Received::Answer(answer) => answer,
                Received::CutShort => {
                    entry.aborted();
                    return Then::Over;
                }
                Received::Enough => {
                    entry.unanswered();
                    if matches!(effect, Some(Effect::HalfThenHang)) {
                        connection.gone().await;
                    }
                    return Then::Over;
                }
            }
        } else {
            router::answer(cloud, request)
        };
        let mut response = dressed(cloud, request, answer);
        if let Some(Effect::Damage(damage)) = effect {
            damage(&mut response);
        }
        // Each access token is compressed once in its life; keeping that would be in vain.
        cloud
            .compressor
            .apply(request, &mut response, !oauth::is_exchange(cloud, request));
        response
    };
    if matches!(effect, Some(Effect::Lose)) {
        entry.unanswered();
        connection.close().await;
        return Then::Over;
    }
    entry.answered(response.status);
    if let Some(Effect::HalfThenClose | Effect::HalfThenHang) = effect {
        let sent = connection.send_part(request, &response, bytes).await;
        if matches!(effect, Some(Effect::HalfThenHang)) {
            if sent.is_ok() {
                connection.gone().await;
            }
            entry.aborted();
        }
        return Then::Over;
    }
    if connection.send(request, &response).await.is_err() {
        entry.aborted();
        return Then::Over;
    }
    if connection.goes_on(request) && !matches!(effect, Some(Effect::WholeThenClose)) {
        return Then::Next(connection);
    }
    connection.close().await;
    Then::Over
}

/// The answer with what all answers carry.
fn dressed(cloud: &Cloud, request: &Request, mut response: Response) -> Response {
    let own = cloud.identifiers.uuid();
    let request_id = match request.header("X-VMWARE-VCLOUD-CLIENT-REQUEST-ID") {
        Some(client) if is_request_id(client) => format!("{client}-{own}"),
        _ => own,
    };
    let common = [
        ("X-VMWARE-VCLOUD-REQUEST-ID", request_id),
        ("X-VMWARE-VCLOUD-CEIP-ID", cloud.ceip_id.clone()),
        ("Vary", "Accept-Encoding".to_owned()),
    ];
    response
        .headers
        .extend(common.map(|(name, value)| (Cow::Borrowed(name), value)));
    response
}

/// Letters, digits and hyphens, at most 128 of them.
fn is_request_id(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=128).contains(&text.len()) && text.bytes().all(legal)
}

/// Counts a connection that was accepted.
pub(crate) fn count_connection(cloud: &Cloud) {
    cloud.connections.fetch_add(1, Ordering::Relaxed);
}
