package diagnostics

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"reactorls/engine"
	"reactorls/engine/text"
	"reactorls/engine/toml"
)

//go:embed stale-allow.md
var staleAllowPage string

var staleAllow = &Rule{
	// What it reports is known after all others: allowances.stale.
	Code: "stale-allow", Severity: Information, Page: staleAllowPage,
}

// allowances are all suppressions of a workspace, and which of them did
// something.
type allowances struct {
	list    []*allowance
	ignored []*ignoredFeature
}

// allowance suppresses one rule: in a package, in a workspace, or on a line.
type allowance struct {
	rule string
	path string
	span text.Span // of the name
	// pkg is where it holds, nil for the whole workspace; one in a comment holds
	// only on line.
	pkg    *engine.Package
	line   text.Span // empty for metadata
	remove func() []text.Edit
	used   bool
	stale  bool // found in the end
}

// ignoredFeature keeps a feature of a crate from being called unused.
type ignoredFeature struct {
	crate, feature string
	pkg            *engine.Package // nil: the whole workspace
	path           string
	span           text.Span
	remove         []text.Edit
	used           bool
}

// remark finds reactorls: allow(rule, rule) behind # or //.
var remark = regexp.MustCompile(`(?:#|//)[ \t]*reactorls:[ \t]*allow\(([^)\n]*)\)`)

// speaking lists the files of a package that speak to us, in comments or not.
func (s *state) speaking(p *engine.Package) []string {
	paths := []string{p.File.Path}
	for _, u := range s.known(p).uses {
		paths = append(paths, u.Files()...)
	}
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(path string) bool {
		f := s.snapshot.File(path)
		return f == nil || !f.SpeaksToUs()
	})
}

func readAllowances(st *state, read []*readPackage) *allowances {
	a := &allowances{}
	w := st.workspace
	if w.Manifest.Workspace != nil {
		a.metadata(w.Root, w.Manifest.Workspace.Metadata, nil)
	}
	seen := map[string]bool{w.Root.Path: true}
	a.comments(w.Root, nil)
	for i, p := range w.Packages {
		a.metadata(p.File, p.Manifest.Package.Metadata, p)
		for _, path := range read[i].speaking {
			if f := st.snapshot.File(path); f != nil && !seen[path] {
				seen[path] = true
				a.comments(f, p)
			}
		}
	}
	return a
}

// metadata reads [package.metadata.reactorls] or its twin of the workspace.
func (a *allowances) metadata(f *engine.File, n *toml.Node, pkg *engine.Package) {
	doc := f.Manifest().Doc
	without := func(list *toml.Node, name string) []text.Edit {
		var left []string
		for _, e := range list.Items() {
			if s, _ := e.Text(); s != name {
				left = append(left, s)
			}
		}
		return doc.SetArray(list, left)
	}
	allow := n.Get("allow")
	for _, e := range allow.Items() {
		if rule, ok := e.Text(); ok {
			a.list = append(a.list, &allowance{rule: rule, path: f.Path, span: e.At(), pkg: pkg, remove: func() []text.Edit { return without(allow, rule) }})
		}
	}
	for _, crate := range n.Get("ignore-features").Members() {
		for _, e := range crate.Items() {
			if feature, ok := e.Text(); ok {
				a.ignored = append(a.ignored, &ignoredFeature{
					crate: crate.Key.Name, feature: feature, pkg: pkg, path: f.Path, span: e.At(), remove: without(crate, feature),
				})
			}
		}
	}
}

// comments reads the suppressions of single lines.
func (a *allowances) comments(f *engine.File, pkg *engine.Package) {
	if !f.SpeaksToUs() {
		return
	}
	for _, m := range remark.FindAllStringSubmatchIndex(f.Text, -1) {
		if f.InComment(m[0]) {
			a.comment(f, pkg, m[0], text.Span{Start: m[2], End: m[3]})
		}
	}
}

// comment reads the one that starts at an offset and names rules in a span.
func (a *allowances) comment(f *engine.File, pkg *engine.Package, at int, names text.Span) {
	start := text.LineStart(f.Text, at)
	line := text.Span{Start: start, End: text.LineEnd(f.Text, at)}
	whole := text.Edit{Span: text.Span{Start: start + len(strings.TrimRight(f.Text[start:at], " \t")), End: line.End}}
	if onlyComment(f.Text, start) {
		whole.Span = text.Span{Start: start, End: text.NextLine(f.Text, at)}
		next := whole.End
		for next < len(f.Text) && onlyComment(f.Text, next) {
			next = text.NextLine(f.Text, next)
		}
		line.End = text.LineEnd(f.Text, next) // it speaks of the next line that is no comment
	}
	var mine []*allowance
	// All that is stale goes at once.
	remove := func() []text.Edit {
		var left []string
		for _, x := range mine {
			if !x.stale {
				left = append(left, x.rule)
			}
		}
		if len(left) == 0 {
			return []text.Edit{whole}
		}
		return []text.Edit{{Span: names, New: strings.Join(left, ", ")}}
	}
	from := names.Start
	for part := range strings.SplitSeq(names.In(f.Text), ",") {
		name := strings.TrimSpace(part)
		span := text.Span{Start: from + strings.Index(part, name)}
		span.End = span.Start + len(name)
		from += len(part) + 1
		mine = append(mine, &allowance{rule: name, path: f.Path, span: span, pkg: pkg, line: line, remove: remove})
	}
	a.list = append(a.list, mine...)
}

// onlyComment reports whether the line that starts at an offset holds a comment and
// nothing else.
func onlyComment(src string, start int) bool {
	line := strings.TrimLeft(src[start:text.LineEnd(src, start)], " \t\ufeff")
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "#[") && !strings.HasPrefix(line, "#!")
}

// covers reports whether a diagnostic is suppressed, and notes by what.
func (a *allowances) covers(d Diagnostic) bool {
	covered := false
	for _, x := range a.list {
		if x.rule != d.Rule.Code {
			continue
		}
		if x.line == (text.Span{}) {
			if x.pkg != nil && !strings.HasPrefix(d.Path, x.pkg.Dir+string(filepath.Separator)) {
				continue
			}
		} else if d.Path != x.path || !x.line.Covers(text.Span{Start: d.Span.Start, End: d.Span.Start}) {
			continue
		}
		x.used = true
		covered = true
	}
	return covered
}

// keeps reports whether a feature is to be left alone.
func (a *allowances) keeps(u *engine.Use, feature string) bool {
	kept := false
	for _, x := range a.ignored {
		if (x.crate == u.Name || x.crate == u.Crate) && x.feature == feature && (x.pkg == nil || x.pkg.Dir == u.Package.Dir) {
			x.used = true
			kept = true
		}
	}
	return kept
}

// unseen reports whether something that is not seen now, such as the end of a file
// that is being typed, may yet be reported in a package, or in any when it is nil.
func (s *state) unseen(pkg *engine.Package) bool {
	return slices.ContainsFunc(s.workspace.Packages, func(p *engine.Package) bool {
		return (pkg == nil || p == pkg) && (p.Broken() || slices.ContainsFunc(s.known(p).uses, func(u *engine.Use) bool { return !u.Certain() }))
	})
}

// stale reports the suppressions that did nothing, or name no rule.
func (a *allowances) stale(unseen func(*engine.Package) bool) []Diagnostic {
	var ds []Diagnostic
	codes := Codes()
	for _, x := range a.list {
		x.stale = !slices.Contains(codes, x.rule) || !x.used && !unseen(x.pkg)
	}
	for _, x := range a.list {
		if !x.stale {
			continue
		}
		d := Diagnostic{
			Rule: staleAllow, Severity: staleAllow.Severity, Path: x.path, Span: x.span, Unnecessary: true,
			Message: fmt.Sprintf("`%s` has nothing to suppress here", x.rule),
			Fixes:   []Fix{{Title: "Remove it", Safe: true, Edits: edits(x.path, x.remove())}},
		}
		if !slices.Contains(codes, x.rule) {
			d.Message = fmt.Sprintf("no rule is called `%s`", x.rule)
			if near := Nearest(x.rule, codes); near != "" {
				d.Help = append(d.Help, fmt.Sprintf("the nearest is `%s`", near))
			}
		}
		ds = append(ds, d)
	}
	for _, x := range a.ignored {
		if !x.used && !unseen(x.pkg) {
			ds = append(ds, Diagnostic{
				Rule: staleAllow, Severity: staleAllow.Severity, Path: x.path, Span: x.span, Unnecessary: true,
				Message: fmt.Sprintf("feature `%s` of %s would not be reported", x.feature, x.crate),
				Fixes:   []Fix{{Title: "Remove it", Safe: true, Edits: edits(x.path, x.remove)}},
			})
		}
	}
	return ds
}
