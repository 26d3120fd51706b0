package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// readers is how many packages are being read.
var readers atomic.Int32

// sideBySide does the parts of what is to be done, n of them, on several processors where
// packages that are being read leave some idle, as when somebody types. It panics as they do.
func sideBySide(n int, part func(i int)) {
	workers := min(runtime.GOMAXPROCS(0)/max(1, int(readers.Load())), n)
	var next atomic.Int32
	var mu sync.Mutex
	var panicked any
	do := func() {
		defer func() {
			if r := recover(); r != nil {
				mu.Lock()
				defer mu.Unlock()
				panicked = r
			}
		}()
		for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
			part(i - 1)
		}
	}
	var others sync.WaitGroup
	for range workers - 1 {
		others.Go(do)
	}
	do()
	others.Wait()
	if panicked != nil {
		panic(panicked)
	}
}
