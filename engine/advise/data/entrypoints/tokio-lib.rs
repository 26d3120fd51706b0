//! A library on Tokio: its users' program makes the runtime.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs};

/// A connection to a server that answers each request with as many bytes.
pub struct Client {
    stream: TcpStream,
}

impl Client {
    /// Connects. It panics outside of a Tokio runtime whose I/O is enabled.
    pub async fn connect(address: impl ToSocketAddrs) -> io::Result<Self> {
        Ok(Self {
            stream: TcpStream::connect(address).await?,
        })
    }

    /// Sends a request and gives the answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Vec<u8>> {
        self.stream.write_all(request).await?;
        let mut answer = vec![0; request.len()];
        self.stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}
