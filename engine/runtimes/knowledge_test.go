package runtimes

import (
	"slices"
	"testing"
)

func TestGates(t *testing.T) {
	for _, c := range []struct{ crate, version, path, kind, gate string }{
		{"tokio", "1.54.1", "net::TcpStream::connect", "method", `all("net", any(not(target_env = "p1"), not(target_os = "wasi")))`},
		{"tokio", "1.54.1", "net::TcpStream", "struct", `"net"`},
		{"tokio", "1.54.1", "sync::mpsc::Sender::send_timeout", "method", `all("sync", "time")`},
		{"tokio", "1.54.1", "runtime::Runtime::new", "method", `"rt-multi-thread"`},
		{"tokio", "1.54.1", "runtime::Builder::enable_io", "method", `"rt"`},
		{"tokio", "1.38.0", "runtime::Builder::enable_io", "method", `all("rt", any("net", all("process", unix), all("signal", unix)))`},
		{"tokio", "1.54.1", "time::pause", "fn", `"test-util"`},
		{"tokio", "1.54.1", "task::block_in_place", "fn", `"rt-multi-thread"`},
		{"tokio", "1.54.1", "select", "macro", `"macros"`},
		{"tokio", "1.54.1", "join", "macro", `"macros"`},
		{"tokio", "1.54.1", "try_join", "macro", `"macros"`},
		{"tokio", "1.54.1", "pin", "macro", `all()`},
		{"tokio", "1.54.1", "task_local", "macro", `"rt"`},
		{"tokio", "1.54.1", "io::AsyncRead", "trait", `all()`},
		{"tokio", "1.54.1", "io::AsyncReadExt", "trait", `"io-util"`},
		{"tokio", "1.54.1", "io::AsyncReadExt::read_to_end", "tmethod", `"io-util"`},
		{"tokio", "1.54.1", "io::unix::AsyncFd", "struct", `all("net", unix)`},
		{"tokio", "1.54.1", "signal::ctrl_c", "fn", `all("signal", not(target_os = "emscripten"), not(target_os = "wasi"))`},
		{"tokio", "1.54.1", "fs::File", "struct", `"fs"`},
		{"tokio", "1.54.1", "process::Command", "struct", `all("process", not(target_os = "emscripten"), not(target_os = "wasi"))`},
		{"tokio", "1.54.1", "main", "attr", `all("macros", "rt")`},
		{"tokio", "1.54.1", "test", "attr", `all("macros", "rt")`},
		{"tokio", "1.54.1", "spawn", "fn", `"rt"`},
		{"tokio", "1.54.1", "task::spawn", "fn", `"rt"`},
		{"tokio", "1.54.1", "runtime::LocalRuntime", "struct", `"rt"`},
		{"tokio", "1.48.0", "runtime::LocalRuntime", "struct", `all("rt", tokio_unstable)`},
		{"tokio", "1.36.0", "runtime::LocalRuntime", "", ``},
		{"tokio", "1.54.1", "task::JoinSet", "struct", `"rt"`},
		{"tokio", "1.54.1", "task::JoinSet::spawn_local", "method", `"rt"`},
		{"tokio", "1.54.1", "net::windows::named_pipe::NamedPipeServer", "struct", `all("net", windows)`},
		{"tokio", "1.32.0", "net::windows::named_pipe::NamedPipeServer", "struct", `all("net", windows)`},
		{"tokio", "1.54.1", "runtime::Handle::dump", "method", `all("rt", "taskdump", target_os = "linux", tokio_unstable, any(target_arch = "aarch64", target_arch = "s390x", target_arch = "x86", target_arch = "x86_64"))`},
		{"tokio", "1.54.1", "no::such::path", "", ``},
	} {
		i, _ := Lookup(c.crate).At(c.version).Item(c.path)
		gate := ""
		if i.Kind != "" {
			gate = i.Gate.Gate()
		}
		if string(i.Kind) != c.kind || gate != c.gate || i.Kind != "" && !i.Certain {
			t.Errorf("%s %s %s: got %s %s (certain: %v), want %s %s", c.crate, c.version, c.path, i.Kind, gate, i.Certain, c.kind, c.gate)
		}
	}
}

func TestVersionsBetween(t *testing.T) {
	tokio := Lookup("tokio")
	for _, c := range []struct {
		version, path            string
		known, certain, complete bool
	}{
		{"1.52.3", "net::TcpStream", true, true, true},
		{"1.52.3", "no::Such", false, false, true},
		{"1.999.0", "net::TcpStream", true, true, false},
		{"0.2.25", "net::TcpStream", true, false, false},
		{"", "net::TcpStream", true, true, true},
		{"not a version", "net::TcpStream", true, false, false},
		{"1.24.1", "runtime::Handle::id", false, false, true},
	} {
		k := tokio.At(c.version)
		i, known := k.Item(c.path)
		if known != c.known || i.Certain != c.certain || k.Complete != c.complete {
			t.Errorf("%q %s: known %v certain %v complete %v", c.version, c.path, known, i.Certain, k.Complete)
		}
	}
}

func TestPrefix(t *testing.T) {
	k := Lookup("tokio").At("1.54.1")
	for _, c := range []struct{ path, item, rest string }{
		{"net::TcpStream::connect", "net::TcpStream::connect", ""},
		{"io::ErrorKind::NotFound", "io::ErrorKind", "NotFound"},
		{"net::no::Such", "net", "no::Such"},
		{"nowhere", "", "nowhere"},
		{"task::coop::Unconstrained::poll", "task::Unconstrained", "poll"},
	} {
		if i, rest := k.Prefix(c.path); i.Path != c.item || rest != c.rest {
			t.Errorf("%s: got %s and %q", c.path, i.Path, rest)
		}
	}
}

func TestUnder(t *testing.T) {
	k := Lookup("tokio").At("1.54.1")
	got := map[string]string{}
	for path, i := range k.Under("task") {
		got[path] = i.Path
	}
	for path, want := range map[string]string{
		"spawn": "spawn", "spawn_blocking": "task::spawn_blocking", "JoinSet::spawn": "task::JoinSet::spawn", "coop::Unconstrained": "task::Unconstrained",
	} {
		if got[path] != want {
			t.Errorf("task::%s: got %q, want %s", path, got[path], want)
		}
	}
	if got["net::TcpStream"] != "" {
		t.Error("net stands under task")
	}
	for path, i := range k.Under("") {
		if path == "net::TcpStream" && i.Kind == Struct {
			return
		}
	}
	t.Error("net::TcpStream does not stand under the root")
}

func TestMethods(t *testing.T) {
	k := Lookup("tokio").At("1.40.0")
	var got []string
	for _, m := range k.Methods("enable_io") {
		got = append(got, m.Path+" "+m.Gate.Gate()+" in "+m.Container.Gate())
	}
	want := []string{`runtime::Builder::enable_io all("rt", any("net", all("process", unix), all("signal", unix))) in "rt"`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if m := k.Methods("read_line"); len(m) != 1 || m[0].Kind != TraitMethod {
		t.Errorf("read_line: %v", m)
	}
}

func TestSignatures(t *testing.T) {
	k := Lookup("tokio").At("1.54.1")
	for _, c := range []struct {
		path, returns string
		async         bool
	}{
		{"net::TcpListener::accept", "io::Result<(crate::net::TcpStream, SocketAddr)>", true},
		{"net::TcpStream::connect", "io::Result<crate::net::TcpStream>", true},
		{"task::spawn", "crate::task::JoinHandle<F::Output>", false},
		{"runtime::Builder::enable_io", "&mut Self", false},
	} {
		if i, _ := k.Item(c.path); i.Returns != c.returns || i.Async != c.async {
			t.Errorf("%s: got %q, async %v", c.path, i.Returns, i.Async)
		}
	}
}

func TestImpls(t *testing.T) {
	for _, i := range Lookup("tokio").At("1.54.1").Impls() {
		if i.Trait == "crate::net::ToSocketAddrs" && i.Type == "(&str, u16)" && i.Gate.Gate() == `"net"` && i.Certain {
			return
		}
	}
	t.Error("ToSocketAddrs for (&str, u16) is not known")
}

func TestGateless(t *testing.T) {
	k := Lookup("tokio").At("1.54.1")
	for f, want := range map[string]bool{
		"parking_lot": true, "tracing": true, "io-uring": true, "taskdump": true, "bytes": true, "default": true,
		"net": false, "full": false, "rt-multi-thread": false, "test-util": false, "macros": false,
	} {
		if got := k.Gateless(f); got != want {
			t.Errorf("%s: got %v", f, got)
		}
	}
}
