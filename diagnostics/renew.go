package diagnostics

import (
	"fmt"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/cargo"
	"reactorls/engine/runtimes"
	"reactorls/engine/rust"
	"reactorls/engine/semver"
	"reactorls/engine/text"
)

// This file moves a package from an old series of a runtime to that of today: the
// manifest and the sources together. Both cannot be there under one name, so what is not
// certain does not stay, but has to be mended by the person, and is listed.

// renewer moves one package.
type renewer struct {
	*mover
	renewal *runtimes.Renewal
	know    *runtimes.Knowledge // of today
	old     []string            // the features that are asked
	asked   []string            // those of today that stand for them
	streams bool                // streams are used
}

// renewFix moves a package to today's series of a runtime; false where that is not known,
// or less than half is certain.
func (p *pass) renewFix(u *engine.Use, entry *cargo.Dependency) (Fix, bool) {
	version, err := semver.Parse(u.Version)
	latest, known := semver.Parse(runtimes.Known(u.Crate).Latest)
	if err != nil || known != nil || u.Package.Edition == "2015" || !p.alone(u, entry) {
		return Fix{}, false
	}
	r := &renewer{renewal: runtimes.FindRenewal(u.Crate, version.Series()), know: runtimes.Lookup(u.Crate).At("")}
	if r.renewal == nil {
		return Fix{}, false
	}
	var ok bool
	r.old = values(entry.Features)
	if r.asked, ok = r.renewal.Asked(r.old); !ok {
		return Fix{}, false
	}
	r.mover = &mover{
		pass: p, use: u, to: &runtimes.Destination{Crate: u.Crate + " " + latest.Series()}, named: u.Named(),
		stays: map[engine.Place]string{}, needs: map[cargo.Kind][]string{},
	}
	if r.reaches(u.Crate) {
		return Fix{}, false
	}
	r.streams = slices.ContainsFunc(u.Units(), func(u *rust.Unit) bool {
		return slices.ContainsFunc(u.Source.Names, func(n rust.Name) bool {
			return n.Name == "Stream" || len(n.Path.Segs) > 0 && strings.HasSuffix(n.Path.Segs[len(n.Path.Segs)-1], "StreamExt")
		})
	})
	for _, n := range r.named {
		if reason := r.renew(n); reason != "" {
			r.stays[n.Place] = reason
		}
	}
	r.judgeUnlike()
	if r.mostStays() {
		return Fix{}, false
	}
	s := steps{text: u.Package.Manifest.Doc.Src}
	dependency := func() *cargo.Dependency { return s.find(u.Name, entry.Kind) }
	s.apply(cargo.ParseManifest(s.text).Exchange(dependency(), u.Crate, latest.Series()))
	features := r.know.Reduce(append(slices.Clone(r.asked), r.needed(cargo.Normal)...)...)
	if d := dependency(); !slices.Equal(values(d.Features), features) {
		s.apply(cargo.ParseManifest(s.text).SetFeatures(d, features))
	}
	if s.failed {
		return Fix{}, false
	}
	fix := Fix{
		Title: fmt.Sprintf("Move to %s %s", u.Crate, latest.Series()),
		Edits: append(r.edits, edits(u.Package.File.Path, u.Package.Manifest.Doc.Become(s.text))...),
	}
	if n := len(r.stays); n > 0 {
		fix.Title += fmt.Sprintf(", which leaves %d %s to mend", n, plural(n, "place"))
		fix.Remains = r.left()
	}
	return fix, true
}

// alone reports whether the manifest says in this one entry, and plainly, that the package
// depends on the runtime.
func (p *pass) alone(u *engine.Use, entry *cargo.Dependency) bool {
	all := slices.Concat(u.Normal.Entries, u.Dev.Entries, u.Build.Entries)
	if len(all) != 1 || all[0].Dependency != entry || all[0].Shared != nil || entry.Target != "" || entry.Optional || entry.Kind == cargo.Build {
		return false
	}
	return !slices.ContainsFunc(u.Package.Manifest.Features, func(f *cargo.Feature) bool {
		return slices.ContainsFunc(f.Values, func(v cargo.FeatureValue) bool { return v.Dependency == u.Name })
	})
}

// needed are the features of today that the items which are named need.
func (r *renewer) needed(kind cargo.Kind) []string {
	var features []string
	for _, path := range r.needs[kind] {
		features = append(features, r.know.Needs(path)...)
	}
	return features
}

// renew makes the edits of a place, or tells why it is left.
func (r *renewer) renew(n engine.Named) string {
	switch {
	case n.Fixed != "":
		return n.Fixed
	case n.Script:
		return "in the build script"
	case n.Kind == rust.GlobRef:
		return "all that is in it"
	case n.Pub:
		return "re-exported"
	case len(n.Path) == 0:
		return ""
	case n.Kind == rust.AttrRef:
		return r.attribute(n)
	}
	item := r.renewal.Find(n.Item)
	if item == nil {
		within := slices.ContainsFunc(r.renewal.Items, func(i runtimes.Renewed) bool { return strings.HasPrefix(i.Path, n.Item+"::") })
		if n.Kind == rust.UseRef && within {
			return "" // a module
		}
		return unmatched
	}
	rest := strings.Split(strings.TrimPrefix(n.Item, item.Path), "::")
	if slices.Contains(item.Unlike, rest[len(rest)-1]) {
		return unlike
	}
	if r.streams && r.renewal.Streaming(n.Item) {
		return "it is no stream any more"
	}
	s, called := n.Unit.SettingOf(n.Span)
	if item.Awaited && n.Kind != rust.UseRef && (!called || s.Await == 0) {
		return "what it gives is used in another way"
	}
	now := n.Item
	if item.To != "" {
		at := item.Path[:strings.LastIndex(item.Path, ":")+1]
		now = at + item.To + n.Item[len(item.Path):]
		if reason := r.rename(n, item); reason != "" {
			return reason
		}
	}
	needs := r.know.Needs(now)
	if slices.Contains(needs, "rt-multi-thread") && !slices.Contains(r.know.Closure(r.asked...), "rt-multi-thread") {
		return "it starts another runtime"
	}
	r.needs[cargo.Normal] = append(r.needs[cargo.Normal], now)
	return ""
}

// rename writes the new name of an item at a place.
func (r *renewer) rename(n engine.Named, item *runtimes.Renewed) string {
	old, now := last(item.Path), item.To
	path, _, _ := strings.Cut(n.Span.Text().In(n.Unit.Source.Text), "<")
	path = strings.TrimSuffix(path, "::")
	end := len(path)
	if rest := n.Item[len(item.Path):]; rest != "" {
		end -= len(rest)
	}
	if end < len(old) || !strings.HasSuffix(path[:end], old) {
		return "" // by another name, which it keeps
	}
	if start := end - len(old); start > 0 && path[start-1] != ':' && path[start-1] != ' ' || start == 0 && n.Kind != rust.UseRef {
		now = last(item.To) // an import brought it
		if start > 0 {
			return unmatched
		}
	}
	if now == old {
		return ""
	}
	if last(now) != old && slices.ContainsFunc(n.Unit.Source.Names, func(o rust.Name) bool { return o.Name == last(now) }) {
		return "another `" + last(now) + "` is there"
	}
	at := rust.Span{Start: n.Span.Start + uint32(end-len(old)), End: n.Span.Start + uint32(end)}
	r.replace(n, at, now)
	return ""
}

// attribute writes the arguments of an attribute that starts the runtime as they are
// today.
func (r *renewer) attribute(n engine.Named) string {
	a := r.renewal.Attribute(n.Item)
	if a == nil {
		return unmatched
	}
	args := n.Args.Text().In(n.Unit.Source.Text) // what is between the parentheses
	var now []string
	threaded := a.Threaded != "" && slices.ContainsFunc(r.old, func(f string) bool {
		return f == a.Threaded || f == "full" || f == "rt-multi-thread"
	})
	flavored := false
	for arg := range strings.SplitSeq(args, ",") {
		name, value, has := strings.Cut(strings.TrimSpace(arg), "=")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		to, ok := a.Arguments[name]
		if !ok {
			return unmatched
		}
		if has {
			to += " = " + strings.TrimSpace(value)
		}
		flavored = flavored || strings.HasPrefix(to, "flavor")
		now = append(now, to)
	}
	if !flavored && !threaded && n.Item == "main" {
		now = append([]string{fmt.Sprintf("flavor = %q", a.Flavor)}, now...)
	}
	if !flavored && n.Item == "test" && len(now) > 0 {
		return unmatched
	}
	written := strings.Join(now, ", ")
	switch {
	case n.Args == (rust.Span{}) && written != "":
		r.insert(n, n.Span.End, "("+written+")")
	case n.Args != (rust.Span{}) && args != written:
		r.replace(n, n.Args, written)
	}
	entry := runtimes.FindEntry(r.use.Crate, n.Item)
	for _, f := range r.know.EntryNeeds(entry, written) {
		if !slices.Contains(r.know.Closure(r.asked...), f) {
			r.asked = append(r.asked, f)
		}
	}
	return ""
}

// judgeUnlike looks for calls of methods that are gone or do something else, and for
// functions that implement what has changed.
func (r *renewer) judgeUnlike() {
	names := map[string]bool{}
	var keeps []string
	for _, n := range r.named {
		if item := r.renewal.Find(n.Item); item != nil {
			for _, name := range item.Unlike {
				names[name] = true
			}
			keeps = append(keeps, item.Keeps...)
		}
	}
	for _, name := range keeps {
		delete(names, name)
	}
	for _, c := range r.use.Called(func(name string) bool { return names[name] }) {
		if c.Extern == "" || c.Extern == r.use.Import() {
			r.stay(c.Place, unlike)
		}
	}
	for _, unit := range r.use.Units() {
		for _, f := range unit.Source.Fns() {
			if names[f.Name] {
				at := text.Span{Start: int(f.Span.Start), End: int(f.Span.Start) + 2}
				r.stay(engine.Place{Path: unit.Path, Span: at, Item: f.Name}, unlike)
			}
		}
	}
}
