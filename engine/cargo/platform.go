package cargo

import (
	_ "embed"
	"maps"
	"runtime"
	"strings"
	"sync"

	"reactorls/engine/cfg"
)

//go:generate go run ./generate

// targetsData is rustc's own answer for each target; its head names the version.
//
//go:embed data/targets.cfg
var targetsData string

// Platform is a compilation target with the cfg atoms that hold on it.
type Platform struct {
	Triple string
	atoms  map[string]bool // name, or name="value"
	flags  map[string]bool // names that flags for rustc have set
}

// Equal reports whether two platforms have the same cfgs.
func (p *Platform) Equal(o *Platform) bool {
	return p == o || p.Triple == o.Triple && maps.Equal(p.atoms, o.atoms) && maps.Equal(p.flags, o.flags)
}

var platforms = sync.OnceValue(func() map[string]string {
	lines := map[string]string{}
	for l := range strings.Lines(targetsData) {
		if triple, atoms, ok := strings.Cut(strings.TrimSpace(l), " "); ok && triple != "#" {
			lines[triple] = atoms
		}
	}
	return lines
})

// Triples names all targets that PlatformOf knows.
func Triples() []string {
	var ts []string
	for l := range strings.Lines(targetsData) {
		if triple, _, _ := strings.Cut(l, " "); triple != "#" {
			ts = append(ts, triple)
		}
	}
	return ts
}

// PlatformOf finds a target by its triple; nil when rustc does not know it.
func PlatformOf(triple string) *Platform {
	line, ok := platforms()[triple]
	if !ok {
		return nil
	}
	p := &Platform{Triple: triple, atoms: map[string]bool{}}
	for _, a := range strings.Fields(line) {
		p.atoms[a] = true
	}
	return p
}

// Host is the platform that this program runs on, as rustc calls it.
var Host = sync.OnceValue(func() *Platform {
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "riscv64": "riscv64gc", "ppc64le": "powerpc64le"}[runtime.GOARCH]
	system := map[string]string{"linux": "unknown-linux-gnu", "darwin": "apple-darwin", "windows": "pc-windows-msvc", "freebsd": "unknown-freebsd"}[runtime.GOOS]
	if p := PlatformOf(arch + "-" + system); p != nil {
		return p
	}
	return PlatformOf("x86_64-unknown-linux-gnu")
})

// platformNames are the atoms that a target alone decides.
var platformNames = map[string]bool{"unix": true, "windows": true, "panic": true, "proc_macro": true}

// Decides reports whether the platform, and nothing else, decides an atom.
func Decides(atom cfg.Expr) bool {
	return platformNames[atom.Name] || strings.HasPrefix(atom.Name, "target_")
}

// Eval judges an atom that Decides.
func (p *Platform) Eval(atom cfg.Expr) cfg.Tri { return cfg.Of(p.atoms[atomKey(atom)]) }

// atomKey writes an atom as rustc --print cfg does.
func atomKey(atom cfg.Expr) string {
	if atom.Valued {
		return atom.Name + `="` + atom.Value + `"`
	}
	return atom.Name
}

// Applies reports whether a [target.'…'] table counts on the platform: its key
// is a triple or a cfg(…).
func (p *Platform) Applies(target string) bool {
	inside, isCfg := strings.CutPrefix(target, "cfg(")
	if !isCfg {
		return target == "" || target == p.Triple
	}
	e, err := cfg.Parse(strings.TrimSuffix(inside, ")"))
	return err == nil && e.Eval(func(a cfg.Expr) cfg.Tri {
		switch {
		case Decides(a) || p.flags[a.Name]:
			return p.Eval(a)
		case a.Name == "debug_assertions" && !a.Valued:
			return cfg.Yes // whatever the profile: cargo asks rustc without one
		}
		return cfg.No // cargo sets nothing else for these tables
	}) == cfg.Yes
}
