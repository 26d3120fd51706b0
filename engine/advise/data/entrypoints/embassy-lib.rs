//! A driver for firmware: it waits for a pin and leaves the tasks to its users.

#![no_std]

use embassy_sync::blocking_mutex::raw::RawMutex;
use embassy_sync::signal::Signal;

/// A button that an interrupt reports.
pub struct Button<M: RawMutex> {
    pressed: Signal<M, ()>,
}

impl<M: RawMutex> Button<M> {
    /// Makes a button for a static.
    pub const fn new() -> Self {
        Self {
            pressed: Signal::new(),
        }
    }

    /// Is called by the interrupt.
    pub fn press(&self) {
        self.pressed.signal(());
    }

    /// Waits until it is pressed.
    pub async fn wait(&self) {
        self.pressed.wait().await;
    }
}

impl<M: RawMutex> Default for Button<M> {
    fn default() -> Self {
        Self::new()
    }
}
