#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use panic_halt as _;
use riscv as _; // its critical section

/// What an interrupt tells the task that waits for it: call it from the handlers of the
/// chip's crate.
pub static TICK: Signal<CriticalSectionRawMutex, ()> = Signal::new();

/// Sleeps until there is a tick.
#[embassy_executor::task]
async fn count() {
    let mut ticks = 0_u32;
    loop {
        TICK.wait().await;
        ticks = ticks.wrapping_add(1);
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    if let Ok(task) = count() {
        spawner.spawn(task);
    }
}
