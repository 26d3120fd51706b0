use std::io;

use futures_lite::io::{AsyncReadExt, AsyncWriteExt};
use glommio::LocalExecutorBuilder;
use glommio::net::{TcpListener, TcpStream};

/// Serves each connection in a task of its own, all on this thread.
async fn serve(listener: TcpListener) -> glommio::Result<(), ()> {
    loop {
        let stream = listener.accept().await?;
        let task = glommio::spawn_local(async move {
            if let Err(e) = echo(stream).await {
                eprintln!("{e}");
            }
        });
        task.detach(); // a task that is dropped is cancelled
    }
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n]).await?;
    }
}

async fn run() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    glommio::spawn_local(serve(listener)).detach();

    // A client of its own, until there are others: it ends the program.
    let mut client = TcpStream::connect(address).await?;
    client.write_all(b"hello").await?;
    let mut answer = [0; 5];
    client.read_exact(&mut answer).await?;
    println!("{}", String::from_utf8_lossy(&answer));
    Ok(())
}

fn main() -> io::Result<()> {
    let core = LocalExecutorBuilder::default().spawn(run)?;
    core.join()?
}
