package engine

import (
	"slices"
	"strings"

	"reactorls/engine/cargo"
	"reactorls/engine/cfg"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
)

// Unstable is code that names an item which a crate offers under a cfg flag of its
// own, such as tokio_unstable.
type Unstable struct {
	Item   string   // with the crate in front; the outermost that needs flags
	Flags  []string // sorted
	Places []Place  // in order
}

// Unstable lists the items that code which surely compiles on the platform names
// although they need flags that it does not have. What stands behind a cfg of such a
// flag is left out.
func (u *Use) Unstable(platform *cargo.Platform) []Unstable {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.unstableOn == nil || !u.unstableOn.Equal(platform) {
		u.unstable, u.unstableOn = u.readUnstable(platform), platform
	}
	return u.unstable
}

// readUnstable looks at the methods of types that need flags themselves only where something
// else that does is named: there is no other way to come by such a type.
func (u *Use) readUnstable(platform *cargo.Platform) []Unstable {
	if len(u.unstableAmong(platform, false)) == 0 {
		return nil
	}
	return u.unstableAmong(platform, true)
}

func (u *Use) unstableAmong(platform *cargo.Platform, allMethods bool) []Unstable {
	src := u.src()
	var all []Unstable
	for _, a := range u.activations(Selection{}) {
		normal, test := src.judge(&a.Activation, platform, false), src.judge(&a.Activation, platform, true)
		flagged := func(c *crateSource) [][]rust.Site { return u.flagged(c, allMethods) }
		u.eachCompiled(normal, test, flagged, func(site rust.Site, part func(bool) *Part) {
			if part(false) == nil {
				return
			}
			item, flags := u.flags(site, platform)
			if len(flags) == 0 {
				return
			}
			i := slices.IndexFunc(all, func(o Unstable) bool { return o.Item == item })
			if i < 0 {
				i = len(all)
				all = append(all, Unstable{Item: item, Flags: flags})
			}
			if place := u.place(site); !slices.Contains(all[i].Places, place) {
				all[i].Places = append(all[i].Places, place)
			}
		})
	}
	for i := range all {
		slices.SortStableFunc(all[i].Places, ComparePlaces)
	}
	return all
}

// flagged are the mentions of a crate by a path, and calls of methods that may need
// flags: all, or those of types that do not.
func (u *Use) flagged(c *crateSource, allMethods bool) [][]rust.Site {
	return [][]rust.Site{c.sites, c.callsOf(func(name string) bool {
		return slices.ContainsFunc(u.Know.Methods(name), func(i runtimes.Item) bool {
			return waits(i.Gate) && (allMethods || !waits(i.Container))
		})
	})}
}

// waits reports whether a gate speaks of a flag.
func waits(gate cfg.Expr) bool {
	flag := false
	gate.Atoms(func(atom cfg.Expr, _ bool) { flag = flag || atom.Name != "feature" && !cargo.Decides(atom) })
	return flag
}

// flags are those that the gates of a site's item wait for, whatever the features,
// and the outermost item that has such a gate.
func (u *Use) flags(site rust.Site, platform *cargo.Platform) (item string, flags []string) {
	for p := strings.Join(site.Path, "::"); p != ""; p = p[:max(0, strings.LastIndex(p, "::"))] {
		items := u.Know.Items(p)
		if len(items) != 1 || !items[0].Certain {
			continue
		}
		with := func(flag cfg.Tri) cfg.Env {
			return func(atom cfg.Expr) cfg.Tri {
				switch {
				case atom.Name == "feature":
					return cfg.Yes
				case cargo.Decides(atom), platform.Eval(atom) == cfg.Yes:
					return platform.Eval(atom)
				}
				return flag
			}
		}
		if items[0].Gate.Eval(with(cfg.No)) != cfg.No || items[0].Gate.Eval(with(cfg.Yes)) != cfg.Yes {
			continue
		}
		item = u.Import() + "::" + p
		items[0].Gate.Atoms(func(atom cfg.Expr, _ bool) {
			if atom.Name != "feature" && !cargo.Decides(atom) && platform.Eval(atom) != cfg.Yes && !slices.Contains(flags, atom.Name) {
				flags = append(flags, atom.Name)
			}
		})
	}
	slices.Sort(flags)
	return item, flags
}
