//! What every measurement needs.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::{LibraryKind, Platform, Result};

use crate::options::Options;
use crate::placement::{Placement, Thread};
use crate::server::Server;

/// One run.
pub struct Bench {
    options: Options,
    library: PathBuf,
    folder: PathBuf,
    server: Server,
    cores: usize,
}

impl Bench {
    /// Builds the library as it ships, lays it out for C programs, and starts the server.
    pub fn new(options: Options) -> Result<Self> {
        let platform = Platform::host()?;
        let library = xtask::build_shipped_library(platform, LibraryKind::Shared)?;
        let folder = xtask::target_directory()?.join("bench");
        fs::create_dir_all(&folder)?;
        xtask::stage_c(platform, &library, &folder.join("c"))?;
        let server = Server::start(&folder)?;
        Ok(Self {
            options,
            library,
            folder,
            server,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        })
    }

    /// What was asked for.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The shared library as it ships.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// `target/bench`, for what a measurement has to write.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The header and the library, as C programs find them.
    pub fn staged(&self) -> PathBuf {
        self.folder.join("c")
    }

    /// The server that all sides talk to.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// How many cores there are.
    pub fn cores(&self) -> usize {
        self.cores
    }

    /// Puts the server, and the clients that this thread starts, where they are to run.
    pub fn place(&self, placement: Placement) -> Result<()> {
        let (server, clients) = placement.cores(self.cores)?;
        self.server.thread().keep_to(&server)?;
        Thread::current()?.keep_to(&clients)
    }
}
