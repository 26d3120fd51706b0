//! What runs the code that an operation stands in: an executor's block_on, a task,
//! or a thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::{Builder, Handle, LocalOptions};
use tokio::task::LocalSet;

use crate::operations::Operation;
use crate::{Awaited, Outcome, measure, measure_sync};

struct Executor {
    /// The head of its column.
    code: &'static str,
    name: &'static str,
    about: &'static str,
}

#[cfg(not(feature = "variants"))]
const EXECUTORS: &[Executor] = &[
    executor("M", "tokio-mt", "Runtime::block_on, multi-thread with 2 workers, enable_all; also #[tokio::main]"),
    executor("Mt", "tokio-mt-task", "a task of tokio::spawn there"),
    executor("Mw", "tokio-mt-one-task", "a task of tokio::spawn, multi-thread with 1 worker"),
    executor("Ml", "tokio-mt-localset", "LocalSet::block_on there"),
    executor("Mn", "tokio-mt-none", "Runtime::block_on, multi-thread, no driver enabled"),
    executor("Mc", "tokio-mt-time", "Runtime::block_on, multi-thread, enable_time only"),
    executor("Mi", "tokio-mt-io", "Runtime::block_on, multi-thread, enable_io only"),
    executor("C", "tokio-ct", "Runtime::block_on, current_thread, enable_all"),
    executor("Ct", "tokio-ct-task", "a task of tokio::spawn there"),
    executor("Cl", "tokio-ct-localset", "LocalSet::block_on there"),
    executor("Cs", "tokio-ct-local-task", "a task of spawn_local there"),
    executor("Cn", "tokio-ct-none", "Runtime::block_on, current_thread, no driver enabled"),
    executor("Cc", "tokio-ct-time", "Runtime::block_on, current_thread, enable_time only"),
    executor("Ci", "tokio-ct-io", "Runtime::block_on, current_thread, enable_io only"),
    executor("L", "tokio-local", "LocalRuntime::block_on, enable_all"),
    executor("Tb", "tokio-spawn-blocking", "the closure of spawn_blocking; what it gives is awaited by Handle::block_on"),
    executor("Tp", "tokio-block-in-place", "the closure of block_in_place in a task, multi-thread; awaited by Handle::block_on"),
    executor("Te", "tokio-enter", "a plain thread under Handle::enter of a running multi-thread runtime; awaited by pollster"),
    executor(
        "Tu",
        "tokio-enter-undriven",
        "a plain thread under Runtime::enter of a current_thread runtime that nothing runs; awaited by pollster",
    ),
    executor(
        "Tn",
        "tokio-enter-none",
        "a plain thread under Runtime::enter of a multi-thread runtime, no driver enabled; awaited by pollster",
    ),
    executor("Cp", "tokio-ct-pollster", "pollster::block_on in the block_on of a current_thread runtime, enable_all"),
    executor("Cf", "tokio-ct-futures", "futures::executor::block_on there"),
    executor("Cm", "tokio-ct-smol", "smol::block_on there"),
    executor("Th", "tokio-std-thread", "the closure of std::thread::spawn in a tokio task; nothing awaits"),
    executor("A", "actix-rt", "SystemRunner::block_on; also #[actix_rt::main]"),
    executor("S", "smol", "smol::block_on"),
    executor("St", "smol-task", "a task of smol::spawn"),
    executor("Sc", "smol-compat", "smol::block_on(Compat::new(async { … }))"),
    executor("Sk", "smol-compat-task", "a task of tokio::spawn there"),
    executor("Sl", "smol-localset", "smol::block_on of a tokio LocalSet's run_until"),
    executor("Ss", "smol-local-task", "a task of tokio's spawn_local there"),
    executor("I", "async-io", "async_io::block_on"),
    executor("B", "async-std", "async_std::task::block_on without the feature tokio1; also #[async_std::main]"),
    executor("Bt", "async-std-task", "a task of async_std::task::spawn, without the feature tokio1"),
    executor("F", "futures", "futures::executor::block_on"),
    executor("Fp", "futures-pool", "a task of futures' ThreadPool"),
    executor("Fl", "futures-lite", "futures_lite::future::block_on"),
    executor("P", "pollster", "pollster::block_on"),
    executor("K", "compio", "compio's Runtime::block_on"),
    executor(
        "N",
        "monoio",
        "monoio's Runtime::block_on, FusionDriver with timer, no feature sync: what another thread wakes may hang or not",
    ),
    executor("G", "glommio", "glommio's LocalExecutor::run"),
    executor("T", "thread", "a plain thread that no runtime made; nothing awaits"),
];

#[cfg(feature = "variants")]
const EXECUTORS: &[Executor] = &[
    executor("Bk", "async-std-tokio1", "as B, with the feature tokio1"),
    executor("Bl", "async-std-tokio1-task", "as Bt, with the feature tokio1"),
    executor("Ns", "monoio-sync", "as N, with the feature sync"),
];

const fn executor(code: &'static str, name: &'static str, about: &'static str) -> Executor {
    Executor { code, name, about }
}

/// Lists each as "executor CODE NAME ABOUT".
pub fn list() {
    for e in EXECUTORS {
        println!("executor {} {} {}", e.code, e.name, e.about);
    }
}

/// Runs the operation under the executor of that name.
pub fn run(name: &str, operation: &'static Operation) {
    match name {
        "tokio-mt" => multi_thread().enable_all().build().unwrap().block_on(measure(operation)),
        "tokio-mt-task" => {
            let task = Movable(measure(operation));
            multi_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(task).await.unwrap() })
        }
        "tokio-mt-one-task" => {
            let task = Movable(measure(operation));
            let runtime = multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async { tokio::spawn(task).await.unwrap() })
        }
        "tokio-mt-localset" => {
            let runtime = multi_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, measure(operation))
        }
        "tokio-mt-none" => multi_thread().build().unwrap().block_on(measure(operation)),
        "tokio-mt-time" => multi_thread().enable_time().build().unwrap().block_on(measure(operation)),
        "tokio-mt-io" => multi_thread().enable_io().build().unwrap().block_on(measure(operation)),
        "tokio-ct" => current_thread().enable_all().build().unwrap().block_on(measure(operation)),
        "tokio-ct-task" => {
            let task = Movable(measure(operation));
            current_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(task).await.unwrap() })
        }
        "tokio-ct-localset" => {
            let runtime = current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, measure(operation))
        }
        "tokio-ct-local-task" => {
            let runtime = current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, async { tokio::task::spawn_local(measure(operation)).await.unwrap() })
        }
        "tokio-ct-none" => current_thread().build().unwrap().block_on(measure(operation)),
        "tokio-ct-time" => current_thread().enable_time().build().unwrap().block_on(measure(operation)),
        "tokio-ct-io" => current_thread().enable_io().build().unwrap().block_on(measure(operation)),
        "tokio-local" => {
            let runtime = current_thread().enable_all().build_local(LocalOptions::default()).unwrap();
            runtime.block_on(measure(operation))
        }
        "tokio-spawn-blocking" => multi_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async { tokio::task::spawn_blocking(|| measure_sync(operation, Some(&by_handle))).await.unwrap() }),
        "tokio-block-in-place" => multi_thread().enable_all().build().unwrap().block_on(async {
            tokio::spawn(async { tokio::task::block_in_place(|| measure_sync(operation, Some(&by_handle))) }).await.unwrap()
        }),
        "tokio-enter" => {
            let runtime = multi_thread().enable_all().build().unwrap();
            let _guard = runtime.handle().enter();
            measure_sync(operation, Some(&|f| pollster::block_on(f)))
        }
        "tokio-enter-undriven" => {
            let runtime = current_thread().enable_all().build().unwrap();
            let _guard = runtime.enter();
            measure_sync(operation, Some(&|f| pollster::block_on(f)))
        }
        "tokio-enter-none" => {
            let runtime = multi_thread().build().unwrap();
            let _guard = runtime.enter();
            measure_sync(operation, Some(&|f| pollster::block_on(f)))
        }
        "tokio-ct-pollster" => nested(operation, |f| pollster::block_on(f)),
        "tokio-ct-futures" => nested(operation, |f| futures::executor::block_on(f)),
        "tokio-ct-smol" => nested(operation, |f| smol::block_on(f)),
        "tokio-std-thread" => multi_thread().enable_all().build().unwrap().block_on(async {
            tokio::spawn(async { std::thread::spawn(|| measure_sync(operation, None)).join().unwrap() }).await.unwrap()
        }),
        "actix-rt" => actix_rt::System::new().block_on(measure(operation)),
        "smol" => smol::block_on(measure(operation)),
        "smol-task" => smol::block_on(smol::spawn(Movable(measure(operation)))),
        "smol-compat" => smol::block_on(async_compat::Compat::new(measure(operation))),
        "smol-compat-task" => {
            let task = Movable(measure(operation));
            smol::block_on(async_compat::Compat::new(async { tokio::spawn(task).await.unwrap() }))
        }
        "smol-localset" => smol::block_on(LocalSet::new().run_until(measure(operation))),
        "smol-local-task" => {
            smol::block_on(LocalSet::new().run_until(async { tokio::task::spawn_local(measure(operation)).await.unwrap() }))
        }
        "async-io" => async_io::block_on(measure(operation)),
        "async-std" | "async-std-tokio1" => async_std::task::block_on(measure(operation)),
        "async-std-task" | "async-std-tokio1-task" => async_std::task::block_on(async_std::task::spawn(Movable(measure(operation)))),
        "futures" => futures::executor::block_on(measure(operation)),
        "futures-pool" => {
            use futures::task::SpawnExt;
            let pool = futures::executor::ThreadPool::builder().pool_size(2).create().unwrap();
            pollster::block_on(pool.spawn_with_handle(Movable(measure(operation))).unwrap())
        }
        "futures-lite" => futures_lite::future::block_on(measure(operation)),
        "pollster" => pollster::block_on(measure(operation)),
        "compio" => compio::runtime::Runtime::new().unwrap().block_on(measure(operation)),
        "monoio" | "monoio-sync" => {
            monoio::RuntimeBuilder::<monoio::FusionDriver>::new().enable_timer().build().unwrap().block_on(measure(operation))
        }
        "glommio" => glommio::LocalExecutorBuilder::default().make().unwrap().run(measure(operation)),
        "thread" => measure_sync(operation, None),
        _ => panic!("no such executor"),
    }
}

/// The number of workers is said, so that a cell does not depend on the machine.
fn multi_thread() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2);
    builder
}

fn current_thread() -> Builder {
    Builder::new_current_thread()
}

/// Blocks in async code of a runtime that has no other thread.
fn nested(operation: &'static Operation, wait: impl Fn(Pin<Box<dyn Future<Output = ()> + '_>>)) {
    current_thread().enable_all().build().unwrap().block_on(async { wait(Box::pin(measure(operation))) })
}

fn by_handle(awaited: Awaited) -> Outcome {
    Handle::current().block_on(awaited)
}

/// Makes a task of what may not move between threads. Operations that hold on to
/// their thread do so only under their own executor, which has one.
struct Movable<F>(F);

unsafe impl<F> Send for Movable<F> {}

impl<F: Future> Future for Movable<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // The one field is pinned as the whole is.
        unsafe { self.map_unchecked_mut(|m| &mut m.0) }.poll(cx)
    }
}
