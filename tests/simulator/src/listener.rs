//! Sockets, and the loop that accepts connections on them.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio_rustls::TlsAcceptor;

use crate::connection::Connection;
use crate::stream::Stream;

/// A thousand clients may come at the same moment.
const BACKLOG: u32 = 4096;

/// The loopback sockets of one port, IPv4 and, where there is one, IPv6.
pub(crate) struct Listener {
    sockets: Vec<TcpListener>,
    port: u16,
}

impl Listener {
    /// Binds a port, or one that the system chooses.
    pub(crate) fn bind(runtime: &Handle, port: Option<u16>) -> io::Result<Self> {
        let _inside = runtime.enter();
        let mut attempts = 0;
        loop {
            let first = listen(IpAddr::V4(Ipv4Addr::LOCALHOST), port.unwrap_or(0))?;
            let chosen = first.local_addr()?.port();
            attempts += 1;
            match listen(IpAddr::V6(Ipv6Addr::LOCALHOST), chosen) {
                Ok(second) => {
                    return Ok(Self {
                        sockets: vec![first, second],
                        port: chosen,
                    });
                }
                // Someone else has that port on IPv6: another one, if it is ours to choose.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && port.is_none() && attempts < 16 => {}
                // No IPv6 here.
                Err(_) => {
                    return Ok(Self {
                        sockets: vec![first],
                        port: chosen,
                    });
                }
            }
        }
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Accepts connections for as long as the runtime lives, each served by a task of its own.
    pub(crate) fn serve<F, S>(self, runtime: &Handle, tls: Option<&Arc<ServerConfig>>, serve: F)
    where
        F: Fn(Connection) -> S + Clone + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        for socket in self.sockets {
            let tls = tls.map(|config| TlsAcceptor::from(Arc::clone(config)));
            runtime.spawn(accept(socket, tls, serve.clone()));
        }
    }
}

fn listen(address: IpAddr, port: u16) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // On Windows the option means that others may take the port as well.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::new(address, port))?;
    socket.listen(BACKLOG)
}

async fn accept<F, S>(socket: TcpListener, tls: Option<TlsAcceptor>, serve: F)
where
    F: Fn(Connection) -> S + Clone + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    loop {
        match socket.accept().await {
            Ok((stream, peer)) => {
                let (tls, serve) = (tls.clone(), serve.clone());
                tokio::spawn(async move {
                    if let Some(stream) = set_up(stream, tls).await {
                        serve(Connection::new(stream, peer.port())).await;
                    }
                });
            }
            // Too many open files, most likely: some will be closed soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Speaks TLS if that is wanted. A client that does not like the certificate leaves here.
async fn set_up(stream: TcpStream, tls: Option<TlsAcceptor>) -> Option<Stream> {
    stream.set_nodelay(true).ok()?;
    match tls {
        None => Some(Stream::Plain(stream)),
        Some(acceptor) => {
            let handshake = tokio::time::timeout(Duration::from_secs(30), acceptor.accept(stream)).await;
            handshake.ok()?.ok().map(|stream| Stream::Tls(Box::new(stream)))
        }
    }
}
