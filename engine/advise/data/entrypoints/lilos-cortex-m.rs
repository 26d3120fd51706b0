#![no_std]
#![no_main]

use core::convert::Infallible;
use core::pin::pin;
use core::time::Duration;

use cortex_m_rt::entry;
use panic_halt as _;

/// How often the core's clock ticks in a second: that of your chip.
const CLOCK_HZ: u32 = 16_000_000;

/// A task never ends.
async fn count() -> Infallible {
    let mut gate = lilos::time::PeriodicGate::from(Duration::from_millis(100));
    let mut ticks = 0_u32;
    loop {
        gate.next_time().await;
        ticks = ticks.wrapping_add(1);
    }
}

#[entry]
fn main() -> ! {
    if let Some(mut core) = cortex_m::Peripherals::take() {
        lilos::time::initialize_sys_tick(&mut core.SYST, CLOCK_HZ);
    }
    lilos::exec::run_tasks(&mut [pin!(count())], lilos::exec::ALL_TASKS)
}
