package runtimes

import (
	"strings"
	"sync"
)

// BlockingCall is a function of the standard library that blocks its thread.
type BlockingCall struct {
	Path string `toml:"path"` // below std
	// Clear tells that async code has no good reason for it; otherwise it depends on
	// how long it takes.
	Clear bool `toml:"clear"`
	// Instead is what to await in its place, with the same arguments, by runtime.
	Instead map[string]Instead `toml:"instead"`
}

// Instead is a function of a runtime crate.
type Instead struct {
	Path    string `toml:"path"`
	Feature string `toml:"feature"` // that it needs, "" for none
}

var blockingCalls = sync.OnceValue(func() map[string]*BlockingCall {
	var file struct {
		Call []BlockingCall `toml:"call"`
	}
	mustDecode("blocking.toml", &file)
	all := map[string]*BlockingCall{}
	for i := range file.Call {
		all[file.Call[i].Path] = &file.Call[i]
	}
	return all
})

// FindBlocking finds the entry of a path below std; nil when it is not known to block.
func FindBlocking(path string) *BlockingCall { return blockingCalls()[path] }

// MayBlock reports whether the last name of some entry is the given one.
func MayBlock(name string) bool {
	for path := range blockingCalls() {
		if path[strings.LastIndex(path, ":")+1:] == name {
			return true
		}
	}
	return false
}
