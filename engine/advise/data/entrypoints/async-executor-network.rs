use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use async_executor::Executor;
use async_io::Async;
use futures_lite::io::{AsyncReadExt, AsyncWriteExt};
use futures_lite::{future, io as streams};

/// Serves each connection in a task of its own.
async fn serve(executor: Arc<Executor<'static>>, listener: Async<TcpListener>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let task = executor.spawn(async move {
            if let Err(e) = streams::copy(&stream, &mut &stream).await {
                eprintln!("{e}");
            }
        });
        task.detach(); // a task that is dropped is cancelled
    }
}

/// An executor with as many threads as the machine can run.
fn executor() -> Arc<Executor<'static>> {
    let executor = Arc::new(Executor::new());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    for _ in 0..threads {
        let executor = executor.clone();
        thread::spawn(move || async_io::block_on(executor.run(future::pending::<()>())));
    }
    executor
}

fn main() -> io::Result<()> {
    let executor = executor();
    let listener = Async::<TcpListener>::bind(([127, 0, 0, 1], 0))?;
    let address = listener.get_ref().local_addr()?;
    executor.spawn(serve(executor.clone(), listener)).detach();

    // A client of its own, until there are others: it ends the program.
    async_io::block_on(async {
        let mut client = Async::<TcpStream>::connect(address).await?;
        client.write_all(b"hello").await?;
        let mut answer = [0; 5];
        client.read_exact(&mut answer).await?;
        println!("{}", String::from_utf8_lossy(&answer));
        Ok(())
    })
}
