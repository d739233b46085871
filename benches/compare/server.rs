//! The server that all sides talk to: one thread, TLS 1.3, HTTP/1.1, and answers that are ready before they are asked
//! for.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use vcd_simulator::{Authority, CertificateKind};
use xtask::Result;

use crate::content::Content;
use crate::placement::Thread;
use crate::wire::{Counted, Counter};

/// A server on a thread of its own. It serves as long as the process lives.
pub struct Server {
    port: u16,
    ca_file: PathBuf,
    thread: Thread,
    counter: Arc<Counter>,
}

impl Server {
    /// Starts it. The file of its CA goes into the folder.
    pub fn start(folder: &Path) -> Result<Self> {
        let authority = Authority::new()?;
        let identity = authority.issue(CertificateKind::Good)?;
        let ca_file = folder.join("ca.pem");
        fs::write(&ca_file, &identity.trust_pem)?;
        let counter = Arc::new(Counter::default());
        let counted = Arc::clone(&counter);
        let acceptor = TlsAcceptor::from(identity.tls);
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let started = runtime.and_then(|runtime| {
                let listeners = runtime.block_on(listen())?;
                Ok((runtime, listeners, Thread::current()?))
            });
            match started {
                Ok((runtime, listeners, thread)) => {
                    let _ = sender.send(listeners[0].local_addr().map(|address| (address.port(), thread)));
                    runtime.block_on(serve(listeners, acceptor, counted));
                }
                Err(error) => {
                    let _ = sender.send(Err(error));
                }
            }
        });
        let (port, thread) = receiver.recv()??;
        Ok(Self {
            port,
            ca_file,
            thread,
            counter,
        })
    }

    /// `https://localhost:PORT`; it is there at 127.0.0.1 and, where there is IPv6, at ::1.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The certificate to trust.
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// Bytes that clients have sent so far, and that were sent to them.
    pub fn bytes(&self) -> (u64, u64) {
        self.counter.read()
    }

    /// The thread that does it all.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

/// One port at both addresses that `localhost` may mean.
async fn listen() -> io::Result<Vec<TcpListener>> {
    let first = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    // There may be no IPv6.
    listeners.extend(TcpListener::bind(("::1", port)).await.ok());
    Ok(listeners)
}

async fn serve(listeners: Vec<TcpListener>, acceptor: TlsAcceptor, counter: Arc<Counter>) {
    let content = Arc::new(Content::new());
    let tasks: Vec<_> = listeners
        .into_iter()
        .map(|listener| {
            let (acceptor, content, counter) = (acceptor.clone(), Arc::clone(&content), Arc::clone(&counter));
            tokio::spawn(async move {
                loop {
                    // What a connection fails with is the client's affair.
                    if let Ok((stream, _)) = listener.accept().await {
                        let counter = Arc::clone(&counter);
                        tokio::spawn(converse(stream, acceptor.clone(), Arc::clone(&content), counter));
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        let _ = task.await;
    }
}

async fn converse(stream: TcpStream, acceptor: TlsAcceptor, content: Arc<Content>, counter: Arc<Counter>) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = acceptor.accept(Counted { stream, counter }).await else {
        return;
    };
    let service = service_fn(|request| answer(Arc::clone(&content), request));
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    content: Arc<Content>,
    request: Request<Incoming>,
) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
    let answer = content.answer(request.method(), request.uri());
    if answer.delay > Duration::ZERO {
        tokio::time::sleep(answer.delay).await;
    }
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        "x-vmware-vcloud-request-id",
        HeaderValue::from_static("5f0a3e0e-8a56-4d43-8a3c-2f8f0d7c9b11"),
    );
    Ok(response)
}
