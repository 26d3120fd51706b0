package gates

import "slices"

// A finder follows the public paths of a crate, through modules and re-exports.
type finder struct {
	root *item
	// public maps each public path, as in "tokio::net::TcpStream::connect", to the gate of that way to the item.
	public map[string]Gate
	// entered guards against modules that re-export each other, and against re-exports of the name they bind.
	entered map[*item]bool
}

// reach finds all public paths below the root and notes at each item the gate of the easiest way to it.
func reach(root *item, name string) map[string]Gate {
	f := &finder{root: root, public: map[string]Gate{}, entered: map[*item]bool{}}
	f.module(root, name, nil)
	f.macros(root, name)
	f.members(root)
	return f.public
}

func (f *finder) module(m *item, path string, way Gate) {
	if f.entered[m] {
		return
	}
	f.entered[m] = true
	defer delete(f.entered, m)
	for _, it := range m.items {
		switch {
		case !it.public || it.kind == "impl" || it.kind == "macro" || it.kind == "extern":
		case it.kind == "use" && it.name == "*":
			for _, target := range f.resolve(m, it.path) {
				if target.kind == "mod" {
					f.module(target, path, And(way, it.gate))
				}
			}
		case it.kind == "use":
			for _, target := range f.resolve(m, it.path) {
				if target.public { // a private item of the same name stays private
					f.define(target, path+"::"+it.name, And(way, it.gate))
				}
			}
		default:
			f.define(it, path+"::"+it.name, way)
		}
	}
}

// define notes that the item can be reached at path.
func (f *finder) define(it *item, path string, way Gate) {
	way = And(way, it.gate)
	if it.reached {
		it.needs = Or(it.needs, way)
	} else {
		it.reached, it.needs = true, way
	}
	if old, ok := f.public[path]; ok {
		way = Or(old, way)
	}
	f.public[path] = way
	it.paths = append(it.paths, path)
	if it.kind == "mod" {
		f.module(it, path, way)
	}
}

// macros notes the exported macro_rules macros, which stand at the crate's root, whatever module declares them.
func (f *finder) macros(m *item, name string) {
	for _, it := range m.items {
		switch {
		case it.kind == "macro" && it.public:
			it.reached, it.needs = true, it.gate
			f.public[name+"::"+it.name] = it.gate
		case it.kind == "mod":
			f.macros(it, name)
		}
	}
}

// resolve finds the items that a path names, seen from module m; other crates' items are none.
func (f *finder) resolve(m *item, path []string) []*item {
	at := []*item{m}
	for i, name := range path {
		switch name {
		case "crate":
			at = []*item{f.root}
			continue
		case "self":
			continue
		case "super":
			at = []*item{module(at[0].parent)}
			continue
		}
		var next []*item
		for _, m := range at {
			next = append(next, f.named(m, name)...)
		}
		if i < len(path)-1 {
			next = slices.DeleteFunc(next, func(it *item) bool { return it.kind != "mod" })
		}
		if at = next; len(at) == 0 {
			return nil
		}
	}
	return at
}

// named finds the items that name stands for in module m.
func (f *finder) named(m *item, name string) []*item {
	var out []*item
	for _, it := range m.items {
		if it.name != name || it.kind == "impl" || it.kind == "macro" {
			continue
		}
		switch {
		case it.kind != "use":
			out = append(out, it)
		case !f.entered[it]:
			f.entered[it] = true
			out = append(out, f.resolve(m, it.path)...)
			delete(f.entered, it)
		}
	}
	return out
}

func module(it *item) *item {
	for it.kind != "mod" {
		it = it.parent
	}
	return it
}

// members notes the gates of associated items: those of the type or trait, and their own on top.
func (f *finder) members(in *item) {
	for _, it := range in.items {
		switch {
		case in.kind == "trait":
			f.member(it, in)
		case in.kind == "impl" && it.public:
			if self := f.selfType(in); self != nil {
				f.member(it, self)
			}
		}
		f.members(it)
	}
}

func (f *finder) member(it, of *item) {
	it.reached, it.needs, it.of = of.reached, And(of.needs, it.gate), of
	for _, path := range of.paths {
		f.public[path+"::"+it.name] = it.needs
	}
}

// selfType is the type that an impl is for; nil for one that other crates can't name.
func (f *finder) selfType(impl *item) *item {
	for _, it := range f.named(module(impl), impl.name) {
		if it.reached && it.kind != "mod" && it.kind != "fn" {
			return it
		}
	}
	return nil
}
