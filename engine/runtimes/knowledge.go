package runtimes

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"reactorls/engine/cfg"
	"reactorls/engine/semver"
)

// Knowledge is what is known of one version of a crate.
//
// Not every version was read. Between two that were, what both agree on is
// certain. Of a version newer than all that were read, what the newest has is
// taken to be there still, but not to be all. Of one older than all nothing is
// certain.
type Knowledge struct {
	Version semver.Version
	// Complete tells whether an item that is not known does not exist.
	Complete bool

	crate        *Crate
	features     map[string][]string
	lower, upper int  // the samples round the version
	vague        bool // nothing is certain

	once struct{ methods, gating, impls sync.Once }
	// methods has the methods by their bare names; gating the features that
	// some gate names.
	methods map[string][]Item
	gating  map[string]int
	found   sync.Map // by path: what Items found there, if anything
	// methodNeeds is what MethodNeeds found, by name.
	methodNeeds sync.Map
	impls       []Impl
}

// Item is what stands at a public path.
type Item struct {
	Kind Kind
	Path string // the chosen one, where the item has several
	// Gate is what the path as it was asked for depends on, all modules, types
	// and impls on the way included.
	Gate cfg.Expr
	// Container is, of a method or another member, the gate of what holds it.
	Container cfg.Expr
	// Certain tells whether the item and its gate are known for the version.
	Certain bool
	Async   bool
	// Returns is a function's return type, "" for none. Types of the crate are
	// written as crate::path; lifetimes are left out.
	Returns string
}

// Impl is a trait impl that asks more than its trait and its type do.
type Impl struct {
	Trait, Type string // as in Item.Returns
	Gate        cfg.Expr
	Certain     bool
}

// Item finds what stands at a path, written without the crate's name. Of
// several things of one name (a module, a function, a macro) it is the first
// in this order.
func (k *Knowledge) Item(path string) (Item, bool) {
	items := k.Items(path)
	if len(items) == 0 {
		return Item{}, false
	}
	return items[0], true
}

// Items finds all that stands at a path: types and modules, then functions and
// other values, then macros. They are not to be changed.
func (k *Knowledge) Items(path string) []Item {
	if found, ok := k.found.Load(path); ok {
		return found.([]Item)
	}
	items := k.find(path, maxAliases)
	slices.SortStableFunc(items, func(a, b Item) int { return a.Kind.space() - b.Kind.space() })
	if len(items) > 0 { // there is no end to the paths at which nothing is
		k.found.Store(strings.Clone(path), slices.Clip(items))
	}
	return items
}

// maxAliases bounds how many names of names are followed.
const maxAliases = 8

// space is the namespace: 0 types, 1 values, 2 macros.
func (kind Kind) space() int {
	switch kind {
	case Function, Constant, Static, Method, TraitMethod, Field:
		return 1
	case Macro, Attribute, Derive:
		return 2
	}
	return 0
}

func (k *Knowledge) find(path string, aliases int) []Item {
	if path == "" {
		return []Item{{Kind: Module, Gate: cfg.True, Container: cfg.True, Certain: !k.vague}}
	}
	var items []Item
	for _, l := range k.crate.gates.at(path) {
		for _, i := range k.item(l, aliases) {
			items = k.join(items, i)
		}
	}
	if len(items) > 0 {
		return items
	}
	// A member of something that has another name.
	for up := parent(path); up != ""; up = parent(up) {
		for _, l := range k.crate.gates.at(up) {
			if l.kind != alias || !k.sees(l) || aliases == 0 {
				continue
			}
			for _, i := range k.find(l.of+path[len(up):], aliases-1) {
				i.Gate = cfg.And(k.gate(l), i.Gate)
				i.Certain = i.Certain && k.agree(l)
				items = k.join(items, i)
			}
		}
		if len(items) > 0 {
			return items
		}
	}
	return nil
}

// item reads one line, if it speaks of the version.
func (k *Knowledge) item(l line, aliases int) []Item {
	if !k.sees(l) {
		return nil
	}
	if l.kind != alias {
		i := Item{Kind: l.kind, Path: l.path, Gate: k.gate(l), Container: cfg.True, Certain: k.agree(l), Async: l.async, Returns: l.returns}
		switch l.kind {
		case Method, TraitMethod, Variant, Field, Constant:
			if holder, ok := k.Item(parent(l.path)); ok && holder.Kind != Module {
				i.Container = holder.Gate
			}
		}
		return []Item{i}
	}
	if aliases == 0 {
		return nil
	}
	items := k.find(l.of, aliases-1)
	for n := range items {
		items[n].Gate = k.gate(l)
		items[n].Certain = items[n].Certain && k.agree(l)
	}
	return items
}

// join adds an item. In one namespace there are two of one path only where the
// two samples differ; the item is then there under either gate.
func (k *Knowledge) join(items []Item, i Item) []Item {
	for n := range items {
		if old := &items[n]; old.Kind.space() == i.Kind.space() {
			old.Certain = old.Gate.Equal(i.Gate) && !k.vague
			old.Gate = cfg.Or(old.Gate, i.Gate)
			return items
		}
	}
	return append(items, i)
}

// sees reports whether the line holds in a sample next to the version.
func (k *Knowledge) sees(l line) bool { return l.first <= k.upper && l.last >= k.lower }

// agree reports whether the line holds in both.
func (k *Knowledge) agree(l line) bool { return !k.vague && l.first <= k.lower && l.last >= k.upper }

func (k *Knowledge) gate(l line) cfg.Expr { return k.crate.gates.exprs[l.gate] }

// parent cuts the last segment off a path.
func parent(path string) string {
	if i := strings.LastIndex(path, "::"); i >= 0 {
		return path[:i]
	}
	return ""
}

// Prefix finds the longest beginning of a path that is known, and what of the
// path is left: a variant, a type's method by a trait, or what no one knows.
func (k *Knowledge) Prefix(path string) (item Item, rest string) {
	for p := path; ; p = parent(p) {
		if i, ok := k.Item(p); ok {
			return i, strings.TrimPrefix(path[len(p):], "::")
		}
	}
}

// Under goes through all that stands below a module or type, each with its
// path from there. Of a module or type that is there under a second name only
// that name is given.
func (k *Knowledge) Under(path string) iter.Seq2[string, Item] {
	return func(yield func(string, Item) bool) {
		holder, ok := k.Item(path)
		if !ok {
			return
		}
		last := ""
		for _, l := range k.crate.gates.under(holder.Path) {
			if l.path == last {
				continue
			}
			last = l.path
			relative := strings.TrimPrefix(l.path[len(holder.Path):], "::")
			for _, i := range k.Items(l.path) {
				i.Gate = cfg.And(holder.Gate, i.Gate)
				if !yield(relative, i) {
					return
				}
			}
		}
	}
}

// Methods finds the methods of all types and traits by their bare name.
func (k *Knowledge) Methods(name string) []Item {
	k.once.methods.Do(func() {
		k.methods = map[string][]Item{}
		last := ""
		for _, l := range k.crate.gates.items {
			if (l.kind == Method || l.kind == TraitMethod) && k.sees(l) && l.path != last {
				last = l.path
				bare := l.path[strings.LastIndex(l.path, "::")+2:]
				k.methods[bare] = append(k.methods[bare], k.Items(l.path)...)
			}
		}
	})
	return k.methods[name]
}

// MethodNeeds are the features that some method of a name needs. Whoever has a value has
// the features of its type; only what a method asks beyond them can be new. The list is
// not to be changed.
func (k *Knowledge) MethodNeeds(name string) []string {
	methods := k.Methods(name)
	if len(methods) == 0 {
		return nil
	}
	if known, ok := k.methodNeeds.Load(name); ok {
		return known.([]string)
	}
	var needs []string
	for _, item := range methods {
		have := k.Closure(item.Container.Features()...)
		for _, f := range item.Gate.Features() {
			if !slices.Contains(have, f) {
				needs = append(needs, f)
			}
		}
	}
	k.methodNeeds.Store(strings.Clone(name), needs) // the name is part of a whole file's text
	return needs
}

// Impls lists the trait impls that ask features which neither their trait nor
// their type asks: needs that no name in the source shows. The list is not to be changed.
func (k *Knowledge) Impls() []Impl {
	k.once.impls.Do(func() {
		for _, l := range k.crate.gates.impls {
			if !k.sees(l) {
				continue
			}
			trait, typ, _ := strings.Cut(l.path, " for ")
			k.impls = append(k.impls, Impl{trait, typ, k.gate(l), k.agree(l)})
		}
	})
	return k.impls
}

// Gateless reports whether no item that a stable build can have needs the
// feature or what it turns on. Such a feature changes how the crate behaves
// (parking_lot, tracing), so that no source can tell whether it is used.
func (k *Knowledge) Gateless(feature string) bool {
	return !slices.ContainsFunc(k.Closure(feature), k.Gates)
}

// Vague reports whether nothing is certain about the version: it is older than
// all that were looked at, or of another series.
func (k *Knowledge) Vague() bool { return k.vague }

// Gates reports whether some item that a stable build can have names the
// feature in its gate. One that gates nothing itself may still turn on others
// that do, as full does.
func (k *Knowledge) Gates(feature string) bool { return k.gated()[feature] > 0 }

// GatesItems is Gates for what has a name, in contrast to impls.
func (k *Knowledge) GatesItems(feature string) bool { return k.gated()[feature] == byItem }

// What a feature gates at most.
const (
	byImpl = iota + 1
	byItem
)

func (k *Knowledge) gated() map[string]int {
	k.once.gating.Do(func() {
		k.gating = map[string]int{}
		read := func(lines []line, by int) {
			seen := map[int]bool{}
			for _, l := range lines {
				if !k.sees(l) || seen[l.gate] {
					continue
				}
				seen[l.gate] = true
				k.gate(l).Simplify(stable).Atoms(func(a cfg.Expr, _ bool) {
					if a.Name == "feature" {
						k.gating[a.Value] = max(k.gating[a.Value], by)
					}
				})
			}
		}
		read(k.crate.gates.items, byItem)
		read(k.crate.gates.impls, byImpl)
	})
	return k.gating
}

// stable knows that the flags which crates invent for themselves, such as
// tokio_unstable, are not set.
func stable(a cfg.Expr) cfg.Tri {
	switch {
	case a.Valued, a.Name == "unix", a.Name == "windows", a.Name == "target_thread_local", a.Name == "debug_assertions":
		return cfg.Maybe
	}
	return cfg.No
}

// GatedBy lists the modules, types, functions and macros that need a feature and
// that no module above them already names, sorted by path.
func (k *Knowledge) GatedBy(feature string) []string {
	var paths []string
	under := "" // the last module listed: what is in it needs no line
	for _, l := range k.crate.gates.items {
		if !k.sees(l) || l.kind == Method || l.kind == TraitMethod || under != "" && strings.HasPrefix(l.path, under) {
			continue
		}
		if !slices.Contains(required(k.gate(l)), feature) || slices.Contains(paths, l.path) {
			continue
		}
		paths = append(paths, l.path)
		if l.kind == Module {
			under = l.path + "::"
		}
	}
	return paths
}
