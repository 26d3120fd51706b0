package diagnostics

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"reactorls/engine"
)

func BenchmarkZZ(b *testing.B) {
	dir := os.Getenv("ZZ")
	session := engine.NewSession()
	run := func() {
		s := session.Snapshot()
		w, err := s.Workspace(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Run(context.Background(), s, w, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	start := time.Now()
	run()
	fmt.Println("cold", time.Since(start))
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if f, err := os.Create("/tmp/heap.prof"); err == nil {
		pprof.WriteHeapProfile(f)
		f.Close()
	}
	fmt.Println("live MB", m.HeapAlloc>>20)
	path := filepath.Join(dir, os.Getenv("ZF"))
	text, _ := os.ReadFile(path)
	session.Open(path, string(text), 1)
	run()
	if f, err := os.Create("/tmp/kk.prof"); err == nil {
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	b.ResetTimer()
	for i := range b.N {
		session.Open(path, string(text)+fmt.Sprint("\n"+os.Getenv("ZC")+" ", i), int32(i+2))
		run()
	}
	b.StopTimer()
	debug.FreeOSMemory()
	runtime.ReadMemStats(&m)
	fmt.Println("after edits MB", m.HeapAlloc>>20, "sys", m.Sys>>20, "idle", m.HeapIdle>>20, "released", m.HeapReleased>>20, "stack", m.StackSys>>20, "other", (m.MSpanSys+m.MCacheSys+m.BuckHashSys+m.GCSys+m.OtherSys)>>20)
	st, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(st), "\n") {
		if strings.HasPrefix(l, "Rss") || strings.HasPrefix(l, "VmRSS") {
			fmt.Println(l)
		}
	}
	if f, err := os.Create("/tmp/heap2.prof"); err == nil {
		pprof.WriteHeapProfile(f)
		f.Close()
	}
	runtime.KeepAlive(session)
}
