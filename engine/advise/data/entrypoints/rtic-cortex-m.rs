#![no_std]
#![no_main]

use panic_halt as _;

/// `device` is the crate of your chip, and `dispatchers` are interrupts of it that nothing
/// else uses; lm3s6965 is a chip that QEMU plays.
#[rtic::app(device = lm3s6965, dispatchers = [GPIOA])]
mod app {
    use cortex_m::peripheral::syst::SystClkSource;

    #[shared]
    struct Shared {
        ticks: u32,
    }

    #[local]
    struct Local {}

    #[init]
    fn init(mut start: init::Context) -> (Shared, Local) {
        start.core.SYST.set_clock_source(SystClkSource::Core);
        start.core.SYST.set_reload(1_000_000);
        start.core.SYST.clear_current();
        start.core.SYST.enable_counter();
        start.core.SYST.enable_interrupt();
        (Shared { ticks: 0 }, Local {})
    }

    /// The timer of the core, with a priority of its own.
    #[task(binds = SysTick, priority = 2, shared = [ticks])]
    fn tick(mut context: tick::Context) {
        context.shared.ticks.lock(|ticks| *ticks = ticks.wrapping_add(1));
        // Where it runs already, it sees the tick all the same.
        let _ = count::spawn();
    }

    /// A task of a lower priority, which may await.
    #[task(priority = 1, shared = [ticks])]
    async fn count(mut context: count::Context) {
        context.shared.ticks.lock(|ticks| *ticks);
    }
}
