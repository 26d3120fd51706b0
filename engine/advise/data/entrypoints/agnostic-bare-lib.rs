//! A library for any executor, without the standard library: it takes what it waits for,
//! and spawns nothing.

#![no_std]

use core::pin::pin;

use futures_lite::{Stream, StreamExt};

/// Counts what a stream gives until it ends.
pub async fn count<S: Stream>(stream: S) -> usize {
    let mut stream = pin!(stream);
    let mut n = 0;
    while stream.next().await.is_some() {
        n += 1;
    }
    n
}
