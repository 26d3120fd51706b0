#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};

use panic_halt as _;
use riscv_rt::entry;

/// What the interrupt handlers of the chip's crate count up.
pub static TICKS: AtomicU32 = AtomicU32::new(0);

#[entry]
fn main() -> ! {
    let mut seen = 0;
    loop {
        riscv::asm::wfi(); // sleeps until there is an interrupt
        let ticks = TICKS.load(Ordering::Relaxed);
        if ticks != seen {
            seen = ticks;
        }
    }
}
