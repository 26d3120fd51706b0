package runtimes

import (
	"slices"
	"testing"
)

func TestFeatures(t *testing.T) {
	k := Lookup("tokio").At("1.54.1")
	if !k.Has("rt-multi-thread") || k.Has("rt-threaded") || !Lookup("tokio").At("0.2.25").Has("rt-threaded") {
		t.Error("rt-multi-thread came with tokio 0.3 for rt-threaded")
	}
	for _, c := range []struct{ set, closure, reduced []string }{
		{nil, nil, nil},
		{[]string{"rt-multi-thread"}, []string{"rt", "rt-multi-thread"}, []string{"rt-multi-thread"}},
		{[]string{"test-util", "rt", "sync", "net"}, []string{"libc", "mio", "net", "rt", "socket2", "sync", "test-util", "time", "windows-sys"}, []string{"net", "test-util"}},
		{[]string{"full", "net", "fs", "full"}, nil, []string{"full"}},
		{[]string{"unknown"}, nil, []string{"unknown"}},
	} {
		if got := k.Closure(c.set...); c.closure != nil && !slices.Equal(got, c.closure) {
			t.Errorf("closure of %v: got %v", c.set, got)
		}
		if got := k.Reduce(c.set...); !slices.Equal(got, c.reduced) {
			t.Errorf("reduced %v: got %v", c.set, got)
		}
	}
}

func TestReleases(t *testing.T) {
	tokio := Lookup("tokio")
	r, ok := tokio.Release(tokio.At("1.54.1").Version)
	if !ok || r.Published != "2026-10-21" || r.Rust != "1.85" || r.Yanked {
		t.Errorf("1.54.1: %v, %v", r, ok)
	}
	if r, _ := tokio.Release(tokio.At("1.54.0").Version); !r.Yanked {
		t.Error("1.54.0 is not known to be yanked")
	}
	if _, ok := tokio.Release(tokio.At("1.999.0").Version); ok {
		t.Error("1.999.0 is known")
	}
}
