package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestFlow writes, for each call of an item of another crate that is come to, the
// executor, ! where it is polled there, ~ where it is awaited at once.
func TestFlow(t *testing.T) {
	for _, c := range []struct{ about, src, want string }{
		{"an entrypoint", "#[tokio::main]\nasync fn main() { tokio::time::sleep(d).await; }", "tokio-mt! tokio::time::sleep~"},
		{"its flavor", "use tokio::time;\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main() { time::sleep(d).await; }", "tokio-ct! tokio::time::sleep~"},
		{"an executor in main", "fn main() { smol::block_on(async { tokio::time::sleep(d).await }) }", "thread smol::block_on; smol! tokio::time::sleep~"},
		{"through own functions", "use tokio::time::sleep as nap;\nfn main() { smol::block_on(run()) }\nasync fn run() { more().await }\nasync fn more() { nap(d).await }", "thread smol::block_on; smol! tokio::time::sleep~"},
		{"the argument is made outside", "fn main() { smol::block_on(tokio::time::sleep(d)) }", "thread tokio::time::sleep; thread smol::block_on; smol! tokio::time::sleep~"},
		{"another module", "mod a { pub mod b { pub async fn f() { tokio::spawn(async {}); } } }\nuse a::b;\nfn main() { smol::block_on(b::f()) }", "thread smol::block_on; smol! tokio::spawn"},
		{"a method of the own type", "struct C; impl C { async fn f(&self) { self.g().await } async fn g(&self) { tokio::fs::read(p).await; } async fn start() { C.h() } }\nfn main() { smol::block_on(C::start()) }", "thread smol::block_on"},
		{"self", "struct C; impl C { async fn f(&self) { self.g().await } async fn g(&self) { tokio::fs::read(p).await; } }\nfn main() { smol::block_on(C::f(&C)) }", "thread smol::block_on; smol! tokio::fs::read~"},
		{"a bridge", "fn main() { smol::block_on(async_compat::Compat::new(async { tokio::time::sleep(d).await })) }", "thread async-compat::Compat::new; thread smol::block_on; smol-compat! tokio::time::sleep~"},
		{"macros", "fn main() { smol::block_on(async { tokio::select! { _ = tokio::time::sleep(d) => {} } }) }", "thread smol::block_on; smol! tokio::time::sleep~"},
		{"a runtime made here", "use tokio::runtime::Builder;\nfn main() { let rt = Builder::new_current_thread().enable_time().build().unwrap(); rt.block_on(async { tokio::time::sleep(d).await }) }", "thread tokio::runtime::Builder::new_current_thread; thread tokio::runtime::Builder::enable_time; thread tokio::runtime::Builder::build; thread tokio::runtime::Runtime::block_on; tokio-ct-time! tokio::time::sleep~"},
		{"nested", "#[tokio::main]\nasync fn main() { tokio::runtime::Runtime::new().unwrap().block_on(async {}) }", "tokio-mt! tokio::runtime::Runtime::new; tokio-mt! tokio::runtime::Runtime::block_on"},
		{"a thread of its own", "#[tokio::main]\nasync fn main() { std::thread::spawn(|| smol::block_on(async {})); }", "tokio-mt! std::thread::spawn; tokio-std-thread smol::block_on"},
		{"a guard", "fn main() { let rt = tokio::runtime::Runtime::new().unwrap(); let _g = rt.enter(); smol::block_on(tokio::time::sleep(d)) }", "thread tokio::runtime::Runtime::new"},
		{"never called", "fn main() {}\nasync fn f() { tokio::time::sleep(d).await }", ""},
		{"not awaited", "#[tokio::main]\nasync fn main() { let f = g(); }\nasync fn g() { tokio::spawn(async {}); }", ""},
		{"names of its own", "fn main() { smol::block_on(async { let sleep = |d| async {}; sleep(d).await; tokio::sleep() }) }\nmod tokio { pub fn sleep() {} }", "thread smol::block_on"},
		{"under a cfg", "fn main() { #[cfg(x)] smol::block_on(async {}); #[cfg(x)] { smol::block_on(async {}) } }", ""},
		{"a let under a cfg", "fn main() { #[cfg(x)] let r = smol::block_on(async {}); #[cfg(not(x))] let r = run(); tokio::spawn(y); }\nfn run() { smol::block_on(async {}) }", "thread tokio::spawn"},
		{"a variable", "fn main() { let f = async { tokio::spawn(x); }; smol::block_on(f) }", "thread smol::block_on; smol! tokio::spawn"},
		{"a variable that is wrapped", "fn main() { let f = async {}; let f = tokio::time::timeout(d, f); let f = tokio::time::timeout(d, f); smol::block_on(f) }", "thread tokio::time::timeout; thread smol::block_on"},
		{"a guard from a function", "fn main() { let _g = g(&rt); smol::block_on(async { tokio::spawn(x); }) }\nfn g(rt: &R) -> G { h(rt) }\nfn h(rt: &R) -> G { rt.enter() }", ""},
		{"recursion", "fn main() { smol::block_on(a()) }\nasync fn a() { b().await; tokio::spawn(x); }\nasync fn b() { a().await }", "thread smol::block_on; smol! tokio::spawn"},
		{"unknown takers", "#[tokio::main]\nasync fn main() { other(async { tokio::time::sleep(d).await }); x.map(|y| tokio::spawn(y)); }", ""},
		{"a method by its type", "struct C { t: tokio::sync::Mutex<u8> } impl C { fn new() -> C { todo!() } async fn f(&self) { self.t.blocking_lock(); } }\nfn main() { let c = C::new(); smol::block_on(async { c.f().await }) }", "thread smol::block_on; smol! tokio::sync::Mutex::blocking_lock"},
		{"a method makes the future", "struct C; impl C { async fn f(&self) { tokio::spawn(x); } }\nfn main() { let c = C; smol::block_on(c.f()) }", "thread smol::block_on; smol! tokio::spawn"},
		{"a future is given on", "fn go<F: Future>(f: F) { smol::block_on(f) }\nfn main() { go(async { tokio::spawn(x); }) }", "thread smol::block_on; smol! tokio::spawn"},
		{"given on behind a branch", "fn go<F: Future>(rt: Option<u8>, f: F) { match rt { None => smol::block_on(f), _ => todo!() } }\nfn main() { go(None, async { tokio::spawn(x); }) }", "thread smol::block_on"},
		{"given on after a way out", "fn go<F: Future>(rt: Option<u8>, f: F) { let r = rt?; smol::block_on(f) }\nfn main() { go(None, async { tokio::spawn(x); }) }", "thread smol::block_on"},
		{"a closure", "fn main() { let f = || tokio::spawn(x); f(); }", "thread tokio::spawn"},
		{"a closure that is called by another", "fn on(mut f: impl FnMut()) { f(); }\nfn main() { on(|| { tokio::spawn(x); }) }", "thread tokio::spawn"},
		{"a runtime that is made elsewhere", "static RT: OnceLock<Runtime> = OnceLock::new();\nuse tokio::runtime::Runtime;\nfn rt() -> &'static Runtime { RT.get_or_init(|| Runtime::new().unwrap()) }\nasync fn inner() { rt().block_on(async {}) }\nfn main() { rt().block_on(inner()) }", "thread tokio::runtime::Runtime::block_on; tokio-any! tokio::runtime::Runtime::block_on"},
		{"an attribute makes the function block", "#[tokio::main]\nasync fn once() { tokio::spawn(x); }\nfn main() { once() }", "thread tokio::runtime::Runtime::block_on; tokio-mt! tokio::spawn"},
		{"a local set", "#[tokio::main]\nasync fn main() { let set = tokio::task::LocalSet::new(); set.run_until(async { tokio::task::block_in_place(|| 1); }).await; }", "tokio-mt! tokio::task::LocalSet::new; tokio-mt! tokio::task::LocalSet::run_until~; tokio-mt-localset! tokio::task::block_in_place"},
		{"a test", "#[cfg(test)] mod tests { #[test] fn f() { smol::block_on(async { tokio::spawn(x); }) } }", "thread smol::block_on; smol! tokio::spawn"},
	} {
		s := NewMemorySession(map[string]string{
			"/p/Cargo.toml":  "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ntokio = { version = \"1\", features = [\"full\"] }\nsmol = \"2\"\nasync-compat = \"0.2\"\n",
			"/p/src/main.rs": c.src,
		}).Snapshot()
		w, err := s.Workspace("/p")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range s.Flow(w.Packages[0], Selection{}) {
			line := r.On
			if r.Async {
				line += "!"
			}
			line += fmt.Sprintf(" %s::%s", r.Crate, r.Path)
			if r.Awaited {
				line += "~"
			}
			if !slices.Contains(got, line) {
				got = append(got, line)
			}
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.about, s, c.want)
		}
	}
}
