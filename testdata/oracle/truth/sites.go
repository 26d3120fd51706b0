package main

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"reactorls/testdata/oracle/crates"
	"reactorls/testdata/oracle/gates"
	"reactorls/testdata/oracle/tokens"
)

// A Site is one use of a gated item.
type Site struct {
	File       string `json:"file"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	ByteStart  int    `json:"byte_start"`
	ByteEnd    int    `json:"byte_end"`
	Item       string `json:"item"`
	Kind       string `json:"kind"`    // path, method, macro, attribute
	Feature    string `json:"feature"` // the gate, as in "rt" or "net|process|signal & rt"
	Own        bool   `json:"own"`     // counts as a need of the package's own dependency
	Via        origin `json:"via"`     // own, foreign, local; a method is local
	TargetKind string `json:"target_kind"`
	// Dev marks sites that only test-level code has.
	Dev bool `json:"dev"`

	gate, holder gates.Gate
}

// place tells sites apart.
func (s Site) place() [3]any { return [3]any{s.File, [2]int{s.ByteStart, s.ByteEnd}, s.Item} }

// sites turns rustc's reports into sites, sorted and each one once. Those that only the build of all targets has are
// test-level code.
func (s *sources) sites(r reports) []Site {
	list := []Site{}
	seen := map[[3]any]bool{}
	for dev, diagnostics := range [][]diagnostic{r.Normal, r.All} {
		for _, d := range diagnostics {
			site, ok := s.site(d)
			if !ok || seen[site.place()] {
				continue
			}
			seen[site.place()] = true
			site.Dev = dev == 1
			list = append(list, site)
		}
	}
	own(list)
	slices.SortFunc(list, func(a, b Site) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.ByteStart, b.ByteStart), cmp.Compare(a.Item, b.Item))
	})
	return list
}

// site locates a report in the package's own code: at the use itself, or at the innermost macro call or attribute there
// that it comes from. What a macro of tokio uses itself is no site, since the macro's own mark says what it needs.
func (s *sources) site(d diagnostic) (Site, bool) {
	out := Site{
		Item: d.Item, Feature: d.Gate.String(), TargetKind: d.Target, gate: d.Gate, holder: d.Holder, Via: viaLocal,
	}
	inner := slices.IndexFunc(d.Spans, s.isOwn)
	if inner < 0 {
		return out, false
	}
	at := d.Spans[inner]
	out.File, out.Line, out.Column, out.ByteStart, out.ByteEnd = at.File, at.Line, at.Column, at.Start, at.End
	f := s.file(at.File)
	if len(f.toks) == 0 {
		return out, false
	}
	i := f.at(at.Start)
	switch {
	case inner > 0:
		out.Kind = "macro"
		out.Via, _ = s.resolve(f, f.written(f.callee(i)), i)
		return out, out.Via != viaOwn
	case d.What == "macro":
		out.Kind = "macro"
		if f.inAttribute(i) {
			out.Kind = "attribute"
		}
		out.Via, _ = s.resolve(f, f.written(f.callee(i)), i)
	case !f.names(i, d.Item):
		out.Kind = "attribute"
		out.Via = s.attribute(f, i)
	case i > 0 && f.toks[i-1].Is("."):
		out.Kind = "method"
	default:
		out.Kind = "path"
		out.Via, _ = s.resolve(f, f.written(i), i)
	}
	return out, true
}

// names reports whether token i is the name of the item, or one that an import gave it. If not, a macro wrote the use and
// lent it the span of this token.
func (f *source) names(i int, item string) bool {
	last := item[strings.LastIndex(item, ":")+1:]
	t := f.toks[i]
	if t.Name() == last {
		return true
	}
	if t.Is("self") {
		return i+1 < len(f.toks) && (f.toks[i+1].Is(",") || f.toks[i+1].Is("}"))
	}
	return slices.ContainsFunc(f.bindings(t.Name(), i), func(leaf *imported) bool { return leaf.path[len(leaf.path)-1] == last })
}

// attribute judges the attribute that wrote a use into the function around token i. rustc does not always name it; of
// the function's attributes, tokio's own is taken, else another crate's.
func (s *sources) attribute(f *source, i int) origin {
	if !f.toks[i].Is("{") {
		i = f.enclosing(i)
	}
	for ; i >= 0; i = f.enclosing(i - 1) {
		found := viaLocal
		for k := i - 1; k >= 0 && !f.toks[k].Is(";") && !f.toks[k].Is("}") && !f.toks[k].Is("{"); k-- {
			if f.toks[k].Mate >= 0 && f.toks[k].Kind == tokens.Close {
				k = f.toks[k].Mate
			}
			if !f.toks[k].Is("[") || k == 0 || !f.toks[k-1].Is("#") {
				continue
			}
			from, _ := s.resolve(f, f.written(f.callee(k+1)), k)
			if from == viaOwn {
				return from
			}
			if from == viaForeign {
				found = from
			}
		}
		if found != viaLocal {
			return found
		}
	}
	return viaLocal
}

// isOwn reports whether a span lies in the package, and not in what its build script wrote.
func (s *sources) isOwn(at crates.Span) bool { return !filepath.IsAbs(at.File) }

// callee is the last segment of the path that starts at token i, or after the "#[" there.
func (f *source) callee(i int) int {
	for i+1 < len(f.toks) && (f.toks[i].Is("#") || f.toks[i].Is("!") || f.toks[i].Is("[")) {
		i++
	}
	for i+2 < len(f.toks) && (f.toks[i].Is("$") || f.toks[i].Is("::") || f.toks[i+1].Is("::")) {
		i++
		if f.toks[i].Is("::") {
			i++
		}
	}
	return i
}

// inAttribute reports whether token i is the start of an attribute's path.
func (f *source) inAttribute(i int) bool {
	open := f.enclosing(i)
	return open > 0 && f.toks[open].Is("[") && (f.toks[open-1].Is("#") || f.toks[open-1].Is("!"))
}

// own decides which sites count as needs of the package's own dependency: those that reach tokio through it by name. A
// method, or a name that the package re-exports to itself, may belong to a value or path that another crate hands out;
// it counts where the gate is needed by name anyhow, or where what holds the item is, so that only the rest of the gate
// is new. What test-level code names says nothing of the code that everybody builds.
func own(list []Site) {
	direct := map[bool]map[string]bool{false: {}, true: {}}
	for _, site := range list {
		if site.Via == viaOwn && site.TargetKind != buildScript {
			for _, clause := range site.gate {
				direct[site.Dev][strings.Join(clause, "|")] = true
			}
		}
	}
	named := func(g gates.Gate, dev bool) bool {
		return !slices.ContainsFunc(g, func(clause []string) bool {
			c := strings.Join(clause, "|")
			return !direct[false][c] && !(dev && direct[true][c])
		})
	}
	for i := range list {
		site := &list[i]
		site.Own = site.Via == viaOwn || site.Via == viaLocal && (named(site.gate, site.Dev) || len(site.holder) > 0 && named(site.holder, site.Dev))
	}
}

// buildScript is cargo's word for build.rs, whose needs are those of the build-dependencies.
const buildScript = "custom-build"
