#![no_std]
#![no_main]

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use panic_halt as _;

/// What the interrupt tells the task that waits for it.
static TICK: Signal<CriticalSectionRawMutex, ()> = Signal::new();

/// The timer of the core; interrupts of peripherals signal in the same way.
#[exception]
fn SysTick() {
    TICK.signal(());
}

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
    if let Some(mut core) = cortex_m::Peripherals::take() {
        core.SYST.set_clock_source(SystClkSource::Core);
        core.SYST.set_reload(1_000_000);
        core.SYST.clear_current();
        core.SYST.enable_counter();
        core.SYST.enable_interrupt();
    }
    if let Ok(task) = count() {
        spawner.spawn(task);
    }
}
