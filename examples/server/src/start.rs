//! Starting and stopping.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
};

use crate::{
    app::{App, Clock},
    http::{self, Fault},
    key,
    operator_key::{self, KeyError, KeySource, operator_key},
    policies::{Policies, PolicyError},
    store::{self, OpenError, Store},
};

/// Where the server listens if nothing else is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// How long requests that are under way may take once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Threads that serve connections. The work itself waits for one database.
const THREADS: usize = 2;

/// Name of the secret that account tokens are made with.
const TOKEN_SECRET: &str = "account_token_secret";

/// How to start.
#[derive(Clone)]
pub struct Options {
    /// The database file; none keeps everything in memory until the server stops.
    pub database: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Policy documents (JSON). Of several editions of one policy the newest whose day has come is in force.
    pub policies: Vec<String>,
    /// Opens the operator's endpoints. None: read from the file beside the database, or made and written there.
    pub operator_key: Option<String>,
    /// The time; none takes the system's.
    pub clock: Option<Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self { database: None, listen: DEFAULT_LISTEN, policies: Vec::new(), operator_key: None, clock: None }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be had.
    #[error("listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        reason: io::Error,
    },
    /// The database cannot be used.
    #[error("open the database: {0}")]
    Database(#[from] OpenError),
    /// The policies cannot be used.
    #[error("read the policies: {0}")]
    Policy(#[from] PolicyError),
    /// The operator's key cannot be had.
    #[error("the operator's key {}: {reason}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The operator's key that was given holds nothing.
    #[error("the operator's key is empty")]
    EmptyKey,
    /// The system has no threads or no random numbers.
    #[error("start: {0}")]
    System(String),
}

impl From<KeyError> for StartError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::File { path, reason } => Self::Key { path, reason },
            KeyError::Empty => Self::EmptyKey,
            KeyError::NoRandom(error) => Self::System(error.to_string()),
        }
    }
}

/// The server.
#[derive(Debug)]
pub struct Server;

/// A server that runs on threads of its own. Dropping it stops it, too.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Opens the operator's endpoints.
    pub operator_key: String,
    /// Where the key came from.
    pub key_source: KeySource,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Gives every numbering in a database a new name, and says how many there are. Call it before `start` once the file was put back
    /// from a backup: numbers given since are lost and will be given again, so what a form drew under them may not count
    /// (`docs/sync.md`). Phones that hear of it send their withdrawals again.
    pub fn renew_numberings(database: &Path) -> Result<usize, StartError> {
        let store = Store::open(Some(database))?;
        store.write(store::renew_all).map_err(|_: Fault| StartError::System("the numberings cannot be renewed".into()))
    }

    /// Starts the server; it answers when this returns. Call it from any thread, inside an async runtime or not.
    pub fn start(options: Options) -> Result<Running, StartError> {
        let clock = options.clock.unwrap_or_else(|| Arc::new(system_time));
        let policies = Policies::read(options.policies, clock())?;
        let (operator_key, key_source) = operator_key(options.operator_key, options.database.as_deref())?;
        if let Some(path) = &options.database {
            only_for_owner(path);
        }
        let store = Store::open(options.database.as_deref())?;
        let secret = store
            .setting(TOKEN_SECRET, || Ok(key::random_key()?.into_bytes()))
            .map_err(|_: Fault| StartError::System("the token secret cannot be kept".into()))?;
        let listener = TcpListener::bind(options.listen)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|reason| StartError::Listen { address: options.listen, reason })?;
        let address = listener.local_addr().map_err(|reason| StartError::Listen { address: options.listen, reason })?;
        let app = Arc::new(App { store, policies, clock, operator_key: operator_key.clone(), secret });
        let (stop, stopped) = oneshot::channel();
        let (told, ready) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("consentkit-server".into())
            .spawn(move || serve(listener, app, stopped, &told))
            .map_err(|error| StartError::System(error.to_string()))?;
        ready
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the server's thread ended")))
            .map_err(|error| StartError::System(error.to_string()))?;
        Ok(Running { address, operator_key, key_source, stop: Some(stop), thread: Some(thread) })
    }
}

impl Running {
    /// Takes no more requests, finishes those under way within a few seconds, closes the database, and returns.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        // Either is gone only if the server has ended by itself.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.halt();
    }
}

fn serve(listener: TcpListener, app: Arc<App>, stopped: oneshot::Receiver<()>, told: &mpsc::Sender<io::Result<()>>) {
    let runtime = match Builder::new_multi_thread().worker_threads(THREADS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = told.send(Err(error));
            return;
        }
    };
    serve_on(&runtime, listener, app, stopped, told);
    runtime.shutdown_timeout(GRACE);
}

fn serve_on(runtime: &Runtime, listener: TcpListener, app: Arc<App>, stopped: oneshot::Receiver<()>, told: &mpsc::Sender<io::Result<()>>) {
    runtime.block_on(async move {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => {
                let _ = told.send(Err(error));
                return;
            }
        };
        let _ = told.send(Ok(()));
        let (stopping, mut grace) = tokio::sync::watch::channel(false);
        let wait = async move {
            let _ = stopped.await;
            let _ = stopping.send(true);
        };
        let serving = axum::serve(listener, http::router(app)).with_graceful_shutdown(wait);
        let cut = async move {
            let _ = grace.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            _ = async { serving.await } => {}
            () = cut => {}
        }
    });
}

#[allow(clippy::disallowed_methods, reason = "the one place of the server that reads a clock")]
fn system_time() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(_) => 0,
    }
}

/// Makes a database file that is not there yet, so that nobody but its owner reads it: it holds who said what, and the secret of the
/// account tokens. SQLite gives its other files the same rights. Where it cannot be made, opening it says why.
fn only_for_owner(path: &Path) {
    let _ = operator_key::private_file(path);
}
