#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use cortex_m_rt::entry;
use edge_executor::LocalExecutor;
use embedded_alloc::LlffHeap as Heap;
use panic_halt as _;

#[global_allocator]
static HEAP: Heap = Heap::empty();

const HEAP_SIZE: usize = 4096;
static mut HEAP_MEMORY: [MaybeUninit<u8>; HEAP_SIZE] = [MaybeUninit::uninit(); HEAP_SIZE];

#[entry]
fn main() -> ! {
    // SAFETY: this is the only use of the memory, and it comes before any allocation.
    unsafe { HEAP.init(&raw mut HEAP_MEMORY as usize, HEAP_SIZE) }
    let executor: LocalExecutor = LocalExecutor::new();
    let task = executor.spawn(async { 1 + 1 });
    embassy_futures::block_on(executor.run(task));
    loop {
        cortex_m::asm::wfi();
    }
}
