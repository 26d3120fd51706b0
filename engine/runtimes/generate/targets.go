package main

import (
	"slices"

	"reactorls/engine/cfg"
)

// unixes are the systems of which rustc says unix.
var unixes = []string{
	"aix", "android", "cygwin", "dragonfly", "emscripten", "freebsd", "fuchsia", "haiku", "illumos", "ios", "linux", "macos",
	"netbsd", "nuttx", "openbsd", "redox", "solaris", "tvos", "visionos", "watchos",
}

// targetImplies reports what one target condition says about another: Yes and
// No where the first decides the second.
func targetImplies(a, b cfg.Expr) cfg.Tri {
	system := func(e cfg.Expr) bool { return e.Name == "target_os" }
	onUnix := system(a) && slices.Contains(unixes, a.Value)
	switch {
	case system(a) && system(b):
		return cfg.Of(a.Value == b.Value)
	case onUnix && b.Name == "unix", system(a) && a.Value == "windows" && b.Name == "windows":
		return cfg.Yes
	case onUnix && b.Name == "windows", system(a) && (a.Value == "windows" || a.Value == "wasi") && b.Name == "unix":
		return cfg.No
	case a.Name == "unix" && (b.Name == "windows" || system(b) && (b.Value == "windows" || b.Value == "wasi")):
		return cfg.No
	case a.Name == "windows" && (b.Name == "unix" || system(b)):
		return cfg.Of(b.Value == "windows")
	}
	return cfg.Maybe
}
