use std::rc::Rc;
use std::time::Duration;

fn main() {
    let main_loop = glib::MainLoop::new(None, false);
    let greeting = Rc::new("hello"); // tasks stay on this thread, as widgets do

    let quit = main_loop.clone();
    glib::MainContext::default().spawn_local(async move {
        glib::timeout_future(Duration::from_millis(10)).await;
        println!("{greeting}");
        quit.quit();
    });
    main_loop.run();
}
