//! Runs one operation under one executor and says how it went.
//!
//!     harness                          lists the executors and the operations
//!     harness <executor> <operation>   runs one cell
//!
//! A cell is a process of its own, since a panic or a hang of one may not touch
//! another. What happens is written to the standard output as it happens:
//!
//!     panic TEXT   some thread panicked
//!     called       a future was made, and dropped without being awaited; next it
//!                  is made again and awaited
//!     ok           all went well
//!     unawaited    the call went well, but nothing here could await the future
//!     error TEXT   the operation gave an ordinary error
//!
//! A process that ends without one of the last three was unwound by a panic; one
//! that does not end hangs.

mod executors;
mod operations;

use std::future::Future;
use std::pin::Pin;
use std::process::exit;

use operations::{Operation, Run};

/// What an operation gives in the end, its error as text.
type Outcome = Result<(), String>;
type Awaited = Pin<Box<dyn Future<Output = Outcome>>>;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [executor, operation] = args.as_slice() else {
        executors::list();
        operations::list();
        return;
    };
    let operation = operations::find(operation).expect("no such operation");
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or(payload.downcast_ref::<&str>().copied());
        say("panic", text.unwrap_or("not a text"));
    }));
    executors::run(executor, operation);
    exit(101); // A task panicked and its handle told so.
}

/// Runs the operation inside async code. It does not come back: how the executor
/// is left is not part of the cell.
async fn measure(operation: &Operation) {
    let outcome = match operation.run {
        Run::Call(call) => call(),
        Run::Await(make) => {
            drop(make());
            say("called", "");
            make().await
        }
    };
    finish(outcome)
}

/// Runs the operation in code that is not async. What there is to await is given
/// to wait, where there is one.
fn measure_sync(operation: &Operation, wait: Option<&dyn Fn(Awaited) -> Outcome>) {
    let outcome = match operation.run {
        Run::Call(call) => call(),
        Run::Await(make) => {
            drop(make());
            say("called", "");
            match wait {
                Some(wait) => wait(make()),
                None => {
                    say("unawaited", "");
                    exit(0)
                }
            }
        }
    };
    finish(outcome)
}

fn finish(outcome: Outcome) -> ! {
    match outcome {
        Ok(()) => say("ok", ""),
        Err(text) => say("error", &text),
    }
    exit(0)
}

/// Writes one line, past the buffers that an exit would leave.
fn say(what: &str, text: &str) {
    use std::io::Write;
    let line = format!("\n{what} {}", text.replace('\n', "\\n"));
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{}\n", line.trim_end()).as_bytes()).unwrap();
    out.flush().unwrap();
}
