//! What code can do that works under some executors only: one operation each.
//!
//! An operation is named as "PACKAGE PATH", the path as the crate's documentation
//! has it, or "PACKAGE PATH [WITH]" where it matters with what. What a method is
//! called on was made inside a Tokio runtime of its own that keeps running, where
//! it needs one to be made.

use std::future::{Future, pending};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::{ChildStdin, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::{AsyncReadExt as _, FutureExt, SinkExt, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::{Awaited, Outcome};

pub struct Operation {
    name: &'static str,
    pub run: Run,
}

pub enum Run {
    /// A function that does it all.
    Call(fn() -> Outcome),
    /// A function that gives something to await.
    Await(fn() -> Awaited),
}

/// Finds an operation by its name.
pub fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|o| o.name == name)
}

/// Lists each as "operation call|await NAME".
pub fn list() {
    for o in OPERATIONS {
        let kind = match o.run {
            Run::Call(_) => "call",
            Run::Await(_) => "await",
        };
        println!("operation {kind} {}", o.name);
    }
}

/// Makes the table from lines such as
///
///     call  "tokio task::block_in_place" => tokio::task::block_in_place(|| 7);
///     await "tokio time::sleep" => tokio::time::sleep(MS);
///
/// The expression of an await is what gives the future, so that a panic in it is
/// one at the call.
macro_rules! operations {
    ($($kind:tt $name:literal => $body:expr;)*) => {
        &[$(Operation { name: $name, run: operations!(@ $kind $body) }),*]
    };
    (@ call $body:expr) => {
        Run::Call(|| (&Given($body)).outcome())
    };
    (@ await $body:expr) => {
        Run::Await(|| {
            let awaited = $body;
            Box::pin(async move { (&Given(awaited.await)).outcome() })
        })
    };
}

/// What an operation gave. Of a Result the error counts, of all else nothing: the
/// first trait is found before the second, which asks for one reference more.
struct Given<T>(T);

trait GivenResult {
    fn outcome(&self) -> Outcome;
}

impl<T, E: std::fmt::Debug> GivenResult for Given<Result<T, E>> {
    fn outcome(&self) -> Outcome {
        self.0.as_ref().map(|_| ()).map_err(|e| format!("{e:?}"))
    }
}

trait GivenAny {
    fn outcome(&self) -> Outcome;
}

impl<T> GivenAny for &Given<T> {
    fn outcome(&self) -> Outcome {
        Ok(())
    }
}

const MS: Duration = Duration::from_millis(10);

fn soon() -> Instant {
    Instant::now() + MS
}

/// The runtime that values are made in. It has a worker of its own and never ends.
static HOME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

/// Makes a value inside the runtime.
fn at_home<T>(make: impl FnOnce() -> T) -> T {
    let _guard = HOME.enter();
    make()
}

/// Makes a value by a future that the runtime runs, wherever this is called.
fn by_home<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (send, receive) = std::sync::mpsc::channel();
    HOME.spawn(async move { send.send(future.await) });
    receive.recv().unwrap()
}

/// Lives as long as the process, so that a future may borrow it.
fn lasting<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}

/// Polls once: for what waits for something that never comes.
async fn once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Is well when the time runs out.
async fn expires<T, E>(timeout: impl Future<Output = Result<T, E>>) {
    assert!(timeout.await.is_err());
}

/// A server that takes connections, says hello and closes.
fn server() -> std::net::SocketAddr {
    use std::io::Write;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|mut s| s.write_all(b"hello"));
        }
    });
    address
}

/// The address of a server that answers one request of each connection.
fn http_server() -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello");
        }
    });
    format!("http://{address}/")
}

fn std_stream() -> std::net::TcpStream {
    let stream = std::net::TcpStream::connect(server()).unwrap();
    stream.set_nonblocking(true).unwrap();
    stream
}

fn stream() -> &'static mut tokio::net::TcpStream {
    lasting(at_home(|| tokio::net::TcpStream::from_std(std_stream()).unwrap()))
}

fn std_listener() -> std::net::TcpListener {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

/// A listener to which someone connects.
fn listener() -> &'static tokio::net::TcpListener {
    let listener = std_listener();
    let address = listener.local_addr().unwrap();
    lasting(std::net::TcpStream::connect(address).unwrap());
    lasting(at_home(|| tokio::net::TcpListener::from_std(listener).unwrap()))
}

fn std_udp() -> std::net::UdpSocket {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

/// A socket that is connected to itself and has something to read.
fn udp() -> &'static tokio::net::UdpSocket {
    let socket = std_udp();
    socket.connect(socket.local_addr().unwrap()).unwrap();
    socket.send(b"hello").unwrap();
    lasting(at_home(|| tokio::net::UdpSocket::from_std(socket).unwrap()))
}

/// A path of its own that nothing stands at. The process has a directory for
/// temporary files to itself.
fn path() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    std::env::temp_dir().join(NEXT.fetch_add(1, Ordering::Relaxed).to_string())
}

fn file() -> PathBuf {
    let path = path();
    std::fs::write(&path, "hello").unwrap();
    path
}

fn directory() -> PathBuf {
    let path = path();
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("file"), "hello").unwrap();
    path
}

fn open() -> &'static mut tokio::fs::File {
    let file = std::fs::File::options().read(true).write(true).open(file()).unwrap();
    lasting(tokio::fs::File::from_std(file))
}

fn link() -> PathBuf {
    let path = path();
    std::os::unix::fs::symlink(file(), &path).unwrap();
    path
}

fn unix_listener_std() -> UnixListener {
    let listener = UnixListener::bind(path()).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

/// The path of a listener that takes a connection.
fn unix_server() -> PathBuf {
    let path = path();
    lasting(UnixListener::bind(&path).unwrap());
    path
}

fn unix_listener() -> &'static tokio::net::UnixListener {
    let listener = unix_listener_std();
    let address = listener.local_addr().unwrap();
    lasting(UnixStream::connect(address.as_pathname().unwrap()).unwrap());
    lasting(at_home(|| tokio::net::UnixListener::from_std(listener).unwrap()))
}

fn unix_pair() -> UnixStream {
    let (a, b) = UnixStream::pair().unwrap();
    a.set_nonblocking(true).unwrap();
    std::io::Write::write_all(&mut &b, b"hello").unwrap();
    lasting(b);
    a
}

fn unix_stream() -> &'static mut tokio::net::UnixStream {
    lasting(at_home(|| tokio::net::UnixStream::from_std(unix_pair()).unwrap()))
}

fn unix_datagram_std() -> UnixDatagram {
    let (a, b) = UnixDatagram::pair().unwrap();
    a.set_nonblocking(true).unwrap();
    b.send(b"hello").unwrap();
    lasting(b);
    a
}

fn unix_datagram() -> &'static tokio::net::UnixDatagram {
    lasting(at_home(|| tokio::net::UnixDatagram::from_std(unix_datagram_std()).unwrap()))
}

fn fifo_ends() -> (OwnedFd, OwnedFd) {
    let (reader, writer) = std::io::pipe().unwrap();
    (reader.into(), writer.into())
}

fn async_fd() -> &'static mut tokio::io::unix::AsyncFd<UnixStream> {
    lasting(at_home(|| unsafe { tokio::io::unix::AsyncFd::register(unix_pair()).unwrap() }))
}

fn command() -> tokio::process::Command {
    tokio::process::Command::new("true")
}

fn child() -> tokio::process::Child {
    by_home(async { command().spawn().unwrap() })
}

fn std_child() -> std::process::Child {
    let mut command = std::process::Command::new("true");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn child_stdin() -> ChildStdin {
    std_child().stdin.unwrap()
}

fn interrupt() -> tokio::signal::unix::SignalKind {
    tokio::signal::unix::SignalKind::user_defined1()
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn local_runtime() -> tokio::runtime::LocalRuntime {
    Builder::new_current_thread().enable_all().build_local(Default::default()).unwrap()
}

fn full_channel() -> (tokio::sync::mpsc::Sender<i32>, tokio::sync::mpsc::Receiver<i32>) {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    sender.try_send(7).unwrap();
    (sender, receiver)
}

async fn tokio_sleep() {
    tokio::time::sleep(MS).await
}

async fn tokio_spawn() {
    tokio::spawn(async {}).await.unwrap()
}

async fn smol_timer() {
    smol::Timer::after(MS).await;
}

#[allow(deprecated)] // Code that is checked may use what is.
const OPERATIONS: &[Operation] = operations! {
    // Tokio: time.
    await "tokio time::sleep" => tokio::time::sleep(MS);
    await "tokio time::sleep_until" => tokio::time::sleep_until(soon().into());
    await "tokio time::timeout" => expires(tokio::time::timeout(MS, pending::<()>()));
    await "tokio time::timeout_at" => expires(tokio::time::timeout_at(soon().into(), pending::<()>()));
    await "tokio time::interval" => {
        let mut interval = tokio::time::interval(MS);
        async move {
            interval.tick().await;
            interval.tick().await
        }
    };
    await "tokio time::interval_at" => {
        let mut interval = tokio::time::interval_at(soon().into(), MS);
        async move { interval.tick().await }
    };
    await "tokio time::Interval::tick" => {
        let interval = lasting(at_home(|| tokio::time::interval_at(soon().into(), MS)));
        interval.tick()
    };
    call "tokio time::Interval::reset" => at_home(|| tokio::time::interval(MS)).reset();
    call "tokio time::Sleep::reset" => Box::pin(at_home(|| tokio::time::sleep(MS))).as_mut().reset(soon().into());
    call "tokio time::Instant::now" => tokio::time::Instant::now();

    // Tokio: net.
    await "tokio net::lookup_host" => tokio::net::lookup_host("localhost:1");
    await "tokio net::lookup_host [an address]" => tokio::net::lookup_host("127.0.0.1:1");
    await "tokio net::TcpStream::connect" => tokio::net::TcpStream::connect(server());
    call "tokio net::TcpStream::from_std" => tokio::net::TcpStream::from_std(std_stream());
    await "tokio net::TcpStream::readable" => stream().readable();
    await "tokio net::TcpStream::writable" => stream().writable();
    await "tokio net::TcpStream::ready" => stream().ready(tokio::io::Interest::WRITABLE);
    await "tokio net::TcpStream::peek" => stream().peek(lasting([0; 1]));
    call "tokio net::TcpStream::into_split" => at_home(|| tokio::net::TcpStream::from_std(std_stream()).unwrap()).into_split();
    call "tokio net::TcpStream::into_std" => at_home(|| tokio::net::TcpStream::from_std(std_stream()).unwrap()).into_std();
    await "tokio net::TcpListener::bind" => tokio::net::TcpListener::bind("127.0.0.1:0");
    call "tokio net::TcpListener::from_std" => tokio::net::TcpListener::from_std(std_listener());
    await "tokio net::TcpListener::accept" => listener().accept();
    call "tokio net::TcpSocket::new_v4" => tokio::net::TcpSocket::new_v4();
    call "tokio net::TcpSocket::new_v6" => tokio::net::TcpSocket::new_v6();
    call "tokio net::TcpSocket::bind" => tokio::net::TcpSocket::new_v4().unwrap().bind("127.0.0.1:0".parse().unwrap());
    await "tokio net::TcpSocket::connect" => tokio::net::TcpSocket::new_v4().unwrap().connect(server());
    call "tokio net::TcpSocket::listen" => {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket.listen(1)
    };
    await "tokio net::UdpSocket::bind" => tokio::net::UdpSocket::bind("127.0.0.1:0");
    call "tokio net::UdpSocket::from_std" => tokio::net::UdpSocket::from_std(std_udp());
    await "tokio net::UdpSocket::connect" => udp().connect("127.0.0.1:1");
    await "tokio net::UdpSocket::readable" => udp().readable();
    await "tokio net::UdpSocket::writable" => udp().writable();
    await "tokio net::UdpSocket::recv" => udp().recv(lasting([0; 9]));
    await "tokio net::UdpSocket::recv_from" => udp().recv_from(lasting([0; 9]));
    await "tokio net::UdpSocket::send" => udp().send(b"hello");
    await "tokio net::UdpSocket::send_to" => {
        let socket = lasting(at_home(|| tokio::net::UdpSocket::from_std(std_udp()).unwrap()));
        socket.send_to(b"hello", "127.0.0.1:1")
    };
    await "tokio net::UnixStream::connect" => tokio::net::UnixStream::connect(unix_server());
    await "tokio net::UnixStream::connect_addr" => {
        let address = std::os::unix::net::SocketAddr::from_pathname(unix_server()).unwrap();
        tokio::net::UnixStream::connect_addr(lasting(address.into()))
    };
    call "tokio net::UnixStream::pair" => tokio::net::UnixStream::pair();
    call "tokio net::UnixStream::from_std" => tokio::net::UnixStream::from_std(unix_pair());
    await "tokio net::UnixStream::readable" => unix_stream().readable();
    await "tokio net::UnixStream::writable" => unix_stream().writable();
    call "tokio net::UnixListener::bind" => tokio::net::UnixListener::bind(path());
    call "tokio net::UnixListener::bind_addr" => {
        let address = std::os::unix::net::SocketAddr::from_pathname(path()).unwrap();
        tokio::net::UnixListener::bind_addr(&address.into())
    };
    call "tokio net::UnixListener::from_std" => tokio::net::UnixListener::from_std(unix_listener_std());
    await "tokio net::UnixListener::accept" => unix_listener().accept();
    call "tokio net::UnixDatagram::bind" => tokio::net::UnixDatagram::bind(path());
    call "tokio net::UnixDatagram::unbound" => tokio::net::UnixDatagram::unbound();
    call "tokio net::UnixDatagram::pair" => tokio::net::UnixDatagram::pair();
    call "tokio net::UnixDatagram::from_std" => tokio::net::UnixDatagram::from_std(unix_datagram_std());
    await "tokio net::UnixDatagram::readable" => unix_datagram().readable();
    await "tokio net::UnixDatagram::recv" => unix_datagram().recv(lasting([0; 9]));
    await "tokio net::UnixDatagram::send" => unix_datagram().send(b"hello");
    call "tokio net::UnixSocket::new_stream" => tokio::net::UnixSocket::new_stream();
    call "tokio net::UnixSocket::new_datagram" => tokio::net::UnixSocket::new_datagram();
    call "tokio net::UnixSocket::bind" => tokio::net::UnixSocket::new_stream().unwrap().bind(path());
    await "tokio net::UnixSocket::connect" => tokio::net::UnixSocket::new_stream().unwrap().connect(unix_server());
    call "tokio net::UnixSocket::listen" => {
        let socket = tokio::net::UnixSocket::new_stream().unwrap();
        socket.bind(path()).unwrap();
        socket.listen(1)
    };
    call "tokio net::UnixSocket::datagram" => tokio::net::UnixSocket::new_datagram().unwrap().datagram();
    call "tokio net::unix::pipe::pipe" => tokio::net::unix::pipe::pipe();
    call "tokio net::unix::pipe::OpenOptions::open_receiver" => {
        tokio::net::unix::pipe::OpenOptions::new().unchecked(true).open_receiver("/dev/ptmx")
    };
    call "tokio net::unix::pipe::OpenOptions::open_sender" => {
        tokio::net::unix::pipe::OpenOptions::new().unchecked(true).open_sender("/dev/ptmx")
    };
    call "tokio net::unix::pipe::Receiver::from_file" => {
        tokio::net::unix::pipe::Receiver::from_file(std::fs::File::from(fifo_ends().0))
    };
    call "tokio net::unix::pipe::Receiver::from_file_unchecked" => {
        tokio::net::unix::pipe::Receiver::from_file_unchecked(std::fs::File::from(fifo_ends().0))
    };
    call "tokio net::unix::pipe::Receiver::from_owned_fd" => {
        tokio::net::unix::pipe::Receiver::from_owned_fd(fifo_ends().0)
    };
    call "tokio net::unix::pipe::Receiver::from_owned_fd_unchecked" => {
        tokio::net::unix::pipe::Receiver::from_owned_fd_unchecked(fifo_ends().0)
    };
    call "tokio net::unix::pipe::Sender::from_file" => {
        tokio::net::unix::pipe::Sender::from_file(std::fs::File::from(fifo_ends().1))
    };
    call "tokio net::unix::pipe::Sender::from_file_unchecked" => {
        tokio::net::unix::pipe::Sender::from_file_unchecked(std::fs::File::from(fifo_ends().1))
    };
    call "tokio net::unix::pipe::Sender::from_owned_fd" => tokio::net::unix::pipe::Sender::from_owned_fd(fifo_ends().1);
    call "tokio net::unix::pipe::Sender::from_owned_fd_unchecked" => {
        tokio::net::unix::pipe::Sender::from_owned_fd_unchecked(fifo_ends().1)
    };

    // Tokio: fs.
    await "tokio fs::canonicalize" => tokio::fs::canonicalize(file());
    await "tokio fs::copy" => tokio::fs::copy(file(), path());
    await "tokio fs::create_dir" => tokio::fs::create_dir(path());
    await "tokio fs::create_dir_all" => tokio::fs::create_dir_all(path());
    await "tokio fs::hard_link" => tokio::fs::hard_link(file(), path());
    await "tokio fs::metadata" => tokio::fs::metadata(file());
    await "tokio fs::read" => tokio::fs::read(file());
    await "tokio fs::read_dir" => tokio::fs::read_dir(directory());
    await "tokio fs::read_link" => tokio::fs::read_link(link());
    await "tokio fs::read_to_string" => tokio::fs::read_to_string(file());
    await "tokio fs::remove_dir" => {
        let path = path();
        std::fs::create_dir(&path).unwrap();
        tokio::fs::remove_dir(path)
    };
    await "tokio fs::remove_dir_all" => tokio::fs::remove_dir_all(directory());
    await "tokio fs::remove_file" => tokio::fs::remove_file(file());
    await "tokio fs::rename" => tokio::fs::rename(file(), path());
    await "tokio fs::set_permissions" => {
        let file = file();
        let permissions = std::fs::metadata(&file).unwrap().permissions();
        tokio::fs::set_permissions(file, permissions)
    };
    await "tokio fs::symlink" => tokio::fs::symlink(file(), path());
    await "tokio fs::symlink_metadata" => tokio::fs::symlink_metadata(link());
    await "tokio fs::try_exists" => tokio::fs::try_exists(file());
    await "tokio fs::write" => tokio::fs::write(path(), "hello");
    await "tokio fs::DirBuilder::create" => lasting(tokio::fs::DirBuilder::new()).create(path());
    await "tokio fs::OpenOptions::open" => lasting(tokio::fs::OpenOptions::new()).read(true).open(file());
    await "tokio fs::ReadDir::next_entry" => {
        let entries = by_home(async { tokio::fs::read_dir("/proc").await.unwrap() });
        lasting(entries).next_entry()
    };
    await "tokio fs::DirEntry::metadata" => {
        let entry = by_home(async { tokio::fs::read_dir(directory()).await.unwrap().next_entry().await.unwrap() });
        lasting(entry.unwrap()).metadata()
    };
    await "tokio fs::DirEntry::file_type" => {
        let entry = by_home(async { tokio::fs::read_dir("/proc").await.unwrap().next_entry().await.unwrap() });
        lasting(entry.unwrap()).file_type()
    };
    await "tokio fs::File::open" => tokio::fs::File::open(file());
    await "tokio fs::File::create" => tokio::fs::File::create(path());
    await "tokio fs::File::create_new" => tokio::fs::File::create_new(path());
    call "tokio fs::File::from_std" => tokio::fs::File::from_std(std::fs::File::open(file()).unwrap());
    await "tokio fs::File::into_std" => tokio::fs::File::from_std(std::fs::File::open(file()).unwrap()).into_std();
    await "tokio fs::File::metadata" => open().metadata();
    await "tokio fs::File::set_len" => open().set_len(1);
    await "tokio fs::File::set_modified" => open().set_modified(std::time::SystemTime::now());
    await "tokio fs::File::set_times" => open().set_times(Default::default());
    await "tokio fs::File::set_permissions" => {
        let permissions = std::fs::metadata(file()).unwrap().permissions();
        open().set_permissions(permissions)
    };
    await "tokio fs::File::sync_all" => open().sync_all();
    await "tokio fs::File::sync_data" => open().sync_data();
    await "tokio fs::File::try_clone" => open().try_clone();
    await "tokio io::AsyncReadExt::read [fs::File]" => open().read(lasting([0; 9]));
    await "tokio io::AsyncWriteExt::write_all [fs::File]" => open().write_all(b"hello");

    // Tokio: io.
    await "tokio io::stdin" => {
        let mut stdin = tokio::io::stdin();
        async move { stdin.read(&mut [0; 1]).await }
    };
    await "tokio io::stdout" => {
        let mut stdout = tokio::io::stdout();
        async move {
            stdout.write_all(b"x\n").await?;
            stdout.flush().await
        }
    };
    await "tokio io::stderr" => {
        let mut stderr = tokio::io::stderr();
        async move {
            stderr.write_all(b"x\n").await?;
            stderr.flush().await
        }
    };
    await "tokio io::AsyncReadExt::read [io::Stdin]" => lasting(tokio::io::stdin()).read(lasting([0; 1]));
    await "tokio io::AsyncWriteExt::write_all [io::Stdout]" => lasting(tokio::io::stdout()).write_all(b"x\n");
    await "tokio io::AsyncWriteExt::write_all [io::Stderr]" => lasting(tokio::io::stderr()).write_all(b"x\n");
    await "tokio io::AsyncReadExt::read [net::TcpStream]" => stream().read(lasting([0; 9]));
    await "tokio io::AsyncWriteExt::write_all [net::TcpStream]" => stream().write_all(b"hello");
    await "tokio io::duplex" => {
        let (mut a, mut b) = tokio::io::duplex(64);
        async move {
            a.write_all(b"hello").await?;
            b.read_exact(&mut [0; 5]).await
        }
    };
    await "tokio io::copy" => tokio::io::copy(lasting(&b"hello"[..]), lasting(Vec::new()));
    call "tokio io::unix::AsyncFd::new" => tokio::io::unix::AsyncFd::new(unix_pair());
    call "tokio io::unix::AsyncFd::try_new" => tokio::io::unix::AsyncFd::try_new(unix_pair());
    call "tokio io::unix::AsyncFd::register" => unsafe { tokio::io::unix::AsyncFd::register(unix_pair()) };
    call "tokio io::unix::AsyncFd::with_interest" => {
        tokio::io::unix::AsyncFd::with_interest(unix_pair(), tokio::io::Interest::READABLE)
    };
    call "tokio io::unix::AsyncFd::try_with_interest" => {
        tokio::io::unix::AsyncFd::try_with_interest(unix_pair(), tokio::io::Interest::READABLE)
    };
    call "tokio io::unix::AsyncFd::register_with_interest" => unsafe {
        tokio::io::unix::AsyncFd::register_with_interest(unix_pair(), tokio::io::Interest::READABLE)
    };
    await "tokio io::unix::AsyncFd::readable" => async_fd().readable();
    await "tokio io::unix::AsyncFd::writable" => async_fd().writable();

    // Tokio: process and signal.
    call "tokio process::Command::spawn" => command().spawn();
    await "tokio process::Command::status" => command().status();
    await "tokio process::Command::output" => command().output();
    await "tokio process::Child::wait" => lasting(child()).wait();
    await "tokio process::Child::kill" => lasting(child()).kill();
    await "tokio process::Child::wait_with_output" => child().wait_with_output();
    call "tokio process::Child::try_wait" => child().try_wait();
    call "tokio process::ChildStdin::from_std" => tokio::process::ChildStdin::from_std(child_stdin());
    call "tokio process::ChildStdout::from_std" => tokio::process::ChildStdout::from_std(std_child().stdout.unwrap());
    call "tokio process::ChildStderr::from_std" => tokio::process::ChildStderr::from_std(std_child().stderr.unwrap());
    await "tokio signal::ctrl_c" => once(tokio::signal::ctrl_c());
    call "tokio signal::unix::signal" => tokio::signal::unix::signal(interrupt());
    await "tokio signal::unix::Signal::recv" => {
        let signal = lasting(at_home(|| tokio::signal::unix::signal(interrupt()).unwrap()));
        once(signal.recv())
    };

    // Tokio: tasks.
    await "tokio spawn" => tokio::spawn(async {});
    await "tokio task::spawn_blocking" => tokio::task::spawn_blocking(|| {});
    await "tokio task::spawn_blocking [Handle::current().block_on(f)]" => {
        tokio::task::spawn_blocking(|| Handle::current().block_on(tokio_sleep()))
    };
    await "tokio task::spawn_local" => tokio::task::spawn_local(async {});
    call "tokio task::block_in_place" => tokio::task::block_in_place(|| {});
    call "tokio task::block_in_place [Handle::current().block_on(f)]" => {
        tokio::task::block_in_place(|| Handle::current().block_on(tokio_sleep()))
    };
    await "tokio task::yield_now" => tokio::task::yield_now();
    await "tokio task::consume_budget" => tokio::task::consume_budget();
    await "tokio task::unconstrained" => tokio::task::unconstrained(async {});
    call "tokio task::id" => tokio::task::id();
    await "tokio task::JoinHandle" => HOME.spawn(tokio_sleep());
    await "tokio task::JoinSet::spawn" => {
        let mut set = tokio::task::JoinSet::new();
        set.spawn(async {});
        async move { set.join_next().await.unwrap() }
    };
    await "tokio task::JoinSet::spawn_on" => {
        let mut set = tokio::task::JoinSet::new();
        set.spawn_on(async {}, HOME.handle());
        async move { set.join_next().await.unwrap() }
    };
    await "tokio task::JoinSet::spawn_blocking" => {
        let mut set = tokio::task::JoinSet::new();
        set.spawn_blocking(|| {});
        async move { set.join_next().await.unwrap() }
    };
    await "tokio task::JoinSet::spawn_local" => {
        let mut set = tokio::task::JoinSet::new();
        set.spawn_local(async {});
        async move { set.join_next().await.unwrap() }
    };
    await "tokio task::LocalSet::run_until" => {
        let set = lasting(tokio::task::LocalSet::new());
        set.run_until(async { tokio::task::spawn_local(async {}).await })
    };
    await "tokio task::LocalSet::spawn_local" => {
        let set = tokio::task::LocalSet::new();
        set.spawn_local(async {});
        set
    };
    call "tokio task::LocalSet::block_on" => tokio::task::LocalSet::new().block_on(&HOME, async {});
    call "tokio task::LocalSet::enter" => drop(tokio::task::LocalSet::new().enter());

    // Tokio: runtimes.
    call "tokio runtime::Handle::current" => Handle::current();
    call "tokio runtime::Handle::try_current" => Handle::try_current();
    call "tokio runtime::Handle::block_on" => HOME.handle().block_on(async {});
    call "tokio runtime::Handle::block_on [of Handle::current()]" => Handle::current().block_on(tokio_sleep());
    await "tokio runtime::Handle::spawn" => HOME.handle().spawn(tokio_sleep());
    await "tokio runtime::Handle::spawn_blocking" => HOME.handle().spawn_blocking(|| {});
    await "tokio runtime::Handle::enter" => {
        let _guard = HOME.handle().enter();
        tokio::time::sleep(MS)
    };
    call "tokio runtime::Runtime::new" => std::mem::forget(Runtime::new());
    call "tokio runtime::Runtime::new [dropped]" => drop(Runtime::new());
    call "tokio runtime::Runtime::block_on" => HOME.block_on(async {});
    await "tokio runtime::Runtime::spawn" => HOME.spawn(tokio_sleep());
    await "tokio runtime::Runtime::spawn_blocking" => HOME.spawn_blocking(|| {});
    await "tokio runtime::Runtime::enter" => {
        let _guard = HOME.enter();
        tokio::time::sleep(MS)
    };
    call "tokio runtime::Runtime::shutdown_background" => runtime().shutdown_background();
    call "tokio runtime::Runtime::shutdown_timeout" => runtime().shutdown_timeout(MS);
    call "tokio runtime::Builder::build" => std::mem::forget(Builder::new_current_thread().enable_all().build());
    call "tokio runtime::Builder::build [dropped]" => drop(Builder::new_current_thread().enable_all().build());
    call "tokio runtime::Builder::build_local" => std::mem::forget(local_runtime());
    call "tokio runtime::Builder::build_local [dropped]" => drop(local_runtime());
    call "tokio runtime::Builder::worker_threads [0]" => {
        Builder::new_multi_thread().worker_threads(0);
    };
    call "tokio runtime::LocalRuntime::new" => std::mem::forget(tokio::runtime::LocalRuntime::new());
    call "tokio runtime::LocalRuntime::block_on" => lasting(local_runtime()).block_on(async {});
    call "tokio runtime::LocalRuntime::spawn_local" => drop(lasting(local_runtime()).spawn_local(async {}));

    // Tokio: sync and macros.
    await "tokio sync::Mutex::lock" => lasting(tokio::sync::Mutex::new(7)).lock();
    call "tokio sync::Mutex::blocking_lock" => drop(tokio::sync::Mutex::new(7).blocking_lock());
    call "tokio sync::Mutex::blocking_lock_owned" => drop(Arc::new(tokio::sync::Mutex::new(7)).blocking_lock_owned());
    await "tokio sync::RwLock::read" => lasting(tokio::sync::RwLock::new(7)).read();
    await "tokio sync::RwLock::write" => lasting(tokio::sync::RwLock::new(7)).write();
    call "tokio sync::RwLock::blocking_read" => drop(tokio::sync::RwLock::new(7).blocking_read());
    call "tokio sync::RwLock::blocking_write" => drop(tokio::sync::RwLock::new(7).blocking_write());
    await "tokio sync::mpsc::Sender::send" => {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
        async move {
            sender.send(7).await.unwrap();
            receiver.recv().await
        }
    };
    await "tokio sync::mpsc::Sender::send_timeout" => {
        let (sender, _receiver) = lasting(tokio::sync::mpsc::channel(1));
        sender.send_timeout(7, MS)
    };
    call "tokio sync::mpsc::Sender::blocking_send" => {
        let (sender, _receiver) = tokio::sync::mpsc::channel(1);
        sender.blocking_send(7)
    };
    await "tokio sync::mpsc::Receiver::recv" => lasting(full_channel()).1.recv();
    call "tokio sync::mpsc::Receiver::blocking_recv" => full_channel().1.blocking_recv();
    call "tokio sync::mpsc::Receiver::blocking_recv_many" => full_channel().1.blocking_recv_many(&mut Vec::new(), 1);
    call "tokio sync::mpsc::UnboundedReceiver::blocking_recv" => {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        sender.send(7).unwrap();
        receiver.blocking_recv()
    };
    call "tokio sync::mpsc::UnboundedReceiver::blocking_recv_many" => {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        sender.send(7).unwrap();
        receiver.blocking_recv_many(&mut Vec::new(), 1)
    };
    await "tokio sync::oneshot::channel" => {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        sender.send(7).unwrap();
        receiver
    };
    call "tokio sync::oneshot::Receiver::blocking_recv" => {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        sender.send(7).unwrap();
        receiver.blocking_recv()
    };
    call "tokio sync::broadcast::Receiver::blocking_recv" => {
        let (sender, mut receiver) = tokio::sync::broadcast::channel(1);
        sender.send(7).unwrap();
        receiver.blocking_recv()
    };
    await "tokio sync::watch::Receiver::changed" => {
        let (sender, receiver) = lasting(tokio::sync::watch::channel(7));
        sender.send(8).unwrap();
        receiver.changed()
    };
    await "tokio sync::Semaphore::acquire" => lasting(tokio::sync::Semaphore::new(1)).acquire();
    call "tokio sync::Semaphore::blocking_acquire" => drop(tokio::sync::Semaphore::new(1).blocking_acquire());
    call "tokio sync::Semaphore::blocking_acquire_many" => drop(tokio::sync::Semaphore::new(1).blocking_acquire_many(1));
    call "tokio sync::Semaphore::blocking_acquire_owned" => {
        drop(Arc::new(tokio::sync::Semaphore::new(1)).blocking_acquire_owned())
    };
    call "tokio sync::Semaphore::blocking_acquire_many_owned" => {
        drop(Arc::new(tokio::sync::Semaphore::new(1)).blocking_acquire_many_owned(1))
    };
    await "tokio sync::Notify::notified" => {
        let notify = lasting(tokio::sync::Notify::new());
        notify.notify_one();
        notify.notified()
    };
    await "tokio sync::Barrier::wait" => lasting(tokio::sync::Barrier::new(1)).wait();
    await "tokio sync::OnceCell::get_or_init" => lasting(tokio::sync::OnceCell::new()).get_or_init(async || 7);
    await "tokio select" => async {
        tokio::select! { _ = async {} => {}, _ = pending::<()>() => {} }
    };
    await "tokio join" => async { tokio::join!(async {}, async {}) };
    await "tokio try_join" => async { tokio::try_join!(async { Ok::<_, ()>(()) }, async { Ok(()) }) };

    // What is built on Tokio.
    await "tokio-util time::DelayQueue::insert" => {
        let mut queue = tokio_util::time::DelayQueue::new();
        queue.insert(7, MS);
        async move { queue.next().await.unwrap() }
    };
    await "tokio-util time::FutureExt::timeout" => expires(tokio_util::time::FutureExt::timeout(pending::<()>(), MS));
    await "tokio-util task::TaskTracker::spawn" => tokio_util::task::TaskTracker::new().spawn(async {});
    await "tokio-util task::TaskTracker::spawn_blocking" => tokio_util::task::TaskTracker::new().spawn_blocking(|| {});
    await "tokio-util task::JoinMap::spawn" => {
        let mut map = tokio_util::task::JoinMap::new();
        map.spawn(7, async {});
        async move { map.join_next().await.unwrap().1 }
    };
    await "tokio-util task::LocalPoolHandle::spawn_pinned" => {
        lasting(tokio_util::task::LocalPoolHandle::new(1)).spawn_pinned(async || {})
    };
    await "tokio-util context::TokioContext::new" => {
        tokio_util::context::TokioContext::new(tokio_sleep(), HOME.handle().clone())
    };
    call "tokio-util io::SyncIoBridge::new" => drop(tokio_util::io::SyncIoBridge::new(tokio::io::empty()));
    call "tokio-util io::SyncIoBridge::new_with_handle [read]" => {
        let mut bridge = tokio_util::io::SyncIoBridge::new_with_handle(tokio::io::empty(), HOME.handle().clone());
        std::io::Read::read(&mut bridge, &mut [0; 1])
    };
    await "tokio-stream StreamExt::timeout" => {
        let stream = tokio_stream::StreamExt::timeout(futures::stream::pending::<i32>(), MS);
        expires(async move { std::pin::pin!(stream).next().await.unwrap() })
    };
    await "tokio-stream StreamExt::throttle" => {
        let stream = tokio_stream::StreamExt::throttle(futures::stream::iter([7, 8]), MS);
        async move {
            let mut stream = std::pin::pin!(stream);
            stream.next().await;
            stream.next().await
        }
    };
    await "tokio-stream StreamExt::chunks_timeout" => {
        let stream = futures::stream::iter([7]).chain(futures::stream::pending());
        let stream = tokio_stream::StreamExt::chunks_timeout(stream, 2, MS);
        async move { std::pin::pin!(stream).next().await }
    };
    call "hyper-util rt::TokioExecutor::new [execute]" => {
        hyper::rt::Executor::execute(&hyper_util::rt::TokioExecutor::new(), async {})
    };
    await "hyper-util rt::TokioTimer::new [sleep]" => hyper::rt::Timer::sleep(&hyper_util::rt::TokioTimer::new(), MS);
    await "hyper-util client::legacy::Client::get" => {
        use hyper_util::client::legacy::Client;
        let client = Client::builder(hyper_util::rt::TokioExecutor::new()).build_http::<http_body_util::Empty<&[u8]>>();
        client.get(http_server().parse().unwrap())
    };
    call "reqwest Client::new" => reqwest::Client::new();
    await "reqwest get" => reqwest::get(http_server());
    call "reqwest blocking::Client::new" => std::mem::forget(reqwest::blocking::Client::new());
    call "reqwest blocking::get" => reqwest::blocking::get(http_server());
    await "actix-rt spawn" => actix_rt::spawn(async {});
    call "actix-rt System::new" => std::mem::forget(actix_rt::System::new());
    call "actix-rt System::current" => actix_rt::System::current();
    call "actix-rt SystemRunner::block_on" => {
        let runner = lasting(actix_rt::System::new());
        runner.block_on(async {})
    };
    call "actix-rt Arbiter::new" => actix_rt::Arbiter::new();
    call "actix-rt Arbiter::current" => actix_rt::Arbiter::current();
    await "actix-rt time::sleep" => actix_rt::time::sleep(MS);
    await "actix-rt task::spawn_blocking" => actix_rt::task::spawn_blocking(|| {});

    // A bridge to Tokio.
    await "async-compat Compat::new [tokio::time::sleep(d)]" => async_compat::Compat::new(tokio::time::sleep(MS));
    await "async-compat Compat::new [async { tokio::time::sleep(d).await }]" => async_compat::Compat::new(tokio_sleep());
    await "async-compat Compat::new [async { tokio::spawn(f).await }]" => async_compat::Compat::new(tokio_spawn());
    await "async-compat Compat::new [tokio::net::TcpStream::connect(a)]" => {
        async_compat::Compat::new(tokio::net::TcpStream::connect(server()))
    };
    await "async-compat Compat::new [tokio::fs::read(p)]" => async_compat::Compat::new(tokio::fs::read(file()));
    await "async-compat CompatExt::compat [tokio::time::sleep(d)]" => {
        async_compat::CompatExt::compat(tokio::time::sleep(MS))
    };
    await "async-compat CompatExt::compat [async { tokio::time::sleep(d).await }]" => {
        async_compat::CompatExt::compat(tokio_sleep())
    };

    // The smol family.
    await "async-io Timer::after" => async_io::Timer::after(MS);
    await "async-io Timer::interval" => {
        let mut timer = async_io::Timer::interval(MS);
        async move { timer.next().await }
    };
    await "async-io Async::connect" => async_io::Async::<std::net::TcpStream>::connect(server());
    call "async-io Async::new" => async_io::Async::new(std_stream());
    call "async-io block_on" => async_io::block_on(async {});
    call "async-io block_on [async_io::Timer]" => async_io::block_on(smol_timer());
    call "async-io block_on [tokio::time::sleep]" => async_io::block_on(tokio_sleep());
    call "async-io block_on [tokio::spawn]" => async_io::block_on(tokio_spawn());
    await "async-net TcpStream::connect" => async_net::TcpStream::connect(server());
    await "async-net TcpListener::bind" => async_net::TcpListener::bind("127.0.0.1:0");
    await "async-net UdpSocket::bind" => async_net::UdpSocket::bind("127.0.0.1:0");
    await "async-net resolve" => async_net::resolve("localhost:1");
    await "async-fs read" => async_fs::read(file());
    await "async-fs File::open" => async_fs::File::open(file());
    await "async-process Command::status" => async_process::Command::new("true").status();
    await "async-process Command::output" => async_process::Command::new("true").output();
    await "blocking unblock" => blocking::unblock(|| {});
    await "async-global-executor spawn" => async_global_executor::spawn(async {});
    call "async-global-executor block_on" => async_global_executor::block_on(async {});
    await "smol Timer::after" => smol::Timer::after(MS);
    await "smol Timer::interval" => {
        let mut timer = smol::Timer::interval(MS);
        async move { timer.next().await }
    };
    await "smol net::TcpStream::connect" => smol::net::TcpStream::connect(server());
    await "smol net::TcpListener::bind" => smol::net::TcpListener::bind("127.0.0.1:0");
    await "smol net::UdpSocket::bind" => smol::net::UdpSocket::bind("127.0.0.1:0");
    await "smol net::resolve" => smol::net::resolve("localhost:1");
    await "smol fs::read" => smol::fs::read(file());
    await "smol fs::write" => smol::fs::write(path(), "hello");
    await "smol fs::File::open" => smol::fs::File::open(file());
    await "smol process::Command::status" => smol::process::Command::new("true").status();
    await "smol process::Command::output" => smol::process::Command::new("true").output();
    await "smol spawn" => smol::spawn(async {});
    await "smol unblock" => smol::unblock(|| {});
    await "smol Unblock::new [read]" => {
        let mut file = smol::Unblock::new(std::fs::File::open(file()).unwrap());
        async move { file.read(&mut [0; 9]).await }
    };
    await "smol Executor::run" => {
        let executor = lasting(smol::Executor::new());
        executor.run(executor.spawn(async {}))
    };
    await "smol LocalExecutor::run" => {
        let executor = lasting(smol::LocalExecutor::new());
        executor.run(executor.spawn(async {}))
    };
    await "smol channel::bounded" => {
        let (sender, receiver) = smol::channel::bounded(1);
        async move {
            sender.send(7).await.unwrap();
            receiver.recv().await
        }
    };
    await "smol lock::Mutex::lock" => lasting(smol::lock::Mutex::new(7)).lock();
    call "smol block_on" => smol::block_on(async {});
    call "smol block_on [smol::Timer]" => smol::block_on(smol_timer());
    call "smol block_on [smol::spawn]" => smol::block_on(smol::spawn(async {}));
    call "smol block_on [tokio::time::sleep]" => smol::block_on(tokio_sleep());
    call "smol block_on [tokio::spawn]" => smol::block_on(tokio_spawn());
    await "async-std task::sleep" => async_std::task::sleep(MS);
    await "async-std task::spawn" => async_std::task::spawn(async {});
    await "async-std task::spawn_local" => async_std::task::spawn_local(async {});
    await "async-std task::spawn_blocking" => async_std::task::spawn_blocking(|| {});
    await "async-std task::yield_now" => async_std::task::yield_now();
    await "async-std net::TcpStream::connect" => async_std::net::TcpStream::connect(server());
    await "async-std net::TcpListener::bind" => async_std::net::TcpListener::bind("127.0.0.1:0");
    await "async-std net::UdpSocket::bind" => async_std::net::UdpSocket::bind("127.0.0.1:0");
    await "async-std fs::read" => async_std::fs::read(file());
    await "async-std fs::File::open" => async_std::fs::File::open(file());
    await "async-std io::stdout" => {
        let mut stdout = async_std::io::stdout();
        async move { futures::AsyncWriteExt::flush(&mut stdout).await }
    };
    await "async-std io::timeout" => expires(async_std::io::timeout::<_, ()>(MS, pending()));
    await "async-std future::timeout" => expires(async_std::future::timeout(MS, pending::<()>()));
    await "async-std stream::interval" => {
        let mut interval = async_std::stream::interval(MS);
        async move { interval.next().await }
    };
    await "async-std process::Command::status" => async_std::process::Command::new("true").status();
    await "async-std channel::bounded" => {
        let (sender, receiver) = async_std::channel::bounded(1);
        async move {
            sender.send(7).await.unwrap();
            receiver.recv().await
        }
    };
    await "async-std sync::Mutex::lock" => lasting(async_std::sync::Mutex::new(7)).lock();
    call "async-std task::block_on" => async_std::task::block_on(async {});
    call "async-std task::block_on [async_std::task::sleep]" => async_std::task::block_on(async_std::task::sleep(MS));
    call "async-std task::block_on [tokio::time::sleep]" => async_std::task::block_on(tokio_sleep());
    call "async-std task::block_on [tokio::spawn]" => async_std::task::block_on(tokio_spawn());

    // What runs anywhere.
    await "futures channel::mpsc::channel" => {
        let (mut sender, mut receiver) = futures::channel::mpsc::channel(1);
        async move {
            sender.send(7).await.unwrap();
            receiver.next().await
        }
    };
    await "futures lock::Mutex::lock" => lasting(futures::lock::Mutex::new(7)).lock();
    await "futures select" => async {
        futures::select! { _ = async {}.boxed().fuse() => {}, _ = futures::future::pending::<()>() => {} }
    };
    await "futures executor::ThreadPool::spawn_ok" => {
        let (sender, receiver) = futures::channel::oneshot::channel();
        futures::executor::ThreadPool::new().unwrap().spawn_ok(async { sender.send(7).unwrap_or(()) });
        receiver
    };
    call "futures executor::block_on" => futures::executor::block_on(async {});
    call "futures executor::block_on [smol::Timer]" => futures::executor::block_on(smol_timer());
    call "futures executor::block_on [tokio::time::sleep]" => futures::executor::block_on(tokio_sleep());
    call "futures executor::block_on [tokio::spawn]" => futures::executor::block_on(tokio_spawn());
    call "futures executor::LocalPool::run_until" => futures::executor::LocalPool::new().run_until(async {});
    call "futures-lite future::block_on" => futures_lite::future::block_on(async {});
    call "futures-lite future::block_on [tokio::time::sleep]" => futures_lite::future::block_on(tokio_sleep());
    call "pollster block_on" => pollster::block_on(async {});
    call "pollster block_on [tokio::time::sleep]" => pollster::block_on(tokio_sleep());
    call "pollster block_on [tokio::spawn]" => pollster::block_on(tokio_spawn());

    // Runtimes with a reactor that stays on its thread.
    await "compio time::sleep" => compio::time::sleep(MS);
    await "compio time::timeout" => expires(compio::time::timeout(MS, pending::<()>()));
    await "compio time::interval" => {
        let mut interval = compio::time::interval(MS);
        async move { interval.tick().await }
    };
    await "compio net::TcpStream::connect" => compio::net::TcpStream::connect(server());
    await "compio net::TcpListener::bind" => compio::net::TcpListener::bind("127.0.0.1:0");
    await "compio net::UdpSocket::bind" => compio::net::UdpSocket::bind("127.0.0.1:0");
    await "compio fs::read" => compio::fs::read(file());
    await "compio fs::File::open" => compio::fs::File::open(file());
    await "compio runtime::spawn" => compio::runtime::spawn(async {});
    await "compio runtime::spawn_blocking" => compio::runtime::spawn_blocking(|| {});
    call "compio runtime::Runtime::new" => std::mem::forget(compio::runtime::Runtime::new());
    call "compio runtime::Runtime::block_on" => compio::runtime::Runtime::new().unwrap().block_on(async {});
    await "monoio time::sleep" => monoio::time::sleep(MS);
    await "monoio time::timeout" => expires(monoio::time::timeout(MS, pending::<()>()));
    await "monoio time::interval" => {
        let mut interval = monoio::time::interval(MS);
        async move { interval.tick().await }
    };
    await "monoio net::TcpStream::connect" => monoio::net::TcpStream::connect(server());
    call "monoio net::TcpListener::bind" => monoio::net::TcpListener::bind("127.0.0.1:0");
    call "monoio net::udp::UdpSocket::bind" => monoio::net::udp::UdpSocket::bind("127.0.0.1:0");
    await "monoio fs::read" => monoio::fs::read(file());
    await "monoio fs::File::open" => monoio::fs::File::open(file());
    await "monoio spawn" => monoio::spawn(async {});
    await "monoio spawn [async_io::Timer]" => monoio::spawn(smol_timer());
    call "monoio Runtime::block_on" => {
        let mut runtime = monoio::RuntimeBuilder::<monoio::FusionDriver>::new().build().unwrap();
        runtime.block_on(async {})
    };
    await "glommio timer::sleep" => glommio::timer::sleep(MS);
    await "glommio timer::timeout" => expires(glommio::timer::timeout::<_, ()>(MS, pending()));
    await "glommio net::TcpStream::connect" => glommio::net::TcpStream::connect(server());
    call "glommio net::TcpListener::bind" => glommio::net::TcpListener::bind("127.0.0.1:0");
    call "glommio net::UdpSocket::bind" => glommio::net::UdpSocket::bind("127.0.0.1:0");
    await "glommio io::BufferedFile::open" => glommio::io::BufferedFile::open(file());
    await "glommio spawn_local" => glommio::spawn_local(async {});
    await "glommio executor [spawn_blocking]" => glommio::executor().spawn_blocking(|| {});
    call "glommio LocalExecutor::run" => {
        let executor = glommio::LocalExecutorBuilder::default().make().unwrap();
        executor.run(async {})
    };
};
